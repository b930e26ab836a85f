package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two WebUIs, of which one has long to do, and the other refuses a connection and is there a moment later. */
final class WebuiProducerTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final WebuiComponent component = context.getComponent("webui", WebuiComponent.class);
    private final SandboxWebUi busy =
            SandboxWebUi.start(SandboxSettings.defaults().withTimePerPicture(Duration.ofHours(1)));
    private int port;

    @BeforeEach
    void start() throws Exception {
        try (SandboxWebUi away = SandboxWebUi.start(SandboxSettings.defaults())) {
            port = away.port();
        }
        context.start();
    }

    @AfterEach
    void stop() {
        component.beginNothing();
        busy.close();
        context.stop();
    }

    private Future<Exchange> make(String id, String options) throws Exception {
        Map<String, Object> settings = Map.of("prompt", "", "width", 64, "height", 64, "steps", 1);
        Task task = new Task(id, 1, 1, Operation.TXT2IMG, null, null, Map.copyOf(settings), List.of());
        Path pictures = Files.createDirectories(folder.resolve(id));
        return context.createFluentProducerTemplate()
                .to("webui:generate?inFlight=1&" + options + "&url=" + busy.url() + ",http://127.0.0.1:" + port)
                .withProcessor(each -> {
                    each.getMessage().setBody(Json.mapper().writeValueAsString(task));
                    each.getMessage().setHeader(WebuiConstants.ATTACHMENTS, pictures);
                    each.getMessage().setHeader(WebuiConstants.PICTURES, pictures);
                })
                .asyncSend();
    }

    private void tellOver(Runnable told) {
        component.tellProgress(
                new ProgressListener() {
                    @Override
                    public boolean isInterested() {
                        return false;
                    }

                    @Override
                    public void progress(Task task, Far far) {
                        // nobody wants to know
                    }

                    @Override
                    public void over(Task task) {
                        if (task.jobId().equals("refused")) {
                            told.run();
                        }
                    }
                },
                Duration.ZERO);
    }

    @Test
    void oneThatIsThereRightAfterItRefusedIsAskedAgain() throws Exception {
        AtomicReference<SandboxWebUi> back = new AtomicReference<>();
        tellOver(() -> {
            if (back.get() == null) {
                back.set(SandboxWebUi.start(SandboxSettings.defaults().withPort(port)));
            }
        });
        Future<Exchange> other = make("long", "progress=0");
        busy.awaitRequest("/sdapi/v1/txt2img", 1, SOON);
        try {
            Exchange made = make("refused", "progress=0").get(SOON.toSeconds(), TimeUnit.SECONDS);

            assertThat(made.getException()).isNull();
            assertThat(back.get().generations()).hasSize(1);
            assertThat(other.isDone()).isFalse();
        } finally {
            back.get().close();
        }
    }

    /** For example one that falls over each time that it has started: a task must not run against it without a pause. */
    @Test
    void oneThatRefusesAgainAndAgainIsAskedSeldomAndSoonLeftAlone() throws Exception {
        List<Long> refused = new CopyOnWriteArrayList<>();
        AtomicReference<HttpServer> back = new AtomicReference<>();
        tellOver(() -> {
            refused.add(System.nanoTime());
            back.set(thatAnswersQuestions());
        });
        component.tellWork(new WorkListener() {
            @Override
            public void membersChanged() {
                // they stay as they are
            }

            @Override
            public void waited(String lane, double seconds) {
                HttpServer server = back.getAndSet(null);
                if (server != null) {
                    server.stop(0);
                }
            }
        });
        Future<Exchange> other = make("long", "breakerFailures=3&breakerPause=3600000");
        busy.awaitRequest("/sdapi/v1/txt2img", 1, SOON);
        Future<Exchange> waits = make("refused", "breakerFailures=3&breakerPause=3600000");
        Awaitility.await().atMost(SOON).until(() -> component.waiting() == 1 && refused.size() == 3);
        try {
            for (int i = 1; i < refused.size(); i++) {
                assertThat(Duration.ofNanos(refused.get(i) - refused.get(i - 1)))
                        .isGreaterThanOrEqualTo(Pool.LOOK_UP);
            }
            assertThat(other.isDone()).isFalse();
            assertThat(waits.isDone()).isFalse();
        } finally {
            back.get().stop(0);
        }
    }

    private HttpServer thatAnswersQuestions() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext("/", exchange -> {
                byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Connection", "close");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
