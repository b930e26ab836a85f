package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Sha256;
import darkroom.sandbox.ReceivedRequest;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of pictures, through the shipped routes and over real HTTP. */
final class PicturesInDropFolderTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench() throws IOException {
        return new Bench(home, SandboxSettings.defaults().withPlainPictures(true))
                .with(Setting.DROP_SETTLE, "50ms")
                .with(Setting.DROP_PATIENCE, "100ms");
    }

    @Test
    void eachPictureOfAFolderIsSentWithItsMaskAndItsOutputIsCalledAsItIs() throws Exception {
        try (Bench bench = bench().with(Setting.OUTPUTS_NAME, "[source]").start()) {
            for (String name : List.of("x10", "x2", "x1")) {
                bench.put("photos/" + name + ".png", png(72, 40, name.length()));
                bench.put("photos/" + name + "_mask.png", png(72, 40, 0));
            }
            bench.drop(
                    "a.json",
                    "{\"prompt\": \"a gull\", \"steps\": 2, \"job\": {\"pictures\": \"photos\","
                            + " \"masks\": \"*_mask.png\", \"size\": \"picture\"}}");

            JsonNode manifest = bench.done("a.json");

            assertThat(Bench.names(manifest)).containsExactly("x1.png", "x2.png", "x10.png");
            assertThat(manifest.at("/receipts/1/payload/init_images/0/source").asText())
                    .isEqualTo("photos/x2.png");
            assertThat(manifest.at("/receipts/1/payload/mask/source").asText()).isEqualTo("photos/x2_mask.png");
            assertThat(manifest.at("/receipts/2/outputs/0/width").asInt()).isEqualTo(72);
            assertThat(manifest.at("/receipts/2/outputs/0/height").asInt()).isEqualTo(40);
            byte[] sent = Files.readAllBytes(bench.data().resolve("drop/photos/x2.png"));
            assertThat(bench.generations())
                    .hasSize(3)
                    .allMatch(request -> request.path().endsWith("img2img"))
                    .anyMatch(request -> request.body()
                            .at("/init_images/0")
                            .asText()
                            .equals(Base64.getEncoder().encodeToString(sent)));
            bench.assertTidy();
        }
    }

    @Test
    void picturesAreMadeAgainFromWhatIsInThem() throws Exception {
        try (Bench bench = bench().start()) {
            bench.drop("first.json", "{\"prompt\": \"a gull\", \"seed\": 77, \"batch_size\": 2, " + SMALL + "}");
            JsonNode first = bench.done("first.json");
            for (String name : Bench.names(first)) {
                bench.put(
                        "made/" + name, Files.readAllBytes(bench.outputs(first).resolve(name)));
            }

            bench.drop(
                    "again.json",
                    "{\"denoising_strength\": 0.4, \"job\": {\"pictures\": \"made/*\","
                            + " \"inherit\": \"infotext\", \"size\": \"picture\"}}");

            JsonNode again = bench.done("again.json");
            assertThat(again.path("receipts")).hasSize(2);
            assertThat(again.at("/receipts/1/payload/infotext").asText()).startsWith("a gull\n");
            assertThat(again.at("/receipts/1/outputs/0/infotext").asText())
                    .contains("a gull", "Seed: 78", "Denoising strength: 0.4");
        }
    }

    @Test
    void aFolderIsEnlarged() throws Exception {
        try (Bench bench = bench().with(Setting.OUTPUTS_NAME, "[source]").start()) {
            bench.put("photos/a b.png", png(16, 16, 1));
            bench.put("photos/\u00fc.jpg.png", png(16, 16, 2));
            bench.drop("a.yaml", "upscaler_1: Lanczos\nupscaling_resize: 2\njob: {pictures: ['photos/*.png']}\n");

            assertThat(Bench.names(bench.done("a.yaml"))).containsExactly("a_b.png", "\u00fc.jpg.png");
        }
    }

    @Test
    void whatIsPinnedIsMadeWhateverBecomesOfTheFolder() throws Exception {
        int many = 60;
        try (Bench bench = bench().start()) {
            Path kept = Files.createDirectory(home.resolve("kept"));
            for (int i = 0; i < many; i++) {
                Files.write(kept.resolve(i + ".png"), png(16, 16, i));
                bench.put("photos/" + i + ".png", png(16, 16, i));
            }
            bench.drop(
                    "a.json", "{\"prompt\": \"a\", \"seed\": 5, " + SMALL + ", \"job\": {\"pictures\": \"photos\"}}");
            Bench.await("some of it", () -> bench.generations().size() >= 10);
            for (int i = 0; i < many; i++) {
                Files.delete(bench.data().resolve("drop/photos/" + i + ".png"));
            }
            bench.stop();
            bench.start();

            JsonNode manifest = bench.done("a.json");

            assertThat(manifest.path("receipts")).hasSize(many);
            for (int i = 0; i < many; i++) {
                assertThat(manifest.at("/receipts/" + i + "/payload/init_images/0/sha256")
                                .asText())
                        .isEqualTo(Sha256.of(kept.resolve(i + ".png")));
            }
            assertThat(bench.generations()).hasSizeBetween(many, many + 4);
            bench.assertTidy();
        }
    }

    @Test
    void nothingIsSentIfOneIsBroken() throws Exception {
        try (Bench bench = bench().with(Setting.JOB_LIMIT, "5").start()) {
            for (int i = 0; i < 3; i++) {
                bench.put("photos/" + i + ".png", png(16, 16, i));
            }
            bench.put("photos/3.png", new byte[] {1, 2, 3});
            bench.put("photos/4\n.png", new byte[0]);
            bench.put("many/x", new byte[0]);
            for (int i = 0; i < 6; i++) {
                bench.put("many/" + i + ".png", png(16, 16, i));
            }
            bench.drop("a.json", "{\"prompt\": \"a\", " + SMALL + ", \"job\": {\"pictures\": \"photos\"}}");
            bench.drop("b.json", "{\"prompt\": \"a\", " + SMALL + ", \"job\": {\"pictures\": \"many\"}}");

            JsonNode error = bench.failed("a.json");
            assertThat(error.path("code").asText()).isEqualTo("picture-unreadable");
            assertThat(error.toString()).contains("photos/3.png").contains("photos/4");
            assertThat(bench.failed("b.json").path("code").asText()).isEqualTo("too-many-tasks");
            assertThat(bench.generations()).isEmpty();
            bench.assertTidy();
        }
    }

    @Test
    void picturesMayBeInAnotherFolderWithWhatLiesBesideThem() throws Exception {
        Path photos = Files.createDirectory(home.resolve("nas")).toRealPath();
        Files.write(photos.resolve("1.png"), png(16, 16, 1));
        Files.write(photos.resolve("2.png"), png(16, 16, 2));
        Files.writeString(photos.resolve("2.txt"), "a tern");
        try (Bench bench =
                bench().with(Setting.PICTURES_FOLDERS, photos.toString()).start()) {
            bench.drop(
                    "a.json",
                    "{\"prompt\": \"a gull\", " + SMALL + ", \"job\": {\"pictures\": \"" + photos
                            + "/*.png\", \"sidecars\": true}}");

            bench.done("a.json");

            assertThat(bench.generations())
                    .extracting(ReceivedRequest::body)
                    .extracting(body -> body.path("prompt").asText())
                    .containsExactlyInAnyOrder("a gull", "a tern");
        }
    }

    private static byte[] png(int width, int height, int colour) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 1, 0x336699 + colour);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
