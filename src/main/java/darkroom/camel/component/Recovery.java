package darkroom.camel.component;

import darkroom.job.ProblemException;
import darkroom.webui.Loans;
import darkroom.webui.ProgressReport;
import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a WebUI answers again that had gone away, so that nobody waits for a pause to end when it is back. What fails
 * though the WebUI answers is for a task to try.
 */
final class Recovery extends Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final long LOOK_EVERY = 2000;

    private final Backend backend;
    private boolean away;
    private volatile boolean known;
    private @Nullable BiConsumer<String, String> told;
    private BooleanSupplier wanted = () -> false;

    Recovery(CamelContext context, Backend backend) {
        super(context, "webui-recovery", 0, LOOK_EVERY); // at once: before it is given something it shows what it has
        this.backend = backend;
    }

    /**
     * Somebody wants to know which checkpoint is its own, and which is loaded. To be said before this is started.
     *
     * @param needs whether he does, for now
     */
    void tellOwnCheckpoint(BiConsumer<String, String> whom, BooleanSupplier needs) {
        told = whom;
        wanted = needs;
    }

    /** It may be another one by now. */
    void lookAgain() {
        known = false;
    }

    @Override
    void look() {
        Breaker breaker = backend.leases().breaker();
        if (breaker.state().isEmpty()) {
            away = false;
            lookWhatIsLoaded();
            return;
        }
        known = false;
        try {
            backend.json(ProgressReport.PATH);
            lookWhatIsLoaded(); // first: it decides which task it is tried with, and whether there is one
            if (away) {
                breaker.tryNow();
            }
            away = false;
        } catch (ProblemException | IOException e) {
            away = true;
        }
    }

    private void lookWhatIsLoaded() {
        BiConsumer<String, String> whom = told;
        if (known
                || whom == null
                || !wanted.getAsBoolean()
                || backend.leases().taken() > 0) { // a request shows what it overrides
            return;
        }
        try {
            String checkpoint = Loans.value(backend.options(), Loans.OPTIONS.get(0));
            known = true;
            whom.accept(backend.checkpoints().ownCheckpoint().orElse(checkpoint), checkpoint);
        } catch (ProblemException | IOException e) {
            LOG.debug("{} does not say which checkpoint it has loaded", backend.url(), e);
        }
    }
}
