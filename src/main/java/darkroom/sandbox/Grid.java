package darkroom.sandbox;

import java.util.List;

/** Many pictures in one, as a contact sheet (captures 105, 414). */
final class Grid {
    private Grid() {}

    /** Row by row, about as many rows as columns unless the options say otherwise. */
    static Picture of(List<Picture> pictures, int batchSize, Options options) {
        return inRows(pictures, rows(pictures.size(), batchSize, options), options);
    }

    static Picture inRows(List<Picture> pictures, int rows, Options options) {
        int columns = (pictures.size() + rows - 1) / rows;
        int width = pictures.stream().mapToInt(Picture::width).max().orElse(0);
        int height = pictures.stream().mapToInt(Picture::height).max().orElse(0);
        Picture grid = Picture.filled(columns * width, rows * height, colour(options.text("grid_background_color")));
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            int left = i % columns * width + (width - picture.width()) / 2;
            grid = grid.pasted(picture, left, i / columns * height + (height - picture.height()) / 2);
        }
        return grid;
    }

    /** A colour as options have it, {@code #rrggbb}; white if it is none. */
    static int colour(String text) {
        return text.matches("#[0-9a-fA-F]{6}") ? 0xFF000000 | Integer.parseInt(text.substring(1), 16) : 0xFFFFFFFF;
    }

    private static int rows(int pictures, int batchSize, Options options) {
        int wanted = (int) options.number("n_rows");
        int rows = wanted > 0 ? wanted : wanted == 0 ? batchSize : (int) Math.rint(Math.sqrt(pictures));
        if (wanted < 0 && options.flag("grid_prevent_empty_spots")) {
            rows = (int) Math.sqrt(pictures);
            while (pictures % rows != 0) {
                rows--;
            }
        }
        return Math.max(1, Math.min(rows, pictures));
    }
}
