package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.sandbox.Checkpoint;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A destination may hand on what it gets, as rules in its route say. */
final class SorterTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(home);
        bench.with(Setting.DELIVER_PAUSE, "50ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "200ms")
                .with(Setting.DELIVER, "sorter");
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theRecipeSortsByLabelLaneCheckpointAndSize() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults()
                .withCheckpoints(Checkpoint.named("v1-5.safetensors"), Checkpoint.named("sd_xl_base.safetensors"))
                .withPlainPictures(true));
        for (String name : List.of("vault", "shop", "archive", "gallery")) {
            destination(name);
        }
        bench.withRecipe("sorter", ">= 1024", ">= 128").start();
        bench.drop("birds/private.json", prompt("private", 64, ""));
        bench.drop("birds/owl.json", prompt("safe", 64, ""));
        bench.drop(
                "xl.json",
                prompt("safe", 64, ", \"override_settings\": {\"sd_model_checkpoint\": \"sd_xl_base.safetensors\"}"));
        bench.drop("large.json", prompt("safe", 128, ""));
        bench.drop("plain.json", "{\"steps\": 2, \"width\": 64, \"height\": 64}");

        for (String name : List.of("birds/private.json", "birds/owl.json", "xl.json", "large.json", "plain.json")) {
            JsonNode manifest = bench.done(name);
            assertThat(manifest.path("deliveries").toString())
                    .isEqualTo("[{\"destination\":\"sorter\",\"delivered\":1,\"waiting\":0,\"failed\":0}]");
        }
        Bench.await(
                "all of them",
                () -> jobs("vault").size()
                                + jobs("shop").size()
                                + jobs("archive").size()
                                + jobs("gallery").size()
                        == 6);

        assertThat(jobs("vault")).containsExactly("private");
        assertThat(jobs("shop")).containsExactlyInAnyOrder("owl", "large");
        assertThat(jobs("archive")).containsExactlyInAnyOrder("owl", "xl");
        assertThat(jobs("gallery")).containsExactly("plain");
        assertThat(bench.manifests().get(0).at("/labels/rating").asText()).isNotEmpty();
        bench.assertTidy();
    }

    @Test
    void aCircleOfDestinationsEndsAndEachGetsAnOutputOnce() throws Exception {
        route("sorter", "outbox:sorter", copy("sorter"), "to: outbox:sorter", "to: outbox:other", "to: outbox:other");
        route("other", "outbox:other", copy("other"), "to: outbox:sorter", "to: outbox:third");
        route("third", "outbox:third", copy("third"), "to: outbox:other", "to: outbox:sorter");
        bench.start();
        bench.drop("a.json", "{\"n_iter\": 2, " + SMALL + "}");
        JsonNode manifest = bench.done("a.json");

        Bench.await(
                "the last", () -> jobs("third").size() == 2 && waiting("third").isEmpty());

        for (String name : List.of("sorter", "other", "third")) {
            assertThat(jobs(name)).as(name).hasSize(2);
            assertThat(waiting(name)).as(name).isEmpty();
            assertThat(Disk.list(bench.outputs(manifest).resolve(".deliveries").resolve(name)))
                    .hasSize(2);
        }
    }

    @Test
    void whatCanNotBeHandedOnStaysAndIsHandedOnWhenTheRouteIsThere() throws Exception {
        route("sorter", "outbox:sorter", "to: outbox:shop");
        bench.start();
        bench.drop("a.json", "{" + SMALL + "}");
        Bench.await(
                "tries",
                () -> waiting("sorter").stream()
                        .anyMatch(file -> Bench.json(file).path("attempts").asInt() >= 2));
        assertThat(Bench.json(waiting("sorter").get(0)).path("error").asText())
                .isEqualTo("no route is from outbox:shop, to which this is to be handed on");
        assertThat(bench.exists("done/a.json")).isFalse();

        destination("shop");

        bench.done("a.json");
        Bench.await("delivered", () -> jobs("shop").size() == 1);
    }

    @Test
    void whatIsHandedOnOutlivesARestartAndFailsNoJob() throws Exception {
        Files.createDirectories(home.resolve("far"));
        Files.writeString(home.resolve("far/shop"), "in the way");
        destination("shop");
        route("sorter", "outbox:sorter", "to: outbox:shop");
        bench.with(Setting.DELIVER_ATTEMPTS, "6").start();
        bench.drop("a.json", "{" + SMALL + "}");
        bench.done("a.json"); // the sorter has done its part
        bench.stop();
        bench.start();
        Bench.await("given up", () -> waiting("shop/dead").size() == 1);
        assertThat(bench.exists("done/a.json")).isTrue();

        Files.delete(home.resolve("far/shop"));
        Path dead = waiting("shop/dead").get(0);
        Files.move(dead, dead.getParent().resolveSibling(dead.getFileName()));

        Bench.await("delivered", () -> jobs("shop").size() == 1);
        assertThat(bench.generations()).hasSize(1);
    }

    @Test
    void outputsAndManifestsAreNotMixed() throws Exception {
        route("hook", "outbox:hook?each=job", copy("hook"));
        route("sorter", "outbox:sorter", "to: outbox:hook");
        bench.with(Setting.DELIVER_ATTEMPTS, "1").start();
        bench.drop("a.json", "{" + SMALL + "}");

        assertThat(bench.failed("a.json").path("message").asText())
                .contains("outbox:hook delivers jobs, and this is an output; each= of both routes has to be the same");
        assertThat(waiting("hook")).isEmpty();
    }

    private static String prompt(String rating, int size, String more) {
        return "{\"job\": {\"labels\": {\"rating\": \"%s\"}}, \"steps\": 2, \"width\": %d, \"height\": %d%s}"
                .formatted(rating, size, size, more);
    }

    /** Whose outputs a destination has got, by the names of their jobs; with how often in between. */
    private List<String> jobs(String name) throws IOException {
        return Disk.list(home.resolve("far").resolve(name)).stream()
                .map(file -> file.getFileName().toString())
                .filter(file -> !file.startsWith("."))
                .map(file -> file.substring(0, file.indexOf('-')))
                .toList();
    }

    private List<Path> waiting(String name) throws IOException {
        return Disk.list(bench.data().resolve("outbox").resolve(name)).stream()
                .filter(file -> file.toString().endsWith(".json")
                        && !file.toString().endsWith(".error.json")
                        && !file.getFileName().toString().startsWith("."))
                .toList();
    }

    private void destination(String name) throws IOException {
        route(name, "outbox:" + name, copy(name));
    }

    /** A copy for each delivery, so that a second one shows. */
    private String copy(String name) {
        return "to: {uri: \"file:" + home.resolve("far").resolve(name)
                + "\", parameters: {fileName: \"${variable.name}-${exchangeId}\", tempPrefix: .part-}}";
    }

    private void route(String name, String from, String... steps) throws IOException {
        StringBuilder text = new StringBuilder("""
                - route:
                    id: %s
                    routeConfigurationId: deliveries
                    from:
                      uri: %s
                      steps:
                """.formatted(name, from));
        for (String step : steps) {
            text.append("        - ").append(step).append('\n');
        }
        Files.writeString(bench.routes().resolve(name + ".camel.yaml"), text);
    }
}
