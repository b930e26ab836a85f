package darkroom.camel;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Readiness: what runs is what the routes folder holds; if not, why. */
final class RouteHealth extends AbstractHealthCheck {
    private final RouteFolder folder;

    RouteHealth(RouteFolder folder) {
        super("darkroom", "routes");
        this.folder = folder;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        folder.problem()
                .ifPresentOrElse(
                        problem -> builder.message(problem.sentence())
                                .detail("file", problem.file().toString())
                                .detail("line", problem.line())
                                .detail("column", problem.column())
                                .down(),
                        builder::up);
    }

    @Override
    public boolean isLiveness() {
        return false; // what runs, runs on
    }
}
