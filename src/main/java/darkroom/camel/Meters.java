package darkroom.camel;

import darkroom.camel.component.WebuiComponent;
import darkroom.camel.component.WebuiState;
import darkroom.camel.component.WebuiWork;
import darkroom.camel.component.WorkListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Figures for whoever watches over the service; docs/operating.md explains them. */
final class Meters implements WorkListener {
    private static final String WEBUI = "webui";
    private static final String LANE = "lane";
    private static final String END = "end";
    private static final String WAIT = "darkroom.task.wait";

    /** Whoever may write into a drop folder may make lanes; each has a line for each of these. */
    private static final int MOST_LANES = 100;

    private static final Duration[] WAITS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofHours(10)
    };

    private final MeterRegistry registry;
    private final WebuiComponent webui;
    private final Map<String, List<Meter>> ofWebUis = new HashMap<>();

    /** Registers them; those of WebUIs as these come and go. */
    Meters(
            MeterRegistry registry,
            WebuiComponent webui,
            PublishOutputs publish,
            EndJob ends,
            FailedFiles failed,
            FailedFiles cancelled) {
        this.registry = registry;
        this.webui = webui;
        registry.config().meterFilter(MeterFilter.maximumAllowableTags(WAIT, LANE, MOST_LANES, MeterFilter.deny()));
        Gauge.builder("darkroom.tasks.waiting", webui, WebuiComponent::waiting)
                .description("tasks that have come out of the queue and wait for a WebUI")
                .register(registry);
        FunctionCounter.builder("darkroom.outputs", publish, PublishOutputs::published)
                .description("pictures and other outputs that were published")
                .register(registry);
        ended("done", ends, EndJob::done);
        ended("failed", failed, FailedFiles::put);
        ended("cancelled", cancelled, FailedFiles::put);
        webui.tellWork(this);
    }

    private <T> void ended(String end, T counter, ToLongFunction<T> count) {
        FunctionCounter.builder("darkroom.prompt.files", counter, count::applyAsLong)
                .tag(END, end)
                .description("prompt files that have come to rest")
                .register(registry);
    }

    @Override
    public synchronized void membersChanged() {
        Set<String> names = webui.names();
        ofWebUis.entrySet().removeIf(known -> {
            if (names.contains(known.getKey())) {
                return false;
            }
            known.getValue().forEach(registry::remove);
            return true;
        });
        names.forEach(name -> ofWebUis.computeIfAbsent(name, this::ofWebUi));
    }

    private List<Meter> ofWebUi(String name) {
        return List.of(
                seconds(name, "at.work", "time in which it had a request", WebuiWork::atWork),
                seconds(name, "unused", "time in which it had none, though a task waited for it", WebuiWork::unused),
                tasks(name, "made", WebuiWork::made),
                tasks(name, "failed", WebuiWork::failed),
                FunctionCounter.builder("darkroom.webui.loads", webui, one -> work(name, WebuiWork::loads))
                        .tag(WEBUI, name)
                        .description("tasks that it had to load another checkpoint for")
                        .register(registry),
                gauge(name, "requests", "requests that are under way there", WebuiState::underWay),
                gauge(
                        name,
                        "up",
                        "1 if it is given tasks, 0 if it fails, is paused or drained",
                        state -> state.now() == WebuiState.Now.WORKS ? 1 : 0),
                gauge(
                        name,
                        "speed",
                        "how fast it has been; 1 makes 512x512 in 20 steps in a second",
                        WebuiState::speed));
    }

    private FunctionCounter seconds(String name, String what, String description, ToDoubleFunction<WebuiWork> figure) {
        return FunctionCounter.builder("darkroom.webui." + what, webui, one -> work(name, figure))
                .tag(WEBUI, name)
                .baseUnit("seconds")
                .description(description)
                .register(registry);
    }

    private FunctionCounter tasks(String name, String end, ToDoubleFunction<WebuiWork> figure) {
        return FunctionCounter.builder("darkroom.webui.tasks", webui, one -> work(name, figure))
                .tag(WEBUI, name)
                .tag(END, end)
                .description("requests for tasks that have ended")
                .register(registry);
    }

    private Gauge gauge(String name, String what, String description, ToDoubleFunction<WebuiState> figure) {
        return Gauge.builder("darkroom.webui." + what, webui, one -> state(name, figure))
                .tag(WEBUI, name)
                .description(description)
                .register(registry);
    }

    private double work(String name, ToDoubleFunction<WebuiWork> figure) {
        return state(name, state -> figure.applyAsDouble(state.work()));
    }

    /** It may have been taken away just now. */
    private double state(String name, ToDoubleFunction<WebuiState> figure) {
        return webui.state(name).map(figure::applyAsDouble).orElse(Double.NaN);
    }

    @Override
    public void waited(String lane, double seconds) {
        Timer.builder(WAIT)
                .tag(LANE, lane)
                .description("how long tasks have waited for a WebUI, since they came out of the queue")
                .serviceLevelObjectives(WAITS)
                .register(registry)
                .record(Duration.ofNanos((long) (seconds * 1e9)));
    }
}
