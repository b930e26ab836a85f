package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import darkroom.sandbox.SandboxSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that are full, read-only, or gone for a while, and files that change under our hands. The disks are real ones: mounts
 * in a namespace that ends with its process.
 */
@Timeout(180)
final class MisbehavingFoldersTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";

    @TempDir
    Path home;

    private Bench bench;
    private @Nullable Process process;
    private @Nullable Writer commands;
    private @Nullable BufferedReader answers;

    @BeforeEach
    void prepare() throws Exception {
        bench = new Bench(home, SandboxSettings.defaults().withPlainPictures(true));
    }

    @AfterEach
    void stop() throws Exception {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            process.waitFor();
        }
        bench.close();
    }

    @Test
    void aFullDiskLosesNothing() throws Exception {
        Path data = start("mount -t tmpfs -o size=16m t data", "-Ddarkroom.disk.reserve=0");
        drop(data, "before.json");
        Bench.await("one", () -> Files.exists(data.resolve("done/before.json")));
        run("cat /dev/zero > data/filler 2>/dev/null || true");
        for (int i = 0; i < 5; i++) {
            run("echo '" + SMALL + "' > src" + i + "; mv src" + i + " data/drop/full" + i
                    + ".json 2>/dev/null || true");
        }
        Bench.await("it is said", () -> log().contains("No space left on device"));
        run("rm data/filler");
        for (int i = 0; i < 5; i++) {
            drop(data, "after" + i + ".json");
        }

        Bench.await("all that was dropped after it", () -> count(data.resolve("done")) >= 6);
        Bench.await("nothing is at work", () -> Bench.jobs(data.resolve("work")).isEmpty());
        assertThat(log()).doesNotContain("OutOfMemory").doesNotContain("internal-error");
    }

    @Test
    void nothingIsTakenWhileTheDiskIsNearlyFull() throws Exception {
        Path data = start("mount -t tmpfs -o size=16m t data", "-Ddarkroom.disk.reserve=8MB");
        drop(data, "before.json");
        Bench.await("one", () -> Files.exists(data.resolve("done/before.json")));
        run("head -c 10000000 /dev/zero > data/filler");
        AtomicInteger dropped = new AtomicInteger(1);
        Bench.await(
                "it is said",
                () -> { // what is free is looked at when there is something to take
                    drop(data, "a" + dropped.getAndIncrement() + ".json");
                    return log().contains("less than darkroom.disk.reserve");
                });
        drop(data, "waits.json");
        assertThat(data.resolve("drop/waits.json")).exists();

        run("rm data/filler");

        Bench.await("all", () -> count(data.resolve("done")) == dropped.get() + 1);
        assertThat(log()).contains("there is room on the disk again");
        assertThat(count(data.resolve("failed"))).isZero();
    }

    @Test
    void outputsThatBecomeReadOnlyAndWritableAgain() throws Exception {
        Path data =
                start("mkdir -p data/outputs; mount -t tmpfs -o size=64m t data/outputs", "-Ddarkroom.disk.reserve=0");
        drop(data, "before.json");
        Bench.await("one", () -> Files.exists(data.resolve("done/before.json")));
        Bench.await(
                "read-only",
                () -> run("mount -o remount,ro data/outputs && echo yes || echo no")
                        .equals("yes"));
        for (int i = 0; i < 5; i++) {
            drop(data, "a" + i + ".json");
        }
        Bench.await("it is said", () -> log().contains("can't be written to"));
        run("mount -o remount,rw data/outputs");

        Bench.await("all", () -> count(data.resolve("done")) == 6);
        assertThat(count(data.resolve("failed"))).isZero();
        Bench.await("tidied up", () -> Bench.jobs(data.resolve("work")).isEmpty());
    }

    @Test
    void aShareThatGoesAwayAndComesBack() throws Exception {
        Path data = start("mkdir -p share/drop data/drop; mount --bind share/drop data/drop");
        Path share = home.resolve("share/drop");
        drop(data, "before.json");
        Bench.await("one", () -> Files.exists(data.resolve("done/before.json")));
        run("umount -l data/drop");
        Files.writeString(share.resolve("meanwhile.json"), SMALL);
        Files.createDirectories(share.resolve("lane"));
        Files.writeString(share.resolve("lane/a.json"), SMALL);
        drop(home.resolve("data"), "hidden.json"); // into the folder below the mount
        Bench.await("what is dropped there is taken as well", () -> Files.exists(data.resolve("done/hidden.json")));

        run("mount --bind share/drop data/drop");

        Bench.await(
                "what was on the share",
                () -> Files.exists(data.resolve("done/meanwhile.json"))
                        && Files.exists(data.resolve("done/lane/a.json")));
        assertThat(count(data.resolve("failed"))).isZero();
        assertThat(bench.manifests()).hasSize(4);
    }

    /** A hundred thousand at once, in a process with little memory. */
    @Test
    void aFolderWithAHundredThousandFiles() throws Exception {
        Path data = Files.createDirectories(bench.data().resolve("drop/lane"));
        Path one = home.resolve("one.json");
        for (int i = 0; i < 100_000; i++) {
            if (i % 20_000 == 0) { // a file has no more names than some ten thousand
                Files.deleteIfExists(one);
                Files.writeString(one, SMALL);
            }
            Files.createLink(data.resolve("a" + i + ".json"), one);
        }
        process = RecoveryTest.Program.run(home, bench, List.of("-Xmx96m"));

        Bench.await("the first", () -> count(bench.data().resolve("done")) >= 50);
        assertThat(process.isAlive()).isTrue();
        bench.drop("other/b.json", SMALL);
        Bench.await("more", () -> count(bench.data().resolve("done")) >= 150);
        assertThat(log()).doesNotContain("OutOfMemory");
    }

    @Test
    void filesThatChangeUnderOurHands() throws Exception {
        bench.put("_paused", new byte[0]);
        for (String name : List.of("replaced", "truncated", "renamed", "deleted", "grown")) {
            bench.drop(name + ".json", SMALL.replace("}", ", \"prompt\": \"first\"}"));
        }
        bench.start();
        Path drop = bench.data().resolve("drop");
        bench.drop("replaced.json", SMALL.replace("}", ", \"prompt\": \"second\"}"));
        Files.writeString(drop.resolve("truncated.json"), "");
        Files.move(drop.resolve("renamed.json"), drop.resolve("new name.json"));
        Files.delete(drop.resolve("deleted.json"));
        Files.writeString(drop.resolve("grown.json"), SMALL + " and more");

        Files.delete(drop.resolve("_paused"));

        assertThat(bench.done("replaced.json").at("/receipts/0/payload/prompt").asText())
                .isEqualTo("second");
        bench.done("new name.json");
        assertThat(bench.failed("truncated.json").path("code").asText()).isEqualTo("empty-file");
        assertThat(bench.failed("grown.json").path("code").asText()).isEqualTo("malformed-json");
        assertThat(bench.manifests()).hasSize(2);
        bench.assertTidy();
    }

    @Test
    void aPromptFileThatIsTakenAwayFromAJobAtWorkDoesNotHoldItUp() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(500)));
        bench.start();
        bench.drop("a.json", SMALL);
        bench.sandbox().awaitRequest("/sdapi/v1/txt2img", 1, Bench.SOON);
        for (Path job : Bench.jobs(bench.data().resolve("work"))) {
            Files.delete(job.resolve("prompt"));
        }

        Bench.await("its pictures are there", () -> bench.manifests().size() == 1);
        bench.assertTidy();
        bench.drop("b.json", SMALL);
        bench.done("b.json");
    }

    @Test
    void clocksThatAreWrong() throws Exception {
        bench.put("_paused", new byte[0]);
        for (String year : List.of("1970", "2010", "2099")) {
            Files.setLastModifiedTime(
                    bench.drop(year + ".json", SMALL), FileTime.from(Instant.parse(year + "-06-01T00:00:00Z")));
        }
        bench.start();
        Files.delete(bench.data().resolve("drop/_paused"));

        for (String year : List.of("1970", "2010", "2099")) {
            bench.done(year + ".json");
        }
        Files.setLastModifiedTime(
                Files.writeString(bench.data().resolve("drop/cut.json"), "{\"steps\":"),
                FileTime.from(Instant.parse("2099-06-01T00:00:00Z")));
        assertThat(bench.failed("cut.json").path("code").asText()).isEqualTo("incomplete-json");
    }

    @Test
    void namesOfEveryKind() throws Exception {
        List<String> names = List.of(
                "a".repeat(242) + ".json",
                "日".repeat(80) + ".json",
                "new\nline.json",
                "tab\tand \u001b[31mred.json",
                "Ελληνικά العربية עברית हिन्दी ไทย 🗻.json",
                "e\u0301 and \u00e9.json",
                "-rf.json",
                "a.json.json",
                "$(id) `id` ${x} {{y}} %41.json",
                "\u202egnp.json");
        for (String name : names) {
            bench.drop("lane/" + name, SMALL);
        }
        bench.start();

        Bench.await("all", () -> count(bench.data().resolve("done")) == names.size());
        for (String name : names) {
            assertThat(bench.data().resolve("done/lane").resolve(name)).exists();
        }
        assertThat(bench.manifests()).hasSize(names.size());
        bench.assertTidy();
    }

    /** Starts Darkroom as a process of its own, in a namespace in which it sees other mounts than we do; its data folder. */
    private Path start(String mounts, String... javaOptions) throws Exception {
        assumeThat(canMount()).as("user namespaces, with mounts in them").isTrue();
        Files.createDirectories(home.resolve("data"));
        List<String> java = new ArrayList<>(List.of(javaOptions));
        java.addAll(List.of("-Xmx128m", "-Ddarkroom.retry.pause=100ms"));
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "-Urm",
                "sh",
                "-c",
                mounts + " || exit 1; \"$@\" >> log 2>&1 & while read -r line; do eval \"$line\"; echo; done",
                "sh"));
        command.addAll(RecoveryTest.Program.command(java, RecoveryTest.Program.arguments(bench)));
        Process started = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectError(home.resolve("errors").toFile())
                .start();
        process = started;
        commands = started.outputWriter();
        answers = started.inputReader();
        Bench.await("it runs", () -> Files.exists(home.resolve("log")) && log().contains("watching"));
        return Path.of("/proc/" + started.pid() + "/root" + home).resolve("data");
    }

    /** Runs a command in the namespace; the first line that it prints. */
    private String run(String command) throws IOException {
        if (commands == null || answers == null) {
            throw new IllegalStateException("not started");
        }
        commands.write(command + "\n");
        commands.flush();
        String first = answers.readLine();
        if (!first.isEmpty()) {
            answers.readLine();
        }
        return first;
    }

    private static boolean canMount() throws Exception {
        try {
            Process tried = new ProcessBuilder("unshare", "-Urm", "sh", "-c", "mount -t tmpfs t /mnt")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void drop(Path data, String name) throws IOException {
        Path hidden = Files.writeString(data.resolve("drop/.hidden-" + name), SMALL);
        Files.move(hidden, data.resolve("drop").resolve(name));
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    private static long count(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        return Bench.files(folder).size();
    }
}
