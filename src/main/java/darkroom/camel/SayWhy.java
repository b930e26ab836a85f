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

    @Override
    public void process(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Task task = exchange.getProperty(BeginTask.TASK, Task.class);
        Claim claim = Claim.in(exchange);
        String who = task != null ? task.id() : claim != null ? claim.fileName() : exchange.getFromRouteId();
        int failed = exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER, 1, Integer.class);
        int most = exchange.getMessage().getHeader(Exchange.REDELIVERY_MAX_COUNTER, Integer.MAX_VALUE, Integer.class);
        if (failed > most) {
            return; // that was the last try; the error file has the whole story
        }
        if (cause instanceof ProblemException known) {
            Problem problem = known.problem();
            String next = cause instanceof AwayException ? problem.hint() : "try " + (failed + 1);
            LOG.warn("{}: {}; {}", who, problem.message(), next);
        } else {
            LOG.warn("{}: {}; try {}", who, String.valueOf(cause), failed + 1);
        }
    }
}
