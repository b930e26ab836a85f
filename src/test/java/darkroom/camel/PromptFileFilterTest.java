package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Undecodable;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.GenericFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PromptFileFilterTest {
    private static final FailingLanes NONE_FAILING = new FailingLanes(0, Duration.ZERO, Duration.ZERO, new Pauses());

    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path drop;

    private PromptFileFilter hasty;
    private PromptFileFilter patient;

    @BeforeEach
    void filters() {
        hasty = files(Duration.ZERO, Duration.ZERO);
        patient = files(NEVER, NEVER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a.json", "A.JSON", "日本.json", "with space.json", "new\nline.json", "a.b.json", "${x}.json"})
    void promptFilesAreTaken(String name) throws IOException {
        assertThat(takes(patient, Files.writeString(drop.resolve(name), "{}"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".a.json",
                "._a.json",
                "~$a.json",
                "a.json~",
                "a.json.part",
                "a.json.filepart",
                "a.json.tmp",
                ".~lock.a.json#",
                "a.txt.part",
                "README.txt",
                "a.doc",
                "a.json.error.json",
                "_lane.json",
                "a.png",
                "Thumbs.db",
                "ignored.json"
            })
    void whatSystemsLeaveBehindIsNot(String name) throws IOException {
        assertThat(takes(hasty, Files.writeString(drop.resolve(name), "{}"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"@eaDir", "#recycle", ".claimed", "__MACOSX", "lost+found", "$RECYCLE.BIN", "outputs"})
    void whatSystemsKeepThereIsNotLookedInto(String name) throws IOException {
        assertThat(takes(hasty, Files.createDirectory(drop.resolve(name)))).isFalse();
    }

    @Test
    void whatCanNotBeOpenedUnderItsNameIsLeftAlone() throws IOException, InterruptedException {
        Undecodable.write(drop, "b%fcr.json", "{}");
        Files.writeString(drop.resolve("a\\b.json"), "{}");
        Files.createDirectory(drop.resolve("c\\d"));

        File[] listed = drop.toFile().listFiles();
        assertThat(listed).hasSize(3).noneMatch(file -> hasty.accept(listed(file)));
    }

    @Test
    void lanesAreLookedInto() throws IOException {
        assertThat(takes(patient, Files.createDirectory(drop.resolve("birds")))).isTrue();
    }

    @Test
    void linksAndPipesAreNotFollowed(@TempDir Path outside) throws IOException, InterruptedException {
        Files.writeString(outside.resolve("a.json"), "{}");

        assertThat(takes(hasty, Files.createSymbolicLink(drop.resolve("link.json"), outside.resolve("a.json"))))
                .isFalse();
        assertThat(takes(hasty, Files.createSymbolicLink(drop.resolve("lane"), outside)))
                .isFalse();
        assertThat(new ProcessBuilder("mkfifo", drop.resolve("pipe.json").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(takes(hasty, drop.resolve("pipe.json"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"prompt\": \"a",
                "{\"a\": [1,",
                "   ",
                "[",
                "{\"a\": 1",
                "{\"a\": tr",
                "{\"a\": 1.",
                "{\"a\": -"
            })
    void aFileThatEndsTooEarlyIsWaitedFor(String content) throws IOException {
        Path file = Files.writeString(drop.resolve("a.json"), content);

        assertThat(takes(files(Duration.ZERO, NEVER), file)).isFalse();
        assertThat(takes(hasty, file)).isTrue();
    }

    @Test
    void roomThatIsSetAsideIsWaitedFor() throws IOException {
        Path file = Files.write(drop.resolve("a.json"), new byte[100]);

        assertThat(takes(files(Duration.ZERO, NEVER), file)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": 1,,", "not json", "[1}", "{} {}", "{}x", "12 ", "\"a\""})
    void whatCanNotBecomeAPromptFileAnyMoreNeedsToBeStillOnly(String content) throws IOException {
        Path file = Files.writeString(drop.resolve("a.json"), content);

        assertThat(takes(files(Duration.ZERO, NEVER), file)).isTrue();
        assertThat(takes(files(NEVER, Duration.ZERO), file)).isFalse();
    }

    @Test
    void everyChangeBeginsTheWaitAnew() throws IOException {
        Path file = Files.writeString(drop.resolve("a.json"), "{");
        PromptFileFilter files = files(Duration.ofMillis(300), Duration.ofMillis(300));
        assertThat(takes(files, file)).isFalse();
        for (int i = 0; i < 5; i++) {
            Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            Files.writeString(file, " ".repeat(i + 2) + "{");
            assertThat(takes(files, file)).isFalse();
        }

        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> takes(files, file));
    }

    @Test
    void aFileIsTakenAtOnceWhenItIsComplete() throws IOException {
        Path file = Files.writeString(drop.resolve("a.json"), "{\"prompt\": ");
        assertThat(takes(patient, file)).isFalse();

        Files.writeString(file, "{\"prompt\": \"a\"}\n");

        assertThat(takes(patient, file)).isTrue();
    }

    @Test
    void aLargeFileThatEndsWellNeedsToBeStill() throws IOException {
        Path file = drop.resolve("a.json");
        Files.writeString(file, "{\"mask\": \"" + "A".repeat(2 << 20) + "\"}\n");
        assertThat(takes(files(NEVER, Duration.ZERO), file)).isFalse();
        assertThat(takes(files(Duration.ZERO, NEVER), file)).isTrue();

        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(cut.length() - 10);
        }
        assertThat(takes(files(Duration.ZERO, NEVER), file)).isFalse();
    }

    @Test
    void aLargeFileWhoseFirstPieceEndsAsAnObjectDoesIsWaitedFor() throws IOException {
        Path file = drop.resolve("a.json");
        Files.writeString(file, "{\"comment\": \"" + "A".repeat(1_200_000) + "\", \"override_settings\": {}");
        PromptFileFilter files = files(Duration.ZERO, NEVER);
        assertThat(takes(files, file)).isFalse();
        assertThat(takes(files, file)).isFalse();

        Files.writeString(file, ", \"steps\": 5}", StandardOpenOption.APPEND);

        assertThat(takes(files, file)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 19, 20})
    void halfOfAUtf16FileIsWaitedFor(int bytes) throws IOException {
        byte[] whole = "\uFEFF{\"prompt\": \"🗻\"}".getBytes(StandardCharsets.UTF_16LE);
        Path file = Files.write(drop.resolve("a.json"), Arrays.copyOf(whole, bytes));
        assertThat(takes(files(Duration.ZERO, NEVER), file)).isFalse();

        Files.write(file, whole);

        assertThat(takes(patient, file)).isTrue();
    }

    @Test
    void aFileThatChangedOrWentSinceItWasListedIsLeftAlone() throws IOException {
        ClaimGate gate = new ClaimGate(folder -> true, new DiskReserve(List.of(), 0), NONE_FAILING, folder -> true);
        Path file = Files.writeString(drop.resolve("a.json"), "{}");
        GenericFile<File> listed = listed(file);
        listed.setFileLength(2);
        listed.setLastModified(file.toFile().lastModified());

        assertThat(gate.acquireExclusiveReadLock(null, listed, null)).isTrue();
        Files.writeString(file, "{} ");
        assertThat(gate.acquireExclusiveReadLock(null, listed, null)).isFalse();
        Files.delete(file);
        assertThat(gate.acquireExclusiveReadLock(null, listed, null)).isFalse();
    }

    @Test
    void nothingIsClaimedWhileTheGateIsClosed() throws IOException {
        Path file = Files.writeString(drop.resolve("a.json"), "{}");
        GenericFile<File> listed = listed(file);
        listed.setFileLength(2);
        listed.setLastModified(file.toFile().lastModified());
        ClaimGate gate = new ClaimGate(folder -> true, new DiskReserve(List.of(), 0), NONE_FAILING, folder -> true);

        gate.close();
        assertThat(gate.acquireExclusiveReadLock(null, listed, null)).isFalse();
        gate.open();
        assertThat(gate.acquireExclusiveReadLock(null, listed, null)).isTrue();
    }

    private PromptFileFilter files(Duration settle, Duration patience) {
        return new PromptFileFilter(
                settle,
                patience,
                Pattern.compile("ignored.*"),
                Set.of("again"),
                List.of(drop.resolve("outputs")),
                new Pauses(),
                folder -> true,
                file -> false);
    }

    private boolean takes(PromptFileFilter files, Path path) {
        return files.accept(listed(path));
    }

    private GenericFile<File> listed(Path path) {
        return listed(path.toFile());
    }

    private GenericFile<File> listed(File file) {
        return FileConsumer.asGenericFile(drop.toString(), file, null, false);
    }
}
