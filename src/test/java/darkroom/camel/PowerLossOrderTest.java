package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.sandbox.SandboxSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is there after the power went off, whenever it does: a process is watched by strace, and each moment of it is held
 * against a disk that keeps nothing but what was forced.
 */
final class PowerLossOrderTest {
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2";

    @TempDir
    Path folder;

    private Path home;
    private Path data;

    @BeforeEach
    void lookForStrace() throws Exception {
        home = folder.toRealPath();
        data = home.resolve("data");
        int result;
        try {
            result = new ProcessBuilder(
                            "strace", "-f", "-o", home.resolve("trial").toString(), "true")
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("trial.log").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            Assumptions.abort("strace is not installed, so the order can't be watched: " + e.getMessage());
            return;
        }
        Assumptions.assumeTrue(
                result == 0,
                () ->
                        "strace may not trace here, so the order can't be watched (in a container: --cap-add SYS_PTRACE)");
    }

    @Test
    void nothingIsReliedUponThatAPowerFailureCouldUndo() throws Exception {
        work("true", "single.json", "lane/batch.json", "init.json", "mounted.json", "delivered.json", "wrong.json");

        Check check = check(Trace.read(home.resolve("trace"), home));

        assertThat(check.broken).isEmpty();
        assertThat(check.commits)
                .hasToString(
                        "{accepted=5, delivered=2, done=5, failed=1, handed over=5, manifest=6, receipt=5, removed=5}");
    }

    @Test
    void noMoreIsForcedThanThat() throws Exception {
        work("true", "single.json");
        List<Trace.Event> events = Trace.read(home.resolve("trace"), home);
        List<Trace.Event> forces = ofAJob(events);
        Map<Path, Integer> needless = new TreeMap<>();

        for (Trace.Event force : forces) {
            List<Trace.Event> without = new ArrayList<>(events);
            without.remove(force);
            if (check(without).broken.isEmpty()) {
                needless.merge(data.relativize(force.path()), 1, Integer::sum);
            }
        }

        assertThat(needless).isEmpty();
        assertThat(forces).hasSizeLessThanOrEqualTo(21);
    }

    @Test
    void withoutDurabilityNothingIsForced() throws Exception {
        work("false", "single.json", "lane/batch.json", "delivered.json", "wrong.json");

        assertThat(Trace.read(home.resolve("trace"), home))
                .hasSizeGreaterThan(50)
                .noneMatch(event -> event.kind() == Trace.Kind.FORCE);
    }

    /** What is forced from the first look at a prompt file on. */
    private List<Trace.Event> ofAJob(List<Trace.Event> events) {
        int claimed = events.stream()
                .filter(event ->
                        event.kind() == Trace.Kind.RENAME && event.path().startsWith(data.resolve("drop")))
                .findFirst()
                .orElseThrow()
                .ended();
        return events.stream()
                .filter(event -> event.kind() == Trace.Kind.FORCE && event.ended() > claimed)
                .toList();
    }

    // --- The process -----------------------------------------------------------------------------------------------

    private static final Map<String, String> JOBS = Map.of(
            "single.json", "{\"prompt\": \"one\", " + SMALL + "}",
            "lane/batch.json", "{\"prompt\": \"two\", \"batch_size\": 2, \"n_iter\": 2, " + SMALL + "}",
            "init.json", "{\"prompt\": \"three\", \"init_images\": [\"init.png\"], " + SMALL + "}",
            "mounted.json", "{\"prompt\": \"four\", \"n_iter\": 2, \"job\": {\"save\": \"mounted\"}, " + SMALL + "}",
            "delivered.json",
                    "{\"prompt\": \"five\", \"batch_size\": 2, \"job\": {\"deliver\": \"gallery\"}, " + SMALL + "}",
            "wrong.json", "{\"prompt\": \"six\", \"steps\": \"many\"}");

    private SortedMap<Path, Boolean> before = new TreeMap<>();

