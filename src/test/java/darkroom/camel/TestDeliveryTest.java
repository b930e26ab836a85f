package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.check.Finding;
import darkroom.check.Finding.Severity;
import darkroom.files.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code darkroom check --deliver}: a test picture goes the way of an output, and nothing else happens. */
final class TestDeliveryTest {
    @TempDir
    Path home;

    @Test
    void aPictureIsDeliveredAsAnOutputWouldBe() throws Exception {
        Path gallery = home.resolve("gallery");
        Path manifests = home.resolve("manifests");
        try (Bench bench = new Bench(home).withRecipe("folder", "/mnt/gallery", gallery.toString())) {
            Files.writeString(bench.routes().resolve("own.camel.yaml"), """
                    - route:
                        id: jobs
                        from:
                          uri: outbox:jobs?each=job
                          steps:
                            - to: {uri: "direct:write"}
                    - route:
                        id: write
                        from:
                          uri: direct:write
                          steps:
                            - to: {uri: "file:%s"}
                    - route:
                        id: broken
                        from:
                          uri: outbox:broken?attempts=5
                          steps:
                            - throwException: {exceptionType: java.io.IOException, message: no room}
                    """.formatted(manifests));
            bench.drop("waits.json", "{}");
            Path entry = Files.writeString(
                    Files.createDirectories(bench.data().resolve("outbox/broken"))
                            .resolve("waits.json"),
                    "{}");

            List<Finding> findings = Doctor.deliver(bench.settings(), null);

            assertThat(findings)
                    .extracting(Finding::subject)
                    .containsExactlyInAnyOrder("destination gallery", "destination jobs", "destination broken");
            assertThat(of(findings, "gallery")).satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.OK);
                assertThat(finding.message())
                        .matches(
                                "the test picture was delivered as darkroom-check/(darkroom-check-\\d{8}-\\d{6})/\\1[.]png,"
                                        + " and may be deleted there");
            });
            assertThat(of(findings, "jobs").severity()).isEqualTo(Severity.OK);
            assertThat(of(findings, "broken"))
                    .isEqualTo(Finding.error(
                            "destination broken",
                            "the test picture was not delivered: no room",
                            "mend that, and deliver it again: darkroom check --deliver broken"));
            Path picture = only(gallery);
            assertThat(gallery.relativize(picture).toString())
                    .matches("darkroom-check/\\d{4}-\\d{2}-\\d{2}/darkroom-check-[\\d-]+[.]png");
            assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(64);
            JsonNode manifest = Bench.json(only(manifests));
            assertThat(manifest.path("lane").asText()).isEqualTo("darkroom-check");
            assertThat(bench.data().resolve("drop/waits.json")).exists();
            assertThat(entry).exists();
            assertThat(Disk.list(bench.data())).hasSize(2); // what the test has put there
            assertThat(bench.sandbox().requests()).isEmpty();
        }
    }

    @Test
    void oneCanBeChosenAndMustBeThere() throws Exception {
        try (Bench bench = new Bench(home)
                .withRecipe("folder", "/mnt/gallery", home.resolve("gallery").toString())) {
            assertThat(Doctor.deliver(bench.settings(), "galery"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                        assertThat(finding.message()).isEqualTo("no route is from outbox:galery");
                    });
            assertThat(Doctor.deliver(bench.settings(), "gallery"))
                    .extracting(Finding::severity)
                    .containsExactly(Severity.OK);
        }
    }

    /** A storage that is away is a reason like any other, and not one not to start. */
    @Test
    void aStorageThatIsAwayIsTheReason() throws Exception {
        try (Bench bench = new Bench(home)
                .withRecipe(
                        "s3",
                        "# overrideEndpoint",
                        "overrideEndpoint",
                        "# uriEndpointOverride: https://minio.example.org",
                        "uriEndpointOverride: http://127.0.0.1:1",
                        "# forcePathStyle",
                        "forcePathStyle",
                        "useDefaultCredentialsProvider: true",
                        "useDefaultCredentialsProvider: false\n              accessKey: a\n              secretKey: b")) {
            assertThat(Doctor.deliver(bench.settings(), "archive"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                        assertThat(finding.message()).contains("Connect");
                    });
        }
    }

    private static Finding of(List<Finding> findings, String destination) {
        return findings.stream()
                .filter(finding -> finding.subject().equals("destination " + destination))
                .findFirst()
                .orElseThrow();
    }

    private static Path only(Path folder) throws Exception {
        List<Path> found = new ArrayList<>(Bench.files(folder));
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
