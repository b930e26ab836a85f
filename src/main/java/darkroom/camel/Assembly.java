package darkroom.camel;

import darkroom.camel.check.QuietStart;
import darkroom.camel.component.CheckpointPolicy;
import darkroom.camel.component.GiveBack;
import darkroom.camel.component.WebuiComponent;
import darkroom.camel.component.WebuiConfiguration;
import darkroom.camel.intake.AcceptJob;
import darkroom.camel.intake.Backlog;
import darkroom.camel.intake.Door;
import darkroom.camel.intake.DoorEngine;
import darkroom.camel.intake.HttpJobs;
import darkroom.camel.intake.OpenMail;
import darkroom.camel.intake.Tickets;
import darkroom.camel.outbox.EventsComponent;
import darkroom.camel.outbox.LocateOutput;
import darkroom.camel.outbox.NewOrSame;
import darkroom.camel.outbox.OutboxComponent;
import darkroom.files.Disk;
import darkroom.files.Instances;
import darkroom.files.SharedLocks;
import darkroom.finish.PictureConverter;
import darkroom.finish.SheetPainter;
import darkroom.intake.Intake;
import darkroom.intake.JobStates;
import darkroom.job.ContactSheet;
import darkroom.job.Convert;
import darkroom.job.OutOfMemory;
import darkroom.job.Save;
import darkroom.job.Sidecar;
import darkroom.outbox.Outbox;
import darkroom.promptfile.Planner;
import darkroom.promptfile.Presets;
import darkroom.promptfile.PromptFileLimits;
import darkroom.promptfile.PromptFileReader;
import darkroom.schedule.Policy;
import darkroom.secret.Secrets;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.webui.Check;
import darkroom.webui.MountedOutputs;
import darkroom.work.WorkFolder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.jspecify.annotations.Nullable;

/** Puts the steps together that routes call by name, and gives them to a Camel {@link Main}. */
final class Assembly {
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    /** In the work folder: what WebUIs are to be given back. */
    private static final String LOANS = ".loans";

    private final Settings settings;
    private final int instance;
    private final Disk disk;
    private final WorkFolder work;
    private final OutputFolders outputs;
    private final FailedFiles failed;
    private final FailedFiles cancelled;
    private final Outbox outbox;
    private final OutboxComponent destinations;
    private final SharedLocks locks;
    private final Lanes lanes;
    private final JobEvents events;
    private final Claims claims;
    private final Tasks tasks;
    private final InHand inHand = new InHand();
    private final Pauses pauses = new Pauses();
    private final LaneRoom laneRoom;
    private final DiskReserve diskReserve;
    private final ClaimGate claimGate;
    private final FailingLanes failingLanes;
    private final Intake intake;
    private final Tracing tracing = new Tracing();
    private final PromptFileFilter filter;
    private final PictureConverter converter;

    /** For having a look: of a process that is alone, or is none. */
    Assembly(Settings settings) {
        this(settings, Instances.FIRST);
    }

    /** Of one of the processes that share the folders. */
    Assembly(Settings settings, int instance) {
        this.settings = settings;
        this.instance = instance;
        this.locks = new SharedLocks(settings.path(Setting.WORK).resolve(".locks"));
        this.disk = new Disk(settings.isTrue(Setting.DURABLE));
        this.laneRoom = new LaneRoom(settings.text(Setting.QUEUE), settings.number(Setting.SCHEDULE_WINDOW));
        this.diskReserve = new DiskReserve(
                List.of(settings.path(Setting.WORK), settings.path(Setting.DROP), settings.path(Setting.OUTPUTS)),
                settings.bytes(Setting.DISK_RESERVE));
        this.work = work(instance);
        this.outputs = new OutputFolders(settings.path(Setting.OUTPUTS), disk);
        this.failed = new FailedFiles(settings.path(Setting.FAILED), locks, disk);
        this.cancelled = new FailedFiles(settings.path(Setting.CANCELLED), locks, disk);
        this.outbox = outbox(instance);
        this.destinations = new OutboxComponent();
        this.intake = intake(instance);
        this.lanes = new Lanes(settings.path(Setting.DROP));
        this.events = new JobEvents(
                destinations,
                outbox,
                disk,
                settings.text(Setting.EVENTS_SOURCE),
                new HostPaths(settings.path(Setting.DATA)));
        this.claims = new Claims(pauses, instance, work, failed, disk, settings.number(Setting.CRASHES), lanes, events);
        this.failingLanes = new FailingLanes(
                settings.number(Setting.RETRY_LANE_FAILURES),
                settings.duration(Setting.RETRY_PAUSE),
                settings.duration(Setting.RETRY_LONGEST_PAUSE),
                pauses);
        this.claimGate = new ClaimGate(claims::isInOrder, diskReserve, failingLanes, this::hasRoom);
        this.tasks = new Tasks(work, inHand, pauses, laneRoom);
        this.filter = promptFileFilter();
        this.converter = converter(settings);
    }

