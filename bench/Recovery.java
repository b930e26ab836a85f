import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Kills Darkroom, as it is shipped, and its WebUI, again and again, at moments that chance chooses, while jobs of all sorts
 * are dropped; lets all come to rest; and then counts: each prompt file is in one place, each task has one receipt, each
 * output is there once and is what its receipt says, nothing else is there, and nothing was left half done.
 *
 * <p>The sandbox WebUI is a process of its own, slow, and fails now and then by itself.
 */
final class Recovery {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_LIFE = 5_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String SMALL = "\"width\": 64, \"height\": 64, \"steps\": 2, \"seed\": -1";

    private static final class Options {
        int jobs = 300;
        int kills = 200;
        long seed = System.nanoTime() % 1_000_000;
        double faults = 0.08;
        int latency = 150;
        boolean keep;
        Path home = Path.of("target/darkroom");
    }

    /** What is dropped: what it asks for, and how many pictures come of it; none if it can't be done. */
    private enum Kind {
        SINGLE("", 1),
        BATCH("\"batch_size\": 2, \"n_iter\": 2", 4),
        IMG2IMG("\"init_images\": [\"pictures/init.png\"], \"n_iter\": 2", 2),
        MATRIX("\"script_name\": \"prompt matrix\", \"script_args\": [false, false, \"positive\", \"comma\", 0]", 5),
        MOUNTED("\"n_iter\": 3, \"job\": {\"save\": \"mounted\"}", 4),
        DOWNLOADED("\"job\": {\"save\": \"download\"}", 1),
        DELIVERED("\"batch_size\": 2, \"job\": {\"deliver\": \"gallery\"}", 2),
        MOUNTED_AND_DELIVERED(
                "\"init_images\": [\"pictures/init.png\"], \"job\": {\"save\": \"mounted\", \"deliver\": \"gallery\"}",
                1),
        INVALID("\"steps\": \"many\"", 0),
        CUT_OFF("", 0),
        CANCELLED("\"n_iter\": 4", 4);

        final String asks;
        final int outputs;

        Kind(String asks, int outputs) {
            this.asks = asks;
            this.outputs = outputs;
        }

        String document(int number) {
            String prompt = "\"prompt\": \"job " + number + (this == MATRIX ? "|red|blue" : "") + "\"";
            String whole = "{" + prompt + ", " + SMALL + (asks.isEmpty() ? "" : ", " + asks) + "}";
            if (this == INVALID) {
                whole = whole.replace("\"steps\": 2, ", "");
            }
            return this == CUT_OFF ? whole.substring(0, whole.length() - 1) : whole;
        }

        boolean isDelivered() {
            return asks.contains("deliver");
        }

        boolean isWrong() {
            return outputs == 0;
        }
    }

    private record Dropped(int number, Kind kind, String lane) {
        String name() {
            return String.format("job-%04d.json", number);
        }

        String path() {
            return lane.isEmpty() ? name() : lane + "/" + name();
        }
    }

    /** How a life of the processes ends. */
    private enum End {
        DARKROOM,
        STOPPED_THEN_DARKROOM,
        WEBUI,
        BOTH
    }

    /** Where a prompt file has come to rest. */
    private enum State {
        DONE,
        REFUSED_AS_EXPECTED,
        FAILED_BY_THE_WEBUI,
        CANCELLED,
        WRONG
    }

    private static final List<String> LANES = List.of("", "birds", "birds/sea", "Vögel");

    private final Options options;
    private final Path home;
    private final Path data;
    private final Random random;
    private final int port;
    private final List<Dropped> dropped = new ArrayList<>();
    private final Set<Dropped> asked = new HashSet<>();
    private final Map<End, Integer> ends = new EnumMap<>(End.class);
    private final List<String> wrong = new ArrayList<>();
    private final Map<Kind, Map<State, Integer>> states = new TreeMap<>();
    private Process darkroom;
    private Process webUi;
    private int lives;
    private Instant started = Instant.now();
    private boolean isStarting;
    private long startMillis = 3_000;
    private int logLength;
    private int receipts;
    private int outputs;
    private int delivered;

