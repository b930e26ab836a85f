package darkroom.camel;

import darkroom.check.Finding;
import darkroom.check.FolderCheck;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.jspecify.annotations.Nullable;

/**
 * Readiness: whether the folders can be worked in, as far as it may change while the service runs. They are looked at now
 * and then, however often one asks, and by a thread of their own: a share that hangs would hold up whoever asks. Lanes whose
 * jobs fail are told as well: the others go on.
 */
final class FolderHealth extends AbstractHealthCheck {
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Settings settings;
    private final FailingLanes failingLanes;
    private final ExecutorService thread;
    private final Map<Setting, String> fileSystems = new EnumMap<>(Setting.class);
    private @Nullable Future<List<Finding>> look;
    private long lookedAt;

    FolderHealth(CamelContext context, Settings settings, FailingLanes failingLanes) {
        super("darkroom", "folders");
        this.failingLanes = failingLanes;
        this.settings = settings;
        this.thread = context.getExecutorServiceManager().newSingleThreadExecutor(this, "folders");
        for (Setting folder : Settings.FOLDERS) {
            fileSystems.put(folder, FolderCheck.fileSystem(settings.path(folder)));
        }
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        try {
            List<Finding> findings = look().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            findings.forEach(finding -> builder.detail(finding.subject(), finding.message() + "; " + finding.remedy()));
            failingLanes.failing().forEach((folder, failing) -> builder.detail(folder + ".failing", failing.words()));
            List<Finding> errors = findings.stream()
                    .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                    .toList();
            if (errors.isEmpty()) {
                builder.up();
            } else {
                builder.message(errors.stream()
                                .map(error -> error.message() + "; " + error.remedy())
                                .collect(Collectors.joining("; ")))
                        .down();
            }
        } catch (TimeoutException e) {
            builder.message("a folder has not answered for " + PATIENCE.toSeconds()
                            + " s; is the server of a mounted one there?")
                    .down();
        } catch (ExecutionException e) {
            builder.message("the folders can't be looked at: " + e.getCause()).down();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            builder.message("stopping").down();
        }
    }

    private synchronized Future<List<Finding>> look() {
        Future<List<Finding>> last = look;
        boolean old = System.nanoTime() - lookedAt >= REMEMBERED.toNanos();
        if (last == null || (last.isDone() && old)) {
            last = thread.submit(this::examine);
            look = last;
            lookedAt = System.nanoTime();
        }
        return last;
    }

    private List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        for (Setting folder : Settings.FOLDERS) {
            String fileSystem = fileSystems.getOrDefault(folder, "");
            findings.addAll(FolderCheck.running(folder.key(), settings.path(folder), fileSystem));
        }
        String mounted = settings.text(Setting.WEBUI_OUTPUTS);
        if (!mounted.isEmpty()) {
            Finding there = FolderCheck.readable(Setting.WEBUI_OUTPUTS.key(), Path.of(mounted));
            if (there.severity() != Finding.Severity.OK) {
                findings.add(there);
            }
        }
        return findings;
    }

    @Override
    public boolean isLiveness() {
        return false; // a start would not mend it
    }
}