    private WorkFolder work(int number) {
        return new WorkFolder(settings.path(Setting.WORK), number, disk);
    }

    private Outbox outbox(int number) {
        Path root = Instances.folder(settings.path(Setting.OUTBOX), number);
        return new Outbox(root, settings.path(Setting.OUTPUTS), disk);
    }

    private List<Outbox> outboxes() throws IOException {
        return Instances.of(settings.path(Setting.OUTBOX)).stream()
                .map(this::outbox)
                .toList();
    }

    private Intake intake(int number) {
        return new Intake(settings.path(Setting.DROP), settings.path(Setting.INTAKE), number, locks, disk);
    }

    /** What takes up what other processes leave behind. */
    Takeover takeover(Instance self) {
        return new Takeover(
                settings.path(Setting.WORK),
                self,
                new Takeover.Own(work, outbox),
                new Takeover.Of(this::work, this::outbox, this::intake),
                claims,
                tasks);
    }

    Tracing tracing() {
        return tracing;
    }

    Intake intake() {
        return intake;
    }

    WorkFolder work() {
        return work;
    }

    Outbox outbox() {
        return outbox;
    }

    OutboxComponent destinations() {
        return destinations;
    }

    FailingLanes failingLanes() {
        return failingLanes;
    }

    ClaimGate claimGate() {
        return claimGate;
    }

    /** A Camel for the service. */
    Main main() {
        Properties properties = new Properties();
        // for routes of operators: what is cached of a stream goes to disk before it fills the memory
        properties.put("camel.main.streamCachingSpoolEnabled", "true");
        properties.put(
                "camel.main.streamCachingSpoolDirectory",
                work.root().resolve(".spool").toString());
        if (settings.number(Setting.HEALTH_PORT) > 0) {
            properties.put("camel.management.enabled", "true");
            properties.put("camel.management.host", settings.text(Setting.HEALTH_HOST));
            properties.put("camel.management.port", settings.text(Setting.HEALTH_PORT));
            properties.put("camel.management.healthCheckEnabled", "true"); // /observe/health, …/live, …/ready
            properties.put("camel.management.metricsEnabled", "true"); // /observe/metrics
            properties.put("camel.metrics.enabled", "true");
            for (String what : List.of(
                    "enableRoutePolicy",
                    "enableMessageHistory",
                    "enableExchangeEventNotifier",
                    "enableRouteEventNotifier")) {
                properties.put("camel.metrics." + what, "false"); // Camel's own figures cost time at each step
            }
        }
        if (settings.number(Setting.INTAKE_PORT) > 0) {
            properties.put("camel.server.enabled", "true");
            properties.put("camel.server.host", settings.text(Setting.INTAKE_HOST));
            properties.put("camel.server.port", settings.text(Setting.INTAKE_PORT));
            properties.put("camel.server.path", "/"); // with another one, much would be open (CVE-2026-40022)
            properties.put(
                    "camel.server.maxBodySize",
                    Long.toString(settings.bytes(Setting.INTAKE_MAX_SIZE))); // of operators' routes
        }
        return main(properties, null, settings.isTrue(Setting.TRACING));
    }

    /** A Camel for having a look at routes: it opens no port, makes no folder, and asks nobody. */
    Main probe() {
        return main(new Properties(), new QuietStart(true), false);
    }

