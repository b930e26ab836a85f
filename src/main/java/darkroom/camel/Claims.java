package darkroom.camel;

import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.promptfile.PromptFolder;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Route policy of a drop folder: before it is watched, what a process that died had claimed is brought back. A file that
 * was claimed by as many processes that died as {@code darkroom.crashes} says is taken to be the reason, and fails. To be
 * read again it lets others go first: whatever else makes a process die soon after its start is not its fault.
 */
final class Claims extends RoutePolicySupport {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    private static final String STRIKES = ".strikes";
    private static final Duration REST = Duration.ofSeconds(3);

    private final Pauses pauses;
    private final int instance;
    private final WorkFolder work;
    private final FailedFiles failed;
    private final Disk disk;
    private final int crashes;
    private final Map<Path, String> dropFolders = new ConcurrentHashMap<>(); // with what their lanes begin with
    private final Map<Path, Long> restUntil = new ConcurrentHashMap<>();
    private final Set<Path> inOrder = ConcurrentHashMap.newKeySet();
    private final Lanes lanes;
    private final JobEvents events;

    Claims(
            Pauses pauses,
            int instance,
            WorkFolder work,
            FailedFiles failed,
            Disk disk,
            int crashes,
            Lanes lanes,
            JobEvents events) {
        this.events = events;
        this.pauses = pauses;
        this.instance = instance;
        this.work = work;
        this.failed = failed;
        this.disk = disk;
        this.crashes = crashes;
        this.lanes = lanes;
    }

    /** Not onInit: that also runs when routes are only checked. */
    @Override
    public void onStart(Route route) {
        Path folder = Claim.folderOf(route.getEndpoint());
        String lane = lanes.of(folder, route.getId());
        if (dropFolders.putIfAbsent(folder, lane) != null) {
            return; // the route was exchanged; what is claimed there now is ours, and being read
        }
        pauses.watch(folder, lane);
        try {
            disk.createFolders(folder);
            bringBack(instance, folder, work);
            forgetOthers(folder);
        } catch (IOException e) {
            LOG.error("{}: what was claimed there can't be brought back ({})", folder, e.toString());
        }
        inOrder.add(folder);
    }

    /** Whether files of this drop folder only move on from now, and none is brought back any more. */
    boolean isInOrder(Path folder) {
        return inOrder.contains(folder);
    }

    /**
     * Whether a file was brought back just now, and is not to be taken again yet.
     *
     * @param file absolute, and without detours
     */
    boolean rests(Path file) {
        return restUntil.computeIfPresent(file, (same, until) -> System.nanoTime() - until < 0 ? until : null) != null;
    }

    /**
     * Brings back what another process that shares the drop folders had claimed when it died.
     *
     * @param number which one
     * @param jobs its jobs
     * @return how many prompt files
     */
    int takeOver(int number, WorkFolder jobs) throws IOException {
        int broughtBack = 0;
        for (Path folder : dropFolders.keySet()) {
            broughtBack += bringBack(number, folder, jobs);
        }
        return broughtBack;
    }

    /** A name for a claim of this process, beside those that the routes make. */
    String newId(String name) {
        return Instance.name(instance) + "-" + name;
    }

    private int bringBack(int number, Path folder, WorkFolder jobs) throws IOException {
        int broughtBack = 0;
        for (Path claimed : Disk.list(folder.resolve(Claim.CLAIMED))) {
            String name = claimed.getFileName().toString();
            if (!name.equals(STRIKES) && Claim.instance(name) == number) {
                broughtBack += bringBack(claimed, folder, jobs);
            }
        }
        return broughtBack;
    }

    private int bringBack(Path claimed, Path folder, WorkFolder jobs) throws IOException {
        String lane = dropFolders.getOrDefault(folder, "");
        List<Path> files = PromptFolder.foldersAndFiles(claimed);
        boolean all = true;
        for (Path file : files) {
            try {
                bringBack(Claim.of(file, folder, lane), jobs);
            } catch (IOException e) {
                all = false;
                LOG.error("{} can't be brought back ({}); the next start tries again", file, e.toString());
            }
        }
        if (all) {
            Disk.deleteTree(claimed);
        }
        return files.size();
    }

