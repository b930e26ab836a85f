package darkroom.camel.outbox;

import darkroom.event.Event;
import darkroom.event.EventData;
import darkroom.job.TraceContext;
import darkroom.outbox.Notice;
import darkroom.outbox.SubscriptionFolder;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Tells events. */
final class EventsConsumer extends WaitingConsumer<Notice> {
    private final SubscriptionFolder folder;

    EventsConsumer(EventsEndpoint endpoint, Processor processor, OutboxComponent outbox) {
        this(endpoint, processor, outbox, outbox.outbox().subscription(endpoint.getName()));
    }

    private EventsConsumer(
            EventsEndpoint endpoint, Processor processor, OutboxComponent outbox, SubscriptionFolder folder) {
        super(endpoint, processor, outbox, folder);
        this.folder = folder;
    }

    @Override
    protected void doStart() throws Exception {
        folder.forgetProgress(); // it is of another life
        super.doStart();
    }

    @Override
    @Nullable
    String obstacle(Notice notice) {
        return null;
    }

    @Override
    void fill(Exchange exchange, Notice notice) {
        Event event = notice.event();
        EventData data = event.data();
        String json = event.json();
        exchange.getMessage().setBody(json);
        exchange.getMessage().setHeader(Exchange.FILE_NAME, notice.name());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, Event.MEDIA_TYPE);
        if (event.traceparent() != null) {
            exchange.getMessage().setHeader(TraceContext.HEADER, event.traceparent());
        }
        exchange.setVariable(OutboxConstants.EVENT, json);
        exchange.setVariable(OutboxConstants.EVENT_ID, event.id());
        exchange.setVariable(OutboxConstants.TYPE, event.type());
        exchange.setVariable(OutboxConstants.SUBJECT, event.subject());
        exchange.setVariable(OutboxConstants.LANE, data.lane());
        exchange.setVariable(OutboxConstants.PROMPT_FILE, data.promptFile());
        exchange.setVariable(OutboxConstants.LABELS, data.labels());
        exchange.setVariable(OutboxConstants.MEDIA_TYPE, Event.MEDIA_TYPE);
        exchange.setVariable(OutboxConstants.ATTEMPT, notice.attempts() + 1);
        if (data.job() != null && data.name() != null) {
            exchange.setVariable(OutboxConstants.JOB, data.job());
            exchange.setVariable(OutboxConstants.JOB_NAME, data.name());
        }
        if (notice.task() != null) {
            exchange.setVariable(OutboxConstants.TASK, notice.task());
        }
    }

    @Override
    void over(Notice notice) {
        // nobody waits for it
    }

    @Override
    String called(Notice notice) {
        return notice.event().type() + " of " + notice.event().subject();
    }
}
