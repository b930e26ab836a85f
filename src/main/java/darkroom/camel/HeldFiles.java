package darkroom.camel;

import darkroom.files.Disk;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.promptfile.PromptFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@code held/}: prompt files that ask for more than is made without somebody's consent, each with its reason
 * beside it. One that is renamed to {@code NAME.approved.json} goes back into its drop folder, and is made.
 */
final class HeldFiles {
    private static final Logger LOG = LoggerFactory.getLogger(HeldFiles.class);
    private static final Duration PACE_HOLDS = Duration.ofMinutes(1);
    private static final Pattern APPROVED = Pattern.compile("(.+)\\.approved(\\.[^.]+)");

    private final FailedFiles files;
    private final Limits limits;
    private final PromptFileFilter filter;
    private final Lanes lanes;
    private final Disk disk;
    private final Set<Path> inTheWay = ConcurrentHashMap.newKeySet();
    private @Nullable Pace pace;
    private long paceUntil;

    /**
     * From where on a job is held.
     *
     * @param tasks most tasks; 0 for any number
     * @param time most time that all WebUIs together would take for it; zero for any
     * @param outputs where the receipts are by which the time is told
     */
    record Limits(int tasks, Duration time, Path outputs) {
        private String above() {
            List<String> limits = new ArrayList<>();
            if (tasks > 0) {
                limits.add(String.format(Locale.ROOT, "%,d tasks (darkroom.hold.tasks)", tasks));
            }
            if (!time.isZero()) {
                limits.add(Cost.words(time) + " (darkroom.hold.time)");
            }
            return String.join(" or ", limits);
        }
    }

    HeldFiles(FailedFiles files, Limits limits, PromptFileFilter filter, Lanes lanes, Disk disk) {
        this.files = files;
        this.limits = limits;
        this.filter = filter;
        this.lanes = lanes;
        this.disk = disk;
    }

    /**
     * Lets pass what is not too much, and what somebody has approved.
     *
     * @param cost of all its tasks
     * @throws ProblemException if it is to be held
     */
    void check(Claim claim, Cost cost) throws IOException {
        if (!isAbove(cost) || isApproved(claim)) {
            return;
        }
        Pace pace = pace();
        String time =
                cost.time(pace).map(needed -> ", about " + Cost.words(needed)).orElse("");
        String size = cost.bytes(pace).map(bytes -> ", " + Cost.size(bytes)).orElse("");
        throw new ProblemException(Problem.of(
                ProblemCode.HELD,
                String.format(Locale.ROOT, "this would be %,d tasks, %,d pictures", cost.tasks(), cost.pictures())
                        + time + size + "; more than " + limits.above() + " is held until somebody has looked at it",
                "rename it to " + approvedName(claim.fileName())
                        + " where it is now to have it made; or ask for less, and drop it again"));
    }

    /** Whether anything is held, so that it is worth to know what it costs. */
    boolean isAsked() {
        return limits.tasks() > 0 || !limits.time().isZero();
    }

    private boolean isAbove(Cost cost) throws IOException {
        return (limits.tasks() > 0 && cost.tasks() > limits.tasks())
                || (!limits.time().isZero()
                        && cost.time(pace())
                                .filter(needed -> needed.compareTo(limits.time()) > 0)
                                .isPresent());
    }

    /** It takes reading many receipts, and there may be many jobs. */
    private synchronized Pace pace() throws IOException {
        Pace known = pace;
        if (known == null || System.nanoTime() - paceUntil > 0) {
            known = Pace.of(limits.outputs());
            pace = known;
            paceUntil = System.nanoTime() + PACE_HOLDS.toNanos();
        }
        return known;
    }

    /** Puts a file where it waits for consent. */
    Path put(Claim claim, ErrorFile error) throws IOException {
        return files.put(claim, error);
    }

    /** It has become a job, or something else: no consent is left over for the next file of its name. */
    void forget(Claim claim) throws IOException {
        Disk.deleteIfThere(mark(claim.lane(), claim.fileName()));
        files.forget(claim);
    }

    private boolean isApproved(Claim claim) throws IOException {
        Path mark = mark(claim.lane(), claim.fileName());
        return Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
                && Files.readString(mark).equals(PromptFolder.sha256(claim.file()));
    }

    private Path mark(String lane, String fileName) {
        return files.root().resolve(lane).resolve("." + fileName + ".approved");
    }

    private static String approvedName(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot <= 0 ? fileName + ".approved" : fileName.substring(0, dot) + ".approved" + fileName.substring(dot);
    }

    /**
     * A file that somebody has renamed to approve it.
     *
     * @param file where it is
     * @param lane its lane
     * @param fileName what it is called without the word
     * @param target where it was dropped
     */
    record Approval(Path file, String lane, String fileName, Path target) {}

    /** What was approved and is still to be put back. */
    public List<Approval> approved(Exchange exchange) throws IOException {
        List<Approval> found = new ArrayList<>();
        if (!Files.isDirectory(files.root())) {
            return found;
        }
        List<Lanes.Root> roots = lanes.roots(exchange.getContext(), filter);
        for (Path file : PromptFolder.foldersAndFiles(files.root())) {
            Matcher name = APPROVED.matcher(file.getFileName().toString());
            if (name.matches() && !name.group(1).startsWith(".")) {
                String fileName = name.group(1) + name.group(2);
                String lane = files.root()
                        .relativize(file.resolveSibling(""))
                        .toString()
                        .replace('\\', '/');
                Lanes.nearest(roots, lane)
                        .map(root ->
                                new Approval(file, lane, fileName, root.of(lane).resolve(fileName)))
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    /** Step: puts a file back where it was dropped, with the consent that it has now. */
    public void release(@Body Approval approval) throws IOException {
        if (Files.exists(approval.target(), LinkOption.NOFOLLOW_LINKS)) {
            if (inTheWay.add(approval.file())) {
                LOG.warn(
                        "{}: approved; it goes back when the other file {} is gone",
                        approval.file(),
                        approval.target());
            }
            return;
        }
        inTheWay.remove(approval.file());
        try {
            String sha256 = PromptFolder.sha256(approval.file());
            disk.write(
                    mark(approval.lane(), approval.fileName()),
                    out -> out.write(sha256.getBytes(StandardCharsets.UTF_8)));
            disk.createFolders(approval.target().resolveSibling(""));
            disk.moveAnywhere(approval.file(), approval.target());
            Disk.deleteIfThere(FailedFiles.errorFile(approval.file().resolveSibling(approval.fileName())));
            LOG.info("{}: approved; back to {}", approval.file(), approval.target());
        } catch (NoSuchFileException e) {
            LOG.debug("{}: another service was faster", approval.file(), e);
        }
    }
}
