package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Route;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes are edited while work goes on. */
final class RouteFolderTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home, SandboxSettings.defaults().withPlainPictures(true)).start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aSecondDropFolderIsSixLines() throws Exception {
        String six = "\n- templatedRoute:\n    routeTemplateRef: drop-folder\n    routeId: marketing\n    parameters:\n"
                + "      - name: folder\n        value: " + home.resolve("marketing") + "\n";
        Route drop = route("drop");
        edit("folders.camel.yaml", text -> text + six);
        Bench.await("marketing", () -> bench.service().camelContext().getRoute("marketing") != null);

        Bench.await("its folder", () -> Files.isDirectory(home.resolve("marketing")));
        Path lane = Files.createDirectories(home.resolve("marketing/spring"));
        Files.writeString(lane.resolve("a.json"), "{" + SMALL + "}");

        assertThat(bench.done("marketing/spring/a.json").path("lane").asText()).isEqualTo("marketing/spring");
        assertThat(route("drop")).as("what was not edited was not touched").isSameAs(drop);
    }

    @Test
    void aSecondOutputFolderIsOneFile() throws Exception {
        Path gallery = home.resolve("gallery");
        Route generate = route("generate");
        String recipe = Files.readString(Path.of("routes/recipes/folder.camel.yaml"));
        Files.writeString(
                bench.routes().resolve("gallery.camel.yaml"), recipe.replace("/mnt/gallery", gallery.toString()));
        Bench.await("gallery", () -> route("gallery") != null);
        bench.drop("a.json", "{\"job\": {\"deliver\": \"gallery\"}, \"n_iter\": 2, " + SMALL + "}");

        var manifest = bench.done("a.json");

        Path day = gallery.resolve(manifest.path("accepted").asText().substring(0, 10));
        for (String name : Bench.names(manifest)) {
            assertThat(day.resolve(name))
                    .hasSameBinaryContentAs(bench.outputs(manifest).resolve(name));
        }
        assertThat(Disk.list(day)).hasSize(2);
        assertThat(route("generate")).isSameAs(generate);
    }

    @Test
    void aMistakeChangesNothingAndIsTold() throws Exception {
        Route generate = route("generate");
        edit("generate.camel.yaml", text -> text.replace("- bean: # held", "- beann: # held"));

        Bench.await("not ready", () -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage()).hasValue("generate.camel.yaml, line 55, column 11: Unknown node id: beann");
        assertThat(health().getDetails()).containsEntry("line", 55).containsEntry("column", 11);
        bench.drop("a.json", "{" + SMALL + "}");
        bench.done("a.json");
        assertThat(route("generate")).isSameAs(generate);

        edit("generate.camel.yaml", text -> text.replace("- beann: # held", "- bean: # held"));
        Bench.await("ready", () -> health().getState() == HealthCheck.State.UP);
    }

    @Test
    void aFileThatIsDeletedTakesItsRoutesAlong() throws Exception {
        Path extra = Files.writeString(
                bench.routes().resolve("extra.camel.yaml"),
                "- route:\n    id: extra\n    from:\n      uri: direct:extra\n      steps:\n        - log: hello\n");
        Bench.await("extra", () -> bench.service().camelContext().getRoute("extra") != null);

        Files.delete(extra);

        Bench.await("no extra", () -> bench.service().camelContext().getRoute("extra") == null);
    }

    @Test
    void anEditedTemplateChangesWhatIsMadeFromIt() throws Exception {
        Route generate = route("generate");
        Route drop = route("drop");
        edit("prompts.camel.yaml", text -> text.replace("initialDelay: 0", "initialDelay: 7"));
        Bench.await("another drop", () -> route("drop") != null && route("drop") != drop);

        assertThat(route("drop").getEndpoint().getEndpointUri()).contains("initialDelay=7");
        assertThat(route("generate")).isSameAs(generate);
        bench.drop("a.json", "{" + SMALL + "}");
        bench.done("a.json");
    }

    @Test
    void editedFailurePoliciesAreInForceEverywhere() throws Exception {
        Route generate = route("generate");
        edit("failures.camel.yaml", text -> text.replace("{{darkroom.retry.attempts}}", "1"));
        Bench.await("another generate", () -> route("generate") != null && route("generate") != generate);
        Bench.await("drop", () -> route("drop") != null);

        var fault = darkroom.sandbox.Fault.answer(404, "application/json", "{\"detail\": \"Not Found\"}");
        bench.sandbox().next(fault, fault, fault, fault);
        bench.drop("a.json", "{" + SMALL + "}");

        assertThat(bench.failed("a.json").path("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void commentsChangeNothing() throws Exception {
        Route generate = route("generate");
        edit("generate.camel.yaml", text -> "# a remark\n" + text + "# another\n");
        edit(
                "folders.camel.yaml",
                text -> text
                        + "- route:\n    id: extra\n    from:\n      uri: direct:extra\n      steps:\n        - log: hello\n");
        Bench.await("extra", () -> bench.service().camelContext().getRoute("extra") != null);

        assertThat(route("generate")).isSameAs(generate);
    }

    @Test
    void noJobIsLostOrDoneTwiceWhileRoutesChange() throws Exception {
        bench.restartSandbox(
                SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofMillis(20)));
        int jobs = 50;
        for (int i = 0; i < jobs; i++) {
            bench.drop("job" + i + ".json", "{" + SMALL + "}");
        }
        for (int i = 1; i <= 4; i++) {
            int n = i;
            Route before = route("generate");
            edit("generate.camel.yaml", text -> text.replaceFirst("description: .*", "description: version " + n));
            if (i % 2 == 0) {
                edit(
                        "failures.camel.yaml",
                        text -> text.replaceFirst("backOffMultiplier: \\d", "backOffMultiplier: " + (n % 4 + 2)));
            }
            Awaitility.await("change " + i)
                    .atMost(Bench.SOON)
                    .until(() -> route("generate") != null && route("generate") != before);
        }

        Bench.await("all", () -> bench.manifests().size() == jobs);
        assertThat(bench.generations())
                .extracting(request -> request.body().path("seed").asLong())
                .doesNotHaveDuplicates()
                .hasSize(jobs);
        assertThat(Disk.list(bench.data().resolve("failed"))).isEmpty();
        bench.assertTidy();
    }

    @Test
    void workThatTakesLongIsNotCutOffAndTheEditComesLater() throws Exception {
        bench.stop();
        bench.restartSandbox(
                SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofSeconds(4)));
        bench.with(Setting.STOP_TIMEOUT, "1s").start();
        bench.drop("a.json", "{" + SMALL + "}");
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
        Route generate = route("generate");
        edit("failures.camel.yaml", text -> text.replace("{{darkroom.retry.attempts}}", "1"));

        Bench.await("not ready", () -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElseThrow())
                .contains("work under way for longer than darkroom.stop.timeout");
        assertThat(route("generate")).isSameAs(generate);

        bench.done("a.json");
        bench.drop("b.json", "{" + SMALL + "}");
        bench.done("b.json");
        Bench.await("the edit", () -> route("generate") != null && route("generate") != generate);
        Bench.await("ready", () -> health().getState() == HealthCheck.State.UP);
        assertThat(bench.generations()).hasSize(2);
    }

    @Test
    void aFileThatIsNotUtf8IsTold() throws Exception {
        Path path = bench.routes().resolve("generate.camel.yaml");
        byte[] right = Files.readAllBytes(path);
        Files.write(
                path, (new String(right, StandardCharsets.UTF_8) + "# für\n").getBytes(StandardCharsets.ISO_8859_1));

        Bench.await("not ready", () -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage()).hasValue("generate.camel.yaml: it is not UTF-8; save it as that");

        Files.write(path, right);
        Bench.await("ready", () -> health().getState() == HealthCheck.State.UP);
    }

    @Test
    void whatEditorsLeaveIsPassedOver() throws Exception {
        Files.createSymbolicLink(bench.routes().resolve(".#generate.camel.yaml"), Path.of("me@host.1234"));
        Route generate = route("generate");

        edit("generate.camel.yaml", text -> text.replaceFirst("description: .*", "description: another"));

        Bench.await("another generate", () -> route("generate") != null && route("generate") != generate);
    }

    private Route route(String id) {
        return bench.service().camelContext().getRoute(id);
    }

    private HealthCheck.Result health() {
        Optional<HealthCheck> check =
                HealthCheckRegistry.get(bench.service().camelContext()).getCheck("routes");
        return check.orElseThrow().callReadiness();
    }

    private interface Edit {
        String apply(String text);
    }

    /** Saves a file as editors do that write in place: empty for a moment. */
    private void edit(String file, Edit edit) throws IOException {
        Path path = bench.routes().resolve(file);
        String before = Files.readString(path);
        String after = edit.apply(before);
        assertThat(after).isNotEqualTo(before);
        Files.writeString(path, "");
        Files.writeString(path, after);
    }
}
