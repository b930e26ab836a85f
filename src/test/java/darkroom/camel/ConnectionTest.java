package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.promptfile.NoisePng;
import darkroom.sandbox.Fault;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SelfSigned;
import darkroom.settings.Setting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to a WebUI: through a proxy, over TLS, with a password. */
final class ConnectionTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final SandboxSettings PLAIN = SandboxSettings.defaults().withPlainPictures(true);

    @TempDir
    Path home;

    @Test
    void httpsASubPathAndAPasswordInOne() throws Exception {
        Path keys = home.resolve("keys.p12");
        SSLContext tls = SelfSigned.context(keys);
        SandboxSettings settings =
                PLAIN.withHost("localhost").withTls(tls).withSubpath("/gpu-1").withCredentials("me", "pass:word");
        try (Bench bench = new Bench(home, settings)) {
            bench.withProperties("camel.ssl.enabled=true\ncamel.ssl.trust-store=file:" + keys
                            + "\ncamel.ssl.trust-store-password=" + SelfSigned.PASSWORD + "\n")
                    .with(Setting.WEBUI_AUTH, "me:pass:word")
                    .start();
            bench.drop("a.json", SMALL);

            bench.done("a.json");

            assertThat(bench.generations()).hasSize(1); // the password went with the first
        }
    }

    @Test
    void anEditedPasswordTakesEffect() throws Exception {
        try (Bench bench = new Bench(home, PLAIN.withCredentials("me", "new"))
                .with(Setting.WEBUI_AUTH, "me:old")
                .start()) {
            bench.drop("a.json", SMALL);
            assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("webui-unauthorized");

            Path generate = bench.routes().resolve("generate.camel.yaml");
            String route = Files.readString(generate);
            var before = bench.service().camelContext().getRoute("make");
            Files.writeString(
                    generate,
                    route.replace(
                            "uri: webui:generate",
                            "uri: webui:generate\n            parameters:\n              authPassword: new"));
            Bench.await("another route", () -> {
                var now = bench.service().camelContext().getRoute("make");
                return now != null && now != before;
            });
            Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));

            bench.done("a.json");
        }
    }

    @Test
    void aSilentWebUiIsGivenUpAfterTheTimeoutThatWasSet() throws Exception {
        try (Bench bench = new Bench(home, PLAIN)
                .with(Setting.WEBUI_RESPONSE_TIMEOUT, "400ms")
                .start()) {
            bench.sandbox().next(Fault.stall(Duration.ofMinutes(1)));
            bench.drop("a.json", SMALL);

            bench.done("a.json");

            assertThat(bench.generations()).hasSize(2);
        }
    }

    @Test
    void aRequestThatAProxyFindsTooLargeFails() throws Exception {
        try (Bench bench = new Bench(home, PLAIN);
                ServerSocket proxy = new ServerSocket(0)) {
            Thread answers = new Thread(() -> refuseEarly(proxy));
            answers.start();
            bench.with(Setting.WEBUI_URL, "http://127.0.0.1:" + proxy.getLocalPort())
                    .start();
            bench.put("noise.png", NoisePng.of(2000, 2000));
            bench.drop("a.json", "{\"init_images\": [\"noise.png\"], \"width\": 64, \"height\": 64}");

            JsonNode error = bench.failed("a.json");

            assertThat(error.path("code").asText()).isEqualTo("webui-rejected");
            assertThat(error.path("message").asText()).contains("413");
            assertThat(error.path("hint").asText()).contains("proxy", "raise its limit");
        }
    }

    @Test
    void aPictureOfOursThatIsGoneIsNoFaultOfTheWebUi() throws Exception {
        Bench bench = new Bench(home, PLAIN);
        bench.stopSandbox();
        try (bench) {
            bench.start();
            bench.put("noise.png", NoisePng.of(64, 64));
            bench.drop("a.json", "{\"init_images\": [\"noise.png\"], \"width\": 64, \"height\": 64}");
            Bench.await("accepted", () -> !bench.exists("drop/a.json"));
            Path work = bench.data().resolve("work");
            Bench.await(
                    "at work", () -> Disk.list(work).stream().anyMatch(job -> Files.exists(job.resolve("job.json"))));
            for (Path job : Disk.list(work)) {
                Disk.deleteTree(job.resolve("attachments"));
            }
            bench.restartSandbox(PLAIN);

            assertThat(bench.failed("a.json").path("code").asText()).isEqualTo("storage-failed");
        }
    }

    /** Answers 413 after the headers, and reads on until the client hangs up, as a web server does. */
    private static void refuseEarly(ServerSocket proxy) {
        while (!proxy.isClosed()) {
            try (Socket socket = proxy.accept()) {
                socket.getInputStream().readNBytes(2000);
                socket.getOutputStream()
                        .write("HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // closed from the other side
            }
        }
    }
}
