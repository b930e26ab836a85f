package darkroom.camel.check;

import darkroom.camel.outbox.NewOrSame;
import darkroom.camel.outbox.OutboxEndpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Expression;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.processor.SendDynamicProcessor;
import org.apache.camel.processor.SetVariableProcessor;
import org.apache.camel.processor.WireTapProcessor;
import org.jspecify.annotations.Nullable;

/** Where the routes of destinations lead to, and where those of sources come from; through other routes, if need be. */
final class Ways {
    private static final String ACCEPT = "direct://accept";

    private final List<Route> routes;

    Ways(CamelContext context) {
        routes = context.getRoutes();
    }

    /**
     * What one route sends to.
     *
     * @param endpoints the endpoints, in the order of the route
     * @param dynamic the addresses that are made for each message
     * @param target what the variable {@link NewOrSame#TARGET} is set to; null if it isn't
     */
    record Way(
            List<Endpoint> endpoints,
            List<String> dynamic,
            @Nullable Expression target) {}

    /** The routes of destinations, by the names of those. */
    List<Route> destinations() {
        return routes.stream()
                .filter(route -> route.getEndpoint() instanceof OutboxEndpoint)
                .sorted(Comparator.comparing(Ways::name))
                .toList();
    }

    /** The name of the destination that a route is of. */
    static String name(Route destination) {
        return ((OutboxEndpoint) destination.getEndpoint()).getName();
    }

    /** The routes of sources: what comes in by them is accepted, and they are not called by others. */
    List<Route> sources() {
        return routes.stream()
                .filter(route -> !isInside(route.getEndpoint()) && !(route.getEndpoint() instanceof OutboxEndpoint))
                .filter(route -> of(route).endpoints().stream()
                        .anyMatch(endpoint -> endpoint.getEndpointUri().equals(ACCEPT)))
                .sorted(Comparator.comparing(Route::getRouteId))
                .toList();
    }

    /** What a route sends to, also by way of routes that it calls. */
    Way of(Route first) {
        List<Endpoint> endpoints = new ArrayList<>();
        List<String> dynamic = new ArrayList<>();
        Expression target = null;
        Deque<Route> open = new ArrayDeque<>(List.of(first));
        Set<Route> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            for (Processor step : steps(open.remove())) {
                if (step instanceof SetVariableProcessor set && NewOrSame.TARGET.equals(set.getVariableName())) {
                    target = set.getExpression();
                } else if (step instanceof SendDynamicProcessor send) {
                    dynamic.add(send.getUri());
                } else if (step instanceof WireTapProcessor tap && tap.isDynamicUri()) {
                    dynamic.add(tap.getUri());
                } else if (step instanceof EndpointAware send) {
                    Endpoint endpoint = send.getEndpoint();
                    endpoints.add(endpoint);
                    routes.stream()
                            .filter(route -> isInside(endpoint) && route.getEndpoint() == endpoint)
                            .filter(seen::add)
                            .forEach(open::add);
                }
            }
        }
        return new Way(endpoints, dynamic, target);
    }

    /** Within this program: there is no far side. */
    static boolean isInside(Endpoint endpoint) {
        return endpoint instanceof DirectEndpoint || endpoint instanceof SedaEndpoint;
    }

    private static List<Processor> steps(Route route) {
        List<Processor> steps = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        Deque<Object> open = new ArrayDeque<>(List.of(route.navigate()));
        while (!open.isEmpty()) {
            Object step = open.pop();
            if (step instanceof Processor processor && !(step instanceof Navigate<?> way && way.hasNext())) {
                steps.add(processor);
            }
            if (step instanceof Navigate<?> way && way.hasNext()) {
                List<?> next = new ArrayList<>(way.next());
                for (int i = next.size() - 1; i >= 0; i--) {
                    if (next.get(i) != null && seen.add(next.get(i))) {
                        open.push(next.get(i));
                    }
                }
            }
        }
        return steps;
    }
}
