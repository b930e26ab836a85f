package darkroom.finish;

import darkroom.job.ContactSheet;
import darkroom.picture.Picture;
import darkroom.picture.PictureException;
import darkroom.picture.PictureProbe;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A contact sheet that is being painted. Apart, so that Java's picture classes are loaded with the first one. */
final class SheetCanvas {
    private static final int TEXT_SIZE = 13;
    private static final Color EMPTY = new Color(0xe0e0e0);
    private static final Color INK = new Color(0x202020);

    private final ContactSheet layout;
    private final int cellHeight;
    private final BufferedImage sheet;
    private final Graphics2D graphics;
    private final List<String> missing = new ArrayList<>();
    private boolean fonts = true;
    private int added;

    SheetCanvas(ContactSheet layout, int cellHeight, int cells) {
        System.setProperty("java.awt.headless", "true");
        this.layout = layout;
        this.cellHeight = cellHeight;
        int columns = Math.min(layout.columns(), cells);
        int rows = (cells + layout.columns() - 1) / layout.columns();
        this.sheet = new BufferedImage(
                SheetPainter.width(layout, columns),
                SheetPainter.GAP + rows * SheetPainter.rowHeight(layout, cellHeight),
                BufferedImage.TYPE_3BYTE_BGR);
        this.graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    }

    /**
     * Puts the next picture on it.
     *
     * @param scratch a file that may be written for it
     */
    void add(SheetPainter.Cell cell, PictureConverter converter, Path scratch) throws IOException {
        int left = SheetPainter.GAP + added % layout.columns() * (layout.width() + SheetPainter.GAP);
        int top = SheetPainter.GAP + added / layout.columns() * SheetPainter.rowHeight(layout, cellHeight);
        added++;
        BufferedImage small = null;
        try {
            small = converter.inTurn(() -> small(cell.file(), converter, scratch));
        } catch (ConversionException | PictureException | NoSuchFileException e) {
            missing.add(cell.file().getFileName() + " "
                    + (e instanceof NoSuchFileException ? "is not there any more" : e.getMessage()));
        }
        draw(small, left, top);
        caption(cell.caption(), left, top + cellHeight);
    }

    private BufferedImage small(Path file, PictureConverter converter, Path scratch)
            throws IOException, ConversionException {
        Picture picture;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            picture = PictureProbe.lookThrough(in);
        }
        if (picture.format() != Picture.Format.AVIF) {
            return small(file, picture.format(), converter);
        }
        PictureSize.check(picture.width(), picture.height(), converter.maxPixels());
        try {
            converter.avif().decode(file, scratch, converter.maxPixels());
            return small(scratch, Picture.Format.PNG, converter);
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    private BufferedImage small(Path file, Picture.Format format, PictureConverter converter)
            throws IOException, ConversionException {
        return Pixels.thumbnail(file, format, layout.width(), cellHeight, converter.maxPixels());
    }

    private void draw(@Nullable BufferedImage image, int left, int top) {
        if (image == null) {
            graphics.setColor(EMPTY);
            graphics.fillRect(left, top, layout.width(), cellHeight);
            return;
        }
        double scale = Math.min(
                1, Math.min((double) layout.width() / image.getWidth(), (double) cellHeight / image.getHeight()));
        int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
        int x = left + (layout.width() - width) / 2;
        int y = top + (cellHeight - height) / 2;
        graphics.drawImage(image, x, y, width, height, null);
    }

    private void caption(String text, int left, int top) {
        if (text.isBlank() || !fonts) {
            return;
        }
        try {
            graphics.setColor(INK);
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, TEXT_SIZE));
            FontMetrics metrics = graphics.getFontMetrics();
            String shown = text;
            while (shown.length() > 1 && metrics.stringWidth(shown) > layout.width()) {
                int end = shown.length() - (shown.endsWith("…") ? 2 : 1);
                shown = shown.substring(0, Math.max(0, end)) + "…";
            }
            graphics.drawString(shown, left, top + metrics.getAscent() + 2);
        } catch (RuntimeException | LinkageError | InternalError e) { // what Java throws where the system has no fonts
            fonts = false;
            missing.add("captions: there are no fonts here (" + e.getMessage() + "); Debian has them in fontconfig and"
                    + " fonts-dejavu-core");
        }
    }

    SheetPainter.Painted write(Path target, int quality) throws IOException, ConversionException {
        graphics.dispose();
        Codecs.jpeg(sheet, quality, target);
        return new SheetPainter.Painted(sheet.getWidth(), sheet.getHeight(), List.copyOf(missing));
    }
}
