package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.sandbox.Checkpoint;
import darkroom.sandbox.Generation;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A WebUI whose options can't be changed just now, as others have work there that overrides them. */
final class CheckpointKeeperBusyTest {
    private static final Checkpoint OWN = Checkpoint.named("own.safetensors");
    private static final Checkpoint ANIME = Checkpoint.named("anime.safetensors");
    private static final Checkpoint PHOTO = Checkpoint.named("photo.safetensors");

    @TempDir
    Path folder;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final SandboxWebUi webUi = SandboxWebUi.start(SandboxSettings.defaults()
            .withCheckpoints(OWN, ANIME, PHOTO)
            .withPlainPictures(true)
            .withTimePerStep(Duration.ofMillis(50))
            .withLoadsBack(true));

    @BeforeEach
    void start() {
        context.getComponent("webui", WebuiComponent.class).setPatience(Duration.ofMillis(100));
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        webUi.close();
    }

    private void make(String id, Map<String, @Nullable Object> overrides) throws Exception {
        Map<String, @Nullable Object> settings = settings(1, overrides);
        Task task = new Task(id, 1, 1, Operation.TXT2IMG, null, null, settings, List.of());
        Path pictures = Files.createDirectories(folder.resolve(id));
        Exchange exchange = context.createFluentProducerTemplate()
                .to("webui:generate?checkpoint=KEEP&url=" + webUi.url())
                .withProcessor(each -> {
                    each.getMessage().setBody(Json.mapper().writeValueAsString(task));
                    each.getMessage().setHeader(WebuiConstants.ATTACHMENTS, pictures);
                    each.getMessage().setHeader(WebuiConstants.PICTURES, pictures);
                })
                .send();
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(Generated.class).answer().refused())
                .isEmpty();
    }

    private static Map<String, @Nullable Object> settings(int steps, Map<String, @Nullable Object> overrides) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("prompt", "");
        settings.put("width", 64);
        settings.put("height", 64);
        settings.put("steps", steps);
        settings.put("override_settings", overrides);
        return settings;
    }

    private CompletableFuture<HttpResponse<String>> somebodyElse(int steps, Checkpoint checkpoint) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(webUi.url() + "/sdapi/v1/txt2img"))
                .POST(HttpRequest.BodyPublishers.ofString(Json.mapper()
                        .valueToTree(settings(steps, Map.of("sd_model_checkpoint", checkpoint.name())))
                        .toString()))
                .build();
        return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        return Json.mapper()
                .readTree(HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(webUi.url() + path))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    @Test
    void aTaskThatNamesNoneSaysItselfWhatTheWebUiHad() throws Exception {
        make("a", Map.of("sd_model_checkpoint", ANIME.name()));
        CompletableFuture<HttpResponse<String>> theirs = somebodyElse(20, PHOTO);
        Awaitility.await()
                .until(() -> get("/sdapi/v1/progress").at("/state/job_count").asInt() > 0);

        make("b", Map.of());

        assertThat(theirs.join().statusCode()).isEqualTo(200);
        assertThat(webUi.generations())
                .extracting(Generation::checkpoint)
                .containsExactly(ANIME.fileName(), PHOTO.fileName(), OWN.fileName());
        assertThat(webUi.requests().stream()
                        .filter(request -> request.path().endsWith("txt2img"))
                        .reduce((first, last) -> last)
                        .orElseThrow()
                        .body()
                        .at("/override_settings/sd_model_checkpoint")
                        .asText())
                .startsWith(OWN.fileName());
        assertThat(webUi.checkpoint())
                .as("what others override is not taken for a choice")
                .startsWith(ANIME.fileName());

        context.stop();
        assertThat(webUi.checkpoint()).startsWith(OWN.fileName());
    }
}
