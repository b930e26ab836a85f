package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pictures that an img2img job starts from (captures 200-207, 340-352). */
final class InitImages {
    private final Asked asked;
    private final List<Picture> originals;
    private final @Nullable Picture mask;
    private List<Picture> images = List.of();
    private @Nullable Inpainting inpainting;

    InitImages(Asked asked, List<Picture> originals, @Nullable Picture mask) {
        this.asked = asked;
        this.originals = originals;
        this.mask = mask;
    }

    /** How many pictures a batch will really have: one init image is for all, several are one each (captures 206, 207). */
    int batchSize() {
        int wanted = asked.whole("batch_size");
        if (originals.isEmpty()) {
            throw ApiError.python(
                    "RuntimeError",
                    "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [0]");
        }
        if (originals.size() > wanted) {
            throw ApiError.python(
                    "RuntimeError",
                    "bad number of images passed: %d; expecting %d or less".formatted(originals.size(), wanted));
        }
        return originals.size() == 1 ? wanted : originals.size();
    }

    /** Brings them to size, noting in {@code extra} what infotexts say of them. */
    void prepare(ObjectNode extra, Options options) {
        extra.set("Denoising strength", asked.get("denoising_strength"));
        Size.check(asked.whole("width"), asked.whole("height"));
        inpainting = Inpainting.of(asked, mask, extra);
        int background = Grid.colour(options.text("img2img_background_color"));
        boolean keepsSize = inpainting != null && inpainting.keepsSize();
        images = originals.stream()
                .map(image -> image.opaque() ? image : image.flattened(background))
                .map(image -> keepsSize ? image : fitted(image))
                .toList();
    }

    /** How many steps are left to do from where the init image is. */
    int steps() {
        return (int) (Math.min(asked.number("denoising_strength"), 0.999) * asked.whole("steps")) + 1;
    }

    @Nullable
    Inpainting inpainting() {
        return inpainting;
    }

    Picture image(int position) {
        return images.get(images.size() == 1 ? 0 : position);
    }

    /** The init image, as far changed into what was drawn as the denoising strength says. */
    Picture blend(Picture drawn, int position) {
        double strength = Math.max(0, Math.min(1, asked.number("denoising_strength")));
        Picture start = image(position).resized(drawn.width(), drawn.height());
        int[] pixels = new int[drawn.width() * drawn.height()];
        for (int y = 0; y < drawn.height(); y++) {
            for (int x = 0; x < drawn.width(); x++) {
                pixels[y * drawn.width() + x] = Picture.mix(start.at(x, y), drawn.at(x, y), strength) | 0xFF000000;
            }
        }
        return Picture.of(drawn.width(), drawn.height(), pixels, true);
    }

    /** What comes out: with a mask the init image around what was drawn. */
    Picture compose(Picture drawn, int position) {
        Inpainting part = inpainting;
        return part == null ? drawn : part.over(image(position), drawn);
    }

    /** {@code resize_mode}: stretched, cut, or with borders. */
    private Picture fitted(Picture image) {
        int width = asked.whole("width");
        int height = asked.whole("height");
        int mode = asked.whole("resize_mode");
        if (mode != 1 && mode != 2) {
            return image.resized(width, height);
        }
        double across = (double) width / image.width();
        double down = (double) height / image.height();
        double scale = mode == 1 ? Math.max(across, down) : Math.min(across, down);
        int scaledWidth = (int) Math.max(1, Math.round(image.width() * scale));
        int scaledHeight = (int) Math.max(1, Math.round(image.height() * scale));
        Picture scaled = image.resized(scaledWidth, scaledHeight);
        return image.resized(width, height).pasted(scaled, (width - scaledWidth) / 2, (height - scaledHeight) / 2);
    }
}
