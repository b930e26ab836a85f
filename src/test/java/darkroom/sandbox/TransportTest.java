package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TransportTest {
    private static final String SAVED = """
            {"prompt":"fox","steps":1,"width":64,"height":64,"seed":5,"save_images":true,"send_images":false,
             "override_settings":{"directories_filename_pattern":"a b"}}""";

    @Test
    void largeAnswersAreCompressedForThoseWhoAsk() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            var zipped = get(webUi.url() + "/sdapi/v1/options", "Accept-Encoding", "gzip");
            assertThat(zipped.headers().firstValue("content-encoding")).contains("gzip");
            assertThat(zipped.headers().firstValue("vary")).contains("Accept-Encoding");
            try (var in = new GZIPInputStream(zipped.body())) {
                assertThat(Json.MAPPER.readTree(in).get("samples_format").asText())
                        .isEqualTo("png");
            }
            var small = get(webUi.url() + "/sdapi/v1/progress", "Accept-Encoding", "gzip");
            assertThat(small.headers().firstValue("content-encoding")).isEmpty();
        }
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withGzip(false))) {
            var plain = get(webUi.url() + "/sdapi/v1/options", "Accept-Encoding", "gzip");
            assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
        }
    }

    @Test
    void behindAProxyEverythingIsBelowItsPath() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withSubpath("/sd"))) {
            assertThat(webUi.url().toString()).endsWith("/sd");
            assertThat(new Client(webUi).get("/sdapi/v1/samplers").status()).isEqualTo(200);
            String outside = webUi.url().toString().replace("/sd", "") + "/sdapi/v1/samplers";
            assertThat(get(outside, "Accept", "*/*").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void withoutItsApiThereIsOnlyAPage() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withApi(false))) {
            var client = new Client(webUi);

            assertThat(client.get("/sdapi/v1/samplers").status()).isEqualTo(404);
            assertThat(client.post("/sdapi/v1/txt2img", "{}").text()).isEqualTo("{\"detail\":\"Not Found\"}");
            assertThat(client.get("/").text()).contains("sandbox");
            assertThat(client.get("/internal/ping").status()).isEqualTo(200);
        }
    }

    @Test
    void filesCanBeFetchedFromTheDataFolderOnly() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            var client = new Client(webUi);
            client.post("/sdapi/v1/txt2img", SAVED);
            String path = "/file=outputs/txt2img-images/a%20b/00000-5.png";
            Path file = webUi.dataFolder().resolve("outputs/txt2img-images/a b/00000-5.png");
            String absolute = "/file=/stable-diffusion-webui/outputs/txt2img-images/a%20b/00000-5.png";

            assertThat(get(webUi.url() + path, "Accept", "*/*").body().readAllBytes())
                    .isEqualTo(Files.readAllBytes(file));
            assertThat(client.get(absolute).header("content-type")).isEqualTo("image/png");
            var part = get(webUi.url() + path, "Range", "bytes=1-3");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body().readAllBytes()).isEqualTo("PNG".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.get("/file=outputs/nope.png").status()).isEqualTo(404);
            assertThat(client.get("/file=outputs").status()).isEqualTo(403);
            assertThat(client.get("/file=/etc/passwd").status()).isEqualTo(403);
            assertThat(client.get("/file=outputs/../../etc/passwd").status()).isEqualTo(403);
            assertThat(client.get("/file=.hidden").status()).isEqualTo(403);
            assertThat(client.get("/file=outputs/.hidden/x.png").status()).isEqualTo(403);
            var head = HttpRequest.newBuilder(URI.create(webUi.url() + path))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build();
            var measured = HttpClient.newHttpClient().send(head, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(measured.headers().firstValueAsLong("content-length")).hasValue(Files.size(file));
            assertThat(measured.body()).isEmpty();
        }
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withGradioAuth(true))) {
            var client = new Client(webUi);
            assertThat(client.get("/file=outputs/nope.png").status()).isEqualTo(401);
            assertThat(client.get("/internal/ping").status()).isEqualTo(200);
            assertThat(client.get("/sdapi/v1/samplers").status()).isEqualTo(200);
        }
    }

    @Test
    void strangeRequestsAreAnsweredToo() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            var client = new Client(webUi);

            assertThat(client.post("/sdapi/v1/txt2img", "\u0000").status()).isEqualTo(422);
            assertThat(client.post("/sdapi/v1/txt2img", "[".repeat(100_000)).status())
                    .isEqualTo(500);
            assertThat(client.get("/sdapi/v1/progress?skip_current_image=%25&x").status())
                    .isEqualTo(422);
        }
    }

    @Test
    void httpsIsSpokenWithAKeyOfOnesOwn(@TempDir Path folder) throws Exception {
        SSLContext tls = SelfSigned.context(folder.resolve("keys.p12"));
        try (var webUi = SandboxWebUi.start(
                SandboxSettings.defaults().withHost("localhost").withTls(tls))) {
            var client = HttpClient.newBuilder().sslContext(tls).build();
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create(webUi.url() + "/internal/ping"))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(webUi.url().getScheme()).isEqualTo("https");
            assertThat(answer.body()).isEqualTo("{}");
        }
    }

    private static HttpResponse<InputStream> get(String url, String header, String value) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(url)).header(header, value).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
    }
}
