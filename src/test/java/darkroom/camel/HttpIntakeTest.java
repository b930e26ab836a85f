package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.FreePort;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.Fault;
import darkroom.settings.Setting;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs over HTTP: a client that is a program, the shipped routes, a sandbox WebUI behind them. */
final class HttpIntakeTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";
    private static final String CAT = "{\"prompt\": \"a cat\", \"seed\": 7, " + SMALL + "}";
    private static final String BOUNDARY = "frontier";

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private Bench bench;
    private int port;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home);
        port = FreePort.find();
        bench.with(Setting.INTAKE_PORT, Integer.toString(port));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aJobIsTakenInAndItsPicturesCanBeFetched() throws Exception {
        bench.start();
        HttpResponse<String> posted = post(CAT);

        assertThat(posted.statusCode()).isEqualTo(202);
        String job = posted.headers().firstValue("Location").orElseThrow();
        JsonNode done = awaitOver(job);
        assertThat(done.path("state").asText()).isEqualTo("done");
        assertThat(done.path("finished").asInt()).isEqualTo(1);
        JsonNode output = done.path("outputs").get(0);
        HttpResponse<byte[]> picture =
                client.send(request(output.path("href").asText()).build(), BodyHandlers.ofByteArray());
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(Sha256.hex(digest(picture.body())))
                .isEqualTo(output.path("sha256").asText());
        assertThat(picture.headers().firstValueAsLong("Content-Length")).hasValue(picture.body().length);
        assertThat(bench.exists("done/http/" + done.path("promptFile").asText()))
                .isTrue();
        bench.assertTidy();
    }

    @Test
    void whoWaitsGetsTheFinishedJob() throws Exception {
        bench.start();

        HttpResponse<String> posted = send(jobs("application/json", CAT).header("Prefer", "respond-async, wait=20"));

        assertThat(posted.statusCode()).isEqualTo(200);
        assertThat(json(posted).path("state").asText()).isEqualTo("done");
        assertThat(json(posted).path("outputs")).hasSize(1);
    }

    @Test
    void whoWaitsNotLongEnoughGetsWhatThereIs() throws Exception {
        bench.with(Setting.INTAKE_WAIT, "200ms").start();
        bench.sandbox().next(Fault.stall(Duration.ofSeconds(10)));

        HttpResponse<String> posted = send(jobs("application/json", CAT).header("Prefer", "wait=20"));

        assertThat(posted.statusCode()).isEqualTo(202);
        assertThat(json(posted).path("state").asText()).isIn("waiting", "at-work");
    }

    @Test
    void picturesThatComeAlongAreInThePromptFile() throws Exception {
        bench.start();
        byte[] sketch = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));
        String job = "{\"prompt\": \"a\",\n \"init_images\": [\"my sketch.png\"],\n \"note\": \"my sketch.png\", "
                + SMALL + "}";

        HttpResponse<String> posted = multipart(part("job", null, job), part("picture", "my sketch.png", sketch));

        assertThat(posted.statusCode()).as(posted.body()).isEqualTo(202);
        JsonNode done = awaitOver(posted.headers().firstValue("Location").orElseThrow());
        assertThat(done.path("state").asText()).isEqualTo("done");
        String kept = Files.readString(bench.data()
                .resolve("done/http")
                .resolve(done.path("promptFile").asText()));
        assertThat(kept)
                .isEqualTo(job.replace(
                        "[\"my sketch.png\"]", "[\"" + Base64.getEncoder().encodeToString(sketch) + "\"]"));
        bench.assertTidy();
    }

    @Test
    void eachOfAListMayNameAPictureThatComesAlong() throws Exception {
        bench.start();
        byte[] sketch = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));
        String jobs = "[{\"prompt\": \"a\", \"init_images\": [\"sketch.png\"], " + SMALL + "}, {\"prompt\": \"b\", "
                + SMALL + "}]";

        HttpResponse<String> posted = multipart(part("job", null, jobs), part("picture", "sketch.png", sketch));

        assertThat(posted.statusCode()).as(posted.body()).isEqualTo(202);
        JsonNode done = awaitOver(posted.headers().firstValue("Location").orElseThrow());
        assertThat(done.path("state").asText()).isEqualTo("done");
        assertThat(done.path("tasks").asInt()).isEqualTo(2);
        bench.assertTidy();
    }

    @Test
    void theSameKeyIsTheSameJob() throws Exception {
        bench.start();
        HttpResponse<String> first = send(jobs("application/json", CAT).header("Idempotency-Key", "order 17/a"));
        String location = first.headers().firstValue("Location").orElseThrow();
        HttpResponse<String> atOnce = send(jobs("application/json", CAT).header("Idempotency-Key", "order 17/a"));
        awaitOver(location);
        bench.stop();
        bench.start();
        HttpResponse<String> afterwards = send(jobs("application/json", CAT).header("Idempotency-Key", "order 17/a"));
        HttpResponse<String> another = send(jobs("application/json", CAT).header("Idempotency-Key", "order 17/b"));

        assertThat(List.of(first, atOnce, afterwards, another))
                .extracting(HttpResponse::statusCode)
                .containsOnly(202);
        assertThat(atOnce.headers().firstValue("Location")).contains(location);
        assertThat(afterwards.headers().firstValue("Location")).contains(location);
        assertThat(json(afterwards).path("state").asText()).isEqualTo("done");
        awaitOver(another.headers().firstValue("Location").orElseThrow());
        assertThat(bench.manifests()).hasSize(2);
    }

    @Test
    void aKeyCanNotHideAnotherJob() throws Exception {
        bench.start();
        send(jobs("application/json", CAT).header("Idempotency-Key", "k"));

        HttpResponse<String> other =
                send(jobs("application/json", CAT.replace("cat", "dog")).header("Idempotency-Key", "k"));

        assertRefused(other, 422, "key-taken");
    }

    @Test
    void everythingThatIsWrongIsSaidAndNothingIsKept() throws Exception {
        bench.start();

        HttpResponse<String> posted =
                post("{\"width\": \"wide\",\n \"steps\": \"many\", \"init_images\": [\"gone.png\"]}");

        assertRefused(posted, 422, "wrong-prompt-file");
        JsonNode problems = json(posted).path("problems");
        assertThat(problems.findValuesAsText("pointer")).contains("/width", "/steps", "/init_images/0");
        assertThat(problems.findValuesAsText("code")).contains("wrong-type", "picture-missing");
        assertThat(problems.findValuesAsText("line")).contains("1", "2");
        assertThat(posted.body()).doesNotContain(home.toString());
        assertThat(Disk.list(bench.data().resolve("intake"))).isEmpty();
        bench.assertTidy();
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, {}, 415, unknown-type",
        "application/x-www-form-urlencoded, {}, 415, unknown-type",
        "application/json, '', 422, wrong-prompt-file",
        "application/json, '[]', 422, wrong-prompt-file",
        "application/json, '{\"a\":', 422, wrong-prompt-file",
        "multipart/form-data, 'x', 400, broken-request",
        "multipart/form-data; boundary=f, 'x', 422, wrong-parts",
        "multipart/form-data; boundary=f, '--f\r\nContent-Disposition: form-data; name=\"job\"\r\n\r\n{}', 400, broken-request",
    })
    void whatIsNoJobIsRefused(String type, String body, int status, String code) throws Exception {
        bench.start();

        assertRefused(send(jobs(type, body.replace("\\r\\n", "\r\n").replace("\r\r", "\r"))), status, code);
        bench.assertTidy();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "a/b.png",
                "a\\b.png",
                "..",
                ".hidden.png",
                "con",
                "job\u0001.png",
                "~x",
                "x.png."
            })
    void noNameOfAPartLeadsAnywhere(String name) throws Exception {
        bench.start();

        HttpResponse<String> posted = multipart(
                part("job", null, "{\"init_images\": [" + mapper.writeValueAsString(name) + "]}"),
                part("picture", name, Files.readAllBytes(Path.of("examples/pictures/sketch.png"))));

        assertThat(posted.statusCode()).as(posted.body()).isEqualTo(422);
        assertThat(json(posted).path("code").asText()).isIn("wrong-parts", "wrong-prompt-file");
        bench.assertTidy();
    }

    @Test
    void partsThatDoNotFitAreRefused() throws Exception {
        bench.start();
        byte[] sketch = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));

        assertRefused(multipart(part("picture", "a.png", sketch)), 422, "wrong-parts");
        assertRefused(multipart(part("job", null, CAT), part("p", "a.png", sketch)), 422, "wrong-parts");
        assertRefused(multipart(part("job", null, CAT), part("job", null, CAT)), 422, "wrong-parts");
        assertRefused(
                multipart(
                        part("job", null, "{\"init_images\": [\"a.png\"]}"),
                        part("p", "a.png", sketch),
                        part("q", "a.png", sketch)),
                422,
                "wrong-parts");
        assertRefused(
                multipart(part("job", null, "{\"init_images\": [\"a.png\"]}"), part("p", "a.png", "no picture")),
                422,
                "wrong-prompt-file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-lane", "../work", ".claimed", "/etc", "a//b", "%00", "x.tmp"})
    void aLaneIsAFolderThatIsThere(String lane) throws Exception {
        bench.start();
        Files.createDirectories(bench.data().resolve("drop/x.tmp"));

        String query = lane.startsWith("%") ? lane : java.net.URLEncoder.encode(lane, StandardCharsets.UTF_8);
        assertRefused(
                send(request("/jobs?lane=" + query)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(CAT))),
                422,
                "unknown-lane");
    }

    @Test
    void aLaneGivesItsDefaults() throws Exception {
        bench.start();
        bench.put("birds/_lane.json", "{\"steps\": 3}".getBytes(StandardCharsets.UTF_8));

        HttpResponse<String> posted = send(request("/jobs?lane=birds")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"prompt\": \"a wren\", \"width\": 64, \"height\": 64}")));

        awaitOver(posted.headers().firstValue("Location").orElseThrow());
        assertThat(bench.manifests().get(0).at("/receipts/0/payload/steps").asInt())
                .isEqualTo(3);
        assertThat(json(posted).path("lane").asText()).isEqualTo("birds");
    }

    @Test
    void whatFailsSaysWhy() throws Exception {
        bench.start();
        bench.sandbox().next(Fault.answer(422, "application/json", "{\"detail\": \"no\"}"));

        HttpResponse<String> posted = send(jobs("application/json", CAT).header("Prefer", "wait=20"));

        assertThat(posted.statusCode()).isEqualTo(200);
        assertThat(json(posted).path("state").asText()).isEqualTo("failed");
        assertThat(json(posted).at("/error/code").asText()).isEqualTo("webui-rejected");
        assertThat(json(posted).at("/error/hint").asText()).isNotEmpty();
    }

    @Test
    void aJobThatIsNotWantedAnyMoreIsCancelled() throws Exception {
        bench.with(Setting.WEBUI_IN_FLIGHT, "1").start();
        bench.sandbox().next(Fault.stall(Duration.ofSeconds(3)));
        String atWork = json(post(CAT)).path("href").asText();
        Bench.await("at work", () -> json(get(atWork)).path("state").asText().equals("at-work"));
        String behind = json(post(CAT)).path("href").asText();

        for (String job : List.of(behind, atWork)) {
            assertThat(send(request(job).DELETE()).statusCode()).isIn(200, 202);
        }

        for (String job : List.of(behind, atWork)) {
            JsonNode over = awaitOver(job);
            assertThat(over.path("state").asText()).isEqualTo("cancelled");
            assertThat(over.at("/error/code").asText()).isEqualTo("cancelled");
            assertThat(send(request(job).DELETE()).statusCode()).isEqualTo(200);
        }
        bench.assertTidy();
    }

    @Test
    void whatIsOverCanNotBeCancelled() throws Exception {
        bench.start();
        String job = json(post(CAT)).path("href").asText();
        awaitOver(job);

        assertRefused(send(request(job).DELETE()), 409, "job-over");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/jobs/none",
                "/jobs/..%2f..%2fwork",
                "/jobs/%2e%2e",
                "/jobs/a%00b",
                "/jobs/none/outputs/..%2f..%2f..%2fdone",
                "/jobs/xxxxx/outputs/manifest.json"
            })
    void whatIsNotThereIsNotFound(String path) throws Exception {
        bench.start();

        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void onlyOutputsAreSent() throws Exception {
        bench.start();
        HttpResponse<String> posted = send(jobs("application/json", CAT).header("Prefer", "wait=20"));
        String job = json(posted).path("href").asText();

        for (String name : List.of("manifest.json", "..%2f" + "x", "%2e%2e%2fmanifest.json", ".incoming")) {
            assertThat(get(job + "/outputs/" + name).statusCode()).as(name).isEqualTo(404);
        }
    }

    @Test
    void onlyWhoHasTheSecretComesIn() throws Exception {
        bench.with(Setting.INTAKE_TOKEN, "s3cret")
                .with(Setting.INTAKE_AUTH, "ops:p:w")
                .start();

        HttpResponse<String> nobody = post(CAT);
        assertRefused(nobody, 401, "unauthorized");
        assertThat(nobody.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(nobody.body()).doesNotContain("s3cret");
        for (String wrong : List.of("Bearer s3cres", "Bearer", "Bearer s3cret2", "s3cret", basic("ops:pw"), "Basic")) {
            assertThat(send(jobs("application/json", CAT).header("Authorization", wrong))
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(get("/jobs/none").statusCode()).isEqualTo(401);
        assertThat(get("/openapi.json").statusCode()).isEqualTo(401);
        for (String right : List.of("Bearer s3cret", "bearer s3cret", basic("ops:p:w"))) {
            assertThat(send(jobs("application/json", CAT).header("Authorization", right))
                            .statusCode())
                    .as(right)
                    .isEqualTo(202);
        }
        assertThat(send(jobs("application/json", CAT).header("X-API-Key", "s3cret"))
                        .statusCode())
                .isEqualTo(202);
        assertThat(bench.service().camelContext().getPropertiesComponent().resolveProperty("darkroom.intake.token"))
                .isEmpty();
    }

    @Test
    void aWebPageOfSomebodyElseCanNotSendJobs() throws Exception {
        bench.start();

        assertRefused(
                send(jobs("application/json", CAT).header("Origin", "http://evil.example")), 403, "foreign-origin");
        assertThat(send(jobs("application/json", CAT).header("Origin", "http://127.0.0.1:" + port))
                        .statusCode())
                .isEqualTo(202);
        assertThat(raw("GET /openapi.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void nobodyIsLeftAtAnOpenDoor() {
        SettingsException e = Assertions.catchThrowableOfType(
                SettingsException.class,
                () -> bench.with(Setting.INTAKE_HOST, "0.0.0.0").start());

        assertThat(e.problems()).singleElement().asString().contains("darkroom.intake.token");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedBeforeItIsThereOrWhenItIs() throws Exception {
        bench.with(Setting.INTAKE_MAX_SIZE, "1MB").start();
        byte[] large = new byte[3 << 20];
        Arrays.fill(large, (byte) ' ');

        String head = "POST /jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
        assertThat(raw(head + "Content-Length: 3000000\r\nExpect: 100-continue\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        HttpResponse<String> chunked = send(request("/jobs")
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));
        assertRefused(chunked, 413, "too-large");
        bench.assertTidy();
        assertThat(Disk.list(bench.data().resolve("drop/.intake"))).isEmpty();
    }

    @Test
    void aSilentSenderIsNotWaitedFor() throws Exception {
        bench.with(Setting.INTAKE_TIMEOUT, "1s").start();

        String answer = raw(
                "POST /jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"pro");

        assertThat(answer).startsWith("HTTP/1.1 408").contains("\"silent\"");
        bench.assertTidy();
        Bench.await(
                "left", () -> Disk.list(bench.data().resolve("drop/.intake")).isEmpty());
        assertThat(post(CAT).statusCode()).isEqualTo(202);
    }

    @Test
    void sendersWhoGoAwayLeaveNothing() throws Exception {
        bench.start();
        for (int i = 0; i < 100; i++) { // more than may be under way at a time
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream()
                        .write(("POST /jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 100\r\n\r\n{\"pro")
                                .getBytes(StandardCharsets.US_ASCII));
            }
        }

        Bench.await("room", () -> post(CAT).statusCode() == 202);
        Bench.await(
                "nothing left",
                () -> Disk.list(bench.data().resolve("drop/.intake")).isEmpty());
    }

    @Test
    void ofABurstAsManyAreTakenInAsMayWaitAndNoneIsLost() throws Exception {
        bench.with(Setting.INTAKE_BACKLOG, "50").with(Setting.DURABLE, "false").start();
        bench.sandbox().next(Fault.stall(Duration.ofSeconds(10)));

        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            sent.add(client.sendAsync(
                    jobs("application/json", CAT.replace("7", Integer.toString(i)))
                            .build(),
                    BodyHandlers.ofString()));
            if (i % 100 == 99) {
                CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
            }
        }
        Set<String> taken = new HashSet<>();
        int refused = 0;
        for (CompletableFuture<HttpResponse<String>> one : sent) {
            HttpResponse<String> answer = one.join();
            if (answer.statusCode() == 202) {
                taken.add(json(answer).path("promptFile").asText());
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
                assertThat(json(answer).path("code").asText()).isIn("backlog-full", "too-much-at-once");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                refused++;
            }
        }

        assertThat(taken.size() + refused).isEqualTo(2000);
        assertThat(taken).hasSizeGreaterThanOrEqualTo(50);
        assertThat(refused).isGreaterThan(1000);
        Set<String> there = new HashSet<>();
        for (Path file : Disk.list(bench.data().resolve("drop/http"))) {
            there.add(file.getFileName().toString());
        }
        assertThat(there).hasSizeLessThanOrEqualTo(50);
        for (Path ticket : Disk.list(bench.data().resolve("intake"))) {
            String name = ticket.getFileName().toString();
            if (!name.startsWith(".")) { // it is being written, as its job was just claimed
                there.add(name);
            }
        }
        assertThat(there).isEqualTo(taken);
    }

    @Test
    void pathsAndMethodsThatThereAreNotAreSaidToBeSo() throws Exception {
        bench.start();

        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(send(request("/jobs").PUT(BodyPublishers.ofString("{}"))).statusCode())
                .isIn(404, 405);
    }

    @Test
    void inAClientsHeadersIsNothingThatSteersARoute() throws Exception {
        bench.start();
        HttpResponse<String> posted = send(jobs("application/json", CAT)
                .header("Prefer", "wait=20")
                .header("CamelHttpResponseCode", "302")
                .header("id", "x")
                .header("X-Mirror", "m"));

        assertThat(posted.statusCode()).isEqualTo(200);
        assertThat(posted.headers().map()).doesNotContainKeys("x-mirror", "id", "CamelHttpResponseCode");
        HttpResponse<String> got =
                send(request(json(posted).path("href").asText()).header("id", "y"));
        assertThat(json(got).path("state").asText()).isEqualTo("done");
    }

    /** With the curl of this machine, from the folder where a reader would stand. */
    @Test
    void theCommandsOfTheManualWork() throws Exception {
        bench.start();
        String id = json(post(CAT)).path("id").asText();
        List<String> commands = Files.readString(Path.of("docs/intake.md"))
                .lines()
                .filter(line -> line.startsWith("curl "))
                .toList();
        assertThat(commands).hasSize(3);
        for (String command : commands) {
            Process curl = new ProcessBuilder(
                            "sh", "-c", command.replace(":8080", ":" + port).replace("/ID", "/" + id))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            JsonNode answer = mapper.readTree(curl.getInputStream());

            assertThat(answer.path("state").asText())
                    .as(command + "\n" + answer)
                    .isIn("waiting", "at-work", "done");
        }
    }

    private HttpResponse<String> post(String job) throws Exception {
        return send(jobs("application/json", job));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpRequest.Builder jobs(String type, String body) {
        return request("/jobs").header("Content-Type", type).POST(BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Bench.SOON);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode awaitOver(String job) throws Exception {
        Bench.await(
                job,
                () -> !Set.of("waiting", "at-work")
                        .contains(json(get(job)).path("state").asText()));
        return json(get(job));
    }

    private JsonNode json(HttpResponse<String> response) throws IOException {
        return mapper.readTree(response.body());
    }

    private void assertRefused(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(json(response).path("code").asText()).isEqualTo(code);
        assertThat(json(response).path("status").asInt()).isEqualTo(status);
        assertThat(json(response).path("detail").asText()).isNotEmpty();
        assertThat(json(response).path("hint").asText()).isNotEmpty();
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /** What a server answers to bytes, until it closes or has answered. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Bench.SOON.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] part(String name, String fileName, Object content) throws IOException {
        java.io.ByteArrayOutputStream part = new java.io.ByteArrayOutputStream();
        String file = fileName == null ? "" : "; filename=\"" + fileName.replace("\\", "\\\\") + "\"";
        part.write(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        part.write(content instanceof byte[] bytes ? bytes : content.toString().getBytes(StandardCharsets.UTF_8));
        part.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        return part.toByteArray();
    }

    private HttpResponse<String> multipart(byte[]... parts) throws Exception {
        List<byte[]> body = new ArrayList<>(List.of(parts));
        body.add(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return send(request("/jobs")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArrays(body)));
    }

    private static java.security.MessageDigest digest(byte[] bytes) {
        java.security.MessageDigest digest = Sha256.digest();
        digest.update(bytes);
        return digest;
    }
}
