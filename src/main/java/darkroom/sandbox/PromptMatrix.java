package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The one script that the sandbox runs: a picture for every way to combine the parts of a prompt, {@code fox|snow|night},
 * and a contact sheet of them in front (capture 121).
 */
final class PromptMatrix {
    static final String NAME = "prompt matrix";
    private static final int ARGUMENTS = 5;

    private final Asked asked;
    private final Engine engine;
    private final Options options;
    private final Random random;
    private final boolean atStart;
    private final boolean differentSeeds;
    private final boolean positive;
    private final String delimiter;
    private final int margin;

    PromptMatrix(Asked asked, Engine engine, Random random) {
        this.asked = asked;
        this.engine = engine;
        this.options = engine.options();
        this.random = random;
        JsonNode arguments = asked.get("script_args");
        if (arguments.size() != ARGUMENTS) {
            throw ApiError.python("TypeError", "Script.run() takes 7 positional arguments");
        }
        atStart = arguments.get(0).asBoolean();
        differentSeeds = arguments.get(1).asBoolean();
        positive = oneOf("prompt type", arguments.get(2).asText(), "positive", "negative");
        boolean comma = oneOf("variations delimiter", arguments.get(3).asText(), "comma", "space");
        delimiter = comma ? ", " : " ";
        margin = arguments.get(4).asInt();
    }

    private static boolean oneOf(String what, String value, String first, String second) {
        if (!value.equals(first) && !value.equals(second)) {
            throw ApiError.python("ValueError", "Unknown " + what + " " + value);
        }
        return value.equals(first);
    }

    Batches batches() {
        List<String> combined = combined();
        long seed = Batches.seed(asked.get("seed"), random);
        var seeds = new ArrayList<Long>();
        combined.forEach(prompt -> seeds.add(differentSeeds ? seed + seeds.size() : seed));
        List<String> prompts = positive ? combined : Collections.nCopies(combined.size(), asked.text("prompt"));
        List<String> negatives =
                positive ? Collections.nCopies(combined.size(), asked.text("negative_prompt")) : combined;
        int size = Math.max(1, asked.whole("batch_size"));
        return Batches.of(prompts, negatives, seeds, asked, engine, random)
                .sized(size, (combined.size() + size - 1) / size);
    }

    /** Puts the sheet before the pictures, and saves it whether or not the request wants anything saved. */
    void addGrid(Made made, String outdir) throws IOException {
        List<Picture> pictures = made.result().pictures();
        Picture first = pictures.get(0);
        int parts = parts().length - 1;
        Picture sheet = Grid.inRows(pictures, 1 << (parts / 2), options);
        int columns = sheet.width() / first.width();
        int rows = sheet.height() / first.height();
        Picture annotated = annotated(sheet, first, columns, rows);
        String infotext = made.result().infotexts().get(0);
        made.result().addGrid(annotated, infotext);
        made.info().put("index_of_first_image", 1);
        ((ArrayNode) made.info().get("infotexts")).insert(0, infotext);
        if (options.flag("grid_save")) {
            var shot = new Shot(
                    made.job(), asked.text("prompt"), "", made.job().seeds().get(0), 0, 0, 0);
            var kind = new OutputFolder.Kind(outdir, "prompt_matrix", "", true);
            var names = new FilenamePattern(options, engine.samplers(), shot, annotated);
            engine.outputs().save(annotated, kind, options.text("grid_format"), names, null);
        }
    }

    private String[] parts() {
        return asked.text(positive ? "prompt" : "negative_prompt").split("\\|", -1);
    }

    private List<String> combined() {
        String[] parts = parts();
        var all = new ArrayList<String>();
        for (int choice = 0; choice < 1 << (parts.length - 1); choice++) {
            var chosen = new ArrayList<String>();
            for (int part = 1; part < parts.length; part++) {
                if ((choice & (1 << (part - 1))) != 0) {
                    chosen.add(parts[part].strip().replaceAll("^,+|,+$", ""));
                }
            }
            chosen.add(atStart ? chosen.size() : 0, parts[0]);
            all.add(String.join(delimiter, chosen));
        }
        return all;
    }

    /** With room for the variable parts above and left of the pictures. The words themselves need a font and are left out. */
    private Picture annotated(Picture sheet, Picture cell, int columns, int rows) {
        List<String> parts = List.of(parts());
        int fontSize = (cell.width() + cell.height()) / 25;
        int acrossEnd = 1 + parts.size() / 2;
        List<String> across = parts.subList(1, acrossEnd);
        List<String> down = parts.subList(acrossEnd, parts.size());
        int top = across.isEmpty() ? 0 : textHeight(across, fontSize) + 2 * (fontSize / 2);
        int left = down.isEmpty() ? 0 : cell.width() * 3 / 4;
        int width = sheet.width() + left + margin * (columns - 1);
        int height = sheet.height() + top + margin * (rows - 1);
        Picture result = Picture.filled(width, height, Grid.colour(options.text("grid_background_color")));
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                Picture part = sheet.cropped(column * cell.width(), row * cell.height(), cell.width(), cell.height());
                result = result.pasted(
                        part, left + (cell.width() + margin) * column, top + (cell.height() + margin) * row);
            }
        }
        return result;
    }

    /** About as high as these words would be, one below the other. */
    private static int textHeight(List<String> words, int fontSize) {
        int spacing = fontSize / 2;
        return words.stream()
                        .collect(Collectors.summingInt(word -> (int) Math.ceil(fontSize * emHeight(word)) + spacing))
                - spacing;
    }

    private static double emHeight(String word) {
        boolean tall = word.chars().anyMatch(c -> Character.isUpperCase(c) || "bdfhiklt0123456789".indexOf(c) >= 0);
        boolean deep = word.chars().anyMatch(c -> "gjpqy,;".indexOf(c) >= 0);
        return 0.53 + (tall ? 0.2 : 0) + (deep ? 0.21 : 0);
    }
}
