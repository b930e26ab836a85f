package darkroom.camel.check;

import darkroom.camel.outbox.Reason;
import darkroom.check.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Expression;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;

/** Examines what the routes of destinations send to, and what those of sources come from: side by side, each for a while. */
public final class FarSides {
    private static final String CAMEL = "org.apache.camel.component.";

    static final String S3 = CAMEL + "aws2.s3.AWS2S3Endpoint";

    /** Within this process. */
    private static final Set<String> LOCAL =
            Set.of("log", "mock", "stub", "controlbus", "language", "bean", "class", "validator", "xslt", "timer");

    /** By the class of their endpoints, as a scheme may be called anything in the registry. */
    private static final Map<String, Supplier<EndpointCheck>> CHECKS = Map.of(
            S3,
            S3Check::new,
            CAMEL + "file.remote.RemoteFileEndpoint",
            FileServerCheck::new,
            CAMEL + "jms.JmsEndpoint",
            BrokerCheck::new,
            CAMEL + "kafka.KafkaEndpoint",
            KafkaCheck::new,
            CAMEL + "http.HttpEndpoint",
            HttpCheck::new,
            CAMEL + "mail.MailEndpoint",
            MailCheck::new);

    private static final String FOLDER = CAMEL + "file.FileEndpoint";

    private final Duration patience;
    private final ExecutorService threads;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();

    private FarSides(Duration patience) {
        this.patience = patience;
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "far-side");
            thread.setDaemon(true); // one that hangs keeps nobody from ending
            return thread;
        });
    }

    private record Asked(Side side, Future<Finding> answer) {}

    /**
     * Examines all.
     *
     * @param context has the routes, and they are not started
     * @param patience how long each may take
     */
    public static List<Finding> examine(CamelContext context, Duration patience) throws InterruptedException {
        FarSides sides = new FarSides(patience);
        try {
            sides.ask(new Ways(context));
            return sides.answers();
        } finally {
            sides.threads.shutdownNow();
        }
    }

    private void ask(Ways ways) {
        for (Route route : ways.destinations()) {
            Ways.Way way = ways.of(route);
            String name = Ways.name(route);
            for (Endpoint endpoint : way.endpoints()) {
                if (!isLocal(endpoint)) {
                    ask(endpoint, Side.destination(name, endpoint), way.target());
                }
            }
            for (String uri : way.dynamic()) {
                findings.add(Finding.ok(
                        "destination " + name,
                        "not examined, as its address is made for each output: " + Reason.plain(uri)));
            }
        }
        for (Route route : ways.sources()) {
            ask(route.getEndpoint(), Side.source(route.getRouteId(), route.getEndpoint()), null);
        }
    }

    private static boolean isLocal(Endpoint endpoint) {
        return Ways.isInside(endpoint) || LOCAL.contains(scheme(endpoint));
    }

    private static String scheme(Endpoint endpoint) {
        return endpoint.getEndpointUri().split(":", 2)[0];
    }

    private void ask(Endpoint endpoint, Side side, @Nullable Expression target) {
        EndpointCheck check = check(endpoint, target);
        asked.add(new Asked(side, threads.submit(() -> {
            Thread.currentThread().setContextClassLoader(FarSides.class.getClassLoader());
            return check == null
                    ? side.ok("not examined: what '" + scheme(endpoint) + "' speaks to")
                    : examine(check, endpoint, side);
        })));
    }

    private static @Nullable EndpointCheck check(Endpoint endpoint, @Nullable Expression target) {
        for (Class<?> type = endpoint.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(FOLDER)) {
                return new FolderEndpointCheck(target);
            }
            Supplier<EndpointCheck> check = CHECKS.get(type.getName());
            if (check != null) {
                return check.get();
            }
        }
        return null;
    }

    private static Finding examine(EndpointCheck check, Endpoint endpoint, Side side) {
        try {
            return check.examine(endpoint, side);
        } catch (UnusableException e) {
            return side.error(String.valueOf(e.getMessage()), e.remedy());
        } catch (Exception e) {
            return side.error(Reason.of(e), check.remedy());
        } catch (LinkageError e) {
            return side.ok("not examined, as a library is missing: " + e.getMessage());
        }
    }

    private List<Finding> answers() throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (Asked one : asked) {
            try {
                findings.add(one.answer().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                findings.add(one.side()
                        .error(
                                "no answer within " + patience.toSeconds() + " s",
                                "is that the right port? is a firewall in between?"));
            } catch (ExecutionException e) {
                findings.add(one.side().error(Reason.of(e.getCause()), "please report it"));
            }
        }
        return List.copyOf(findings);
    }
}
