package darkroom.camel.outbox;

import darkroom.event.Event;
import darkroom.job.TraceContext;
import darkroom.outbox.Entry;
import darkroom.output.Output;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Delivers outputs, or the manifests of jobs. */
final class OutboxConsumer extends WaitingConsumer<Entry> {
    /** Exchange property: what is being delivered, for whoever hands it on. */
    static final String ENTRY = "darkroom.entry";

    private final OutboxComponent component;

    OutboxConsumer(OutboxEndpoint endpoint, Processor processor, OutboxComponent component) {
        super(endpoint, processor, component, component.outbox().of(endpoint.getName()));
        this.component = component;
    }

    @Override
    @Nullable
    String obstacle(Entry entry) {
        Path picture = component.outbox().file(entry);
        return Files.isRegularFile(picture) ? null : picture + " is not there any more, or its disk is away";
    }

    @Override
    void over(Entry entry) throws IOException {
        component.listener().deliveryOver(entry.job());
    }

    @Override
    String called(Entry entry) {
        return entry.key();
    }

    @Override
    void fill(Exchange exchange, Entry entry) {
        exchange.getMessage().setBody(component.outbox().file(entry).toFile()); // components stream it
        exchange.setProperty(ENTRY, entry);
        exchange.getMessage().setHeader(Exchange.FILE_NAME, entry.name());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, entry.mediaType());
        if (entry.trace() != null) {
            exchange.getMessage().setHeader(TraceContext.HEADER, entry.trace());
        }
        exchange.setVariable(OutboxConstants.KEY, entry.key());
        exchange.setVariable(OutboxConstants.PATH, ascii(entry.key()).replace("%2F", "/"));
        exchange.setVariable(OutboxConstants.NAME, entry.name());
        exchange.setVariable(OutboxConstants.FOLDER, entry.folder());
        exchange.setVariable(OutboxConstants.JOB, entry.job());
        exchange.setVariable(OutboxConstants.JOB_NAME, entry.jobName());
        exchange.setVariable(OutboxConstants.LANE, entry.lane());
        exchange.setVariable(
                OutboxConstants.DATE,
                entry.accepted().atOffset(ZoneOffset.UTC).toLocalDate().toString());
        exchange.setVariable(OutboxConstants.PROMPT_FILE, entry.promptFile());
        exchange.setVariable(OutboxConstants.MEDIA_TYPE, entry.mediaType());
        exchange.setVariable(OutboxConstants.ATTEMPT, entry.attempts() + 1);
        exchange.setVariable(OutboxConstants.METADATA, metadata(entry));
        Event event = entry.event(component.source());
        exchange.setVariable(OutboxConstants.EVENT, event.json());
        exchange.setVariable(OutboxConstants.EVENT_ID, event.id());
        exchange.setVariable(OutboxConstants.LABELS, entry.labels());
        set(exchange, OutboxConstants.TASK, entry.task());
        set(exchange, OutboxConstants.CHECKPOINT, entry.checkpoint());
        if (entry.operation() != null) {
            exchange.setVariable(OutboxConstants.OPERATION, entry.operation().word());
        }
        Output output = entry.output();
        if (output != null) {
            exchange.setVariable(OutboxConstants.SHA256, output.sha256());
            exchange.setVariable(OutboxConstants.WIDTH, output.width());
            exchange.setVariable(OutboxConstants.HEIGHT, output.height());
            exchange.setVariable(OutboxConstants.BYTES, output.bytes());
            set(exchange, OutboxConstants.SEED, output.seed());
            set(exchange, OutboxConstants.INFOTEXT, output.infotext());
        }
    }

    private static Map<String, String> metadata(Entry entry) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("job", ascii(entry.job()));
        if (entry.task() != null) {
            metadata.put("task", ascii(entry.task()));
        }
        if (entry.output() != null) {
            metadata.put("sha256", entry.output().sha256());
        }
        return metadata;
    }

    private static String ascii(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void set(Exchange exchange, String name, @Nullable Object value) {
        if (value != null) {
            exchange.setVariable(name, value);
        }
    }
}