    private Recovery(Options options) throws IOException {
        this.options = options;
        this.random = new Random(options.seed);
        this.home = Files.createTempDirectory("darkroom-recovery");
        this.data = home.resolve("data");
        try (ServerSocket socket = new ServerSocket(0)) {
            this.port = socket.getLocalPort();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = options(arguments);
        Recovery recovery = new Recovery(options);
        Thread stop = new Thread(recovery::killAll);
        Runtime.getRuntime().addShutdownHook(stop);
        boolean right = recovery.run();
        if (options.keep) {
            System.out.println("kept: " + recovery.home);
        } else {
            delete(recovery.home);
        }
        System.exit(right ? 0 : 1);
    }

    private static Options options(String[] arguments) {
        Options options = new Options();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            switch (pair[0]) {
                case "--jobs" -> options.jobs = Integer.parseInt(pair[1]);
                case "--kills" -> options.kills = Integer.parseInt(pair[1]);
                case "--seed" -> options.seed = Long.parseLong(pair[1]);
                case "--faults" -> options.faults = Double.parseDouble(pair[1]);
                case "--latency" -> options.latency = Integer.parseInt(pair[1]);
                case "--home" -> options.home = Path.of(pair[1]);
                case "--keep" -> options.keep = true;
                default -> {
                    System.err.println("usage: bench/recovery [--jobs=300] [--kills=200] [--seed=N] [--faults=0.08]"
                            + " [--latency=150] [--home=target/darkroom] [--keep]");
                    System.exit(2);
                }
            }
        }
        return options;
    }

    private boolean run() throws Exception {
        System.out.printf(
                "%d jobs, %d kills, %.0f %% of the generations fail; --seed=%d, in %s%n",
                options.jobs, options.kills, options.faults * 100, options.seed, home);
        prepare();
        Instant begun = Instant.now();
        startWebUi();
        for (int kill = 1; kill <= options.kills; kill++) {
            life(kill);
            if (kill % 20 == 0) {
                System.out.printf(
                        "%4d s: %d kills, %d dropped, %d at rest%n",
                        Duration.between(begun, Instant.now()).toSeconds(), kill, dropped.size(), atRest());
            }
        }
        dropUpTo(options.jobs);
        rest();
        System.out.printf(
                "at rest after %d s, %d lives%n",
                Duration.between(begun, Instant.now()).toSeconds(), lives);
        verify();
        table();
        return wrong.isEmpty();
    }

    // --- Work ------------------------------------------------------------------------------------------------------

    private void prepare() throws IOException {
        Path routes = Files.createDirectories(home.resolve("routes"));
        for (Path file : list(options.home.resolve("routes"))) {
            if (file.toString().endsWith(".camel.yaml")) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        String gallery = Files.readString(options.home.resolve("routes/recipes/folder.camel.yaml"));
        Files.writeString(
                routes.resolve("gallery.camel.yaml"),
                gallery.replace(
                        "/mnt/gallery/${variable.lane}/${variable.date}/${variable.name}",
                        home.resolve("gallery") + "/${variable.key}"));
        Files.createDirectories(home.resolve("tmp"));
        for (String lane : LANES) {
            Path pictures =
                    Files.createDirectories(data.resolve("drop").resolve(lane).resolve("pictures"));
            ImageIO.write(
                    new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB),
                    "png",
                    pictures.resolve("init.png").toFile());
        }
    }

    private void dropUpTo(int number) throws IOException {
        while (dropped.size() < number) {
            Kind[] kinds = Kind.values();
            Dropped one = new Dropped(
                    dropped.size() + 1, kinds[random.nextInt(kinds.length)], LANES.get(random.nextInt(LANES.size())));
            Path file = data.resolve("drop").resolve(one.path());
            Path part = file.resolveSibling(one.name() + ".part");
            Files.writeString(part, one.kind().document(one.number()));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            dropped.add(one);
        }
    }

    /** Somebody changes their mind, sooner or later. */
    private void cancelSome() throws IOException {
        for (Dropped one : dropped) {
            Path cancel = data.resolve("drop").resolve(one.path().replaceAll("[.]json$", ".cancel"));
            if (one.kind() == Kind.CANCELLED && random.nextInt(3) == 0 && asked.add(one)) {
                Files.writeString(cancel, "");
            }
        }
    }

    // --- Lives -----------------------------------------------------------------------------------------------------

