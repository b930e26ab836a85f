package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FaultTest {
    private static final String TWO = """
            {"prompt":"fox","steps":2,"width":64,"height":64,"seed":5,"batch_size":2,"sampler_name":"Euler"}""";

    private SandboxWebUi webUi;
    private Client client;

    @BeforeEach
    void start() {
        webUi = SandboxWebUi.start(SandboxSettings.defaults());
        client = new Client(webUi);
    }

    @AfterEach
    void close() {
        webUi.close();
    }

    @Test
    void faultsHitTheNextGenerationsInOrderAndNobodyElse() throws Exception {
        webUi.next(Fault.answer(503, "text/html", "<h1>busy</h1>"), Fault.none(), Fault.outOfMemory());

        assertThat(client.get("/sdapi/v1/progress").status()).isEqualTo(200);
        Client.Answer first = generate();
        assertThat(first.status()).isEqualTo(503);
        assertThat(first.header("content-type")).isEqualTo("text/html");
        assertThat(first.text()).isEqualTo("<h1>busy</h1>");
        assertThat(generate().status()).isEqualTo(200);
        assertThat(generate().json().get("error").asText()).isEqualTo("OutOfMemoryError");
        assertThat(generate().status()).isEqualTo(200);
    }

    @Test
    void otherRequestsHaveTheirOwn() throws Exception {
        webUi.nextAt("/sdapi/v1/options", Fault.answer(502, "text/plain", "bad gateway"));

        assertThat(generate().status()).isEqualTo(200);
        assertThat(client.get("/sdapi/v1/options").status()).isEqualTo(502);
        assertThat(client.get("/sdapi/v1/options").status()).isEqualTo(200);
    }

    @Test
    void aHangUpIsNoAnswerAndNoWork() throws Exception {
        // The JDK's client sends a request again, once, if a kept connection broke.
        webUi.next(Fault.hangUp(), Fault.hangUp());

        assertThatThrownBy(this::generate).isInstanceOf(IOException.class);
        assertThat(webUi.generations()).isEmpty();
    }

    @Test
    void anAnswerMayGetLostAfterTheWorkWasDone() throws Exception {
        webUi.next(Fault.answer(502, "text/plain", "bad gateway").afterWork());

        assertThat(client.post("/sdapi/v1/txt2img", with("\"save_images\":true"))
                        .status())
                .isEqualTo(502);
        assertThat(webUi.generations()).hasSize(1);
        try (var files = Files.walk(webUi.dataFolder())) {
            assertThat(files.filter(file -> file.toString().endsWith(".png"))).hasSize(3);
        }
    }

    @Test
    void aConnectionMayBreakInTheMiddle() {
        webUi.next(Fault.cutAfter(100));

        assertThatThrownBy(this::generate).isInstanceOf(IOException.class);
    }

    @Test
    void jsonMayEndTooEarly() throws Exception {
        webUi.next(Fault.truncateTo(200));

        Client.Answer answer = generate();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).hasSize(200).startsWith("{\"images\":[\"");
    }

    @Test
    void anAnswerMayBeLate() throws Exception {
        webUi.next(Fault.stall(Duration.ofMillis(150)).and(Fault.noPictures()));

        Instant start = Instant.now();
        assertThat(generate().json().get("images")).isEmpty();
        assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(140));
    }

    @Test
    void theSamplerMayBeAnotherAndOnlyInfoTells() throws Exception {
        webUi.next(Fault.sampler("Heun"));

        Client.Answer answer = generate();
        assertThat(answer.info().get("sampler_name").asText()).isEqualTo("Heun");
        assertThat(answer.info().get("infotexts").get(0).asText()).contains("Sampler: Heun");
        assertThat(parameter(answer, "sampler_name").asText()).isEqualTo("Euler");
    }

    @Test
    void theCheckpointMayBeAnotherAndOnlyInfoTells() throws Exception {
        webUi.next(Fault.checkpoint("sandboxDusk"));

        Client.Answer answer = generate();
        assertThat(answer.info().get("sd_model_name").asText()).isEqualTo("sandboxDusk");
        assertThat(parameter(answer, "override_settings").isNull()).isTrue();
        assertThat(webUi.generations().get(0).checkpoint()).isEqualTo("sandboxDusk.safetensors");
    }

    @Test
    void theSizeMayBeAnother() throws Exception {
        webUi.next(Fault.size(128, 96));

        Client.Answer answer = generate();
        assertThat(ImageIO.read(new ByteArrayInputStream(answer.image(0))).getWidth())
                .isEqualTo(128);
        assertThat(parameter(answer, "width").asInt()).isEqualTo(64);
    }

    @Test
    void picturesMayBeMissingDoubledOrNothing() throws Exception {
        webUi.next(Fault.onePictureLess(), Fault.onePictureMore(), Fault.nullPicture(), Fault.emptyPicture());

        assertThat(images(generate())).hasSize(1);
        assertThat(images(generate())).hasSize(3);
        assertThat(images(generate()).get(0).isNull()).isTrue();
        assertThat(images(generate()).get(0).asText("no text")).isEmpty();
    }

    @Test
    void picturesMayBeGarbageOrHalf() throws Exception {
        webUi.next(Fault.garbagePicture(), Fault.truncatedPicture());

        assertThat(ImageIO.read(new ByteArrayInputStream(generate().image(0)))).isNull();
        byte[] half = generate().image(0);
        assertThatThrownBy(() -> ImageIO.read(new ByteArrayInputStream(half))).isInstanceOf(IOException.class);
    }

    @Test
    void picturesMayBeDataUris() throws Exception {
        webUi.next(Fault.dataUris());

        assertThat(images(generate())).allMatch(image -> image.asText().startsWith("data:image/png;base64,iVBOR"));
    }

    @Test
    void infoMayComeFirst() throws Exception {
        webUi.next(Fault.infoFirst());

        assertThat(generate().text()).startsWith("{\"info\":");
    }

    @Test
    void faultsMayComeByChanceTheSameOnesForTheSameSeed() throws Exception {
        List<String> first = outcomes(7);

        assertThat(first)
                .contains(
                        "200",
                        "500 Internal Server Error",
                        "500 OutOfMemoryError",
                        "200 cut",
                        "200 broken off",
                        "nothing");
        assertThat(outcomes(7)).isEqualTo(first);
        assertThat(outcomes(8)).isNotEqualTo(first);
    }

    @Test
    void faultsThatAreAskedForComeBeforeThoseByChance() throws Exception {
        webUi.close();
        webUi = SandboxWebUi.start(SandboxSettings.defaults().withFaults(1, 1));
        client = new Client(webUi);
        webUi.next(Fault.none());

        assertThat(generate().status()).isEqualTo(200);
        assertThat(client.get("/sdapi/v1/progress").status()).isEqualTo(200);
    }

    @Test
    void aShareIsNoMoreThanAll() {
        assertThatThrownBy(() -> SandboxSettings.defaults().withFaults(1.5, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.5");
    }

    /** What forty generations come to when every other one fails. */
    private static List<String> outcomes(long seed) throws IOException {
        List<String> outcomes = new ArrayList<>();
        try (var failing = SandboxWebUi.start(SandboxSettings.defaults().withFaults(0.5, seed))) {
            for (int i = 0; i < 40; i++) {
                outcomes.add(outcome(failing));
            }
        }
        return outcomes;
    }

    /** Every HTTP client of the JDK sends a request again by itself if nothing is answered. */
    private static String outcome(SandboxWebUi failing) throws IOException {
        String answer;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), failing.port())) {
            String request = "POST /sdapi/v1/txt2img HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + TWO.length() + "\r\n\r\n" + TWO;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return "nothing"; // it was reset
        }
        if (answer.isEmpty()) {
            return "nothing";
        }
        String status = answer.substring(answer.indexOf(' ') + 1, answer.indexOf(' ') + 4);
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(answer);
        if (length.find() && body.length() < Integer.parseInt(length.group(1))) {
            return status + " broken off";
        }
        return status.equals("200")
                ? body.endsWith("}") ? "200" : "200 cut"
                : status + " " + body.replaceAll("\\{\"error\":\"(\\w+).*", "$1");
    }

    private Client.Answer generate() throws IOException, InterruptedException {
        return client.post("/sdapi/v1/txt2img", TWO);
    }

    private static String with(String field) {
        return TWO.replace("}", "," + field + "}");
    }

    private static JsonNode images(Client.Answer answer) {
        return answer.json().get("images");
    }

    private static JsonNode parameter(Client.Answer answer, String name) {
        return answer.json().get("parameters").get(name);
    }
}
