package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.Said;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.promptfile.NoisePng;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Prompt files that want to get at something, all at once, in a service that is a process of its own with a heap of 128 MB. Each
 * file of {@code hostile/jobs} is named after what becomes of it, {@code NAME.CODE.json}: it fails with that code, or is done, and
 * harmless.
 *
 * <pre>
 * home/data/          the service's
 * home/outside/       what it has no business with
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostileJobsTest {
    private static final Path CORPUS = Path.of("src/test/resources/hostile/jobs");
    private static final String LANE = "hostile/";
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1, \"prompt\": \"%s\"}";
    private static final Duration LONG = Duration.ofMinutes(3);

    /** What is too large for a corpus. */
    private static final Map<String, String> HUGE = Map.of(
            "number-digits.malformed-json.json", "{\"seed\": " + "9".repeat(1_000_000) + "}",
            "string-huge.prompt-too-large.json", "{\"prompt\": \"" + "x".repeat(1_100_000) + "\"}",
            "members.prompt-too-large.json",
                    IntStream.range(0, 110_000)
                            .mapToObj(i -> "\"n" + i + "\": 0")
                            .collect(Collectors.joining(",", "{", "}")));

    private Path home;
    private Bench bench;
    private Process service;
    private ServerSocketChannel socket;
    private Map<String, String> outside;

    @BeforeAll
    void drop(@TempDir Path folder) throws Exception {
        home = folder;
        bench = new Bench(home);
        Path outer = Files.createDirectories(home.resolve("outside"));
        byte[] picture = NoisePng.of(8, 8);
        Files.write(outer.resolve("secret.png"), picture);
        Files.writeString(outer.resolve("secret.json"), SMALL.formatted("secret"));
        Path lane = Files.createDirectories(bench.data().resolve("drop/hostile"));
        Files.write(lane.resolve("ok.png"), picture);
        Files.createSymbolicLink(lane.resolve("link.png"), outer.resolve("secret.png"));
        Files.createSymbolicLink(lane.resolve("linkdir"), outer);
        assertThat(new ProcessBuilder(
                                "mkfifo",
                                lane.resolve("fifo.png").toString(),
                                lane.resolve("fifo.json").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.createSymbolicLink(lane.resolve("linked.json"), outer.resolve("secret.json"));
        Files.createSymbolicLink(lane.resolve("zero.json"), Path.of("/dev/zero"));
        Files.createDirectories(lane.resolve("folder.json"));
        Path bound = Files.createTempDirectory("s").resolve("s"); // its address may be 108 bytes long
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(bound));
        Files.move(bound, lane.resolve("socket.json"));
        Files.delete(bound.getParent());
        outside = hashes();
        service = RecoveryTest.Program.run(home, bench, List.of("-Xmx128m", "-XX:+ExitOnOutOfMemoryError"));
        for (Path file : Disk.list(CORPUS)) {
            Path hidden = Files.copy(file, lane.resolve("." + file.getFileName()));
            Files.move(hidden, lane.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
        for (Map.Entry<String, String> huge : HUGE.entrySet()) {
            bench.drop(LANE + huge.getKey(), huge.getValue());
        }
        for (String name : names()) {
            bench.drop(LANE + name, SMALL.formatted("named"));
        }
    }

    @AfterAll
    void stop() throws Exception {
        service.destroy();
        service.waitFor();
        socket.close();
        bench.close();
    }

    /** Names that a file may have. */
    private static List<String> names() {
        return List.of(
                "${sys.user.home}.json",
                "{{env:HOME}}.json",
                "a\r\n12:00:00.000 ERROR forged.json",
                "esc\u001b[2J.json",
                "bidi\u202egnp.json",
                "c1\u009b2J.json",
                "%2e%2e%2fx.json",
                "-rf.json",
                "$(touch x);`touch y`.json");
    }

    static Stream<String> corpus() throws IOException {
        return Stream.concat(
                        Disk.list(CORPUS).stream()
                                .map(file -> file.getFileName().toString()),
                        HUGE.keySet().stream())
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    @Order(1)
    void itIsRefusedOrHarmless(String name) throws Exception {
        String code = name.split("\\.", -1)[1];
        Path failed = bench.data().resolve("failed").resolve(LANE + name + ".error.json");
        Awaitility.await(name)
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Files.exists(failed) || bench.exists("done/" + LANE + name));
        String became = Files.exists(failed) ? Bench.json(failed).path("code").asText() : "done";

        assertThat(became)
                .as(() -> Files.exists(failed) ? Bench.json(failed).toPrettyString() : name)
                .isEqualTo(code);
        if (Files.exists(failed)) {
            said(failed);
        }
    }

    /** What is no file, or a link, is left where it is; names are only names. */
    @Test
    @Order(2)
    void anOrdinaryJobIsStillMade() throws Exception {
        bench.drop("ordinary.json", SMALL.formatted("ordinary"));

        Awaitility.await("ordinary").atMost(LONG).until(() -> bench.exists("done/ordinary.json"));

        assertThat(service.isAlive()).isTrue();
        for (String name : names()) {
            Awaitility.await(name)
                    .atMost(LONG)
                    .until(() -> !Files.exists(bench.data().resolve("drop").resolve(LANE + name))
                            || log().contains("left alone"));
        }
        for (String special : List.of("fifo.json", "socket.json", "folder.json", "linked.json", "zero.json")) {
            assertThat(Files.exists(bench.data().resolve("drop").resolve(LANE + special), LinkOption.NOFOLLOW_LINKS)
                            || Files.exists(bench.data().resolve("failed").resolve(LANE + special + ".error.json")))
                    .as(special)
                    .isTrue();
        }
    }

    @Test
    @Order(3)
    void nothingElseWasReached() throws Exception {
        assertThat(hashes()).isEqualTo(outside);
        List<String> asked = bench.generations().stream()
                .map(request -> request.body().toString())
                .toList();
        long done = corpus().filter(name -> name.contains(".done.")).count();
        assertThat(asked).hasSizeBetween((int) done, (int) done + names().size() + 1);
        assertThat(asked).noneMatch(body -> body.contains("169.254") || body.contains("secret"));
        bench.assertTidy();
    }

    /** Every line of the log was written by the service, and none steers a terminal. */
    @Test
    @Order(4)
    void noLineOfTheLogIsForged() throws Exception {
        List<String> lines = log().lines().toList();

        assertThat(lines).isNotEmpty().noneMatch(line -> line.startsWith("12:00:00.000"));
        assertThat(lines.stream().filter(line -> !Said.isPlain(line.replace("\t", ""))))
                .isEmpty();
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    private static void said(Path errorFile) throws IOException {
        String text = Files.readString(errorFile);
        assertThat(Said.isPlain(text.replace("\n", ""))).as(text).isTrue();
        JsonNode error = Bench.json(errorFile);
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("hint").asText()).isNotBlank();
        assertThat(error.path("kind").asText()).isNotEqualTo("service");
    }

    /** All that is not the service's, by its hash. */
    private Map<String, String> hashes() throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        List<Path> files = new ArrayList<>();
        Bench.tree(home).stream()
                .filter(file -> !file.startsWith(bench.data()) && !file.endsWith("log"))
                .filter(Files::isRegularFile)
                .forEach(files::add);
        for (Path file : files) {
            hashes.put(file.toString(), Sha256.of(file));
        }
        return hashes;
    }
}
