package darkroom.sandbox;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Calls a sandbox as a client would: over HTTP. */
final class Client {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;

    Client(SandboxWebUi webUi) {
        this.base = webUi.url();
    }

    /**
     * An answer, read completely.
     *
     * @param authority host and port of the one who gave it
     * @param headers by lower-case name
     */
    record Answer(String authority, int status, Map<String, String> headers, String text) {
        static Answer of(HttpResponse<String> response) {
            var headers = new TreeMap<String, String>();
            response.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
            return new Answer(response.uri().getAuthority(), response.statusCode(), headers, response.body());
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        JsonNode json() {
            try {
                return text.isEmpty() ? MissingNode.getInstance() : Json.MAPPER.readTree(text);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + text, e);
            }
        }

        /** The field {@code info}, parsed. */
        JsonNode info() {
            try {
                return Json.MAPPER.readTree(json().get("info").asText());
            } catch (IOException e) {
                throw new AssertionError("info is not JSON", e);
            }
        }

        /** A picture of the answer, as a file. */
        byte[] image(int index) {
            return Base64.getDecoder().decode(json().get("images").get(index).asText());
        }
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(base + path)).build());
    }

    Answer post(String path, String json) throws IOException, InterruptedException {
        return send(request(path, json));
    }

    CompletableFuture<Answer> postAsync(String path, String json) {
        return HTTP.sendAsync(request(path, json), BodyHandlers.ofString()).thenApply(Answer::of);
    }

    /** The request of a capture, as it was. */
    CompletableFuture<Answer> replay(Capture capture) {
        JsonNode recorded = capture.request();
        var request =
                HttpRequest.newBuilder(URI.create(base + recorded.get("path").asText()));
        recorded.get("headers")
                .properties()
                .forEach(header ->
                        request.header(header.getKey(), header.getValue().asText()));
        request.method(recorded.get("method").asText(), body(recorded));
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Answer::of);
    }

    /** Waits until the state, which is a part of its progress, is as wanted. */
    void awaitState(Predicate<JsonNode> wanted) {
        await().pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(10))
                .until(() -> wanted.test(
                        get("/sdapi/v1/progress?skip_current_image=true").json().get("state")));
    }

    /** Waits until a job is at work. */
    void awaitSteps() { // the number of the step stays when a job has ended, and its name does not
        awaitState(state -> !state.get("job").asText().isEmpty()
                && state.get("sampling_step").asInt() > 0);
    }

    private static Answer send(HttpRequest request) throws IOException, InterruptedException {
        return Answer.of(HTTP.send(request, BodyHandlers.ofString()));
    }

    private HttpRequest request(String path, String json) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    /** A recorded text was sent as it is, anything else as JSON; null was sent only if it was announced as JSON. */
    private static BodyPublisher body(JsonNode recorded) {
        JsonNode body = recorded.get("body");
        if (body.isTextual()) {
            return BodyPublishers.ofString(body.textValue());
        }
        boolean none = body.isNull() && !recorded.get("headers").has("Content-Type");
        return none ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString());
    }
}
