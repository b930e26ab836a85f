package darkroom.camel.component;

import darkroom.job.ProblemException;
import darkroom.webui.ProgressReport;
import java.io.IOException;
import org.apache.camel.CamelContext;

/**
 * Looks whether a WebUI answers again that had gone away, so that nobody waits for a pause to end when it is back. What fails
 * though the WebUI answers is for a task to try.
 */
final class Recovery extends Watch {
    private static final long LOOK_EVERY = 2000;

    private final Backend backend;
    private boolean away;

    Recovery(CamelContext context, Backend backend) {
        super(context, "webui-recovery", LOOK_EVERY);
        this.backend = backend;
    }

    @Override
    void look() {
        Breaker breaker = backend.leases().breaker();
        if (breaker.state().isEmpty()) {
            away = false;
            return;
        }
        try {
            backend.json(ProgressReport.PATH);
            if (away) {
                breaker.tryNow();
            }
            away = false;
        } catch (ProblemException | IOException e) {
            away = true;
        }
    }
}
