package darkroom.camel;

import darkroom.job.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/**
 * Traces of jobs, sent to a collector. Camel makes a span of each step between endpoints; what is not Camel's is that a job
 * lies in files in between: its trace is written into them, and goes on from there.
 *
 * <p>Where traces are sent, and which, is said by OpenTelemetry's own variables, such as {@code OTEL_EXPORTER_OTLP_ENDPOINT}.
 */
final class Tracing implements AutoCloseable {
    /**
     * What makes no span: what looks again and again, and how a file becomes a job. There the trace would be that of the
     * look into the folder, and not the one that whoever sent the job has begun.
     */
    private static final String EXCLUDED = "timer:*,file:.*promptFileFilter.*,direct:tasks";

    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "darkroom",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");

    private static final TextMapGetter<String> PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(TraceContext.HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(TraceContext.HEADER) ? carrier : null;
        }
    };

    private @Nullable OpenTelemetrySdk sdk;

    /** Begins, for a Camel that is going to be started. */
    void start(Main main, Properties properties) {
        OpenTelemetrySdk started = AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> DEFAULTS)
                .addSpanExporterCustomizer((exporter, config) -> new WithoutQueries(exporter))
                .disableShutdownHook() // what the stop itself does is traced as well
                .build()
                .getOpenTelemetrySdk();
        sdk = started;
        main.bind("tracer", started.getTracer("darkroom"));
        main.bind("contextPropagators", started.getPropagators());
        properties.put("camel.opentelemetry2.enabled", "true");
        properties.put("camel.opentelemetry2.excludePatterns", EXCLUDED);
    }

    /**
     * A job was accepted: a span that the job's others are below.
     *
     * @param parent the trace that whoever sent the job has begun; null if there is none
     * @param names of the span, by name
     * @return what the job's other spans are to be below; the parent itself if nothing is traced here
     */
    @Nullable
    String accepted(@Nullable String parent, Map<String, String> names) {
        if (sdk == null) {
            return parent;
        }
        Context context = parent == null
                ? Context.root()
                : sdk.getPropagators().getTextMapPropagator().extract(Context.root(), parent, PARENT);
        Tracer tracer = sdk.getTracer("darkroom");
        Span span = tracer.spanBuilder("accepted").setParent(context).startSpan();
        names.forEach(span::setAttribute);
        span.end();
        Map<String, String> carrier = new HashMap<>();
        sdk.getPropagators()
                .getTextMapPropagator()
                .inject(context.with(span), carrier, (to, name, value) -> carrier.put(name, value));
        return TraceContext.of(carrier.get(TraceContext.HEADER));
    }

    /** Sends what has not been sent, and ends. */
    @Override
    public void close() {
        if (sdk != null) {
            sdk.close();
            sdk = null;
        }
    }
}
