package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Sha256;
import darkroom.picture.Picture;
import darkroom.picture.PictureProbe;
import darkroom.sandbox.Fault;
import darkroom.settings.Setting;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done with pictures after they were made: with the shipped routes, over real HTTP, down to the files. */
final class AfterTest {
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String SMALL = "\"width\": 96, \"height\": 64, \"steps\": 2, \"seed\": 7";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home).start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"jpeg\"', jpg, jpeg",
        "'\"jpg:60\"', jpg, jpeg",
        "'\"webp\"', webp, webp",
        "'{\"format\": \"webp\", \"lossless\": true}', webp, webp",
        "'\"avif\"', avif, avif",
        "'\"avif:lossless\"', avif, avif"
    })
    void whatIsConvertedCanBeMadeAgain(String convert, String ending, String format) throws Exception {
        Assumptions.assumeTrue(!format.equals("avif") || Programs.has("avifenc"), "there is no avifenc");
        bench.drop(
                "a.json",
                "{\"prompt\": \"Gr\u00fc\u00dfe \ud83e\udd8a, (a:1.2)\", " + SMALL + ", \"job\": {\"convert\": "
                        + convert + "}}");

        JsonNode manifest = bench.done("a.json");

        JsonNode output = manifest.at("/receipts/0/outputs/0");
        String job = manifest.path("job").asText();
        assertThat(Bench.names(manifest)).containsExactly(job + "-001-7." + ending);
        assertThat(output.path("format").asText()).isEqualTo(format);
        assertThat(manifest.at("/receipts/0/warnings")).isEmpty();
        Path file = bench.outputs(manifest).resolve(output.path("file").asText());
        assertThat(Sha256.of(file)).isEqualTo(output.path("sha256").asText());
        assertThat(Files.size(file)).isEqualTo(output.path("bytes").asLong());
        Picture picture = look(file);
        assertThat(picture.size()).isEqualTo("96x64");
        assertThat(picture.infotext())
                .isEqualTo(output.path("infotext").asText())
                .contains("\ud83e\udd8a", "Seed: 7");
        assertThat(bench.outputs(manifest)).isDirectoryNotContaining("glob:**.png");

        Files.createDirectories(bench.data().resolve("drop/again"));
        bench.put("again/.x", Files.readAllBytes(file));
        Files.move(bench.data().resolve("drop/again/.x"), bench.data().resolve("drop/again/fox." + ending));
        bench.done("again/fox." + ending);
        JsonNode again = bench.sandbox().awaitRequest(TXT2IMG, 2, Bench.SOON).body();
        assertThat(again.path("infotext").asText()).isEqualTo(picture.infotext());
        assertThat(again.path("seed").asLong()).isEqualTo(7);
        bench.assertTidy();
    }

    @Test
    void whatTheWebUiMadeIsKeptIfThatIsWanted() throws Exception {
        bench.drop(
                "a.json",
                "{\"save_images\": true, \"batch_size\": 2, " + SMALL
                        + ", \"job\": {\"convert\": {\"format\": \"webp\", \"quality\": 40, \"keep\": true}, \"sidecar\": \"txt\"}}");

        JsonNode manifest = bench.done("a.json");

        List<String> kinds = new ArrayList<>();
        for (JsonNode output : manifest.at("/receipts/0/outputs")) {
            Path file = bench.outputs(manifest).resolve(output.path("file").asText());
            assertThat(Sha256.of(file)).isEqualTo(output.path("sha256").asText());
            kinds.add(output.path("kind").asText() + " "
                    + file.getFileName().toString().replaceFirst(".*-(?=grid|00)", ""));
        }
        assertThat(kinds)
                .containsExactly(
                        "grid grid-7.webp",
                        "original grid-7.png",
                        "sidecar grid-7.txt",
                        "picture 001-7.webp",
                        "original 001-7.png",
                        "sidecar 001-7.txt",
                        "picture 002-8.webp",
                        "original 002-8.png",
                        "sidecar 002-8.txt");
        List<String> saved = new ArrayList<>();
        for (Path file : Bench.files(bench.sandbox().dataFolder().resolve("outputs"))) {
            saved.add(Sha256.of(file));
        }
        JsonNode first = manifest.at("/receipts/0/outputs/4");
        assertThat(saved).contains(first.path("sha256").asText());
        JsonNode text = manifest.at("/receipts/0/outputs/5");
        assertThat(bench.outputs(manifest).resolve(text.path("file").asText()))
                .content(StandardCharsets.UTF_8)
                .isEqualTo(first.path("infotext").asText() + "\n")
                .contains("Steps: 2");
        bench.assertTidy();
    }

    @Test
    void aLaneSaysItAndAFileTakesItBack() throws Exception {
        bench.stop();
        bench.with(Setting.CONVERT, "jpeg:75")
                .with(Setting.OUTPUTS_SIDECAR, "txt")
                .start();
        bench.put("shop/_lane.yaml", "job: {convert: webp, sidecar: none}\n".getBytes(StandardCharsets.UTF_8));
        bench.drop("a.json", "{" + SMALL + "}");
        bench.drop("shop/b.json", "{" + SMALL + "}");
        bench.drop("shop/c.json", "{" + SMALL + ", \"job\": {\"convert\": \"none\"}}");

        assertThat(endings(bench.done("a.json"))).containsExactly("jpg", "txt");
        assertThat(endings(bench.done("shop/b.json"))).containsExactly("webp");
        assertThat(endings(bench.done("shop/c.json"))).containsExactly("png");
    }

    @Test
    void whatIsTransparentIsWhiteInAJpegAndStaysSoInAWebp() throws Exception {
        BufferedImage glass = new BufferedImage(96, 64, BufferedImage.TYPE_INT_ARGB);
        glass.setRGB(5, 5, Color.RED.getRGB());
        for (String format : List.of("jpeg:100", "webp:lossless")) {
            bench.sandbox().next(Fault.pictures(pictures -> pictures.set(0, png(glass))));
            bench.drop(format.substring(0, 4) + ".json", "{" + SMALL + ", \"job\": {\"convert\": \"" + format + "\"}}");
        }

        JsonNode jpeg = bench.done("jpeg.json");
        assertThat(jpeg.at("/receipts/0/warnings/0").asText())
                .contains("transparent")
                .contains("white");
        BufferedImage flat = ImageIO.read(onlyOutput(jpeg).toFile());
        assertThat(new Color(flat.getRGB(80, 50))).isEqualTo(Color.WHITE);
        JsonNode webp = bench.done("webp.json");
        assertThat(webp.at("/receipts/0/warnings")).isEmpty();
        BufferedImage clear = ImageIO.read(onlyOutput(webp).toFile());
        assertThat(clear.getRGB(80, 50) >>> 24).isZero();
        assertThat(clear.getRGB(5, 5)).isEqualTo(Color.RED.getRGB());
    }

    /** A few kilobytes that are 20000x20000 pixels: known by the header, before anything is unpacked. */
    @Test
    void whatCanNotBeConvertedStaysAsItCame() throws Exception {
        bench.stop();
        bench.with(Setting.CHECK_SIZE, "off")
                .with(Setting.CONVERT_MAX_PIXELS, "1000000")
                .start();
        String bomb = png(new BufferedImage(20_000, 2_000, BufferedImage.TYPE_BYTE_BINARY));
        bench.sandbox().next(Fault.pictures(pictures -> pictures.set(0, bomb)));
        bench.drop("a.json", "{" + SMALL + ", \"job\": {\"convert\": \"webp\", \"sidecar\": \"txt\"}}");

        JsonNode manifest = bench.done("a.json");

        assertThat(manifest.at("/receipts/0/warnings/0").asText())
                .contains("picture 1 was not converted to webp")
                .contains("20000x2000")
                .contains("darkroom.convert.max-pixels");
        assertThat(endings(manifest)).containsExactly("png", "txt");
        assertThat(onlyOutput(manifest)).hasBinaryContent(Base64.getDecoder().decode(bomb));
        bench.assertTidy();
    }

    @Test
    void whatCanNotBeConvertedIsAFailureIfTheOperatorWantsIt() throws Exception {
        bench.stop();
        bench.with(Setting.CHECK_CONVERT, "refuse")
                .with(Setting.CONVERT_MAX_PIXELS, "1000")
                .start();
        bench.drop("a.json", "{" + SMALL + ", \"job\": {\"convert\": \"jpeg\"}}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("conversion-failed");
        assertThat(error.path("message").asText()).contains("96x64").contains("max-pixels");
        assertThat(Bench.files(bench.data().resolve("failed")))
                .anyMatch(file -> file.toString().endsWith(".png"));
    }

    @ParameterizedTest
    @CsvSource({"none, png", "jpeg, jpg", "webp, webp", "avif, avif"})
    void picturesSayThatTheyWereGenerated(String convert, String ending) throws Exception {
        Assumptions.assumeTrue(!convert.equals("avif") || Programs.has("avifenc"), "there is no avifenc");
        bench.stop();
        bench.with(Setting.OUTPUTS_DIGITAL_SOURCE_TYPE, "on")
                .with(Setting.CONVERT, convert)
                .start();
        bench.drop("a.json", "{" + SMALL + "}");
        bench.put("sketch.png", Files.readAllBytes(Path.of("examples/pictures/sketch.png")));
        bench.drop("b.json", "{\"init_images\": [\"sketch.png\"], " + SMALL + "}");

        for (String[] each : new String[][] {
            {"a.json", "digitalsourcetype/trainedAlgorithmicMedia<"},
            {"b.json", "digitalsourcetype/compositeWithTrainedAlgorithmicMedia<"}
        }) {
            JsonNode manifest = bench.done(each[0]);
            Path file = onlyOutput(manifest);
            assertThat(file.toString()).endsWith("." + ending);
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).containsOnlyOnce(each[1]);
            assertThat(Sha256.of(file))
                    .isEqualTo(manifest.at("/receipts/0/outputs/0/sha256").asText());
            assertThat(look(file).infotext())
                    .isEqualTo(manifest.at("/receipts/0/outputs/0/infotext").asText());
        }
        bench.assertTidy();
    }

    @Test
    void withoutAProgramForItAvifIsRefusedBeforeAnythingIsMade() throws Exception {
        bench.stop();
        bench.with(Setting.CONVERT_AVIFENC, "/nowhere/avifenc").start();
        bench.drop("a.json", "{" + SMALL + ", \"job\": {\"convert\": \"avif\"}}");

        JsonNode error = bench.failed("a.json");

        assertThat(error.path("code").asText()).isEqualTo("converter-missing");
        assertThat(error.path("pointer").asText()).isEqualTo("/job/convert");
        assertThat(bench.generations()).isEmpty();
    }

    /** A process that died between the final names and the receipt: what it published is withdrawn, and made again. */
    @Test
    void aTaskThatIsDoneAgainReplacesItsOwnFiles() throws Exception {
        bench.stop();
        bench.with(Setting.DELIVER, "nowhere").start(); // so that the job stays at work
        bench.drop(
                "a.json",
                "{" + SMALL
                        + ", \"job\": {\"convert\": \"webp:keep\", \"sidecar\": \"txt\", \"contact_sheet\": true}}");
        Bench.await("manifest", () -> bench.manifests().size() == 1);
        JsonNode first = bench.manifests().get(0);
        bench.stop();
        Path outputs = bench.outputs(first);
        List<Path> published = Bench.files(outputs);
        assertThat(published).hasSize(5);
        Path work = Bench.jobs(bench.data().resolve("work")).get(0);
        for (String record : List.of("receipts/1.json", "receipts/1.handed-over", "delivering.json", "sheets.json")) {
            Files.deleteIfExists(work.resolve(record));
        }
        Files.delete(outputs.resolve("manifest.json"));
        Files.write( // as it is before the receipt
                Files.createDirectory(outputs.resolve(".incoming-1")).resolve("names"), Bench.names(first));
        Files.writeString(outputs.resolve("somebody-elses.txt"), "x");

        bench.with(Setting.DELIVER_ENDS, "local").start();
        JsonNode again = bench.done("a.json");

        assertThat(Bench.names(again)).isEqualTo(Bench.names(first));
        bench.assertTidy();
        List<Path> expected = new ArrayList<>(published);
        expected.add(outputs.resolve("somebody-elses.txt"));
        assertThat(Bench.files(outputs)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(bench.generations()).hasSize(2);
    }

    private static List<String> endings(JsonNode manifest) {
        return Bench.names(manifest).stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .toList();
    }

    private Path onlyOutput(JsonNode manifest) {
        return bench.outputs(manifest)
                .resolve(manifest.at("/receipts/0/outputs/0/file").asText());
    }

    private static Picture look(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return PictureProbe.lookThrough(in);
        }
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

    /** Programs that are not part of Darkroom. */
    private static final class Programs {
        static boolean has(String name) {
            return Stream.of(System.getenv("PATH").split(":", -1))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        }
    }
}