    private void life(int kill) throws Exception {
        int due = (int) ((long) options.jobs * kill / options.kills);
        dropUpTo(dropped.size() + (due - dropped.size()) / 2);
        if (darkroom == null || !darkroom.isAlive()) {
            startDarkroom();
        }
        boolean whileItStarts = random.nextInt(5) == 0;
        if (whileItStarts) {
            sleep((long) (startMillis * random.nextDouble()));
            dropUpTo(due);
        } else {
            awaitStart();
            dropUpTo(due);
            cancelSome();
            // most often early, when what was left is taken up
            sleep((long) (LONGEST_LIFE * Math.pow(random.nextDouble(), 2)));
        }
        if (!darkroom.isAlive()) {
            wrong.add("life " + lives + " ended by itself, with exit code " + darkroom.exitValue()
                    + "; see darkroom.log");
        }
        int dice = random.nextInt(100);
        End end = dice < 65 ? End.DARKROOM : dice < 80 ? End.STOPPED_THEN_DARKROOM : dice < 90 ? End.WEBUI : End.BOTH;
        ends.merge(end, 1, Integer::sum);
        switch (end) {
            case DARKROOM -> kill(darkroom);
            case STOPPED_THEN_DARKROOM -> {
                darkroom.destroy();
                darkroom.waitFor(random.nextInt(1500), TimeUnit.MILLISECONDS);
                kill(darkroom);
            }
            case WEBUI -> {
                kill(webUi);
                sleep(random.nextInt(1500));
                startWebUi();
            }
            case BOTH -> {
                kill(webUi);
                sleep(random.nextInt(3) * random.nextInt(300));
                kill(darkroom);
                startWebUi();
            }
        }
    }

    /** Waits until it says that it watches; how long that takes says when it is still starting. */
    private void awaitStart() throws Exception {
        while (darkroom.isAlive()
                && !Files.readString(log()).substring(logLength).contains(" watching ")) {
            sleep(20);
        }
        if (isStarting) {
            isStarting = false;
            startMillis =
                    (startMillis + Duration.between(started, Instant.now()).toMillis()) / 2;
        }
    }

    private Path log() {
        return home.resolve("darkroom.log");
    }

    private void startDarkroom() throws IOException {
        lives++;
        started = Instant.now();
        isStarting = true;
        logLength = Files.exists(log()) ? Files.readString(log()).length() : 0;
        darkroom = start(
                "darkroom",
                "-Xmx192m -Djava.io.tmpdir=" + home.resolve("tmp"),
                Map.of(
                        "DARKROOM_HEALTH_PORT", "0",
                        "DARKROOM_DROP_PATIENCE", "1s",
                        "DARKROOM_RETRY_PAUSE", "200ms",
                        "DARKROOM_RETRY_LONGEST_PAUSE", "1s",
                        "DARKROOM_DELIVER_PAUSE", "200ms",
                        "DARKROOM_DELIVER_LONGEST_PAUSE", "1s",
                        "DARKROOM_STOP_TIMEOUT", "5s",
                        // none of these files is the reason why it dies
                        "DARKROOM_CRASHES", "1000",
                        "DARKROOM_WEBUI_OUTPUTS", home.resolve("webui/outputs").toString()),
                "run",
                "--data",
                data.toString(),
                "--routes",
                home.resolve("routes").toString(),
                "--webui",
                "http://127.0.0.1:" + port);
    }

    private void startWebUi() throws IOException {
        webUi = start(
                "webui",
                "-Xmx128m",
                Map.of(),
                "sandbox",
                "--port",
                Integer.toString(port),
                "--data",
                Files.createDirectories(home.resolve("webui")).toString(),
                "--ui",
                "--plain",
                "--per-picture",
                Integer.toString(options.latency),
                "--faults",
                Double.toString(options.faults),
                "--seed",
                Integer.toString(random.nextInt(1_000_000)));
    }