    /** Works on some jobs in a process that is traced. */
    private void work(String durable, String... names) throws Exception {
        try (Bench bench = new Bench(home, SandboxSettings.defaults().withDataFolder(home.resolve("webui")))) {
            bench.withRecipe(
                    "folder",
                    "/mnt/gallery/${variable.lane}/${variable.date}/${variable.name}",
                    home.resolve("gallery") + "/${variable.key}");
            for (String name : names) {
                bench.drop(name, JOBS.get(name));
            }
            ImageIO.write(
                    new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB),
                    "png",
                    data.resolve("drop/init.png").toFile());
            Files.createDirectories(home.resolve("webui/outputs"));
            before = LossyDisk.tree(home);
            Process process = start(bench, durable);
            try {
                for (String name : names) {
                    Bench.await(
                            name + ": " + Files.readString(home.resolve("log")),
                            () -> exists("done/" + name) || exists("failed/" + name));
                }
                bench.assertTidy();
            } finally {
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            Bench.await(
                    "the end of the trace",
                    () -> Files.readString(home.resolve("trace"))
                            .stripTrailing()
                            .endsWith("+++"));
        }
    }

    private Process start(Bench bench, String durable) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "strace",
                "-D",
                "-f",
                "-q",
                "-y",
                "-s",
                "0",
                "--seccomp-bpf",
                "-e",
                "signal=none",
                "-e",
                "trace=" + Trace.CALLS,
                "-o",
                home.resolve("trace").toString()));
        command.addAll(RecoveryTest.Program.command(
                List.of(
                        "-Xmx128m",
                        "-Ddarkroom.durable=" + durable,
                        "-Ddarkroom.webui.outputs=" + home.resolve("webui/outputs")),
                "run",
                "--data",
                data.toString(),
                "--routes",
                bench.routes().toString(),
                "--webui",
                bench.sandbox().url().toString()));
        return new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
    }

    private boolean exists(String path) {
        return Files.exists(data.resolve(path));
    }

    // --- What must hold --------------------------------------------------------------------------------------------

    private Check check(List<Trace.Event> events) throws IOException {
        Check check = new Check(new LossyDisk(home, before));
        for (Trace.Event event : events) {
            check.before(event);
            check.disk.apply(event);
            check.after(event);
        }
        return check;
    }

    /** Holds each moment against what must hold. */
    private final class Check {
        final LossyDisk disk;
        final List<String> broken = new ArrayList<>();
        final Map<String, Integer> commits = new TreeMap<>();
        private final Map<String, LossyDisk.Node> promptFiles = new TreeMap<>();

        Check(LossyDisk disk) {
            this.disk = disk;
            for (Path path : before.keySet()) {
                if (path.startsWith(data.resolve("drop")) && path.toString().endsWith(".json")) {
                    disk.setWritten(path);
                    promptFiles.put(path.getFileName().toString(), Objects.requireNonNull(disk.find(path)));
                }
            }
        }

        /** What an event commits to has to be safe before it happens: it may be the last thing that does. */
        void before(Trace.Event event) throws IOException {
            Path to = event.to() == null ? event.path() : event.to();
            String path = data.relativize(to).toString();
            String from = data.relativize(event.path()).toString();
            boolean renamed = event.kind() == Trace.Kind.RENAME;
            if (renamed && from.matches("work/[.]staging-[^/]*") && path.matches("work/[^./][^/]*")) {
                commits.merge("accepted", 1, Integer::sum);
                disk.missingIn(Objects.requireNonNull(disk.find(event.path())))
                        .forEach(missing -> broken(event, missing));
                left("drop", promptFile(to), event);
                if (!promptFile(to).isWhole()) {
                    broken(event, "what is in the prompt file");
                }
            }
            if (renamed && path.matches("work/[^/]*/receipts/.*[.]json")) {
                commits.merge("receipt", 1, Integer::sum);
                requireOutputs(to.getName(data.getNameCount() + 1).toString(), event);
            }
            if (renamed && path.endsWith("/manifest.json")) {
                commits.merge("manifest", 1, Integer::sum);
                requireOutputs(to.getParent().getFileName().toString(), event);
                require(
                        data.resolve("work")
                                .resolve(to.getParent().getFileName())
                                .resolve("receipts/1.json"),
                        event);
            }
            if (event.kind() == Trace.Kind.CREATE && path.matches("work/[^/]*/receipts/1[.]handed-over")) {
                commits.merge("handed over", 1, Integer::sum);
                require(to.resolveSibling("1.json"), event);
            }
            if (renamed && path.matches("done/(.*/)?[^/]*")) {
                commits.merge("done", 1, Integer::sum);
                require(folderOf(job(event.path())).resolve("manifest.json"), event);
                left("drop/.claimed", promptFiles.get(to.getFileName().toString()), event);
            }
            if (renamed && path.matches("failed/.*[.]json") && !path.endsWith(".error.json")) {
                commits.merge("failed", 1, Integer::sum);
                require(to.resolveSibling(to.getFileName() + ".error.json"), event);
                left("drop", promptFiles.get(to.getFileName().toString()), event);
            }
            if (renamed && from.matches("work/[^./][^/]*") && path.matches("work/[.]staging-[^/]*")) {
                commits.merge("removed", 1, Integer::sum);
                LossyDisk.Node prompt = promptFile(event.path());
                left("work", prompt, event);
                if (!disk.isSafe(prompt)) {
                    broken(event, "the prompt file");
                }
            }
            if (event.kind() == Trace.Kind.DELETE && path.matches("work/[.]staging-[^/]*/.*")) {
                Path folder = data.resolve(data.relativize(to).subpath(0, 2));
                left("work", Objects.requireNonNull(disk.find(folder)), event); // else half of a job
            }
            if (event.kind() == Trace.Kind.DELETE && path.matches("outbox/gallery/[^.].*")) {
                commits.merge("delivered", 1, Integer::sum);
                String job = to.getFileName().toString().replaceAll("-1-[0-9a-f]{8}[.]json$", "");
                require(folderOf(job).resolve(".deliveries/gallery").resolve(to.getFileName()), event);
            }
            if (renamed && path.contains("/.deliveries/gallery/")) {
                require(
                        home.resolve("gallery")
                                .resolve(Bench.json(to).path("key").asText()),
                        event);
            }
        }

        /** At any moment. */
        void after(Trace.Event event) {
            promptFiles.forEach((name, node) -> {
                if (!disk.isSafe(node)) {
                    broken(event, name + " could be nowhere");
                }
            });
            Path to = event.to() == null ? event.path() : event.to();
            LossyDisk.Node node = disk.find(to);
            boolean readAsItIs = event.kind() == Trace.Kind.RENAME
                    && !data.relativize(to).toString().matches("(.*/)?[.].*")
                    && !data.relativize(to)
                            .toString()
                            .matches("work/[^/]+/receipts/.*[.]sent"); // it is read as if it were not there
            if (readAsItIs && node != null && !node.isFolder && !node.isWhole()) {
                broken(event, to + " could be there and be empty");
            }
        }

        /** A file is no longer where it was, and can't come back. */
        private void left(String from, LossyDisk.Node file, Trace.Event event) {
            for (LossyDisk.Place place : file.places()) {
                if (place.path.startsWith(data.resolve(from)) && place.isTaken() && !place.isTakenForGood()) {
                    broken(event, place.path + " could be there again");
                }
            }
        }

        private void requireOutputs(String job, Trace.Event event) throws IOException {
            JsonNode manifest = Bench.json(folderOf(job).resolve("manifest.json"));
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                require(folderOf(job).resolve(output.path("file").asText()), event);
            }
        }

        private void require(Path file, Trace.Event event) {
            if (!disk.isSafe(file)) {
                broken(event, file.toString());
            }
        }

        private void broken(Trace.Event event, String what) {
            broken.add("a power failure after " + event.kind() + " " + data.relativize(event.path())
                    + (event.to() == null ? "" : " to " + data.relativize(event.to())) + " could undo this: "
                    + what.replace(data + "/", ""));
        }

        /** The prompt file of a job that is prepared, or at work, and its name. */
        private LossyDisk.Node promptFile(Path workFolder) throws IOException {
            String name = Bench.json(manifestOf(workFolder.getFileName().toString()))
                    .path("promptFile")
                    .asText();
            return Objects.requireNonNull(promptFiles.get(name));
        }

        private String job(Path inWork) {
            return data.resolve("work").relativize(inWork).getName(0).toString();
        }

        private Path folderOf(String job) throws IOException {
            return manifestOf(job).getParent();
        }

        /** All jobs of these tests are done in the end. */
        private Path manifestOf(String job) throws IOException {
            return Bench.tree(data.resolve("outputs")).stream()
                    .filter(file -> file.endsWith(job + "/manifest.json"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no manifest of " + job));
        }
    }
}