    /** A Camel for delivering something by routes: it opens no port, and makes no folder but what they need. */
    Main courier() {
        return main(new Properties(), new QuietStart(false), false);
    }

    private Main main(Properties more, @Nullable QuietStart quiet, boolean traced) {
        Path secretFiles = settings.path(Setting.SECRETS);
        Main main = new Main() {
            @Override
            protected CamelContext createCamelContext() {
                CamelContext context = super.createCamelContext();
                context.setPropertiesComponent(new GuardedProperties(secretFiles));
                bindPrototypes(context.getRegistry());
                if (quiet != null) {
                    context.getCamelContextExtension().registerEndpointCallback(quiet);
                }
                return context;
            }
        };
        main.setShutdownStrategy(new SimpleMainShutdownStrategy()); // whoever starts the service also stops it
        Properties properties = settings.forRoutes();
        properties.putAll(more);
        properties.put("camel.health.exposureLevel", "full"); // with the reasons
        properties.put("camel.main.name", "darkroom");
        properties.put("darkroom.instance", Instance.name(instance)); // for claims
        properties.put("camel.main.jmxEnabled", "false");
        properties.put("camel.main.autoConfigurationLogSummary", "false");
        properties.put("camel.main.startupSummaryLevel", "Off");
        properties.put(
                "camel.main.shutdownTimeout",
                Long.toString(
                        Math.max(1, settings.duration(Setting.STOP_TIMEOUT).toSeconds())));
        if (traced) {
            tracing.start(main, properties);
        }
        for (String http : List.of("http", "https")) { // of operators' routes
            // who tries again is the outbox: camel-http would do so behind its back, after 429 and 503
            properties.put("camel.component." + http + ".automaticRetriesDisabled", "true");
            properties.put("camel.component." + http + ".cookieManagementDisabled", "true");
        }
        main.setOverrideProperties(properties);
        settings.secrets().forEach(Secrets::add);
        Map<String, Object> steps = steps();
        if (quiet != null && steps.get("webui") instanceof WebuiComponent webui) {
            webui.getConfiguration().setGiveBack(GiveBack.NEVER); // that is up to the service, which may be running
            webui.keepSpeedsIn(null); // likewise
        }
        steps.forEach(main::bind);
        if (quiet == null && settings.number(Setting.HEALTH_PORT) > 0) {
            main.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters(steps));
        }
        return main;
    }

    private PrometheusMeterRegistry meters(Map<String, Object> steps) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new Meters(
                registry,
                step(steps, "webui", WebuiComponent.class),
                step(steps, "publishOutputs", PublishOutputs.class),
                step(steps, "endJob", EndJob.class),
                failed,
                cancelled);
        return registry;
    }

    private static <T> T step(Map<String, Object> steps, String name, Class<T> type) {
        return Objects.requireNonNull(type.cast(steps.get(name)));
    }

    /** What routes call by name. */
    Map<String, Object> steps() {
        PromptFileReader reader =
                reader(settings, () -> destinations.destinations().keySet());
        Planner planner = new Planner(new SecureRandom());
        Deliveries deliveries = new Deliveries(
                work,
                outputs,
                outbox,
                Deliveries.Ends.valueOf(settings.text(Setting.DELIVER_ENDS).toUpperCase(Locale.ROOT)),
                events);
        EndJob endJob = new EndJob(
                work,
                outputs,
                settings.path(Setting.DONE),
                failed,
                cancelled,
                deliveries,
                inHand,
                events,
                failingLanes,
                new ContactSheets(
                        new SheetPainter(converter),
                        settings.text(Setting.OUTPUTS_NAME),
                        settings.number(Setting.OUTPUTS_LONGEST_NAME)),
                locks,
                disk);
        HeldFiles held = new HeldFiles(
                new FailedFiles(settings.path(Setting.HELD), locks, disk),
                new HeldFiles.Limits(
                        settings.number(Setting.HOLD_TASKS), settings.duration(Setting.HOLD_TIME), outputs.root()),
                filter,
                lanes,
                disk);
        Map<String, Object> steps = new HashMap<>();
        steps.put("held", held);
        WebuiComponent webui = webui(events);
        laneRoom.besides(webui::inFlight);
        steps.put("webui", webui);
        steps.put("outbox", outbox(endJob));
        EventsComponent told = new EventsComponent();
        told.begin(destinations);
        steps.put("events", told);
        steps.put("newOrSame", new NewOrSame(disk));
        steps.put("locateOutput", new LocateOutput());
        steps.put("file", new ExactFileComponent());
        steps.put("promptFileFilter", filter);
        steps.put("claimGate", claimGate);
        steps.put("unclaimed", new Unclaimed());
        steps.put(
                "retention",
                new Retention(
                        new Retention.Keeps(
                                settings.keep(Setting.KEEP_DONE),
                                settings.keep(Setting.KEEP_FAILED),
                                settings.keep(Setting.KEEP_CANCELLED),
                                settings.keep(Setting.KEEP_OUTPUTS),
                                settings.keep(Setting.KEEP_DEAD)),
                        settings.path(Setting.DONE),
                        settings.path(Setting.OUTPUTS),
                        failed,
                        cancelled,
                        work,
                        this::outboxes));
        steps.put("claims", claims);
        steps.put(
                "readPromptFile",
                new ReadPromptFile(
                        reader,
                        planner,
                        work,
                        outputs.root(),
                        failed,
                        cancelled,
                        held,
                        inHand,
                        lanes,
                        destinations,
                        settings.words(Setting.DELIVER),
                        ContactSheet.of(settings.text(Setting.OUTPUTS_CONTACT_SHEET))
                                .orElse(ContactSheet.NONE),
                        intake,
                        events,
                        tracing,
                        disk));
        steps.put("tasks", tasks);
        steps.put("beginTask", new BeginTask(work, outputs, inHand, pauses, events));
        steps.put(
                "publishOutputs",
                new PublishOutputs(
                        work,
                        outputs,
                        settings.text(Setting.OUTPUTS_NAME),
                        settings.number(Setting.OUTPUTS_LONGEST_NAME),
                        finisher()));
        steps.put("deliveries", deliveries);
        steps.put("endJob", endJob);
        steps.put("cancellations", new Cancellations(work, cancelled, endJob, filter, lanes, claims, events, disk));
        intake(steps, reader);
        steps.put("sayWhy", new SayWhy());
        steps.put("explainFailure", new ExplainFailure(work, failed, held, endJob, events, failingLanes));
        return steps;
    }

    /** What each route that takes files has one of its own of. */
    void bindPrototypes(Registry registry) {
        registry.bindAsPrototype(
                "dropScheduler",
                ScheduledPollConsumerScheduler.class,
                () -> new DropScheduler(filter, settings.isTrue(Setting.DROP_WATCH)));
        // Camel's default, an LRU cache, never lets go of the names that were taken out of it (CAMEL-23267)
        registry.bindAsPrototype(
                "inProgress",
                IdempotentRepository.class,
                () -> MemoryIdempotentRepository.memoryIdempotentRepository(new ConcurrentHashMap<>()));
    }

    /** What takes jobs in that come by other ways than the drop folder. */
    private void intake(Map<String, Object> steps, PromptFileReader reader) {
        Path drop = settings.path(Setting.DROP);
        JobStates states = new JobStates(
                intake,
                new JobStates.Folders(
                        drop,
                        drop.resolve(Claim.CLAIMED),
                        outputs.root(),
                        settings.path(Setting.FAILED),
                        settings.path(Setting.CANCELLED),
                        settings.path(Setting.HELD)),
                work,
                disk);
        Backlog backlog = new Backlog(drop, settings.number(Setting.INTAKE_BACKLOG), diskReserve::isLow);
        Door door = new Door(
                new Door.Guard(settings.text(Setting.INTAKE_TOKEN), settings.text(Setting.INTAKE_AUTH)),
                new Door.Limits(settings.bytes(Setting.INTAKE_MAX_SIZE), settings.duration(Setting.INTAKE_TIMEOUT)),
                intake,
                backlog);
        steps.put(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, new DoorEngine(door));
        steps.put(
                "httpJobs",
                new HttpJobs(
                        door,
                        intake,
                        states,
                        reader,
                        new HttpJobs.Where(
                                drop,
                                settings.text(Setting.INTAKE_LANE),
                                settings.duration(Setting.INTAKE_WAIT),
                                filter::isLane)));
        steps.put("acceptJob", new AcceptJob(intake, backlog, drop, filter::isLane));
        steps.put("openMail", new OpenMail(intake, settings.bytes(Setting.INTAKE_MAX_SIZE)));
        steps.put("tickets", new Tickets(intake, states, settings.duration(Setting.INTAKE_KEEP)));
    }

    /** Reads prompt files as these settings say, without a look at which destinations there are. */
    static PromptFileReader reader(Settings settings) {
        return reader(settings, null);
    }

    /** Reads prompt files as these settings say, which may name these destinations. */
    static PromptFileReader reader(Settings settings, @Nullable Supplier<Set<String>> destinations) {
        PromptFileLimits limits = new PromptFileLimits(
                settings.bytes(Setting.PROMPT_MAX_SIZE),
                settings.bytes(Setting.PICTURES_MAX_SIZE),
                settings.paths(Setting.PICTURES_FOLDERS),
                Set.copyOf(settings.words(Setting.OPTIONS_ALLOWED)),
                settings.number(Setting.JOB_LIMIT),
                settings.path(Setting.WILDCARDS));
        return new PromptFileReader(
                limits,
                presets(settings),
                PictureConverter.missing(settings.text(Setting.CONVERT_AVIFENC)),
                destinations);
    }

    private static PictureConverter converter(Settings settings) {
        return new PictureConverter(
                settings.number(Setting.CONVERT_MAX_PIXELS),
                settings.number(Setting.CONVERT_AT_A_TIME),
                settings.text(Setting.CONVERT_AVIFENC),
                settings.duration(Setting.CONVERT_TIMEOUT));
    }

    private Finisher finisher() {
        String level = settings.text(Setting.CHECK_CONVERT);
        return new Finisher(
                converter,
                new Finisher.Usual(
                        Convert.of(settings.text(Setting.CONVERT)).orElse(Convert.NONE),
                        Sidecar.of(settings.text(Setting.OUTPUTS_SIDECAR)).orElse(Sidecar.NONE),
                        settings.text(Setting.OUTPUTS_DIGITAL_SOURCE_TYPE).equals("on"),
                        level.equals("refuse"),
                        level.equals("warn")));
    }

    /** The presets of these settings. */
    static Presets presets(Settings settings) {
        return new Presets(settings.path(Setting.PRESETS), settings.duration(Setting.DROP_SETTLE));
    }

    private boolean hasRoom(Path folder) {
        return laneRoom.permits(pauses.laneOf(folder));
    }

    private PromptFileFilter promptFileFilter() {
        String ignore = settings.text(Setting.DROP_IGNORE);
        List<Path> ownFolders = Settings.FOLDERS.stream()
                .filter(folder -> folder != Setting.DROP)
                .map(settings::path)
                .toList();
        return new PromptFileFilter(
                settings.duration(Setting.DROP_SETTLE),
                settings.duration(Setting.DROP_PATIENCE),
                ignore.isEmpty() ? NOTHING : Pattern.compile(ignore),
                Set.copyOf(settings.words(Setting.DROP_PICTURE_LANES)),
                ownFolders,
                pauses,
                this::hasRoom,
                claims::rests);
    }

    private OutboxComponent outbox(EndJob endJob) {
        destinations.begin(
                outbox,
                endJob::deliveryOver,
                new OutboxComponent.Tries(
                        settings.duration(Setting.DELIVER_PAUSE),
                        settings.duration(Setting.DELIVER_LONGEST_PAUSE),
                        settings.number(Setting.DELIVER_ATTEMPTS)),
                settings.text(Setting.EVENTS_SOURCE));
        return destinations;
    }

    private WebuiComponent webui(JobEvents events) {
        WebuiConfiguration options = new WebuiConfiguration();
        options.setUrl(settings.text(Setting.WEBUI_URL));
        options.setBackends(settings.text(Setting.WEBUIS));
        String auth = settings.text(Setting.WEBUI_AUTH);
        if (!auth.isEmpty()) {
            options.setAuthUsername(auth.substring(0, auth.indexOf(':')));
            options.setAuthPassword(auth.substring(auth.indexOf(':') + 1));
        }
        options.setPauseFile(settings.path(Setting.WORK).resolve(Pauses.FILE).toString());
        options.setInFlight(settings.number(Setting.WEBUI_IN_FLIGHT));
        options.setConnectTimeout(
                settings.duration(Setting.WEBUI_CONNECT_TIMEOUT).toMillis());
        options.setResponseTimeout(
                settings.duration(Setting.WEBUI_RESPONSE_TIMEOUT).toMillis());
        options.setAnswerTimeout(settings.duration(Setting.WEBUI_ANSWER_TIMEOUT).toMillis());
        options.setMaxAnswer(settings.bytes(Setting.WEBUI_MAX_ANSWER));
        options.setMaxPicture(settings.bytes(Setting.WEBUI_MAX_PICTURE));
        options.setProgress(settings.duration(Setting.WEBUI_PROGRESS).toMillis());
        options.setStall(settings.duration(Setting.WEBUI_STALL).toMillis());
        options.setMostCrashes(settings.number(Setting.RETRY_BACKEND_CRASHES));
        options.setBreakerFailures(settings.number(Setting.RETRY_BACKEND_FAILURES));
        options.setBreakerPause(settings.duration(Setting.RETRY_PAUSE).toMillis());
        options.setBreakerLongestPause(
                settings.duration(Setting.RETRY_BACKEND_PAUSE).toMillis());
        options.setOutOfMemory(
                OutOfMemory.of(settings.text(Setting.WEBUI_OUT_OF_MEMORY)).orElse(OutOfMemory.FAIL));
        options.setCheckpoint(
                CheckpointPolicy.valueOf(settings.text(Setting.WEBUI_CHECKPOINT).toUpperCase(Locale.ROOT)));
        options.setGiveBack(
                GiveBack.valueOf(settings.text(Setting.WEBUI_GIVE_BACK).toUpperCase(Locale.ROOT)));
        options.setGiveBackAfter(
                settings.duration(Setting.WEBUI_GIVE_BACK_AFTER).toMillis());
        options.setLoans(settings.path(Setting.WORK).resolve(LOANS).toString());
        options.setExclusive(settings.isTrue(Setting.WEBUI_EXCLUSIVE));
        options.setSave(Save.of(settings.text(Setting.SAVE)).orElse(Save.FETCH));
        options.setOutputs(settings.text(Setting.WEBUI_OUTPUTS));
        options.setOutputsOnServer(settings.text(Setting.WEBUI_OUTPUTS_SERVER));
        options.setTake(MountedOutputs.Take.valueOf(
                settings.text(Setting.WEBUI_OUTPUTS_TAKE).toUpperCase(Locale.ROOT)));
        options.setOutputsTimeout(
                settings.duration(Setting.WEBUI_OUTPUTS_TIMEOUT).toMillis());
        options.setChecks(Arrays.stream(Check.values())
                .map(check -> check.word() + "=" + settings.text(levelOf(check)))
                .collect(Collectors.joining(",")));
        WebuiComponent component = new WebuiComponent();
        component.setConfiguration(options);
        settings.saidBy(Setting.WEBUIS).ifPresent(component::requireList);
        component.setPolicy(new Policy(
                Policy.USUAL_OVERHEAD,
                settings.duration(Setting.SCHEDULE_LONGEST_WAIT).toMillis() / 1000.0,
                settings.shares(Setting.SCHEDULE_SHARES)));
        component.setWindow(settings.number(Setting.SCHEDULE_WINDOW));
        component.keepSpeedsIn(work.root().resolve(".speeds.json"));
        component.tellProgress(new TaskProgressEvents(work, events), settings.duration(Setting.EVENTS_PROGRESS));
        return component;
    }

    private static Setting levelOf(Check check) {
        return Setting.valueOf("CHECK_" + check.name());
    }
}