    private Process start(String name, String javaOptions, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(options.home.toAbsolutePath().resolve("bin/darkroom").toString());
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve(name + ".log").toFile()));
        builder.environment().putAll(environment);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", javaOptions);
        return builder.start();
    }

    /** SIGKILL; the start script is replaced by the JVM, which has no children. */
    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private void killAll() {
        for (Process process : new Process[] {darkroom, webUi}) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    /** All goes on until nothing changes any more. */
    private void rest() throws Exception {
        if (!darkroom.isAlive()) {
            startDarkroom();
        }
        Instant changed = Instant.now();
        int before = -1;
        while (atRest() < dropped.size() || isBusy()) {
            if (!webUi.isAlive()) {
                startWebUi();
            }
            int now = atRest();
            if (now != before) {
                before = now;
                changed = Instant.now();
            }
            if (Duration.between(changed, Instant.now()).compareTo(PATIENCE) > 0) {
                wrong.add("nothing has come to rest for " + PATIENCE.toSeconds() + " s, and not all is at rest");
                break;
            }
            sleep(200);
        }
        darkroom.destroy();
        if (!darkroom.waitFor(30, TimeUnit.SECONDS)) {
            wrong.add("it does not stop");
        }
        killAll();
    }

    private boolean isBusy() throws IOException {
        return list(data.resolve("work")).stream()
                        .anyMatch(job -> !job.getFileName().toString().startsWith("."))
                || files(data.resolve("drop")).stream()
                        .anyMatch(file -> file.toString().endsWith(".cancel"))
                || files(data.resolve("outbox")).stream()
                        .anyMatch(file -> file.toString().endsWith(".json"));
    }

    private int atRest() throws IOException {
        int files = 0;
        for (String folder : List.of("done", "failed", "cancelled")) {
            files += (int) files(data.resolve(folder)).stream()
                    .filter(file -> file.getFileName().toString().matches("job-\\d+[^.]*[.]json"))
                    .count();
        }
        return files;
    }

    // --- Counting --------------------------------------------------------------------------------------------------

    private void verify() throws IOException {
        Map<String, List<Path>> places = new HashMap<>();
        for (String folder : List.of("drop", "work", "done", "failed", "cancelled")) {
            for (Path file : files(data.resolve(folder))) {
                if (file.toString().endsWith(".json") && !file.toString().endsWith(".error.json")) {
                    places.computeIfAbsent(Sha256.of(file), hash -> new ArrayList<>())
                            .add(data.relativize(file));
                }
            }
        }
        Map<String, List<Path>> manifests = new HashMap<>();
        Set<Path> expected = new TreeSet<>();
        for (Path file : files(data.resolve("outputs"))) {
            if (file.endsWith("manifest.json")) {
                JsonNode manifest = JSON.readTree(file.toFile());
                manifests
                        .computeIfAbsent(manifest.path("promptFile").asText(), name -> new ArrayList<>())
                        .add(file);
                expected.add(file);
            }
        }
        Set<Path> delivered = new TreeSet<>();
        for (Dropped one : dropped) {
            verify(one, places, manifests.getOrDefault(one.name(), List.of()), expected, delivered);
        }
        verifyNothingElse(expected, delivered);
    }

    private void verify(
            Dropped one, Map<String, List<Path>> places, List<Path> manifests, Set<Path> expected, Set<Path> delivered)
            throws IOException {
        Path original = Files.writeString(home.resolve("original"), one.kind().document(one.number()));
        List<Path> found = places.getOrDefault(Sha256.of(original), List.of());
        Files.delete(original);
        State state = State.WRONG;
        if (found.size() != 1) {
            wrong.add(one + " is in " + found.size() + " places: " + found);
        } else {
            Path place = found.get(0);
            Path lane = data.relativize(
                    data.resolve(place.getName(0)).resolve(one.lane()).normalize());
            if (!place.equals(lane.resolve(one.name()))) {
                wrong.add(one + " is at " + place);
            }
            state = switch (place.getName(0).toString()) {
                case "done" -> done(one, manifests, expected, delivered);
                case "failed" -> failed(one, place, manifests);
                case "cancelled" -> cancelled(one, place, manifests);
                default -> wrong(one + " is still at " + place);
            };
        }
        states.computeIfAbsent(one.kind(), kind -> new EnumMap<>(State.class)).merge(state, 1, Integer::sum);
    }

    private State done(Dropped one, List<Path> manifests, Set<Path> expected, Set<Path> goesOut) throws IOException {
        if (one.kind().isWrong()) {
            return wrong(one + " is done and can't be");
        }
        if (manifests.size() != 1) {
            return wrong(one + " is done and has " + manifests.size() + " manifests: " + manifests);
        }
        Path folder = manifests.get(0).getParent();
        JsonNode manifest = JSON.readTree(manifests.get(0).toFile());
        if (manifest.path("receipts").size() != 1) {
            return wrong(one + " has " + manifest.path("receipts").size() + " receipts");
        }
        receipts++;
        JsonNode made = manifest.at("/receipts/0/outputs");
        if (made.size() != one.kind().outputs) {
            return wrong(one + " has " + made.size() + " outputs and not " + one.kind().outputs + ": " + folder);
        }
        for (JsonNode output : made) {
            Path file = folder.resolve(output.path("file").asText());
            if (!expected.add(file)) {
                return wrong(file + " is in two receipts");
            }
            if (!isAsSaid(file, output)) {
                return wrong(file + " is not what its receipt says");
            }
            outputs++;
            if (one.kind().isDelivered()) {
                Path copy = home.resolve("gallery")
                        .resolve(data.resolve("outputs").relativize(file).toString());
                goesOut.add(copy);
                if (!isAsSaid(copy, output)) {
                    return wrong(copy + " was not delivered whole");
                }
                delivered++;
            }
        }
        return State.DONE;
    }

    private State failed(Dropped one, Path place, List<Path> manifests) throws IOException {
        Path errorFile = data.resolve(place + ".error.json");
        if (!Files.exists(errorFile)) {
            return wrong(one + " failed without a reason");
        }
        JsonNode error = JSON.readTree(errorFile.toFile());
        if (!manifests.isEmpty()) {
            return wrong(one + " failed and has a manifest: " + manifests);
        }
        String kind = error.path("kind").asText();
        if (one.kind().isWrong() && kind.equals("input")) {
            return State.REFUSED_AS_EXPECTED;
        }
        if (!one.kind().isWrong() && kind.equals("webui")) {
            return State.FAILED_BY_THE_WEBUI;
        }
        return wrong(one + " failed: " + error);
    }

    private State cancelled(Dropped one, Path place, List<Path> manifests) {
        if (one.kind() != Kind.CANCELLED || !manifests.isEmpty()) {
            return wrong(one + " is at " + place + " and should not be, " + manifests);
        }
        return State.CANCELLED;
    }

    private State wrong(String what) {
        wrong.add(what);
        return State.WRONG;
    }

    private static boolean isAsSaid(Path file, JsonNode output) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == output.path("bytes").asLong()
                && Sha256.of(file).equals(output.path("sha256").asText());
    }

    private void verifyNothingElse(Set<Path> expected, Set<Path> delivered) throws IOException {
        for (Path file : files(data.resolve("outputs"))) {
            if (!expected.contains(file) && !file.toString().contains("/.deliveries/gallery/")) {
                wrong.add("no receipt names " + file);
            }
        }
        long marks = files(data.resolve("outputs")).stream()
                .filter(file -> file.toString().contains("/.deliveries/"))
                .count();
        if (marks != this.delivered) {
            wrong.add(marks + " deliveries are marked, and " + this.delivered + " outputs were delivered");
        }
        for (Path file : files(home.resolve("gallery"))) {
            if (!delivered.contains(file)) {
                wrong.add("delivered, and of no job that is done: " + file);
            }
        }
        for (Path file : everything(data)) {
            String name = data.relativize(file).toString();
            boolean rests = name.matches("work/[.](lock|locks|spool|speeds[.]json)");
            if (name.matches(".*([.]part|[.]tmp|[.]incoming|[.]staging|[.]cancel|[.]strikes).*")) {
                wrong.add("left behind: " + file);
            } else if (!rests && name.matches("drop/[.](claimed|intake)/.+|work/.+|outbox/.+/.+|intake/.+")) {
                wrong.add("left behind: " + file);
            }
        }
        for (Path file : list(home.resolve("tmp"))) {
            wrong.add("left behind: " + file);
        }
        for (String folder : List.of("failed", "cancelled")) {
            for (Path file : files(data.resolve(folder))) {
                String name = file.getFileName().toString();
                String of = name.replaceAll("[.]error[.]json$", "");
                if (!Files.exists(file.resolveSibling(of)) || name.startsWith(".")) {
                    wrong.add("the reason for nothing: " + file);
                }
            }
        }
    }

    private void table() {
        System.out.printf("%nkills: %s%n%n%-24s", ends, "");
        for (State state : State.values()) {
            System.out.printf(" %20s", state.name().toLowerCase().replace('_', ' '));
        }
        System.out.println();
        Map<State, Integer> all = new EnumMap<>(State.class);
        states.forEach((kind, counts) -> {
            System.out.printf("%-24s", kind.name().toLowerCase().replace('_', ' '));
            for (State state : State.values()) {
                System.out.printf(" %20d", counts.getOrDefault(state, 0));
                all.merge(state, counts.getOrDefault(state, 0), Integer::sum);
            }
            System.out.println();
        });
        System.out.printf("%-24s", "all " + dropped.size());
        all.values().forEach(count -> System.out.printf(" %20d", count));
        Map<String, Integer> totals = new LinkedHashMap<>();
        totals.put("receipts", receipts);
        totals.put("outputs, each once and as its receipt says", outputs);
        totals.put("delivered, each once", delivered);
        totals.put("wrong", wrong.size());
        System.out.println();
        System.out.println();
        totals.forEach((what, count) -> System.out.printf("%6d %s%n", count, what));
        wrong.forEach(what -> System.out.println("       " + what));
    }

    // --- Folders ---------------------------------------------------------------------------------------------------

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        return everything(folder).stream()
                .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    private static List<Path> everything(Path folder) throws IOException {
        for (int tries = 0; Files.isDirectory(folder); tries++) {
            try (Stream<Path> files = Files.walk(folder)) {
                return files.sorted().toList();
            } catch (UncheckedIOException e) {
                if (tries == 100) { // else something went away while it was being looked at
                    throw e;
                }
            }
        }
        return List.of();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void sleep(long millis) throws InterruptedException {
        Thread.sleep(Math.max(0, millis));
    }
}
