package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for SFTP, against a server that speaks it. */
final class SftpDestinationTest {
    private static final int JOBS = 20;

    @TempDir
    Path home;

    private Path far;
    private KeyPair hostKey;
    private KeyPair userKey;
    private SshServer server;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        far = Files.createDirectories(home.resolve("far/incoming"));
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        hostKey = keys.generateKeyPair();
        userKey = keys.generateKeyPair();
        try (OutputStream out = Files.newOutputStream(home.resolve("id"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(userKey, "darkroom", null, out);
        }
        server = serve(0);
        know(hostKey);
        bench = new Bench(home);
        bench.with(Setting.DELIVER, "printer")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms")
                .withRecipe(
                        "sftp",
                        "printer.example.org:22/incoming",
                        "127.0.0.1:" + server.getPort() + "/incoming",
                        "{{env:HOME}}/.ssh/id_ed25519",
                        home.resolve("id").toString(),
                        "stepwise: false",
                        "useUserKnownHostsFile: false\n              knownHostsFile: " + home.resolve("known_hosts")
                                + "\n              stepwise: false");
    }

    @AfterEach
    void stop() throws Exception {
        bench.close();
        server.stop(true);
    }

    @Test
    void everyPictureIsThereOnceAfterTheServerWasAway() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(50)));
        bench.start();
        for (int i = 0; i < JOBS; i++) {
            bench.drop("lane/job" + i + ".json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        }
        Bench.await("some", () -> files().size() >= 4);

        server.stop(true);
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        Bench.await(
                "some wait",
                () -> !Disk.list(bench.data().resolve("outbox/printer")).isEmpty());
        server = serve(server.getPort());

        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> Disk.list(bench.data().resolve("done/lane")).size() == JOBS);
        assertAllThere();
        assertThat(bench.generations()).hasSize(JOBS);
    }

    @Test
    void whatIsDeliveredTwiceIsThereOnce() throws Exception {
        Files.writeString(bench.routes().resolve("away.camel.yaml"), """
                - route:
                    id: away
                    from:
                      uri: outbox:away
                      steps:
                        - throwException:
                            exceptionType: java.io.IOException
                            message: away
                """);
        bench.with(Setting.DELIVER, "printer,away").start();
        bench.drop("a.json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        Path marks = marks();
        bench.stop();
        Disk.deleteTree(marks); // as it is when the process dies between the end of a delivery and its mark
        List<Path> before = files();
        assertThat(before).hasSize(2);

        bench.start();

        assertThat(marks()).isEqualTo(marks);
        assertThat(files()).containsExactlyInAnyOrderElementsOf(before);
        assertAllThere();
    }

    @Test
    void aServerThatIsNotTheOneThatIsKnownGetsNothing() throws Exception {
        know(userKey);
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        assertThat(bench.failed("a.json").path("message").asText())
                .contains("could not be delivered to 'printer'")
                .containsIgnoringCase("HostKey");
        assertThat(files()).isEmpty();
    }

    private Path marks() throws IOException {
        Bench.await("delivered", () -> {
            Path found = found();
            return found != null && Disk.list(found).size() == 2;
        });
        return found();
    }

    private Path found() throws IOException {
        return Bench.tree(bench.data().resolve("outputs")).stream()
                .filter(path -> path.endsWith(".deliveries/printer"))
                .findFirst()
                .orElse(null);
    }

    private void assertAllThere() throws IOException {
        List<Path> expected = new ArrayList<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                Path file = far.resolve(manifest.path("lane").asText())
                        .resolve(manifest.path("job").asText())
                        .resolve(output.path("file").asText());
                expected.add(file);
                assertThat(Sha256.of(file)).isEqualTo(output.path("sha256").asText());
            }
        }
        assertThat(files()).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** All files at the far side, also those under a hidden name. */
    private List<Path> files() throws IOException {
        return Bench.files(far);
    }

    private void know(KeyPair key) throws IOException {
        Files.writeString(
                home.resolve("known_hosts"),
                "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(key.getPublic()) + "\n");
    }

    private SshServer serve(int port) throws IOException {
        SshServer started = SshServer.setUpDefaultServer();
        started.setHost("127.0.0.1");
        started.setPort(port);
        started.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        started.setPublickeyAuthenticator(
                (user, key, session) -> "darkroom".equals(user) && KeyUtils.compareKeys(key, userKey.getPublic()));
        started.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        started.setFileSystemFactory(new VirtualFileSystemFactory(far.getParent()));
        started.start();
        return started;
    }
}
