package darkroom.camel;

import darkroom.FreePort;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Adobe's S3Mock in a process of its own, which can be killed and keeps what it was given. */
final class S3Mock implements AutoCloseable {
    static final String BUCKET = "pictures";

    private final Path folder;
    private final int port;
    private final S3Client client;
    private @Nullable Process process;

    S3Mock(Path folder) throws IOException {
        this.folder = folder;
        this.port = FreePort.find();
        this.client = S3Client.builder()
                .endpointOverride(url())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .httpClient(ApacheHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
                .build();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    S3Mock start() throws IOException {
        String jar = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.contains("s3mock"))
                .findFirst()
                .orElseThrow();
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-jar",
                        jar,
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--server.ssl.enabled=false",
                        "--com.adobe.testing.s3mock.httpPort=0", // it always has a second one
                        "--com.adobe.testing.s3mock.store.root=" + folder,
                        "--com.adobe.testing.s3mock.store.retainFilesOnExit=true",
                        "--com.adobe.testing.s3mock.store.initialBuckets=" + BUCKET))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolveSibling("s3mock.log").toFile()))
                .start();
        try {
            Awaitility.await("S3Mock")
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptionsInstanceOf(SdkException.class)
                    .until(() -> !client.listBuckets().buckets().isEmpty());
        } catch (RuntimeException e) {
            kill(); // nobody has it who could
            throw e;
        }
        return this;
    }

    /** Ends it without a warning. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
            process = null;
        }
    }

    /** Ends it as its operator would: killed while it deletes something, it is broken ever after. */
    void stop() {
        if (process != null) {
            process.destroy();
            process.onExit().join();
            process = null;
        }
    }

    S3Client client() {
        return client;
    }

    List<String> keys() {
        return client.listObjectsV2Paginator(request -> request.bucket(BUCKET)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    @Override
    public void close() {
        kill();
        client.close();
    }
}
