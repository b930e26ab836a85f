package darkroom.camel.component;

import com.fasterxml.jackson.core.type.TypeReference;
import darkroom.files.Disk;
import darkroom.json.Json;
import darkroom.schedule.Learnt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was learnt of WebUIs, by their addresses, kept from one start to the next in a small file. That is written now and then
 * and at a stop; what a crash loses of it, or somebody deletes, is learnt anew.
 */
final class Speeds {
    private static final Logger LOG = LoggerFactory.getLogger(Speeds.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int MOST = 1000;
    private static final TypeReference<LinkedHashMap<String, Kept>> KEPT = new TypeReference<>() {};

    private final @Nullable Path file;
    private final Disk disk = new Disk(false); // a power failure may have it
    private final Map<String, Kept> kept = new LinkedHashMap<>(); // what was learnt last is last
    private boolean changed;
    private long written = System.nanoTime() - PERIOD.toNanos();

    /**
     * Of one WebUI.
     *
     * @param weight what it had when it showed that
     */
    record Kept(double weight, Learnt learnt) {}

    /** @param file null to keep nothing */
    Speeds(@Nullable Path file) {
        this.file = file;
        if (file != null) {
            read(file);
        }
    }

    private void read(Path from) {
        try {
            kept.putAll(Json.mapper().readValue(Files.readAllBytes(from), KEPT));
            kept.values().removeIf(each -> each == null || each.learnt() == null);
        } catch (NoSuchFileException e) {
            LOG.debug("nothing was learnt yet", e);
        } catch (IOException e) {
            LOG.warn("{} can't be read; how fast the WebUIs are is learnt anew ({})", from, e.toString());
        }
    }

    /** What an earlier life has learnt of the WebUI at an address; empty if that is nothing, or it had another weight. */
    synchronized Optional<Learnt> of(String url, double weight) {
        Kept found = kept.get(url);
        return found == null || found.weight() != weight
                ? Optional.empty()
                : Optional.of(found.learnt().earlier());
    }

    synchronized void learnt(String url, double weight, Learnt learnt) {
        kept.remove(url);
        kept.put(url, new Kept(weight, learnt));
        if (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
        changed = true;
    }

    /** Writes it if that was not done for a while. */
    synchronized void saveNowAndThen() {
        if (System.nanoTime() - written >= PERIOD.toNanos()) {
            save();
        }
    }

    /** Writes it if there is anything new. */
    synchronized void save() {
        if (file == null || !changed) {
            return;
        }
        changed = false;
        written = System.nanoTime();
        try {
            disk.write(
                    file, out -> Json.mapper().writerWithDefaultPrettyPrinter().writeValue(out, kept));
        } catch (IOException e) {
            LOG.debug("{} can't be written", file, e); // what matters more can't be written either, and says so
        }
    }
}
