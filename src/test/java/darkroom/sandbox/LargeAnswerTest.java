package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A picture of 300 MB goes through a Java that has 64 MB. */
@Timeout(60)
final class LargeAnswerTest {
    private static final long PICTURE_BYTES = 300L * 1024 * 1024;

    @Test
    void aPictureThatDoesNotFitIntoMemoryIsSentAllTheSame() throws Exception {
        var process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName()))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).startsWith("received");
    }

    /** What the other Java runs: a sandbox, and a client that counts. */
    static final class Program {
        public static void main(String[] args) throws Exception {
            SandboxSettings settings =
                    SandboxSettings.defaults().withPictureBytes(PICTURE_BYTES).withPlainPictures(true);
            try (var webUi = SandboxWebUi.start(settings)) {
                var request = HttpRequest.newBuilder(URI.create(webUi.url() + "/sdapi/v1/txt2img"))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"fox\",\"steps\":1}"))
                        .build();
                var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
                long announced =
                        answer.headers().firstValueAsLong("content-length").orElseThrow();
                long received = count(answer.body());
                if (received != announced || received < PICTURE_BYTES / 3 * 4) {
                    throw new AssertionError("received " + received + " of " + announced + " bytes");
                }
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                long used = runtime.totalMemory() - runtime.freeMemory();
                System.out.println("received " + received + " bytes; " + used / 1024 + " KB are in use");
            }
        }

        private static long count(InputStream in) throws Exception {
            byte[] buffer = new byte[64 * 1024];
            long count = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count += read;
            }
            return count;
        }
    }
}
