package darkroom.work;

import darkroom.files.Disk;
import darkroom.files.Instances;
import darkroom.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All jobs that are at work: {@code work/}, with a {@link JobFolder} for each. */
public final class WorkFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);
    private static final String STAGING = ".staging-";
    private static final int MOST_KNOWN = 256;

    private final Path shared;
    private final int instance;
    private final Path root;
    private final Disk disk;
    private final Map<String, Known> known = Collections.synchronizedMap(new LastKnown());

    /**
     * The folder of one of the processes that share it; creates nothing.
     *
     * @param shared the folder of all
     * @param instance which process it is; see {@link Instances}
     */
    public WorkFolder(Path shared, int instance, Disk disk) {
        this.shared = shared;
        this.instance = instance;
        this.root = Instances.folder(shared, instance);
        this.disk = disk;
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** An empty folder in which a job is prepared. */
    public Path stage() throws IOException {
        return Files.createDirectories(root.resolve(STAGING + UUID.randomUUID()));
    }

    /**
     * An id that no other job has.
     *
     * @param wishedId what it is if that is free
     * @param taken tells ids that are taken elsewhere
     * @param take takes it, before anybody else may wish for it; {@code taken} tells from then on
     */
    public synchronized String reserve(String wishedId, Predicate<String> taken, Consumer<String> take)
            throws IOException {
        // two processes may wish for the same at the same moment
        String wish = instance == Instances.FIRST ? wishedId : wishedId + "-i" + instance;
        String id = wish;
        for (int n = 2; findAnywhere(id).isPresent() || taken.test(id); n++) {
            id = wish + "-" + n;
        }
        take.accept(id);
        return id;
    }

    /**
     * Accepts a job, and takes its prompt file in. After this it will be done, whatever happens to the process.
     *
     * @param staging holds its attachments, its plan and what it is
     * @param job has an id that was reserved
     * @param claimed the prompt file
     */
    public JobFolder accept(Path staging, Job job, Path claimed) throws IOException {
        JobFolder.force(staging, disk);
        Path folder = root.resolve(job.id());
        disk.move(staging, folder);
        JobFolder opened = new JobFolder(folder, job, disk);
        try {
            disk.moveAnywhere(claimed, opened.promptFile());
        } catch (IOException e) {
            remove(opened); // the claim will be read again, and must not become a second job
            throw e;
        }
        known.put(job.id(), new Known(Version.of(folder.resolve(JobFolder.JOB)), job));
        return opened;
    }

    /** The folder of a job that is at work. */
    public Optional<JobFolder> find(String id) throws IOException {
        return Files.exists(root.resolve(id).resolve(JobFolder.JOB)) ? Optional.of(get(id)) : Optional.empty();
    }

    /** The folder of a job that this process or another one works on. */
    public Optional<JobFolder> findAnywhere(String id) throws IOException {
        Optional<JobFolder> own = find(id);
        if (own.isPresent()) {
            return own;
        }
        for (WorkFolder other : others()) {
            Optional<JobFolder> found = other.find(id);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** What the other processes that share the folder work on, and those that died did. */
    public List<WorkFolder> others() throws IOException {
        return Instances.of(shared).stream()
                .filter(number -> number != instance)
                .map(number -> new WorkFolder(shared, number, disk))
                .toList();
    }

    /**
     * Takes a job over that another process has set aside, or that it was working on when it died.
     *
     * @return its folder; empty if there is none, or the other one has it in hand
     */
    public Optional<JobFolder> fetchSetAside(String id) throws IOException {
        for (WorkFolder other : others()) {
            Optional<JobFolder> found = other.find(id);
            if (found.isPresent() && found.get().isSetAside()) {
                disk.move(found.get().path(), root.resolve(id));
                return find(id);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes over all jobs of a process that died.
     *
     * @return how many they are
     */
    public int adopt(WorkFolder dead) throws IOException {
        dead.removeStaging();
        int adopted = 0;
        for (Path folder : Disk.list(dead.root)) {
            if (Files.exists(folder.resolve(JobFolder.JOB))) {
                disk.move(folder, root.resolve(folder.getFileName()));
                adopted++;
            }
        }
        return adopted;
    }

    /** The folder of a job that is known to be at work. */
    public JobFolder get(String id) throws IOException {
        Path folder = root.resolve(id);
        Version version = Version.of(folder.resolve(JobFolder.JOB));
        Known before = known.get(id);
        if (before != null && before.version().equals(version)) {
            return new JobFolder(folder, before.job(), disk);
        }
        JobFolder opened = JobFolder.open(folder, disk);
        known.put(id, new Known(version, opened.job()));
        return opened;
    }

    /** What a file is known by, so that it need not be read again: another one has another number, or another time. */
    private record Version(@Nullable Object key, FileTime modified, long size) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        }
    }

    private record Known(Version version, Job job) {}

    /** The jobs that were asked for last. Each step asks for its own. */
    private static final class LastKnown extends LinkedHashMap<String, Known> {
        private static final long serialVersionUID = 1;

        LastKnown() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_KNOWN;
        }
    }

    /** Every job at work, the longest waiting first. A folder that can't be read is logged and left alone. */
    public List<JobFolder> jobs() throws IOException {
        return jobs(folder -> true);
    }

    /** Likewise of all processes; in this order, so that none slips by which is taken over meanwhile. */
    public List<JobFolder> jobsOfAll() throws IOException {
        List<JobFolder> jobs = new ArrayList<>();
        for (WorkFolder other : others()) {
            jobs.addAll(other.jobs());
        }
        jobs.addAll(jobs());
        return jobs;
    }

    /** Every job of this process at work, without those that wait for deliveries alone. */
    public List<JobFolder> jobsToDo() throws IOException {
        return jobs(folder -> !JobFolder.isDelivering(folder));
    }

    private List<JobFolder> jobs(Predicate<Path> wanted) throws IOException {
        List<JobFolder> jobs = new ArrayList<>();
        for (Path folder : Disk.list(root)) {
            boolean hidden = folder.getFileName().toString().startsWith("."); // it is being prepared, or on its way out
            if (!hidden && Files.exists(folder.resolve(JobFolder.JOB)) && wanted.test(folder)) {
                try {
                    jobs.add(JobFolder.open(folder, disk));
                } catch (IOException e) {
                    LOG.warn("{} can't be read ({}); it is left alone", folder, e.getMessage());
                }
            }
        }
        jobs.sort(Comparator.comparing(folder -> folder.job().acceptedAt()));
        return jobs;
    }

    /** Removes what was being prepared when the process died. Only for a start, when nothing is being prepared. */
    public void removeStaging() throws IOException {
        for (Path folder : Disk.list(root)) {
            if (folder.getFileName().toString().startsWith(STAGING)) {
                Disk.deleteTree(folder);
            }
        }
    }

    /** Removes a job that is over. */
    public void remove(JobFolder folder) throws IOException {
        // out of sight in one step, so that no half of it is ever taken for a job
        Path bin = root.resolve(STAGING + UUID.randomUUID());
        disk.move(folder.path(), bin);
        known.remove(folder.job().id());
        Disk.deleteTree(bin);
    }
}
