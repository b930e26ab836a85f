package darkroom.camel;

import darkroom.camel.component.WebuiComponent;
import darkroom.camel.component.WebuiListException;
import darkroom.files.Disk;
import darkroom.files.Instances;
import darkroom.finish.PictureConverter;
import darkroom.job.Convert;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import darkroom.settings.SettingsException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Darkroom, running: the routes of its routes folder, and what keeps them going. */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private static final Duration LOOK_FOR_THE_DEAD = Duration.ofSeconds(2);

    private final Main main;
    private final ClaimGate claimGate;
    private final Tracing tracing;
    private final Instance instance;
    private final ScheduledExecutorService takeover;
    private final Duration patience;

    private Service(
            Main main,
            ClaimGate claimGate,
            Tracing tracing,
            Instance instance,
            ScheduledExecutorService takeover,
            Duration patience) {
        this.main = main;
        this.claimGate = claimGate;
        this.tracing = tracing;
        this.instance = instance;
        this.takeover = takeover;
        this.patience = patience;
    }

    /** What all jobs want has to be there; what one wants is looked for when it is accepted. */
    private static void converter(Settings settings) throws SettingsException {
        String avifenc = settings.text(Setting.CONVERT_AVIFENC);
        Convert.Format wanted =
                Convert.of(settings.text(Setting.CONVERT)).orElse(Convert.NONE).format();
        if (wanted != Convert.Format.NONE && PictureConverter.missing(avifenc).contains(wanted)) {
            throw new SettingsException(List.of("'" + Setting.CONVERT.key() + "' is " + settings.text(Setting.CONVERT)
                    + ", and there is no program '" + avifenc
                    + "' here that writes it; install it (Debian: libavif-bin), or"
                    + " say in '" + Setting.CONVERT_AVIFENC.key() + "' where it is"));
        }
    }

    /**
     * Starts.
     *
     * @throws SettingsException if a folder can't be used, or a route can't be loaded; nothing runs then
     */
    public static Service start(Settings settings) throws SettingsException {
        folders(settings);
        port(settings, Setting.HEALTH_HOST, Setting.HEALTH_PORT);
        port(settings, Setting.INTAKE_HOST, Setting.INTAKE_PORT);
        converter(settings);
        RouteFiles routes = routes(settings);
        Instance instance = Instance.take(settings.path(Setting.WORK));
        if (instance.number() > Instances.FIRST) {
            LOG.info(
                    "instance {}: another Darkroom works in {} as well; they share what is dropped, and what one leaves"
                            + " behind when it dies the others take up",
                    instance.number(),
                    settings.path(Setting.WORK));
        }
        Assembly assembly = new Assembly(settings, instance.number());
        Main main = assembly.main();
        routes.loadInto(main);
        ScheduledExecutorService takeover;
        try {
            assembly.work().removeStaging();
            assembly.outbox().removeParts();
            int resumed = assembly.intake().resume();
            if (resumed > 0) {
                LOG.info("{} prompt files were taken in when the process died; they are in their lanes now", resumed);
            }
            main.start();
            CamelContext context = main.getCamelContext();
            RouteFolder folder =
                    new RouteFolder(context, settings, routes, assembly.claimGate(), assembly.destinations());
            HealthCheckRegistry health = HealthCheckRegistry.get(context);
            health.register(new RouteHealth(folder));
            health.register(new FolderHealth(context, settings, assembly.failingLanes()));
            health.register(new WebUiHealth(context.getComponent("webui", WebuiComponent.class)));
            List<String> needed = settings.words(Setting.DELIVER);
            health.register(new OutboxHealth(assembly.destinations(), assembly.outbox(), needed));
            assembly.destinations().problems(needed).forEach(LOG::warn);
            context.addService(folder, true);
            takeover = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(Service.class, "takeover");
            watch(takeover, assembly.takeover(instance));
        } catch (Exception e) {
            main.stop();
            main.shutdown();
            assembly.tracing().close();
            instance.close();
            throw new SettingsException(List.of(whyNotStarted(e, settings, routes)));
        }
        LOG.info("watching {}", settings.path(Setting.DROP));
        if (settings.number(Setting.INTAKE_PORT) > 0) {
            LOG.info(
                    "taking jobs at http://{}:{}/jobs",
                    settings.text(Setting.INTAKE_HOST),
                    settings.text(Setting.INTAKE_PORT));
        }
        return new Service(
                main,
                assembly.claimGate(),
                assembly.tracing(),
                instance,
                takeover,
                settings.duration(Setting.STOP_TIMEOUT));
    }

    /** The Camel context, for whoever embeds the service. */
    public CamelContext camelContext() {
        return main.getCamelContext();
    }

    /** Waits until the process is told to end, by a signal or by {@link #close}. */
    public void await() throws InterruptedException {
        instance.awaitRelease();
    }

    /** Stops: claims nothing new, lets running tasks end for as long as {@code darkroom.stop.timeout} says. */
    @Override
    public void close() {
        claimGate.close();
        stopTakingOver();
        WebuiComponent webui = main.getCamelContext().getComponent("webui", WebuiComponent.class);
        webui.beginNothing();
        Thread giveUp = new Thread(() -> giveUp(webui), "stop-timeout");
        giveUp.setDaemon(true);
        giveUp.start();
        main.stop();
        main.shutdown();
        giveUp.interrupt();
        tracing.close();
        instance.close();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it ends with the executor
    private static void watch(ScheduledExecutorService thread, Takeover takeover) {
        thread.scheduleWithFixedDelay(takeover, 0, LOOK_FOR_THE_DEAD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What is being moved has to arrive before anybody else may have it. */
    private void stopTakingOver() {
        takeover.shutdown();
        try {
            if (!takeover.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("what another instance left behind is still being taken over");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Camel's own timeout ends the routes; what is at a WebUI by then would go on, and its answer be published beside the next
     * start. A queue whose consumers keep their thread until a task is made, as JMS' do, would even be waited for that long.
     */
    private void giveUp(WebuiComponent webui) {
        try {
            Thread.sleep(patience.toMillis());
            LOG.warn(
                    "tasks are still under way after darkroom.stop.timeout; they are given up, and begun again at the next start");
            webui.giveUp();
        } catch (InterruptedException e) {
            LOG.debug("stopped in time");
        }
    }

    private static RouteFiles routes(Settings settings) throws SettingsException {
        Path folder = settings.path(Setting.ROUTES);
        try {
            RouteFiles routes = RouteFiles.of(folder, RouteFiles.read(folder));
            if (routes.items().isEmpty()) {
                throw new SettingsException(List.of("'" + Setting.ROUTES.key() + "': there are no routes in " + folder
                        + "; files of routes end in " + RouteFiles.ENDING));
            }
            return routes;
        } catch (RouteFiles.RouteProblemException e) {
            throw new SettingsException(
                    List.of(folder.resolveSibling("") + e.problem().sentence()));
        }
    }

    private static String whyNotStarted(Throwable thrown, Settings settings, RouteFiles routes) {
        LOG.debug("the start failed", thrown);
        return RouteCheck.listProblem(thrown)
                .map(WebuiListException::getMessage)
                .orElseGet(() -> RouteCheck.problem(thrown, routes, settings).sentence());
    }

    /** Tried first: Camel says it with two stack traces. */
    private static void port(Settings settings, Setting hostSetting, Setting portSetting) throws SettingsException {
        int port = settings.number(portSetting);
        if (port == 0) {
            return;
        }
        String host = settings.text(hostSetting);
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new SettingsException(List.of("'" + portSetting.key() + "': nothing can listen on " + host + ":"
                    + port + " (" + e.getMessage() + "); set another port, or 0 for none"));
        }
    }

    private static void folders(Settings settings) throws SettingsException {
        List<String> problems = new ArrayList<>();
        Disk disk = new Disk(settings.isTrue(Setting.DURABLE));
        for (Setting setting : Settings.FOLDERS) {
            Path folder = settings.path(setting);
            Path trial = folder.resolve(".darkroom-start" + Disk.PART); // the same each time: a start may be killed
            try {
                disk.createFolders(folder);
                Files.write(trial, new byte[0]);
                Files.deleteIfExists(trial); // another one may start at the same time
            } catch (IOException e) {
                problems.add("'" + setting.key() + "', " + folder + ", can't be written to (" + e
                        + "); make it, and let the user that runs Darkroom write there");
            }
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }
}
