package darkroom.camel;

import darkroom.job.AwayException;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For onException: says in the log, in words, what went wrong and is going to be tried again. */
final class SayWhy implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(SayWhy.class);

    /** Exchange property: how often the task was tried. */
    static final String ATTEMPTS = "darkroom.attempts";

    private static final String TRIES = "darkroom.tries";

    private static final String AGAIN = "darkroom.again";

    /** Whether another try is due. Camel alone would count all tries, also those while the WebUI was away. */
    public static boolean hasTriesLeft(Exchange exchange) {
        int most = exchange.getMessage().getHeader(Exchange.REDELIVERY_MAX_COUNTER, 0, Integer.class);
        return exchange.getProperty(TRIES, 0, Integer.class) <= most;
    }

    /** Whether another try was due when it was said why; to be asked when Camel has given up. */
    static boolean wasToBeTriedAgain(Exchange exchange) {
        return exchange.getProperty(AGAIN, false, Boolean.class);
    }

    @Override
    public void process(Exchange exchange) {
        int failed = 1 + exchange.getProperty(ATTEMPTS, 0, Integer.class);
        exchange.setProperty(ATTEMPTS, failed);
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (!(cause instanceof AwayException)) {
            exchange.setProperty(TRIES, 1 + exchange.getProperty(TRIES, 0, Integer.class));
            boolean again = hasTriesLeft(exchange);
            exchange.setProperty(AGAIN, again);
            if (!again) {
                return; // that was the last try; the error file has the whole story
            }
        }
        Task task = exchange.getProperty(BeginTask.TASK, Task.class);
        Claim claim = Claim.in(exchange);
        String who = task != null ? task.id() : claim != null ? claim.fileName() : exchange.getFromRouteId();
        if (cause instanceof ProblemException known) {
            Problem problem = known.problem();
            String next = cause instanceof AwayException ? problem.hint() : "try " + (failed + 1);
            LOG.warn("{}: {}; {}", who, problem.message(), next);
        } else {
            LOG.warn("{}: {}; try {}", who, ExplainFailure.words(cause), failed + 1);
        }
    }
}
