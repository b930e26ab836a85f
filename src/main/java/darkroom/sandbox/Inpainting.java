package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The part of an img2img job that a mask allows to change: white changes, black stays (captures 202-204). */
final class Inpainting {
    private final Picture mask;
    private final @Nullable Region region;

    private record Region(int left, int top, int width, int height) {}

    private Inpainting(Picture mask, @Nullable Region region) {
        this.mask = mask;
        this.region = region;
    }

    /**
     * As the request describes it, noting in {@code extra} what infotexts say of it; null if there is no mask, or nothing
     * in it.
     */
    static @Nullable Inpainting of(Asked asked, @Nullable Picture picture, ObjectNode extra) {
        if (picture == null) {
            return null;
        }
        boolean invert = asked.whole("inpainting_mask_invert") != 0;
        boolean bothBlurs = !asked.isNull("mask_blur");
        int blurX = bothBlurs ? asked.whole("mask_blur") : asked.whole("mask_blur_x");
        int blurY = bothBlurs ? asked.whole("mask_blur") : asked.whole("mask_blur_y");
        if (invert) {
            extra.put("Mask mode", "Inpaint not masked");
        }
        if (blurX > 0 || blurY > 0) {
            extra.put("Mask blur", blurX == blurY ? blurX : null);
        }
        Picture soft = Blur.of(binary(picture, invert), blurX, blurY);
        if (!asked.flag("inpaint_full_res")) {
            noteContent(asked, extra);
            return new Inpainting(soft.resized(asked.whole("width"), asked.whole("height")), null);
        }
        Region region = region(soft, asked.whole("inpaint_full_res_padding"));
        if (region == null) {
            return null; // a blank mask: silently plain img2img
        }
        extra.put("Inpaint area", "Only masked");
        extra.put("Masked area padding", asked.whole("inpaint_full_res_padding"));
        noteContent(asked, extra);
        return new Inpainting(soft, region);
    }

    /** Whether the result keeps the size of the init image, because only a part of it is drawn. */
    boolean keepsSize() {
        return region != null;
    }

    /** The init image with what was drawn shining through where the mask is white. */
    Picture over(Picture init, Picture drawn) {
        Picture placed = placed(init, drawn);
        Picture fitted = mask.resized(init.width(), init.height());
        int[] pixels = new int[init.width() * init.height()];
        for (int y = 0; y < init.height(); y++) {
            for (int x = 0; x < init.width(); x++) {
                pixels[y * init.width() + x] =
                        Picture.mix(init.at(x, y), placed.at(x, y), share(fitted, x, y)) | 0xFF000000;
            }
        }
        return Picture.of(init.width(), init.height(), pixels, true);
    }

    /** The mask as a picture: option {@code return_mask}. */
    Picture mask() {
        int[] pixels = new int[mask.width() * mask.height()];
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                int grey = (int) Math.min(255, share(mask, x, y) * 255);
                pixels[y * mask.width() + x] = Picture.grey(grey);
            }
        }
        return Picture.of(mask.width(), mask.height(), pixels, true);
    }

    /** What was drawn, transparent where the mask is black: option {@code return_mask_composite}. */
    Picture composite(Picture init, Picture drawn) {
        Picture placed = placed(init, drawn);
        Picture fitted = mask.resized(placed.width(), placed.height());
        int[] pixels = new int[placed.width() * placed.height()];
        for (int y = 0; y < placed.height(); y++) {
            for (int x = 0; x < placed.width(); x++) {
                int alpha = (int) Math.min(255, share(fitted, x, y) * 255);
                pixels[y * placed.width() + x] = (alpha << 24) | (placed.at(x, y) & 0xFFFFFF);
            }
        }
        return Picture.of(placed.width(), placed.height(), pixels, false);
    }

    private Picture placed(Picture init, Picture drawn) {
        Region part = region;
        return part == null
                ? drawn.resized(init.width(), init.height())
                : init.pasted(drawn.resized(part.width, part.height), part.left, part.top);
    }

    /** A whole mask is doubled, so that its blurred edge is fully drawn half-way. */
    private double share(Picture picture, int x, int y) {
        return Math.min(1, picture.luma(x, y) / 255.0 * (region == null ? 2 : 1));
    }

    private static void noteContent(Asked asked, ObjectNode extra) {
        switch (asked.whole("inpainting_fill")) {
            case 0 -> extra.put("Masked content", "fill");
            case 2 -> extra.put("Masked content", "latent noise");
            case 3 -> extra.put("Masked content", "latent nothing");
            default -> {} // the original, of which nothing is said
        }
    }

    /** Grey; if the picture has transparent parts, its opacity is the mask. */
    private static Picture binary(Picture picture, boolean invert) {
        int[] pixels = new int[picture.width() * picture.height()];
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int grey = picture.opaque() ? picture.luma(x, y) : picture.at(x, y) >>> 24 > 128 ? 255 : 0;
                int value = invert ? 255 - grey : grey;
                pixels[y * picture.width() + x] = Picture.grey(value);
            }
        }
        return Picture.of(picture.width(), picture.height(), pixels, true);
    }

    private static @Nullable Region region(Picture mask, int padding) {
        int left = mask.width();
        int top = mask.height();
        int right = 0;
        int bottom = 0;
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                if (mask.luma(x, y) > 0) {
                    left = Math.min(left, x);
                    top = Math.min(top, y);
                    right = Math.max(right, x + 1);
                    bottom = Math.max(bottom, y + 1);
                }
            }
        }
        if (right == 0) {
            return null;
        }
        left = Math.max(0, left - padding);
        top = Math.max(0, top - padding);
        int width = Math.min(mask.width(), right + padding) - left;
        return new Region(left, top, width, Math.min(mask.height(), bottom + padding) - top);
    }
}
