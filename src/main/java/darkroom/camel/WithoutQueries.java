package darkroom.camel;

import darkroom.secret.Secrets;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Exports spans without what may be secret in the addresses that they hold: user and password, and what comes after a
 * question mark. Camel writes the whole address of an endpoint into some attributes, with the password that is an option of
 * it.
 */
final class WithoutQueries implements SpanExporter {
    private static final Pattern USER = Pattern.compile("(?<=:/{0,2})[^/@\\s:]{1,200}:[^/@\\s]{1,200}@");
    private static final Pattern QUERY = Pattern.compile("[?][^\\s)\\]\"]*");

    private final SpanExporter exporter;

    WithoutQueries(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        return exporter.export(spans.stream().<SpanData>map(Plain::new).toList());
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    static String plain(String text) {
        return QUERY.matcher(USER.matcher(Secrets.mask(text)).replaceAll("…@")).replaceAll("?…");
    }

    private static Attributes plain(Attributes attributes) {
        AttributesBuilder plain = attributes.toBuilder();
        attributes.forEach((key, value) -> {
            if (key.getType() == AttributeType.STRING) {
                plain.put(key.getKey(), plain(value.toString()));
            }
        });
        return plain.build();
    }

    private static final class Plain extends DelegatingSpanData {
        private final Attributes attributes;
        private final List<EventData> events;
        private final StatusData status;

        Plain(SpanData span) {
            super(span);
            attributes = plain(span.getAttributes());
            events = span.getEvents().stream().map(Plain::plainEvent).toList();
            status = StatusData.create(
                    span.getStatus().getStatusCode(), plain(span.getStatus().getDescription()));
        }

        private static EventData plainEvent(EventData event) {
            return EventData.create(
                    event.getEpochNanos(),
                    event.getName(),
                    plain(event.getAttributes()),
                    event.getTotalAttributeCount());
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public List<EventData> getEvents() {
            return events;
        }

        @Override
        public StatusData getStatus() {
            return status;
        }
    }
}
