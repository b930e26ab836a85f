package darkroom.camel;

import darkroom.camel.RouteFiles.Item;
import darkroom.camel.outbox.OutboxComponent;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is edited in the routes folder into effect, while work goes on.
 *
 * <p>The files are read every so often; file system events do not cross every mount. What two looks in a row find the same
 * is checked in a Camel of its own ({@link RouteCheck}). If it can't be loaded, nothing changes, and the reason is kept for
 * whoever asks. If it can, the routes that differ are stopped, each after the work that it has begun, and built anew; the
 * others go on. Camel's own reload would stop all routes first and then find the mistake.
 */
final class RouteFolder extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFolder.class);
    private static final long LOOK_AGAIN = 20;

    private final CamelContext context;
    private final Settings settings;
    private final Path folder;
    private final ClaimGate gate;
    private final OutboxComponent destinations;
    private RouteFiles loaded;
    private Map<Path, String> seen;
    private Map<Path, String> judged;
    private volatile @Nullable RouteProblem problem;
    private @Nullable RouteProblem unreadable;
    private volatile long notBefore = System.nanoTime();
    private @Nullable ScheduledExecutorService executor;
    private @Nullable Future<?> looks;

    /**
     * Watches.
     *
     * @param context what the routes run in
     * @param loaded what it was started with
     * @param gate is closed while routes by which files come in are exchanged
     * @param destinations those that there are, also while their routes are exchanged
     */
    RouteFolder(
            CamelContext context, Settings settings, RouteFiles loaded, ClaimGate gate, OutboxComponent destinations) {
        this.context = context;
        this.settings = settings;
        this.folder = settings.path(Setting.ROUTES);
        this.loaded = loaded;
        this.gate = gate;
        this.destinations = destinations;
        this.seen = loaded.texts();
        this.judged = loaded.texts();
    }

    /** Why what is in the folder now is not what runs; empty if it is. */
    Optional<RouteProblem> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    protected void doStart() {
        long period = settings.duration(Setting.ROUTES_RELOAD).toMillis();
        if (period > 0) {
            ScheduledExecutorService started =
                    context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "RouteFolder");
            looks = started.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
            executor = started;
        }
    }

    @Override
    protected void doStop() {
        if (looks != null) {
            looks.cancel(false);
        }
        if (executor != null) {
            context.getExecutorServiceManager().shutdownNow(executor);
        }
    }

    /** One look at the folder. */
    void look() {
        try {
            Map<Path, String> now = read();
            boolean still = now.equals(seen);
            seen = now;
            boolean changed = still && !now.equals(judged) && System.nanoTime() - notBefore >= 0;
            if (changed && context.getStatus() == ServiceStatus.Started) {
                judged = now;
                judge(now);
            }
        } catch (RouteFiles.RouteProblemException e) {
            // told when it is so for a second time: a file may be just about to be replaced
            if (e.problem().equals(unreadable) && !e.problem().equals(problem)) {
                refuse(e.problem());
            }
            unreadable = e.problem();
        } catch (RuntimeException e) {
            LOG.error("looking at {} failed", folder, e); // and the next look comes all the same
        }
    }

    private Map<Path, String> read() throws RouteFiles.RouteProblemException {
        Map<Path, String> now = RouteFiles.read(folder);
        if (unreadable != null) {
            unreadable = null;
            judged = Map.of(); // it can be read again: look at all of it
        }
        return now;
    }

    private void judge(Map<Path, String> texts) throws RouteFiles.RouteProblemException {
        RouteFiles files;
        try {
            files = RouteFiles.of(folder, texts);
        } catch (RouteFiles.RouteProblemException e) {
            refuse(e.problem());
            return;
        }
        Optional<RouteProblem> found = RouteCheck.check(settings, files);
        if (!RouteFiles.read(folder).equals(texts)) {
            judged = loaded.texts(); // edited while it was checked: look again
            return;
        }
        if (found.isPresent()) {
            refuse(found.get());
        } else {
            swap(files);
        }
    }

    private void refuse(RouteProblem found) {
        problem = found;
        LOG.error("{}; the routes run on as they were", found.sentence());
    }

    private void swap(RouteFiles files) {
        RouteFiles before = loaded;
        RouteChange change = RouteChange.between(before, files);
        if (change.isNone()) {
            loaded = files;
            problem = null;
            return;
        }
        LOG.info("changing {}", change);
        try {
            apply(change, files);
            loaded = files;
            problem = null;
            LOG.info("changed {}", change);
            destinations.problems(settings.words(Setting.DELIVER)).forEach(LOG::warn);
        } catch (BusyException e) {
            problem = new RouteProblem(folder, 0, 0, e.getMessage() + "; the routes run on as they were until it ends");
            judged = loaded.texts(); // later, after some time in which work may come in
            notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stopTimeout());
            LOG.warn("{}; the change of {} is tried again later", e.getMessage(), change);
        } catch (Exception e) {
            if (context.getStatus() != ServiceStatus.Started) {
                LOG.debug("the service stops before {} are changed; its next start takes them as they are", change, e);
                return;
            }
            RouteProblem why = RouteCheck.problem(e, files);
            LOG.error("{}; going back to the routes as they were", why.sentence(), e);
            problem = why;
            goBack(files, before);
        }
    }

    private void goBack(RouteFiles from, RouteFiles to) {
        try {
            apply(RouteChange.between(from, to), to);
        } catch (Exception e) {
            LOG.error("{}: the routes as they were can't be loaded either; restart", folder, e);
        }
    }

    private void apply(RouteChange change, RouteFiles files) throws Exception {
        Set<String> stopping = new LinkedHashSet<>(change.routes());
        if (change.isEverything()) {
            context.getRoutes().forEach(route -> stopping.add(route.getRouteId()));
        }
        List<Route> paused = new ArrayList<>();
        destinations.remember();
        try {
            pauseIntake(stopping, paused);
            List<String> order = downstream(stopping);
            stop(order);
            for (String id : order) {
                context.removeRoute(id);
            }
            if (change.isEverything()) {
                clear();
            } else {
                for (String template : change.templates()) {
                    model().removeRouteTemplateDefinitions(template);
                }
            }
            PluginHelper.getRoutesLoader(context).loadRoutes(resources(change, files));
        } finally {
            destinations.forget();
            gate.open();
            for (Route route : paused) {
                if (context.getRoute(route.getRouteId()) == route) {
                    ServiceHelper.resumeService(route.getConsumer());
                }
            }
        }
    }

    /**
     * Keeps work from coming in by the routes that will be stopped, and by all of them if a queue will: a queue never runs
     * dry while it is fed. The consumers alone are suspended: Camel would suspend a route by force in the end, and a
     * route that was forced does not come back.
     */
    private void pauseIntake(Set<String> stopping, List<Route> paused) throws Exception {
        boolean queue = stopping.stream()
                .map(context::getRoute)
                .anyMatch(route -> route != null && route.getEndpoint() instanceof SedaEndpoint);
        gate.close();
        for (Route route : context.getRoutes()) {
            if (isIntake(route) && (queue || stopping.contains(route.getRouteId()))) {
                if (route.supportsSuspension()) {
                    ServiceHelper.suspendService(route.getConsumer());
                    paused.add(route);
                }
                awaitQuiet(route);
            }
        }
    }

    /** Waits until what a route has taken in is through, and its poll over: between two files nothing is under way. */
    private void awaitQuiet(Route route) throws InterruptedException, BusyException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stopTimeout());
        while (isPolling(route) || context.getInflightRepository().size(route.getRouteId()) > 0) {
            if (System.nanoTime() > deadline) {
                throw tooLong(route.getRouteId());
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private static boolean isPolling(Route route) {
        return route.getConsumer() instanceof ScheduledPollConsumer consumer && consumer.isPolling();
    }

    private static BusyException tooLong(String routeId) {
        return new BusyException("route " + routeId + " has had work under way for longer than darkroom.stop.timeout");
    }

    private static boolean isIntake(Route route) {
        return !(route.getEndpoint() instanceof DirectEndpoint) && !(route.getEndpoint() instanceof SedaEndpoint);
    }

    /** Where work comes in, then queues, then what these call: a route that is needed to finish work goes last. */
    private List<String> downstream(Collection<String> ids) {
        return ids.stream()
                .map(context::getRoute)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingInt(
                        route -> isIntake(route) ? 0 : route.getEndpoint() instanceof SedaEndpoint ? 1 : 2))
                .map(Route::getRouteId)
                .toList();
    }

    /** Stops all of them, or none: one that is missing would keep work from coming in for good. */
    private void stop(List<String> ids) throws Exception {
        Deque<String> stopped = new ArrayDeque<>();
        try {
            for (String id : ids) {
                if (!context.getRouteController().stopRoute(id, stopTimeout(), TimeUnit.MILLISECONDS, true)) {
                    context.getRouteController().resumeRoute(id);
                    throw tooLong(id);
                }
                stopped.push(id);
            }
        } catch (Exception e) {
            for (String id : stopped) { // what the others call comes first
                context.getRouteController().startRoute(id);
            }
            throw e;
        }
    }

    /** A route has work under way, and can't be exchanged now. */
    private static final class BusyException extends Exception {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }

    private long stopTimeout() {
        return Math.max(1000, settings.duration(Setting.STOP_TIMEOUT).toMillis());
    }

    private void clear() throws Exception {
        model().removeRouteTemplateDefinitions("*");
        for (RouteConfigurationDefinition configuration : List.copyOf(model().getRouteConfigurationDefinitions())) {
            model().removeRouteConfiguration(configuration);
        }
        context.getEndpointRegistry().clear();
    }

    private Model model() {
        return ((ModelCamelContext) context).getCamelContextExtension().getContextPlugin(Model.class);
    }

    private static List<Resource> resources(RouteChange change, RouteFiles files) {
        List<Resource> resources = new ArrayList<>();
        if (change.isEverything()) {
            files.texts().forEach((file, text) -> resources.add(resource(file, 0, text)));
            return resources;
        }
        int n = 0;
        for (Item item : files.items()) {
            if (change.loads(item)) {
                resources.add(resource(item.file(), ++n, item.text()));
            }
        }
        return resources;
    }

    private static Resource resource(Path file, int part, String text) {
        String name = file.getFileName().toString().replace(RouteFiles.ENDING, "");
        return ResourceHelper.fromString(name + (part == 0 ? "" : "-" + part) + RouteFiles.ENDING, text);
    }
}
