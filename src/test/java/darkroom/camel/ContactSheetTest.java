package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Sha256;
import darkroom.sandbox.Fault;
import darkroom.settings.Setting;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sheets of all pictures of a job: with the shipped routes, down to their pixels. */
final class ContactSheetTest {
    private static final String SMALL = "\"width\": 96, \"height\": 64, \"steps\": 2, \"seed\": 7";
    private static final List<Color> COLOURS = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.BLACK, Color.ORANGE);

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Bench(home);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Five colours, in rows of two: each is where it belongs, and the last cell is empty. */
    @Test
    void picturesAreInTheirOrderAndTheSheetGoesWhereTheyGo() throws Exception {
        Path gallery = home.resolve("gallery");
        Path told = home.resolve("told");
        bench.withRecipe("folder", "/mnt/gallery", gallery.toString())
                .withRecipe("events-to-folder", "/mnt/events", told.toString());
        bench.start();
        for (Color colour : COLOURS) {
            bench.sandbox().next(Fault.pictures(pictures -> pictures.set(0, png(colour))));
        }
        bench.drop(
                "a.json",
                "{" + SMALL + ", \"job\": {\"matrix\": {\"steps\": [1, 2, 3, 4, 5]}, \"deliver\": \"gallery\","
                        + " \"contact_sheet\": {\"columns\": 2, \"width\": 80, \"caption\": \"[index] [seed]\"}}}");

        JsonNode manifest = bench.done("a.json");

        String job = manifest.path("job").asText();
        JsonNode sheet = manifest.at("/sheets/0");
        assertThat(manifest.path("sheets")).hasSize(1);
        assertThat(sheet.path("file").asText()).isEqualTo(job + "-sheet.jpg");
        assertThat(manifest.path("outputs").asInt()).isEqualTo(6);
        Path file = bench.outputs(manifest).resolve(sheet.path("file").asText());
        assertThat(Sha256.of(file)).isEqualTo(sheet.path("sha256").asText());
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(sheet.path("width").asInt()).isEqualTo(8 + 2 * 88);
        int rowHeight = 53 + 8 + 20; // two thirds of the width, a gap, a line
        assertThat(image.getHeight()).isEqualTo(8 + 3 * rowHeight);
        List<Color> colours = new ArrayList<>();
        for (int i = 0; i < COLOURS.size(); i++) {
            Path picture =
                    bench.outputs(manifest).resolve(job + "-00" + (i + 1) + "-7.png"); // whichever colour that got
            Color colour = new Color(ImageIO.read(picture.toFile()).getRGB(40, 30));
            colours.add(colour);
            assertLike(image, 8 + i % 2 * 88 + 40, 8 + i / 2 * rowHeight + 26, colour);
        }
        assertThat(colours).containsAll(COLOURS);
        assertLike(image, 8 + 88 + 40, 8 + 2 * rowHeight + 26, Color.WHITE);
        assertThat(darkIn(image, 8, 8 + 53, 80, 20)).as("a caption").isGreaterThan(20);

        List<Path> delivered = Bench.files(gallery);
        assertThat(delivered).hasSize(6);
        Path sent = delivered.stream()
                .filter(path -> path.toString().endsWith("-sheet.jpg"))
                .findFirst()
                .orElseThrow();
        assertThat(sent).hasSameBinaryContentAs(file);
        assertThat(manifest.at("/deliveries/0/delivered").asInt()).isEqualTo(6);
        AsyncApi asyncApi = new AsyncApi();
        Bench.await("events", () -> outputsTold(told).size() == 6);
        outputsTold(told).forEach(asyncApi::check);
        bench.assertTidy();
    }

    @Test
    void whatDoesNotFitOnOneSheetIsOnSeveral() throws Exception {
        bench.with(Setting.OUTPUTS_NAME, "[name]_[seed]")
                .with(Setting.OUTPUTS_CONTACT_SHEET, "8x1000")
                .start();
        bench.drop("a.json", "{\"batch_size\": 5, \"n_iter\": 2, " + SMALL + "}");
        bench.drop("b.json", "{" + SMALL + ", \"job\": {\"contact_sheet\": false}}");

        JsonNode manifest = bench.done("a.json");

        assertThat(manifest.path("sheets").findValuesAsText("file")).containsExactly("a-sheet.jpg", "a-sheet2.jpg");
        assertThat(manifest.at("/sheets/0/width").asInt()).isEqualTo(8 + 8 * 1008);
        assertThat(manifest.at("/sheets/1/width").asInt()).isEqualTo(8 + 2 * 1008);
        assertThat(bench.done("b.json").has("sheets")).isFalse();
        bench.assertTidy();
    }

    /** A bomb, something deleted meanwhile, and formats of all kinds: what can't be shown leaves its place empty. */
    @Test
    void whatCanNotBeShownIsLeftOut() throws Exception {
        bench.with(Setting.CHECK_SIZE, "off")
                .with(Setting.CONVERT_MAX_PIXELS, "1000000")
                .start();
        String bomb = png(new BufferedImage(20_000, 2_000, BufferedImage.TYPE_BYTE_BINARY));
        bench.sandbox().next(Fault.pictures(pictures -> {
            pictures.set(pictures.size() - 2, bomb);
            return pictures.set(pictures.size() - 1, png(Color.RED));
        }));
        bench.drop("a.json", "{\"batch_size\": 2, " + SMALL + ", \"job\": {\"contact_sheet\": true}}");

        JsonNode manifest = bench.done("a.json");

        BufferedImage sheet = ImageIO.read(bench.outputs(manifest)
                .resolve(manifest.at("/sheets/0/file").asText())
                .toFile());
        assertThat(sheet.getWidth()).isEqualTo(8 + 2 * 264);
        assertLike(sheet, 8 + 128, 8 + 64, new Color(0xe0e0e0));
        assertLike(sheet, 8 + 264 + 128, 8 + 64, Color.RED);
    }

    @Test
    void convertedPicturesAreShownAsWell() throws Exception {
        bench.start();
        List<String> formats = new ArrayList<>(List.of("jpeg", "webp"));
        if (new ProcessBuilder("sh", "-c", "command -v avifenc && command -v avifdec")
                        .start()
                        .waitFor()
                == 0) {
            formats.add("avif");
        }
        for (String format : formats) {
            bench.sandbox().next(Fault.pictures(pictures -> pictures.set(0, png(Color.BLUE))));
            bench.drop(
                    format + ".json",
                    "{" + SMALL + ", \"job\": {\"convert\": \"" + format + "\", \"contact_sheet\": {\"width\": 90}}}");
            JsonNode manifest = bench.done(format + ".json");
            BufferedImage sheet = ImageIO.read(bench.outputs(manifest)
                    .resolve(manifest.at("/sheets/0/file").asText())
                    .toFile());
            assertLike(sheet, 8 + 45, 8 + 30, Color.BLUE);
        }
        Assumptions.assumeTrue(formats.contains("avif"), "there is no avifenc");
    }

    private static List<JsonNode> outputsTold(Path folder) throws IOException {
        return Bench.files(folder).stream()
                .filter(file -> !file.getFileName().toString().startsWith("."))
                .map(Bench::json)
                .filter(event -> event.path("type").asText().equals("darkroom.output"))
                .toList();
    }

    private static void assertLike(BufferedImage image, int x, int y, Color wanted) {
        Color there = new Color(image.getRGB(x, y));
        int off = Math.abs(there.getRed() - wanted.getRed())
                + Math.abs(there.getGreen() - wanted.getGreen())
                + Math.abs(there.getBlue() - wanted.getBlue());
        assertThat(off).as("%s at %d,%d and not %s", there, x, y, wanted).isLessThan(40);
    }

    private static int darkIn(BufferedImage image, int left, int top, int width, int height) {
        int dark = 0;
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                dark += (image.getRGB(x, y) & 0xff) < 100 ? 1 : 0;
            }
        }
        return dark;
    }

    private static String png(Color colour) {
        BufferedImage image = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 96; x++) {
                image.setRGB(x, y, colour.getRGB());
            }
        }
        return png(image);
    }

    private static String png(BufferedImage image) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(image, "png", out);
            return Base64.getEncoder().encodeToString(out.toByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
