package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import darkroom.FreePort;
import darkroom.camel.component.Generated;
import darkroom.camel.component.WebuiConstants;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.job.AwayException;
import darkroom.job.CancelledException;
import darkroom.job.Job;
import darkroom.job.MayPassException;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.StoppingException;
import darkroom.job.Task;
import darkroom.output.Receipt;
import darkroom.picture.Look;
import darkroom.picture.PictureFile;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.webui.CheckedAnswer;
import darkroom.work.JobFolder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Each shipped route and each of its ways to fail, with the WebUI replaced by what the test says. When all are through,
 * every step that a route file names has run.
 */
final class RoutesTest extends CamelMainTestSupport {
    private static final Set<String> RAN = ConcurrentHashMap.newKeySet();

    private final Path home = temporary();
    private Processor before = exchange -> {};
    private final Deque<Exception> troubles = new ArrayDeque<>();
    private final int port = FreePort.find();
    private final Assembly assembly = new Assembly(settings());

    private static Path temporary() {
        try {
            return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "routes-test");
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
    }

    private Settings settings() {
        Map<Setting, String> said = new EnumMap<>(Setting.class);
        said.put(Setting.HEALTH_PORT, "0");
        said.put(Setting.INTAKE_PORT, Integer.toString(port));
        said.put(Setting.DROP_POLL, "50ms");
        said.put(Setting.RETRY_PAUSE, "20ms");
        said.put(Setting.RETRY_LONGEST_PAUSE, "50ms");
        said.put(Setting.ROUTES, Path.of("routes").toAbsolutePath().toString());
        try {
            for (String folder :
                    List.of("drop", "work", "outputs", "done", "failed", "cancelled", "outbox", "intake")) {
                Files.createDirectories(home.resolve("data").resolve(folder));
            }
            return Settings.load(new Settings.Sources(home, home, null, Map.of(), Map.of(), said));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected void configure(MainConfigurationProperties configuration) {
        configuration.withRoutesIncludePattern("file:routes/*" + RouteFiles.ENDING);
        configuration.withShutdownTimeout(10);
        configuration.httpServer().withEnabled(true).withHost("127.0.0.1").withPort(port);
        camelContextConfiguration()
                .withUseOverridePropertiesWithPropertiesComponent(settings().forRoutes());
    }

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withUseAdviceWith(true).withDisableJMX();
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        assembly.steps().forEach(registry::bind);
        assembly.bindPrototypes(registry);
    }

    @Test
    void aPromptFileBecomesPicturesAndIsDone() throws Exception {
        begin();
        drop("lane/cat.json", "{\"prompt\": \"a cat\"}");

        Bench.await("done", () -> Files.exists(data("done/lane/cat.json")));
        assertThat(Disk.list(Disk.list(data("outputs/lane")).get(0))).hasSize(2);
    }

    @Test
    void aPictureIsGoneOnFrom() throws Exception {
        begin();
        drop("cat.json", "{\"prompt\": \"a cat\", \"job\": {\"then\": {\"denoising_strength\": 0.5}}}");

        Bench.await("done", () -> Files.exists(data("done/cat.json")));
        assertThat(Disk.list(Disk.list(data("outputs")).get(0))).hasSize(3);
    }

    @Test
    void whatIsApprovedGoesBackAndIsMade() throws Exception {
        Files.writeString(Files.createDirectories(data("held/lane")).resolve("cat.approved.json"), "{}");
        begin();

        Bench.await("done", () -> Files.exists(data("done/lane/cat.json")));
    }

    @Test
    void whileTheWebUiIsAwayATaskWaits() throws Exception {
        for (int i = 0; i < 6; i++) {
            troubles.add(new AwayException(problem(ProblemCode.WEBUI_AWAY)));
        }
        begin();
        drop("cat.json", "{}");

        Bench.await("done", () -> Files.exists(data("done/cat.json")));
        assertThat(Disk.list(data("failed"))).isEmpty();
    }

    @Test
    void whatMayPassIsTriedAFewTimes() throws Exception {
        for (int i = 0; i < 4; i++) {
            troubles.add(new MayPassException(problem(ProblemCode.WEBUI_API_OFF)));
        }
        begin();
        drop("cat.json", "{}");

        assertThat(failed("cat.json").path("attempts").asInt()).isEqualTo(4);
        assertThat(failed("cat.json").path("code").asText()).isEqualTo("webui-api-off");
    }

    @Test
    void whatCanNotBeDoneIsTriedOnce() throws Exception {
        troubles.add(new ProblemException(problem(ProblemCode.WEBUI_REJECTED)));
        begin();
        drop("cat.json", "{}");

        assertThat(failed("cat.json").path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void theUnexpectedIsTriedAFewTimesAndKeepsNothingBack() throws Exception {
        for (int i = 0; i < 4; i++) {
            troubles.add(new IllegalStateException("deep"));
        }
        begin();
        drop("cat.json", "{}");

        JsonNode error = failed("cat.json");
        assertThat(error.path("code").asText()).isEqualTo("internal-error");
        assertThat(error.path("kind").asText()).isEqualTo("service");
        assertThat(error.path("message").asText()).contains("deep");
    }

    @Test
    void aFullDiskIsSaidToBeOne() throws Exception {
        for (int i = 0; i < 4; i++) {
            troubles.add(new IOException("No space left on device"));
        }
        begin();
        drop("cat.json", "{}");

        assertThat(failed("cat.json").path("code").asText()).isEqualTo("storage-failed");
    }

    @Test
    void aStopIsNoFailureAndTheTaskIsTakenUpAgain() throws Exception {
        troubles.add(new StoppingException());
        begin();
        drop("cat.json", "{}");

        Bench.await("done", () -> Files.exists(data("done/cat.json")));
        assertThat(Disk.list(data("failed"))).isEmpty();
    }

    @Test
    void whatIsCancelledIsNoFailure() throws Exception {
        before = exchange -> {
            drop("cat.cancel", "");
            BooleanSupplier cancelled =
                    exchange.getMessage().getHeader(WebuiConstants.CANCELLED, BooleanSupplier.class);
            Bench.await("cancelled", cancelled::getAsBoolean);
            throw new CancelledException("it was interrupted");
        };
        begin();
        drop("cat.json", "{}");

        Bench.await("cancelled", () -> Files.exists(data("cancelled/cat.json")));
        JsonNode record = Bench.json(data("cancelled/cat.json.error.json"));
        assertThat(record.at("/others/0/message").asText()).contains("it was interrupted");
        assertThat(Disk.list(data("failed"))).isEmpty();
    }

    @Test
    void ofSeveralTasksTheFinishedStayAndTheOthersAreMadeWhenTheFileComesBack() throws Exception {
        JobFolder folder = jobAtWork(3);
        folder.writeReceipt(2, receipt(folder, 2));
        folder.cancel("somebody");
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        before = exchange -> made.add(
                JobFolder.task(exchange.getMessage().getBody(String.class)).id());
        begin();

        Bench.await("cancelled", () -> Files.exists(data("cancelled/cat.json")));
        assertThat(Bench.json(data("cancelled/cat.json.error.json"))
                        .path("message")
                        .asText())
                .contains(
                        "cancelled by somebody",
                        "1 of 3 tasks were finished",
                        data("outputs/cat-1").toString());
        assertThat(made).isEmpty();
        assertThat(folder.isOver(2)).as("delivered").isTrue();

        Files.move(data("cancelled/cat.json"), data("drop/cat.json"));
        Bench.await("done", () -> Files.exists(data("done/cat.json")));
        assertThat(made).containsExactlyInAnyOrder("cat-1-1", "cat-1-3");
        assertThat(data("cancelled")).isEmptyDirectory();
    }

    @Test
    void whatWasGeneratedAndNotDeliveredIsDeliveredOnly() throws Exception {
        JobFolder folder = jobAtWork(1);
        folder.writeReceipt(1, receipt(folder, 1));
        troubles.add(new IllegalStateException("nothing is to be generated"));
        AdviceWith.adviceWith(
                context(),
                "outputs",
                advice -> advice.weaveById("hand-over").before().to("mock:delivered"));
        getMockEndpoint("mock:delivered").expectedMessageCount(1);
        begin();

        getMockEndpoint("mock:delivered").assertIsSatisfied();
        Bench.await("done", () -> Files.exists(data("done/cat.json")));
        assertThat(troubles).hasSize(1);
    }

    @Test
    void aJobComesOverHttp() throws Exception {
        begin();
        HttpClient client = HttpClient.newHttpClient();
        URI jobs = URI.create("http://127.0.0.1:" + port + "/jobs");
        HttpResponse<String> posted = client.send(
                HttpRequest.newBuilder(jobs)
                        .header("Content-Type", "application/json")
                        .header("Prefer", "wait=20")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        URI job = jobs.resolve(posted.headers().firstValue("Location").orElseThrow());

        for (String path : List.of("", "/outputs/none", "/../../openapi.json")) {
            HttpRequest get =
                    HttpRequest.newBuilder(URI.create(job + path).normalize()).build();
            assertThat(client.send(get, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(path.contains("none") ? 404 : 200);
        }
        HttpRequest delete = HttpRequest.newBuilder(job).DELETE().build();
        assertThat(client.send(delete, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(409);
    }

    @Test
    void aMessageFromAnywhereBecomesAJobOnce() throws Exception {
        AdviceWith.adviceWith(context(), "old-tickets", advice -> advice.replaceFromWith("direct:old-tickets"));
        AdviceWith.adviceWith(context(), "retention", advice -> advice.replaceFromWith("direct:retention"));
        begin();
        for (int i = 0; i < 2; i++) {
            Exchange sent = template().send("direct:accept", exchange -> {
                exchange.setVariable("key", "message-1");
                exchange.setVariable("lane", "queue");
                exchange.getMessage().setBody("{}");
            });
            assertThat(sent.getException()).isNull();
        }
        template().sendBody("direct:old-tickets", "");
        template().sendBody("direct:retention", "");

        Bench.await("done", () -> !Disk.list(data("done/queue")).isEmpty());
        assertThat(Disk.list(data("intake"))).hasSize(1);
        assertThat(Disk.list(data("done/queue"))).hasSize(1);
    }

    @AfterAll
    static void everyStepHasRun() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path file : Disk.list(Path.of("routes"))) {
            if (file.toString().endsWith(RouteFiles.ENDING)) {
                collectSteps(new YAMLMapper().readTree(file.toFile()), named, file);
            }
        }

        assertThat(named).hasSizeGreaterThan(16);
        assertThat(RAN).as("steps that ran").containsAll(named);
    }

    private static void collectSteps(JsonNode node, Set<String> named, Path file) {
        node.path("steps")
                .forEach(step -> step.forEach(content ->
                        named.add(content.path("id").asText("a step without an id in " + file.getFileName()))));
        node.forEach(child -> collectSteps(child, named, file));
    }

    /** Says which steps have run. */
    private static final class Coverage implements InterceptStrategy {
        @Override
        public Processor wrapProcessorInInterceptors(
                CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
            return new DelegateAsyncProcessor(target) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    RAN.add(String.valueOf(definition.getId()));
                    return super.process(exchange, callback);
                }
            };
        }
    }

    private void begin() throws Exception {
        context().getCamelContextExtension().addInterceptStrategy(new Coverage());
        AdviceWith.adviceWith(
                context(), "make", advice -> advice.weaveById("call").replace().process(this::webUi));
        RAN.add("call"); // it runs over HTTP in PipelineTest
        context().start();
    }

    /** What stands where the WebUI is called: trouble while there is some, then one picture. */
    private void webUi(Exchange exchange) throws Exception {
        before.process(exchange);
        Exception trouble = troubles.poll();
        if (trouble != null) {
            throw trouble;
        }
        Task task = JobFolder.task(exchange.getMessage().getBody(String.class));
        Path folder = exchange.getMessage().getHeader(WebuiConstants.PICTURES, Path.class);
        PictureFile file = new PictureFile(folder.resolve("1"), Look.atStructure(1 << 20));
        try (file) {
            Files.copy(Path.of("examples/pictures/sky-mask.png"), file);
        }
        CheckedAnswer answer = new CheckedAnswer(
                List.of(new CheckedAnswer.Made(file, file.picture(), CheckedAnswer.Kind.PICTURE, 1, null, null)),
                List.of(),
                List.of(),
                List.of());
        exchange.getMessage()
                .setBody(new Generated(
                        task,
                        task,
                        "http://nowhere",
                        answer,
                        MissingNode.getInstance(),
                        null,
                        Instant.now(),
                        Instant.now()));
    }

    private JobFolder jobAtWork(int tasks) throws IOException {
        Path claimed = Files.writeString(home.resolve("cat.json"), "{}");
        String sha256 = Sha256.of(claimed);
        String id = assembly.work().reserve("cat-1", taken -> false, free -> {});
        Path staging = assembly.work().stage();
        JobFolder.writePlan(staging, plan -> {
            for (int n = 1; n <= tasks; n++) {
                plan.write(new Task(id, n, n, Operation.TXT2IMG, null, null, Map.of(), List.of()));
            }
        });
        Job job = new Job(
                id,
                "cat",
                "",
                "cat.json",
                "claim",
                sha256,
                Instant.now(),
                tasks,
                0,
                null,
                List.of(),
                List.of(),
                null,
                Map.of());
        JobFolder.write(staging, job);
        return assembly.work().accept(staging, job, claimed);
    }

    private static Receipt receipt(JobFolder folder, int task) {
        Receipt.Times times = new Receipt.Times(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, Instant.EPOCH);
        return new Receipt(
                folder.job().id(),
                "cat-1-" + task,
                task,
                Operation.TXT2IMG,
                "cat.json",
                "0",
                List.of(),
                "http://nowhere",
                Map.of(),
                Map.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                times);
    }

    private static Problem problem(ProblemCode code) {
        return Problem.of(code, "something is wrong", "do something");
    }

    private void drop(String name, String content) throws IOException {
        Path file = data("drop").resolve(name);
        Files.createDirectories(file.getParent());
        Path hidden = Files.writeString(file.resolveSibling(".hidden"), content);
        Files.move(hidden, file);
    }

    private JsonNode failed(String name) {
        Bench.await("failed", () -> Files.exists(data("failed/" + name)));
        return Bench.json(data("failed/" + name + ".error.json"));
    }

    private Path data(String path) {
        return home.resolve("data").resolve(path);
    }
}
