package darkroom.finish;

import darkroom.job.ContactSheet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Paints contact sheets: small pictures in rows, each with a caption. One picture is unpacked at a time, and only as far as needed. */
public final class SheetPainter {
    /** About as many pixels has a sheet at most, unless one row takes more. */
    private static final int MOST_PIXELS = 6_000_000;

    /** Between pictures, and around them. */
    static final int GAP = 8;

    private static final int LINE = 20;
    private static final int QUALITY = 88;

    private final PictureConverter converter;

    /** Paints in turn with what this one converts. */
    public SheetPainter(PictureConverter converter) {
        this.converter = converter;
    }

    /**
     * A picture on a sheet.
     *
     * @param file where it is
     * @param caption what is below it; cut where there is no room for it
     */
    public record Cell(Path file, String caption) {}

    /**
     * A sheet.
     *
     * @param width in pixels
     * @param height in pixels
     * @param missing what could not be shown, as sentences
     */
    public record Painted(int width, int height, List<String> missing) {}

    /** How high pictures are on a sheet of which the first one has this size: as it is, but neither very flat nor very high. */
    public static int heightFor(ContactSheet layout, int width, int height) {
        double ratio = width <= 0 || height <= 0 ? 1 : (double) height / width;
        return (int) Math.round(layout.width() * Math.max(0.5, Math.min(2, ratio)));
    }

    /**
     * How many pictures are on a sheet at most.
     *
     * @param height of each
     */
    public static int most(ContactSheet layout, int height) {
        long row = (long) width(layout, layout.columns()) * rowHeight(layout, height);
        return layout.columns() * (int) Math.max(1, MOST_PIXELS / row);
    }

    static int width(ContactSheet layout, int columns) {
        return GAP + columns * (layout.width() + GAP);
    }

    static int rowHeight(ContactSheet layout, int height) {
        return height + GAP + captionHeight(layout);
    }

    static int captionHeight(ContactSheet layout) {
        return layout.caption().isEmpty() ? 0 : LINE;
    }

    /**
     * Paints a sheet, as a JPEG.
     *
     * @param height of each picture
     * @param cells no more than {@link #most}
     * @param target a file there is replaced
     */
    public Painted paint(ContactSheet layout, int height, List<Cell> cells, Path target) throws IOException {
        SheetCanvas canvas = new SheetCanvas(layout, height, cells.size());
        for (Cell cell : cells) {
            canvas.add(cell, converter, target.resolveSibling(target.getFileName() + ".png"));
        }
        try {
            return canvas.write(target, QUALITY);
        } catch (ConversionException e) {
            throw new IOException("a contact sheet " + e.getMessage(), e);
        }
    }
}
