package darkroom.camel;

import darkroom.camel.outbox.OutboxEndpoint;
import darkroom.camel.outbox.Reason;
import darkroom.check.Finding;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.job.Destination;
import darkroom.job.Operation;
import darkroom.json.Json;
import darkroom.outbox.DestinationFolder;
import darkroom.outbox.Entry;
import darkroom.outbox.Outbox;
import darkroom.output.Manifest;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one tiny picture to destinations by their own routes, out of an outbox of its own in a temporary folder. The
 * service, its folders, and the routes by which prompt files come in have no part in it.
 */
final class TestDelivery {
    private static final String LANE = "darkroom-check";
    private static final String PICTURE = "darkroom-check.png";
    private static final int TINY = 64;
    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long LOOK_AGAIN = 50;
    private static final String REMEDY = "mend that, and deliver it again: darkroom check --deliver ";

    private final Assembly assembly;
    private final Settings settings;
    private final Instant now = Instant.now();
    private final String job = LANE + "-" + WHEN.format(now);
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private TestDelivery(Settings settings) {
        this.settings = settings;
        this.assembly = new Assembly(settings);
    }

    /**
     * Delivers.
     *
     * @param name the only destination; null for all of them
     * @throws IOException if Camel can't be started
     */
    static List<Finding> deliver(Settings settings, @Nullable String name) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(LANE);
        try {
            return new TestDelivery(settings.withData(folder)).deliver(name);
        } finally {
            Disk.deleteTree(folder);
        }
    }

    private List<Finding> deliver(@Nullable String name) throws IOException, InterruptedException {
        Path folder = settings.path(Setting.ROUTES);
        Main main = assembly.courier();
        main.configure().withAutoStartup(false);
        RouteFiles files;
        try {
            files = RouteFiles.of(folder, RouteFiles.read(folder));
        } catch (RouteFiles.RouteProblemException e) {
            return List.of(unloadable(e.problem()));
        }
        files.loadInto(main);
        try {
            main.start();
        } catch (Exception e) {
            stop(main);
            return List.of(unloadable(RouteCheck.problem(e, files, settings)));
        }
        try {
            return deliver(main.getCamelContext(), name);
        } finally {
            stop(main);
        }
    }

    private static Finding unloadable(RouteProblem problem) {
        return Finding.error(
                Setting.ROUTES.key(), problem.sentence(), "mend it there; darkroom routes check looks again");
    }

    private static void stop(Main main) {
        main.stop();
        main.shutdown();
    }

    private List<Finding> deliver(CamelContext context, @Nullable String name)
            throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<Route> destinations = new ArrayList<>();
        for (Route route : context.getRoutes()) {
            if (route.getEndpoint() instanceof OutboxEndpoint outbox
                    && (name == null || name.equals(outbox.getName()))) {
                outbox.setAttempts(1);
                destinations.add(route);
            }
        }
        if (destinations.isEmpty()) {
            findings.add(
                    name == null
                            ? Finding.ok(Setting.ROUTES.key(), "no route is from outbox:, so there is no destination")
                            : Finding.error(
                                    subject(name),
                                    "no route is from outbox:" + name,
                                    "see the routes in " + settings.path(Setting.ROUTES)));
            return findings;
        }
        for (Route route : context.getRoutes()) {
            if (route.getEndpoint() instanceof DirectEndpoint || route.getEndpoint() instanceof SedaEndpoint) {
                start(context, route); // the destinations may call them
            }
        }
        for (Route route : destinations) {
            OutboxEndpoint outbox = (OutboxEndpoint) route.getEndpoint();
            Entry entry = outbox.getEach() == Destination.Each.JOB ? manifest() : picture();
            assembly.outbox().put(outbox.getName(), entry);
            Finding cantStart = start(context, route);
            if (cantStart == null) {
                entries.put(outbox.getName(), entry);
            } else {
                findings.add(cantStart);
            }
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            findings.add(await(each.getKey(), each.getValue(), deadline));
        }
        return findings;
    }

    private static @Nullable Finding start(CamelContext context, Route route) {
        try {
            context.getRouteController().startRoute(route.getRouteId());
            return null;
        } catch (Exception e) {
            String about = route.getEndpoint() instanceof OutboxEndpoint outbox ? outbox.getName() : route.getRouteId();
            return Finding.error(
                    subject(about), "its route can't be started: " + Reason.of(e), "correct " + route.getRouteId());
        }
    }

    private Finding await(String name, Entry entry, long deadline) throws InterruptedException, IOException {
        DestinationFolder folder = assembly.outbox().of(name);
        while (true) {
            Outbox.State state = assembly.outbox().state(name, entry);
            if (state == Outbox.State.DELIVERED) {
                return Finding.ok(
                        subject(name),
                        "the test picture was delivered as " + entry.key() + ", and may be deleted there");
            }
            if (state == Outbox.State.DEAD) {
                String why = assembly.outbox()
                        .deadLetter(name, entry)
                        .map(letter -> letter.message())
                        .orElse("no reason was given");
                return Finding.error(subject(name), "the test picture was not delivered: " + why, REMEDY + name);
            }
            if (System.nanoTime() - deadline > 0) {
                return Finding.error(
                        subject(name),
                        "the test picture was not delivered within " + PATIENCE.toSeconds() + " s, and nothing was said"
                                + (folder.waiting() == 0 ? "" : "; it would be tried again"),
                        REMEDY + name);
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private static String subject(String name) {
        return "destination " + name;
    }

    private Entry picture() throws IOException {
        String file = job + ".png";
        Path picture = outputs().resolve(file);
        if (!Files.exists(picture)) {
            try (InputStream in =
                    Objects.requireNonNull(TestDelivery.class.getResourceAsStream("/darkroom/camel/" + PICTURE))) {
                Files.copy(in, picture);
            }
        }
        Output output = new Output(
                file,
                null,
                "picture",
                BigInteger.ONE,
                "png",
                TINY,
                TINY,
                Files.size(picture),
                Sha256.of(picture),
                "a test by darkroom check; it may be deleted");
        return entry(file, job + "-1", output);
    }

    private Entry manifest() throws IOException {
        Manifest manifest = new Manifest(
                job, LANE, LANE, LANE + ".json", "", Map.of(), List.of(), now, now, 0, List.of(), List.of(), List.of());
        Files.write(outputs().resolve(OutputFolder.MANIFEST), Json.mapper().writeValueAsBytes(manifest));
        return entry(OutputFolder.MANIFEST, null, null);
    }

    private Entry entry(String file, @Nullable String task, @Nullable Output output) {
        String folder = LANE + "/" + job;
        String key = folder + "/" + file;
        return new Entry(
                key,
                file,
                key,
                folder,
                job,
                LANE,
                LANE,
                LANE + ".json",
                null,
                Map.of(),
                output == null ? 0 : null,
                output == null ? 0 : null,
                task,
                output == null ? null : Operation.TXT2IMG,
                null,
                output,
                null,
                output == null ? null : now,
                now,
                Instant.now(),
                0,
                null);
    }

    private Path outputs() throws IOException {
        return Files.createDirectories(
                settings.path(Setting.OUTPUTS).resolve(LANE).resolve(job));
    }
}
