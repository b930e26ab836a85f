package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.FreePort;
import darkroom.check.FolderCheck;
import darkroom.files.Disk;
import darkroom.json.Json;
import darkroom.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the folders while the service runs shows at its port. */
final class FolderHealthTest {
    @TempDir
    Path home;

    private int port;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        port = FreePort.find();
        Path mounted = Files.createDirectory(home.resolve("mounted"));
        bench = new Bench(home)
                .with(Setting.HEALTH_PORT, String.valueOf(port))
                .with(Setting.WEBUI_OUTPUTS, mounted.toString())
                .start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aFolderThatIsGoneIsNamedUntilItIsBack() throws Exception {
        awaitReady(200);
        Path failed = bench.data().resolve("failed");
        Disk.deleteTree(failed);

        JsonNode folders = awaitReady(503);

        assertThat(folders.at("/data/darkroom.failed").asText())
                .isEqualTo("there is no folder " + failed + " any more; make it, or mount it");
        assertThat(folders.toString()).doesNotContain("darkroom.drop");
        assertThat(get("/live").statusCode()).as("no restart would mend it").isEqualTo(200);

        Files.createDirectory(failed);
        awaitReady(200);
    }

    @Test
    void theMountedOutputsAreLookedAtAsWell() throws Exception {
        Files.delete(home.resolve("mounted"));

        assertThat(awaitReady(503).at("/data/darkroom.webui.outputs").asText())
                .contains(home.resolve("mounted").toString(), "mount it");
    }

    /** As when a share is unmounted: what is left is an empty folder on the disk of this machine. */
    @Test
    void aFolderOnAnotherFileSystemThanAtTheStartIsNotTheSame() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeThat(memory).isDirectory();
        assumeThat(FolderCheck.fileSystem(memory)).isNotEqualTo(FolderCheck.fileSystem(home));
        Path outputs = bench.data().resolve("outputs");
        Path elsewhere = Files.createTempDirectory(memory, "darkroom-test");
        try {
            Files.delete(outputs);
            Files.createSymbolicLink(outputs, elsewhere);

            assertThat(awaitReady(503).at("/data/darkroom.outputs").asText())
                    .contains(outputs.toString(), "another file system than at the start", "mount it again");
        } finally {
            Files.delete(elsewhere);
        }
    }

    /** What the check of the folders says, once readiness as a whole has this status. */
    private JsonNode awaitReady(int status) {
        Awaitility.await()
                .atMost(Bench.SOON)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> get("/ready").statusCode() == status);
        return folders();
    }

    private JsonNode folders() {
        try {
            for (JsonNode check :
                    Json.mapper().readTree(get("/ready?data=true").body()).path("checks")) {
                if (check.path("name").asText().contains("folders")) {
                    return check;
                }
            }
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
        throw new AssertionError("no check of the folders");
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health" + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
