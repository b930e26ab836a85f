package darkroom.sandbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class OneAtATimeTest {
    private static final String JOB = """
            {"prompt":"fox","steps":5,"width":64,"height":64,"seed":%d,"force_task_id":"job-%d","save_images":true,
             "override_settings":{"directories_filename_pattern":"jobs/job-%d"}}""";
    private static final String LONG_JOB = JOB.replace("\"steps\":5", "\"steps\":500");

    @Test
    void jobsAreDoneInTheOrderOfTheirArrivalAndDoNotOverlap() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(10)))) {
            var client = new Client(webUi);
            var answers = new ArrayList<CompletableFuture<Client.Answer>>();
            answers.add(client.postAsync("/sdapi/v1/txt2img", LONG_JOB.formatted(0, 0, 0)));
            client.awaitSteps();
            for (int i = 1; i <= 6; i++) {
                answers.add(client.postAsync("/sdapi/v1/txt2img", JOB.formatted(i, i, i)));
                awaitWaiting(webUi, i);
            }
            client.post("/sdapi/v1/interrupt", "");
            for (var answer : answers) {
                assertThat(answer.get(10, SECONDS).status()).isEqualTo(200);
            }
            List<Generation> generations = webUi.generations();
            assertThat(generations)
                    .extracting(Generation::taskId)
                    .containsExactly("job-0", "job-1", "job-2", "job-3", "job-4", "job-5", "job-6");
            for (int i = 1; i < generations.size(); i++) {
                assertThat(generations.get(i - 1).idleUntil(generations.get(i)))
                        .isBetween(Duration.ZERO, Duration.ofMillis(500));
            }
            // Overrides apply inside the lock, so each job has its own folder (571 of report-stamping).
            assertThat(IntStream.rangeClosed(1, 6))
                    .allMatch(i -> webUi.dataFolder()
                            .resolve("outputs/txt2img-images/jobs/job-%d/00000-%d.png".formatted(i, i))
                            .toFile()
                            .exists());
        }
    }

    @Test
    void aJobTakesAsLongAsItsStepsHoweverLongDrawingTakes() throws Exception {
        SandboxSettings settings = SandboxSettings.defaults()
                .withTimePerStep(Duration.ofMillis(20))
                .withTimePerPicture(Duration.ofMillis(50))
                .withTimePerLoad(Duration.ofMillis(100));
        try (var webUi = SandboxWebUi.start(settings)) {
            String job = """
                    {"prompt":"fox","steps":5,"batch_size":2,"override_settings":{"sd_model_checkpoint":"sandboxDusk"}}""";
            new Client(webUi).post("/sdapi/v1/txt2img", job);

            Generation only = webUi.generations().get(0);
            Duration time = Duration.between(only.entered(), only.left());
            assertThat(time).isBetween(Duration.ofMillis(399), Duration.ofMillis(1500));
        }
    }

    @Test
    void encodingHappensWhenTheNextJobRunsAlready() throws Exception {
        SandboxSettings settings = SandboxSettings.defaults()
                .withTimePerStep(Duration.ofMillis(1))
                .withTimeToEncode(Duration.ofMillis(500));
        try (var webUi = SandboxWebUi.start(settings)) {
            var client = new Client(webUi);
            var first = client.postAsync("/sdapi/v1/txt2img", JOB.formatted(1, 1, 1));
            var second = client.postAsync("/sdapi/v1/txt2img", JOB.formatted(2, 2, 2));
            first.get(10, SECONDS);
            second.get(10, SECONDS);

            List<Generation> generations = webUi.generations();
            assertThat(generations.get(0).idleUntil(generations.get(1))).isLessThan(Duration.ofMillis(300));
        }
    }

    @Test
    void anInterruptEndsOnlyTheJobThatRuns() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(50)))) {
            var client = new Client(webUi);
            var first = client.postAsync("/sdapi/v1/txt2img", LONG_JOB.formatted(1, 1, 1));
            client.awaitSteps();
            var second = client.postAsync("/sdapi/v1/txt2img", JOB.formatted(2, 2, 2));
            awaitWaiting(webUi, 1);
            client.post("/sdapi/v1/interrupt", "");

            assertThat(first.get(10, SECONDS).json().get("images")).hasSize(1);
            assertThat(second.get(10, SECONDS).json().get("images")).hasSize(1);
            assertThat(webUi.dataFolder().resolve("outputs/txt2img-images/jobs/job-1"))
                    .doesNotExist();
            assertThat(webUi.dataFolder().resolve("outputs/txt2img-images/jobs/job-2"))
                    .exists();
        }
    }

    @Test
    void optionsPostedDuringAJobSaveItsOverridesToo() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(100)))) {
            var client = new Client(webUi);
            var job = client.postAsync("/sdapi/v1/txt2img", JOB.formatted(1, 1, 1));
            client.awaitSteps();
            client.post("/sdapi/v1/options", "{\"jpeg_quality\":82}");

            assertThat(webUi.dataFolder().resolve("config.json")).content().contains("jobs/job-1");
            job.get(10, SECONDS);
        }
    }

    @Test
    void anObserverKnowsHowManyAreHere() throws Exception {
        var here = new AtomicInteger();
        var most = new AtomicInteger();
        var came = new ConcurrentLinkedQueue<String>();
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withTimePerStep(Duration.ofMillis(20)))) {
            webUi.observe(new RequestObserver() {
                @Override
                public void came(ReceivedRequest request) {
                    came.add(request.body().path("force_task_id").asText());
                    most.accumulateAndGet(here.incrementAndGet(), Math::max);
                }

                @Override
                public void goes(ReceivedRequest request) {
                    here.decrementAndGet();
                }
            });
            var client = new Client(webUi);
            var first = client.postAsync("/sdapi/v1/txt2img", JOB.formatted(1, 1, 1));
            webUi.awaitRequest("/sdapi/v1/txt2img", 1, Duration.ofSeconds(5));
            var second = client.postAsync("/sdapi/v1/txt2img", JOB.formatted(2, 2, 2));
            webUi.awaitRequest("/sdapi/v1/txt2img", 2, Duration.ofSeconds(5));
            assertThat(here).hasValue(2);
            first.get(10, SECONDS);
            second.get(10, SECONDS);
            assertThat(here).hasValue(0); // whoever has an answer is no longer here
            assertThat(came).containsExactly("job-1", "job-2");

            webUi.next(Fault.hangUp());
            assertThatThrownBy(() -> client.post("/sdapi/v1/txt2img", JOB.formatted(3, 3, 3)))
                    .isInstanceOf(IOException.class);
            assertThat(here).hasValue(0);
            client.get("/sdapi/v1/options");
            client.get("/");
            for (int i = 0; i < 200; i++) {
                client.get("/sdapi/v1/samplers");
                assertThat(here).hasValue(0);
            }
            assertThat(most).hasValue(2);
        }
    }

    private static void awaitWaiting(SandboxWebUi webUi, int jobs) {
        await().pollInterval(Duration.ofMillis(2)).until(() -> webUi.waiting() == jobs);
    }
}
