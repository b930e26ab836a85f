package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.FreePort;
import darkroom.camel.component.WebuiComponent;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /observe/metrics says is what has happened. */
final class MetersTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";

    @TempDir
    Path home;

    private final SandboxWebUi other = SandboxWebUi.start(slow());
    private int port;
    private Bench bench;

    MetersTest() throws IOException {}

    private static SandboxSettings slow() {
        return SandboxSettings.defaults()
                .withTimePerPicture(Duration.ofMillis(40))
                .withPlainPictures(true);
    }

    @BeforeEach
    void start() throws Exception {
        port = FreePort.find();
        bench = new Bench(home, slow())
                .with(Setting.HEALTH_PORT, String.valueOf(port))
                .with(Setting.WEBUIS, file().toString());
        list("- {name: one, url: " + bench.sandbox().url() + "}\n- {name: two, url: " + other.url()
                + ", lanes: [posters]}\n");
        bench.start();
    }

    @AfterEach
    void stop() {
        bench.close();
        other.close();
    }

    private Path file() {
        return home.resolve("webuis.yaml");
    }

    private void list(String webUis) throws IOException {
        Files.move(
                Files.writeString(file().resolveSibling("webuis.part"), webUis),
                file(),
                StandardCopyOption.ATOMIC_MOVE);
    }

    /** Each line, by the name of the figure with its labels. */
    private Map<String, Double> figures() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/metrics"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
    }

    private static double seconds(SandboxWebUi webUi) {
        return webUi.generations().stream()
                .mapToDouble(one -> Duration.between(one.entered(), one.left()).toNanos() / 1e9)
                .sum();
    }

    @Test
    void itSaysWhatHasHappened() throws Exception {
        long begun = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            bench.drop("job" + i + ".json", SMALL);
        }
        for (int i = 0; i < 4; i++) {
            bench.drop("posters/poster" + i + ".json", SMALL);
        }
        bench.drop("wrong.json", "{\"steps\": \"many\"}");
        Bench.await(
                "all",
                () -> figures().get("darkroom_prompt_files_total{end=\"done\"}") == 14
                        && figures().get("darkroom_prompt_files_total{end=\"failed\"}") == 1);
        double lasted = (System.nanoTime() - begun) / 1e9;

        Map<String, Double> figures = figures();
        int ones = bench.generations().size();
        int twos = other.generations().size();
        assertThat(twos).isBetween(1, 4);
        assertThat(figures)
                .containsEntry("darkroom_outputs_total", 14.0)
                .containsEntry("darkroom_prompt_files_total{end=\"cancelled\"}", 0.0)
                .containsEntry("darkroom_tasks_waiting", 0.0)
                .containsEntry("darkroom_webui_tasks_total{end=\"made\",webui=\"one\"}", (double) ones)
                .containsEntry("darkroom_webui_tasks_total{end=\"made\",webui=\"two\"}", (double) twos)
                .containsEntry("darkroom_webui_tasks_total{end=\"failed\",webui=\"one\"}", 0.0)
                .containsEntry("darkroom_webui_requests{webui=\"one\"}", 0.0)
                .containsEntry("darkroom_webui_up{webui=\"one\"}", 1.0)
                .containsEntry("darkroom_task_wait_seconds_count{lane=\"\"}", 10.0)
                .containsEntry("darkroom_task_wait_seconds_count{lane=\"posters\"}", 4.0)
                .containsEntry("darkroom_task_wait_seconds_bucket{lane=\"posters\",le=\"+Inf\"}", 4.0);
        assertThat(figures.get("darkroom_webui_at_work_seconds_total{webui=\"one\"}"))
                .isBetween(seconds(bench.sandbox()), lasted);
        assertThat(figures.get("darkroom_webui_at_work_seconds_total{webui=\"two\"}"))
                .isBetween(seconds(other), lasted);
        assertThat(figures.get("darkroom_webui_unused_seconds_total{webui=\"one\"}"))
                .isBetween(0.0, lasted);
        assertThat(figures.keySet())
                .as("Camel's own cost time at each step")
                .allMatch(key -> key.startsWith("darkroom_"));
    }

    @Test
    void allOfThemAreInTheManualAndNoOthers() throws Exception {
        bench.drop("job.json", SMALL);
        Bench.await("done", () -> figures().get("darkroom_prompt_files_total{end=\"done\"}") == 1);
        Set<String> explained = Pattern.compile("^\\| `(darkroom_\\w+)", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("docs/operating.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());

        assertThat(figures().keySet())
                .extracting(key -> key.replaceAll("[{].*", "").replaceAll("_(bucket|count|sum|max)$", ""))
                .containsOnly(explained.toArray(new String[0]));
    }

    @Test
    void webUisComeAndGo() throws Exception {
        assertThat(figures()).containsEntry("darkroom_webui_up{webui=\"two\"}", 1.0);

        list("- {name: one, url: " + bench.sandbox().url() + ", state: paused}\n");

        Bench.await("paused", () -> figures().get("darkroom_webui_up{webui=\"one\"}") == 0);
        Bench.await("gone", () -> figures().keySet().stream().noneMatch(key -> key.contains("two")));
        list("- {name: three, url: " + other.url() + "}\n");
        Bench.await("there", () -> figures().containsKey("darkroom_webui_speed{webui=\"three\"}"));
        assertThat(figures()).doesNotContainKey("darkroom_webui_up{webui=\"one\"}");
    }

    @Test
    void routesOfOperatorsCountIntoTheSamePage() throws Exception {
        Files.writeString(bench.routes().resolve("own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: timer
                      parameters:
                        timerName: own
                        repeatCount: 3
                        delay: 0
                      steps:
                        - to:
                            uri: micrometer:counter:shop.sales
                """);

        Bench.await(
                "counted",
                () -> figures().entrySet().stream()
                        .anyMatch(figure -> figure.getKey().startsWith("shop_sales_total") && figure.getValue() == 3));
    }

    @Test
    void lanesAfterTheHundredthAreLeftOut() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Meters meters = new Meters(registry, new WebuiComponent(), null, null, null, null);
        for (int i = 0; i < 200; i++) {
            meters.waited("lane" + i, 1);
        }
        meters.waited("lane7", 1);

        String page = registry.scrape();
        assertThat(page.lines().filter(line -> line.startsWith("darkroom_task_wait_seconds_count{")))
                .hasSize(100)
                .contains("darkroom_task_wait_seconds_count{lane=\"lane7\"} 2");
    }
}
