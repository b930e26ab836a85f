package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SelfSigned;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
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

            assertThat(bench.sandbox().requests()).hasSize(1); // the password went with the first
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
            var before = bench.service().camelContext().getRoute("generate");
            Files.writeString(
                    generate,
                    route.replace(
                            "uri: webui:generate",
                            "uri: webui:generate\n            parameters:\n              authPassword: new"));
            Bench.await("another route", () -> {
                var now = bench.service().camelContext().getRoute("generate");
                return now != null && now != before;
            });
            Files.move(bench.data().resolve("failed/a.json"), bench.data().resolve("drop/a.json"));

            bench.done("a.json");
        }
    }
}
