package darkroom.camel;

import darkroom.files.Disk;
import darkroom.files.TolerantVisitor;
import darkroom.job.Job;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.promptfile.PromptFolder;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that cancel jobs: {@code NAME.cancel} in the lane of {@code NAME.json}, or named after the job's id. Such a file is
 * deleted when all that it asks for is written down, so that a process that dies begins with it again.
 */
final class Cancellations {
    private static final Logger LOG = LoggerFactory.getLogger(Cancellations.class);

    private final WorkFolder work;
    private final FailedFiles cancelled;
    private final EndJob endJob;
    private final PromptFileFilter filter;
    private final Lanes lanes;
    private final Claims claims;
    private final JobEvents events;
    private final Disk disk;
    private final Set<Path> answered = ConcurrentHashMap.newKeySet();
    private final Set<Path> stuck = ConcurrentHashMap.newKeySet();
    private long nextLook = System.nanoTime();

    Cancellations(
            WorkFolder work,
            FailedFiles cancelled,
            EndJob endJob,
            PromptFileFilter filter,
            Lanes lanes,
            Claims claims,
            JobEvents events,
            Disk disk) {
        this.events = events;
        this.work = work;
        this.cancelled = cancelled;
        this.endJob = endJob;
        this.filter = filter;
        this.lanes = lanes;
        this.claims = claims;
        this.disk = disk;
    }

    /**
     * A file that cancels.
     *
     * @param file where it is
     * @param folder the drop folder
     * @param prefix what the lanes of that drop folder begin with; may be empty
     */
    record Cancellation(Path file, Path folder, String prefix) {
        /** Whether it means a prompt file of this name. */
        boolean means(String fileName) {
            return PromptFileFilter.mayBePromptFile(fileName)
                    && (fileName.equals(name()) || PromptFolder.stem(fileName).equals(name()));
        }

        boolean means(Job job) {
            return job.lane().equals(lane())
                    && (means(job.fileName()) || job.id().equals(name()));
        }

        private String name() {
            String name = file.getFileName().toString();
            return name.substring(0, name.length() - PromptFileFilter.CANCEL.length());
        }

        /** The folder that it lies in, from the drop folder on; empty for the drop folder itself. */
        private Path within() {
            return folder.relativize(file).resolveSibling("");
        }

        private String lane() {
            List<String> levels = new ArrayList<>();
            if (!prefix.isEmpty()) {
                levels.add(prefix);
            }
            for (Path level : within()) {
                if (!level.toString().isEmpty()) {
                    levels.add(level.toString());
                }
            }
            return String.join("/", levels);
        }
    }

    /** What lies in the drop folders of all routes and cancels something. */
    public List<Cancellation> waiting(Exchange exchange) throws IOException {
        long begun = System.nanoTime();
        if (begun - nextLook < 0) {
            return List.of();
        }
        List<Cancellation> found = new ArrayList<>();
        for (Lanes.Root root : lanes.roots(exchange.getContext(), filter)) {
            if (claims.isInOrder(root.folder())) { // else a file that is brought back would slip by
                look(root.folder(), path -> found.add(new Cancellation(path, root.folder(), root.prefix())));
            }
        }
        nextLook = Looking.againAfter(begun);
        return found;
    }

    private void look(Path root, Consumer<Path> found) throws IOException {
        Files.walkFileTree(root, new TolerantVisitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.equals(root) || filter.isLane(folder)
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && filter.isCancellation(file)) {
                    found.accept(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Step: cancels. What can't be done yet is done at a later look. */
    public void cancel(@Body Cancellation asked) {
        try {
            boolean found = takeBack(asked);
            boolean later = isBeingRead(asked); // in the order in which a file moves, so that none slips by
            for (JobFolder folder : work.jobsOfAll()) { // those of others are ended by their owners alone
                if (asked.means(folder.job()) && !folder.isSetAside()) {
                    boolean whole = Files.exists(folder.promptFile());
                    later |= !whole; // it is just being accepted, or ended
                    found |= whole && stop(folder, asked);
                }
            }
            if (found) {
                answered.add(asked.file());
            }
            if (!later) {
                Files.deleteIfExists(asked.file());
                stuck.remove(asked.file());
                if (!answered.remove(asked.file())) {
                    LOG.warn("{}: nothing of this name waits or is at work in its lane; deleted", asked.file());
                }
            }
        } catch (IOException e) {
            if (stuck.add(asked.file())) {
                LOG.warn("{}: can't be done ({}); it is tried again and again", asked.file(), e.toString());
            }
        }
    }

    private boolean stop(JobFolder folder, Cancellation asked) throws IOException {
        if (!folder.isCancelled()) {
            folder.cancel(asked.file().toString());
            LOG.info("{}: cancelled by {}", folder.job().id(), asked.file());
        }
        endJob.ifOver(folder.job().id());
        return true;
    }

    /** Takes prompt files that nobody has begun out of the drop folder. */
    private boolean takeBack(Cancellation asked) throws IOException {
        boolean found = false;
        for (Path file : Disk.list(asked.folder().resolve(asked.within()))) {
            if (asked.means(file.getFileName().toString())
                    && filter.isPromptFile(file)
                    && PromptFolder.isOrFile(file)) {
                found |= takeBack(file, asked);
            }
        }
        return found;
    }

    private boolean takeBack(Path file, Cancellation asked) throws IOException {
        Path claimed = asked.folder()
                .resolve(Claim.CLAIMED)
                .resolve(claims.newId("cancelled-" + UUID.randomUUID()))
                .resolve(asked.within())
                .resolve(file.getFileName());
        disk.createFolders(claimed.resolveSibling(""));
        Claim claim = Claim.of(claimed, asked.folder(), asked.prefix());
        try {
            disk.move(file, claimed);
        } catch (NoSuchFileException e) {
            Claims.forget(claim);
            return false; // the drop folder's own route was faster; there will be a job
        }
        Problem problem = Problem.of(
                ProblemCode.CANCELLED, "cancelled by " + asked.file() + " before it was begun", EndJob.AGAIN);
        ErrorFile.About about =
                new ErrorFile.About(claim.fileName(), PromptFolder.sha256(claimed), null, null, 0, List.of());
        ErrorFile error = ErrorFile.of(List.of(problem), about);
        events.cancelled(claim, error);
        Path target = cancelled.put(claim, error);
        Claims.forget(claim);
        LOG.info("{}: {}", target, problem.message());
        return true;
    }

    private static boolean isBeingRead(Cancellation asked) throws IOException {
        for (Path claim : Disk.list(asked.folder().resolve(Claim.CLAIMED))) {
            Path lane = claim.resolve(asked.within());
            if (Files.isDirectory(lane, LinkOption.NOFOLLOW_LINKS)
                    && Disk.list(lane).stream()
                            .anyMatch(file -> asked.means(file.getFileName().toString()))) {
                return true;
            }
        }
        return false;
    }
}
