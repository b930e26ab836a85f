package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.settings.Setting;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for prompt files from SFTP, against a server that speaks it. */
final class SftpSourceTest {
    private static final String CAT = "{\"prompt\": \"a cat\", \"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final int JOBS = 12;
    private static final int LARGE = 64 << 20;

    @TempDir
    Path home;

    private Path far;
    private KeyPair hostKey;
    private SshServer server;
    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        far = Files.createDirectories(home.resolve("far/prompts"));
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        hostKey = keys.generateKeyPair();
        try (OutputStream out = Files.newOutputStream(home.resolve("id"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(keys.generateKeyPair(), "darkroom", null, out);
        }
        server = serve(0);
        Files.writeString(
                home.resolve("known_hosts"),
                "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(hostKey.getPublic()) + "\n");
        bench = new Bench(home);
        recipe();
    }

    private void recipe(String... more) throws IOException {
        List<String> edits = new ArrayList<>(List.of(
                "ftp.example.org:22/prompts",
                "127.0.0.1:" + server.getPort() + "/prompts",
                "{{env:HOME}}/.ssh/id_ed25519",
                home.resolve("id").toString(),
                "delay: 10000",
                "delay: 300",
                "readLockMinAge: 5000",
                "readLockMinAge: 1500",
                "readLockCheckInterval: 1000",
                "readLockCheckInterval: 100",
                "autoCreate: false",
                "useUserKnownHostsFile: false\n        knownHostsFile: " + home.resolve("known_hosts")
                        + "\n        autoCreate: false"));
        edits.addAll(Arrays.asList(more));
        bench.withRecipe("from-sftp", edits.toArray(String[]::new));
    }

    @AfterEach
    void stop() throws Exception {
        bench.close();
        server.stop(true);
    }

    @Test
    void eachFileBecomesAJobAndIsGoneAndOthersStay() throws Exception {
        Files.createDirectories(far.resolve("deep"));
        List<String> others = List.of("sketch.png", "a.json.part", ".b.json", "deep/c.json");
        for (String name : others) {
            put(name, "x");
        }
        put("${env:HOME} {{x}} 日本 %41.json", CAT);
        for (int i = 1; i < JOBS / 2; i++) {
            put(i + ".json", CAT);
        }
        bench.start();
        Bench.await("some", () -> !bench.manifests().isEmpty());
        server.stop(true);
        for (int i = JOBS / 2; i < JOBS; i++) {
            put(i + ".json", CAT);
        }
        server = serve(server.getPort());

        Bench.await("all", () -> bench.manifests().size() == JOBS);
        Bench.await("an empty folder", () -> files().size() == others.size());
        assertThat(files()).containsExactlyInAnyOrderElementsOf(others);
        assertThat(bench.manifests())
                .allMatch(manifest -> manifest.path("lane").asText().equals("pickup"));
        assertThat(bench.generations()).hasSize(JOBS);
        assertThat(bench.exists("failed/pickup")).isFalse();
        bench.assertTidy();
    }

    /** Whoever writes for a while is waited for. */
    @Test
    void halfAFileIsNotTaken() throws Exception {
        bench.start();
        Path file = put("slow.json", CAT.substring(0, 20));
        for (int i = 20; i < CAT.length(); i += 3) {
            int from = i;
            long before = Files.getLastModifiedTime(file).toMillis();
            // SFTP has times in seconds: the next piece comes in another one
            Bench.await("a second", () -> System.currentTimeMillis() / 1000 > before / 1000 || from % 2 == 0);
            Files.writeString(file, CAT.substring(i, Math.min(i + 3, CAT.length())), StandardOpenOption.APPEND);
        }

        bench.done(promptFile());
        Bench.await("gone", () -> files().isEmpty());
        assertThat(bench.manifests()).hasSize(1);
        assertThat(bench.exists("failed/pickup")).isFalse();
    }

    private String promptFile() {
        Bench.await("a job", () -> !bench.manifests().isEmpty());
        try {
            return "pickup/" + bench.manifests().get(0).path("promptFile").asText();
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
    }

    /** The job is safe, and the process died before it could delete the file: the next one finds it again. */
    @Test
    void whatIsStillThereAfterwardsIsNoSecondJob() throws Exception {
        recipe(
                "              name: accept\n",
                "              name: accept\n        - throwException: {exceptionType: java.lang.IllegalStateException,"
                        + " message: lost}\n");
        bench.start();
        put("a.json", CAT);
        Bench.await("a job", () -> bench.manifests().size() == 1);
        assertThat(files()).containsExactly("a.json");
        bench.stop();
        recipe("delete: true", "move: taken/${file:name}");
        bench.start();

        Bench.await("moved", () -> files().equals(List.of("taken/a.json")));
        assertThat(bench.manifests()).hasSize(1);
        assertThat(Disk.list(bench.data().resolve("intake"))).hasSize(1);
    }

    @Test
    void aLargeOneIsStreamed() throws Exception {
        String accept = "              name: accept\n";
        recipe(
                "      steps:\n",
                "      steps:\n" + Allocated.step("        ", "begin"),
                accept,
                accept + Allocated.step("        ", "end"));
        bench.with(Setting.PROMPT_MAX_SIZE, "1MB").start(); // it would be read for long
        Files.write(far.resolve("large.json"), new byte[LARGE]);

        Bench.await("gone", () -> files().isEmpty());
        assertThat(Allocated.bytes()).isBetween(1L, LARGE / 4L);
    }

    @Test
    void whatIsCutOffIsNotTaken() throws Exception {
        Path file = Files.write(far.resolve("large.json"), new byte[LARGE]);
        String sha256 = Sha256.of(file);
        bench.with(Setting.PROMPT_MAX_SIZE, "1MB").start();
        Bench.await("half of it", () -> arrived() > LARGE / 8);
        server.stop(true);
        server = serve(server.getPort());

        Bench.await("gone", () -> files().isEmpty());
        assertThat(Disk.list(bench.data().resolve("intake")))
                .singleElement()
                .satisfies(ticket ->
                        assertThat(Bench.json(ticket).path("sha256").asText()).isEqualTo(sha256));
    }

    private long arrived() throws IOException {
        long bytes = 0;
        for (Path staging : Disk.list(bench.data().resolve("drop/.intake"))) {
            bytes += staging.resolve("document").toFile().length();
        }
        return bytes;
    }

    /** Camel takes a backslash for a slash: such a name would lead to another file of the server. */
    @Test
    void nothingIsTakenFromElsewhere() throws Exception {
        Path elsewhere = Files.writeString(home.resolve("far/elsewhere.json"), CAT);
        put("..\\elsewhere.json", CAT);
        put("a.json", CAT);
        bench.start();

        Bench.await("gone", () -> files().equals(List.of("..\\elsewhere.json")));
        put("b.json", CAT);
        Bench.await("the next as well", () -> bench.manifests().size() == 2);
        assertThat(elsewhere).exists();
        assertThat(Disk.list(bench.data().resolve("intake"))).hasSize(2);
    }

    private Path put(String name, String content) throws IOException {
        return Files.writeString(far.resolve(name), content);
    }

    private List<String> files() throws IOException {
        return Bench.files(far).stream()
                .map(file -> far.relativize(file).toString())
                .sorted()
                .toList();
    }

    private SshServer serve(int port) throws IOException {
        SshServer started = SshServer.setUpDefaultServer();
        started.setHost("127.0.0.1");
        started.setPort(port);
        started.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        started.setPublickeyAuthenticator((user, key, session) -> "darkroom".equals(user));
        started.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        started.setFileSystemFactory(new VirtualFileSystemFactory(far.getParent()));
        started.start();
        return started;
    }
}
