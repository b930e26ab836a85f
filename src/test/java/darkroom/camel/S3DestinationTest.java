package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** The recipe for S3, against a server that speaks it. */
final class S3DestinationTest {
    private static final String SECRET = "not-to-be-told";
    private static final int JOBS = 20;

    @TempDir
    Path home;

    @AutoClose // also if the rest can't be prepared
    private S3Mock s3;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home);
        s3 = new S3Mock(Files.createDirectory(home.resolve("s3"))).start();
        bench.with(Setting.DELIVER, "archive")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms")
                .withProperties("archive.access=someone\narchive.secret=" + SECRET + "\n");
        recipe(S3Mock.BUCKET);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void everyPictureIsThereOnceAfterTheServerWasKilled() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(50)));
        bench.start();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("lane/job" + i + ".json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        }
        Bench.await("some", () -> s3.keys().size() >= 4);

        s3.kill();
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        Bench.await("some wait", () -> !waiting().isEmpty());
        s3.start();

        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> done() == JOBS);
        List<String> expected = new ArrayList<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                String key = "lane/" + manifest.path("job").asText() + "/"
                        + output.path("file").asText();
                expected.add(key);
                String sha256 = output.path("sha256").asText();
                Path copy = home.resolve("copy");
                s3.client().getObject(request -> request.bucket(S3Mock.BUCKET).key(key), copy);
                assertThat(Sha256.of(copy)).isEqualTo(sha256);
                Files.delete(copy);
                HeadObjectResponse head = s3.client()
                        .headObject(request -> request.bucket(S3Mock.BUCKET).key(key));
                assertThat(head.contentType()).isEqualTo("image/png");
                assertThat(head.metadata())
                        .containsEntry("sha256", sha256)
                        .containsEntry("job", manifest.path("job").asText())
                        .containsEntry("task", manifest.path("job").asText() + "-1");
            }
        }
        assertThat(s3.keys()).containsExactlyInAnyOrderElementsOf(expected).hasSize(2 * JOBS);
        assertThat(bench.generations()).hasSize(JOBS);
        assertThat(waiting()).isEmpty();
    }

    @Test
    void aStartWhileTheServerIsAwayWaitsForNothing() throws Exception {
        s3.kill();
        bench.start();
        bench.drop("other.json", "{\"width\": 64, \"height\": 64, \"steps\": 2, \"job\": {\"deliver\": []}}");
        bench.done("other.json");
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");
        Bench.await("it waits", () -> waiting().stream().anyMatch(DeliveriesTest::hasFailed));
        assertThat(health().getState()).isEqualTo(HealthCheck.State.UP); // nothing here is broken
        assertThat(health().getDetails()).containsKeys("archive.failing-since", "archive.reason");
        s3.start();

        bench.done("a.json");
        assertThat(s3.keys()).hasSize(1);
        Bench.await("told no more", () -> !health().getDetails().containsKey("archive.reason"));
    }

    @Test
    void aBucketThatIsNotThereIsSaidWithoutTheSecret() throws Exception {
        recipe("nobodys-bucket");
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("\u65e5\u672c.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        assertThat(bench.failed("\u65e5\u672c.json").path("message").asText())
                .contains("1 of 1 could not be delivered to 'archive'")
                .contains("bucket does not exist");
        bench.assertNoDocumentHolds(SECRET);
        recipe(S3Mock.BUCKET);
        for (Path file : Disk.list(bench.data().resolve("outbox/archive/dead"))) {
            Files.move(file, bench.data().resolve("outbox/archive").resolve(file.getFileName()));
        }

        Bench.await("done", () -> bench.exists("done/\u65e5\u672c.json"));
        assertThat(s3.keys()).singleElement().asString().startsWith("\u65e5\u672c-");
        assertThat(s3.client()
                        .headObject(request ->
                                request.bucket(S3Mock.BUCKET).key(s3.keys().get(0)))
                        .metadata()
                        .get("job"))
                .startsWith("%E6%97%A5%E6%9C%AC-");
    }

    private HealthCheck.Result health() {
        HealthCheck outbox = HealthCheckRegistry.get(bench.service().camelContext())
                .getCheck("outbox")
                .orElseThrow();
        return outbox.callReadiness();
    }

    /** What the reader changes, and the lines for storage that is not AWS. */
    private void recipe(String bucket) throws Exception {
        bench.withRecipe(
                "s3",
                "my-bucket",
                bucket,
                "eu-central-1",
                "us-east-1",
                "# overrideEndpoint",
                "overrideEndpoint",
                "# uriEndpointOverride: https://minio.example.org",
                "uriEndpointOverride: " + s3.url(),
                "# forcePathStyle",
                "forcePathStyle",
                "useDefaultCredentialsProvider: true",
                "useDefaultCredentialsProvider: false",
                "# accessKey: \"RAW({{env:ARCHIVE_ACCESS_KEY}})\"",
                "accessKey: \"RAW({{archive.access}})\"",
                "# secretKey: \"RAW({{env:ARCHIVE_SECRET_KEY}})\"",
                "secretKey: \"RAW({{archive.secret}})\"");
    }

    private int done() throws Exception {
        return Disk.list(bench.data().resolve("done/lane")).size();
    }

    private List<Path> waiting() throws Exception {
        return Disk.list(bench.data().resolve("outbox/archive"));
    }
}
