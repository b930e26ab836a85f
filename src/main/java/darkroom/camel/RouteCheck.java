package darkroom.camel;

import darkroom.camel.component.WebuiListException;
import darkroom.camel.outbox.OutboxComponent;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.main.Main;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.slf4j.LoggerFactory;

/**
 * Says whether the route files of a folder can be loaded, without touching anything that runs: they are built in a Camel
 * of their own, in which nothing is started.
 *
 * <p>It notices what is wrong with the YAML, unknown steps, components and options, missing beans and properties,
 * duplicate ids. It can't notice a port that is taken, or an expression that fails when it is evaluated.
 */
public final class RouteCheck {
    /** What Camel's messages call the word at fault. */
    private static final List<Pattern> WORDS = List.of(
            Pattern.compile("Unknown parameters=\\[\\{([\\w.-]+)="),
            Pattern.compile("registry for: ([\\w.-]+)"),
            Pattern.compile("No endpoint could be found for: ([\\w-]+)"),
            Pattern.compile("Property with key \\[([^]]+)]"),
            Pattern.compile("\\{\\{(secret-file:[^}]+)}}"),
            Pattern.compile("RouteTemplate with id ([^\\s]+)"),
            Pattern.compile("Duplicate route ids detected: ([^\\s]+)\\. "),
            Pattern.compile("have any constant with value: ([^\\s]+)"),
            Pattern.compile("Error parsing \\[([^]]+)]"),
            Pattern.compile("class: ([\\w.$]+)"),
            Pattern.compile("ClassNotFoundException: ([\\w.$]+)"));

    private static final Pattern MARK = Pattern.compile("in file:([^\\n]+?), line (\\d+), column (\\d+)");
    private static final Pattern ROUTE = Pattern.compile("Failed to create route:? ([\\w.-]+)");

    private RouteCheck() {}

    /**
     * Checks the routes folder of some settings.
     *
     * @return what is wrong; empty if nothing is
     */
    public static Optional<RouteProblem> check(Settings settings) {
        return look(settings, context -> {});
    }

    /** Checks the routes folder of some settings, and has a look at the routes. */
    static Optional<RouteProblem> look(Settings settings, Consumer<CamelContext> looker) {
        Path folder = settings.path(Setting.ROUTES);
        RouteFiles files;
        try {
            files = RouteFiles.of(folder, RouteFiles.read(folder));
        } catch (RouteFiles.RouteProblemException e) {
            return Optional.of(e.problem());
        }
        if (files.items().isEmpty()) {
            return Optional.of(new RouteProblem(folder, 0, 0, "there are no routes in " + folder));
        }
        return look(settings, files, looker);
    }

    /**
     * The destinations that the routes offer, by name.
     *
     * @throws java.io.UncheckedIOException if they can't be loaded
     */
    static Set<String> destinations(Settings settings) {
        Set<String> names = new TreeSet<>();
        Optional<RouteProblem> problem = look(
                settings,
                context -> names.addAll(context.getComponent("outbox", OutboxComponent.class)
                        .destinations()
                        .keySet()));
        if (problem.isPresent()) {
            throw Disk.unchecked(
                    new IOException("which destinations there are is not known, as the routes can't be loaded: "
                            + problem.get().sentence()));
        }
        return names;
    }

    /** Checks files that have been read. */
    static Optional<RouteProblem> check(Settings settings, RouteFiles files) {
        return look(settings, files, context -> {});
    }

    private static Optional<RouteProblem> look(Settings settings, RouteFiles files, Consumer<CamelContext> looker) {
        Main probe = new Assembly(settings).probe();
        probe.configure().withAutoStartup(false);
        files.loadInto(probe);
        try {
            probe.start();
            looker.accept(probe.getCamelContext());
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(problem(e, files, settings));
        } finally {
            stop(probe);
        }
    }

    /** Finds the place that Camel complains about, be it the queue, which stands in the settings. */
    static RouteProblem problem(Throwable thrown, RouteFiles files, Settings settings) {
        String queue = settings.text(Setting.QUEUE);
        String component = "org.apache.camel.component." + StringHelper.before(queue, ":", queue) + ".";
        Optional<WebuiListException> list = listProblem(thrown);
        if (list.isPresent()) {
            return new RouteProblem(list.get().file(), 0, 0, list.get().what());
        }
        RouteProblem problem = problem(thrown, files);
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            boolean named = (at instanceof ResolveEndpointFailedException failed && isSame(failed.getUri(), queue))
                    || (at instanceof NoSuchEndpointException none && isSame(none.getUri(), queue));
            boolean inside = problem.line() == 0
                    && Arrays.stream(at.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().startsWith(component));
            if (named || inside) {
                return new RouteProblem(
                        Path.of(Setting.QUEUE.key()),
                        0,
                        0,
                        "'" + URISupport.sanitizeUri(queue) + "': " + problem.message());
            }
        }
        return problem;
    }

    /** What is wrong with a list of WebUIs, if that is why. */
    static Optional<WebuiListException> listProblem(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof WebuiListException list) {
                return Optional.of(list);
            }
        }
        return Optional.empty();
    }

    private static boolean isSame(String uri, String queue) {
        return withoutOptions(uri).equals(withoutOptions(queue));
    }

    private static String withoutOptions(String uri) {
        return StringHelper.before(uri, "?", uri).replace("://", ":");
    }

    /** Finds the place in the files that Camel complains about. */
    static RouteProblem problem(Throwable thrown, RouteFiles files) {
        String routeId = "";
        Throwable root = thrown;
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            String message = String.valueOf(at.getMessage());
            Matcher mark = MARK.matcher(message);
            if (mark.find()) {
                return new RouteProblem(
                        Path.of(mark.group(1)),
                        Integer.parseInt(mark.group(2)),
                        Integer.parseInt(mark.group(3)),
                        firstLine(message));
            }
            Matcher route = ROUTE.matcher(message);
            routeId = route.find() ? route.group(1) : routeId;
            root = at;
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : firstLine(root.getMessage());
        for (Pattern pattern : WORDS) {
            Matcher word = pattern.matcher(message);
            if (word.find()) {
                Optional<RouteProblem> placed = files.place(word.group(1), routeId, shorter(message));
                if (placed.isPresent()) {
                    return placed.get();
                }
            }
        }
        return files.place(routeId.isEmpty() ? "\0" : routeId, routeId, shorter(message))
                .orElseGet(() -> new RouteProblem(files.folder(), 0, 0, shorter(message)));
    }

    /** Without the endpoint's whole address in front, which hides what is said about it. */
    private static String shorter(String message) {
        int due = message.lastIndexOf(" due to: ");
        return due < 0 ? message : message.substring(due + " due to: ".length());
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("").strip();
    }

    private static void stop(Main probe) {
        try {
            probe.stop();
            probe.shutdown();
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(RouteCheck.class).debug("the probe did not stop well", e);
        }
    }
}
