package darkroom.camel;

import darkroom.camel.outbox.OutboxComponent;
import darkroom.event.EventType;
import darkroom.files.Disk;
import darkroom.files.SafeName;
import darkroom.intake.Intake;
import darkroom.intake.Ticket;
import darkroom.job.ContactSheet;
import darkroom.job.Destination;
import darkroom.job.Job;
import darkroom.output.OutputFolder;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.JobPlan;
import darkroom.promptfile.Planner;
import darkroom.promptfile.PromptFile;
import darkroom.promptfile.PromptFileReader;
import darkroom.promptfile.PromptFolder;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step: a claimed prompt file in, the id of its job out. The file is read and checked, all that is random is pinned, and
 * the job is written to {@code work/}.
 */
final class ReadPromptFile {
    private static final Logger LOG = LoggerFactory.getLogger(ReadPromptFile.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /** Exchange property, and parameter of the template: the preset that the drop folder asks for. */
    static final String PRESET = "preset";

    private static final int MAX_NAME_BYTES = 80;

    private final PromptFileReader reader;
    private final Planner planner;
    private final WorkFolder work;
    private final Path outputs;
    private final FailedFiles failed;
    private final FailedFiles cancelled;
    private final HeldFiles held;
    private final InHand inHand;
    private final Lanes lanes;
    private final OutboxComponent destinations;
    private final List<String> deliver;
    private final ContactSheet contactSheet;
    private final Intake intake;
    private final Tracing tracing;
    private final JobEvents events;
    private final Disk disk;

    ReadPromptFile(
            PromptFileReader reader,
            Planner planner,
            WorkFolder work,
            Path outputs,
            FailedFiles failed,
            FailedFiles cancelled,
            HeldFiles held,
            InHand inHand,
            Lanes lanes,
            OutboxComponent destinations,
            List<String> deliver,
            ContactSheet contactSheet,
            Intake intake,
            JobEvents events,
            Tracing tracing,
            Disk disk) {
        this.disk = disk;
        this.reader = reader;
        this.planner = planner;
        this.work = work;
        this.outputs = outputs;
        this.failed = failed;
        this.cancelled = cancelled;
        this.held = held;
        this.inHand = inHand;
        this.lanes = lanes;
        this.destinations = destinations;
        this.deliver = deliver;
        this.contactSheet = contactSheet;
        this.intake = intake;
        this.tracing = tracing;
        this.events = events;
    }

    /** Reads the file. */
    @Handler
    public String read(@Body File file, Exchange exchange) throws IOException {
        Path path = file.toPath().toAbsolutePath().normalize();
        Path folder = Claim.folderOf(exchange.getFromEndpoint());
        Claim claim = Claim.of(path, folder, lanes.of(folder, exchange.getFromRouteId()));
        claim.keepIn(exchange);
        JobFolder job = again(claim, exchange).orElseGet(() -> anew(claim, exchange));
        failed.forget(claim);
        cancelled.forget(claim);
        held.forget(claim);
        Claims.forget(claim);
        tell(job);
        LOG.info("{}: accepted {}", job.job().id(), where(claim));
        return job.job().id();
    }

    /**
     * The claim was a rename, and no more. Before anything comes of the file it is no longer where it was dropped, for
     * good; before that it is where it was claimed, and with all that is in it.
     */
    private void makeSure(Claim claim) throws IOException {
        for (Path file : PromptFolder.is(claim.file()) ? PromptFolder.files(claim.file()) : List.of(claim.file())) {
            disk.forceForeign(file);
        }
        boolean first = claim.droppedInto().equals(claim.folder()); // then the last line is about .claimed as well
        disk.forceFolders(claim.file(), first ? claim.folder().resolve(Claim.CLAIMED) : claim.folder());
        disk.forceGone(claim.droppedInto().resolve(claim.fileName()));
    }

    /** If that fails, it is told before its first task is begun, and before it ends. */
    private void tell(JobFolder job) {
        try {
            events.accepted(job);
        } catch (IOException e) {
            LOG.warn(
                    "{}: whoever wants to know can't be told yet that it was accepted ({})",
                    job.job().id(),
                    e.toString());
        }
    }

    private static String where(Claim claim) {
        return claim.lane().isEmpty() ? claim.fileName() : claim.lane() + "/" + claim.fileName();
    }

    /** A file that comes back from {@code failed/} or {@code cancelled/} as it was goes on where it stopped: what is finished stays so. */
    private Optional<JobFolder> again(Claim claim, Exchange exchange) throws IOException {
        Optional<String> jobId = failed.unfinishedJob(claim);
        if (jobId.isEmpty()) {
            jobId = cancelled.unfinishedJob(claim);
        }
        if (jobId.isEmpty()) {
            return Optional.empty();
        }
        Optional<JobFolder> folder = work.find(jobId.get());
        if (folder.isEmpty()) {
            folder = work.fetchSetAside(jobId.get());
        }
        if (folder.isPresent()) {
            inHand.hold(jobId.get(), exchange);
            makeSure(claim);
            folder.get().resume(claim.file(), events.wants(EventType.ACCEPTED));
        }
        return folder;
    }

    private JobFolder anew(Claim claim, Exchange exchange) {
        try {
            Path staging = work.stage();
            boolean accepted = false;
            try {
                JobFolder job = accept(claim, staging, exchange);
                accepted = true; // it has become the job's folder
                return job;
            } finally {
                if (!accepted) {
                    Disk.deleteTree(staging);
                }
            }
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
    }

    private JobFolder accept(Claim claim, Path staging, Exchange exchange) throws IOException {
        Instant now = Instant.now();
        Acceptance acceptance = new Acceptance(claim, exchange, now);
        Job job;
        try {
            JobFolder.writePlan(staging, plan -> acceptance.read(dropped(claim, exchange), staging, plan));
            held.check(claim, acceptance.cost);
            events.prepare(staging);
            job = acceptance.job();
            JobFolder.write(staging, job);
        } finally {
            makeSure(claim); // as late as may be: what is forced in a row is mostly written out together
        }
        return work.accept(staging, job, claim.file());
    }

    /** A prompt file on its way to become a job: what its first entry says about all of it, and what its end tells. */
    private final class Acceptance {
        private final Claim claim;
        private final Exchange exchange;
        private final Instant now;
        private @Nullable PromptFile first;
        private @Nullable JobPlan plan;
        private PromptFileReader.@Nullable Summary summary;
        private final Cost cost = new Cost();
        private String name = "";
        private String id = "";

        Acceptance(Claim claim, Exchange exchange, Instant now) {
            this.claim = claim;
            this.exchange = exchange;
            this.now = now;
        }

        void read(Dropped dropped, Path staging, JobFolder.TaskWriter tasks) throws IOException {
            summary = reader.read(PromptFolder.read(claim.file()), dropped, staging, entry -> take(entry, tasks));
        }

        private void take(PromptFile entry, JobFolder.TaskWriter tasks) throws IOException {
            JobPlan begun = plan;
            if (begun == null) {
                first = entry;
                String wish = entry.jobId() == null ? PromptFolder.stem(claim.fileName()) : entry.jobId();
                name = SafeName.of(wish, MAX_NAME_BYTES);
                id = work.reserve(
                        name + "-" + TIME.format(now),
                        taken -> OutputFolder.exists(outputs, claim.lane(), taken) || inHand.contains(taken),
                        free -> inHand.hold(free, exchange)); // before anybody else can see it
                begun = new JobPlan(planner, id, task -> {
                    tasks.write(task);
                    if (held.isAsked()) {
                        cost.add(task);
                    }
                });
                plan = begun;
            }
            begun.add(entry);
        }

        /** The job, when its plan is written. */
        Job job() throws IOException {
            PromptFile said = Objects.requireNonNull(first);
            PromptFileReader.Summary all = Objects.requireNonNull(summary);
            ContactSheet sheet = said.contactSheet() == null ? contactSheet : said.contactSheet();
            Optional<Ticket> ticket = noteJob(claim, id);
            String sent = ticket.map(Ticket::trace).orElse(null);
            return new Job(
                    id,
                    name,
                    claim.lane(),
                    claim.fileName(),
                    claim.id(),
                    PromptFolder.is(claim.file()) ? PromptFolder.sha256(claim.file()) : all.sha256(),
                    now,
                    Objects.requireNonNull(plan).tasks(),
                    said.priority(),
                    tracing.accepted(sent, Map.of("job", id, "lane", claim.lane())),
                    all.defaults(),
                    destinations(said.deliver() == null ? deliver : said.deliver()),
                    sheet.asks() ? sheet : null,
                    said.labels());
        }
    }

    /** Whoever sent it in asks for it by its prompt file's name. Noted first: a job that nobody finds would be lost to him. */
    private Optional<Ticket> noteJob(Claim claim, String jobId) {
        try {
            return claim.folder().equals(lanes.main())
                    ? intake.became(claim.lane(), claim.fileName(), jobId)
                    : Optional.empty();
        } catch (IOException e) {
            throw Disk.unchecked(e);
        }
    }

    private Dropped dropped(Claim claim, Exchange exchange) {
        String preset = exchange.getProperty(PRESET, String.class);
        String prefix = lanes.of(claim.folder(), exchange.getFromRouteId());
        Path lane = claim.droppedInto();
        Path folder = PromptFolder.is(claim.file()) ? claim.file() : lane; // where its pictures are
        return new Dropped(folder, claim.folder(), lane, prefix, preset == null || preset.isEmpty() ? null : preset);
    }

    /** What is for a destination without a route waits in its folder for one. */
    private List<Destination> destinations(List<String> names) {
        Map<String, Destination> offered = destinations.destinations();
        return names.stream()
                .distinct()
                .map(name -> offered.getOrDefault(name, new Destination(name, Destination.Each.OUTPUT)))
                .toList();
    }
}