    private void bringBack(Claim claim, WorkFolder jobs) throws IOException {
        Optional<JobFolder> accepted = jobs.jobs().stream()
                .filter(job -> job.job().claim().equals(claim.id()))
                .findFirst();
        if (accepted.isPresent()) { // it died between writing the job and taking the file in
            disk.moveAnywhere(claim.file(), accepted.get().promptFile());
            return;
        }
        int strikes = strike(claim);
        if (strikes >= crashes) {
            Problem problem = Problem.of(
                    ProblemCode.CRASHED_REPEATEDLY,
                    "the service died " + strikes + " times while it read this file",
                    "look at the log for what it died of; then change the file, or split it");
            ErrorFile.About about = new ErrorFile.About(
                    claim.fileName(), PromptFolder.sha256(claim.file()), null, null, strikes, List.of());
            ErrorFile error = ErrorFile.of(List.of(problem), about);
            events.failed(claim, error);
            Path target = failed.put(claim, error);
            Files.deleteIfExists(strikes(claim));
            LOG.error("{}: {}", target, problem.sentence());
            return;
        }
        disk.createFolders(claim.droppedInto());
        Path back = Moved.free(claim.droppedInto(), claim.fileName(), "again-" + claim.id());
        restUntil.put(back.normalize(), System.nanoTime() + REST.toNanos());
        disk.move(claim.file(), back);
        LOG.info("{}: brought back; the service had stopped while it was reading it", back);
    }

    /** Strikes are for files that wait to be read again. A process may have died when one was read, before it said so. */
    private static void forgetOthers(Path folder) throws IOException {
        Path claimed = folder.resolve(Claim.CLAIMED);
        List<Path> strikes = Disk.list(claimed.resolve(STRIKES));
        if (strikes.isEmpty() || Disk.list(claimed).size() > 1) {
            return; // or another process is reading one of them now
        }
        Set<String> waiting;
        try (Stream<Path> tree = Files.walk(folder)) {
            waiting = tree.map(Claims::nameOfStrikes).collect(Collectors.toSet());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : strikes) {
            if (!waiting.contains(file.getFileName().toString())) {
                Files.deleteIfExists(file);
            }
        }
        Disk.pruneEmpty(claimed.resolve(STRIKES), claimed);
    }

    /** A file was read without harm. */
    static void forget(Claim claim) throws IOException {
        Path claimed = claim.folder().resolve(Claim.CLAIMED);
        Disk.deleteIfThere(strikes(claim));
        Disk.pruneEmpty(claimed.resolve(STRIKES), claimed);
        Disk.pruneEmpty(claim.file().getParent(), claimed);
    }

    private static int strike(Claim claim) throws IOException {
        Path file = strikes(claim);
        String before = Files.exists(file) ? Files.readString(file) : claim.id() + "\n";
        Files.createDirectories(file.getParent());
        Files.writeString(file, before + "x");
        return before.length() - before.indexOf('\n');
    }

    /** The id of the claim by which a file was first taken that a process which died had taken: it is the same file. */
    static String first(Claim claim) throws IOException {
        Path file = strikes(claim);
        return Files.exists(file) ? Files.readString(file).lines().findFirst().orElse(claim.id()) : claim.id();
    }

    private static Path strikes(Claim claim) {
        return claim.folder()
                .resolve(Claim.CLAIMED)
                .resolve(STRIKES)
                .resolve(nameOfStrikes(claim.droppedInto().resolve(claim.fileName())));
    }

    private static String nameOfStrikes(Path dropped) {
        byte[] hash = Sha256.digest().digest(dropped.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 8);
    }
}
