package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The models on "disk" and the one that is loaded. A hash is known only once its model was loaded (captures 006, 114, 115, 313). */
final class Checkpoints {
    private static final String FOLDER = "/models/Stable-diffusion/";

    private final List<Checkpoint> all;
    private final Set<Checkpoint> hashed = new HashSet<>();
    private final Options options;
    private final String serverRoot;
    private @Nullable Checkpoint loaded;
    private @Nullable Checkpoint used;
    private int loads;

    Checkpoints(SandboxSettings settings, Options options) {
        this.all = settings.checkpoints();
        this.options = options;
        this.serverRoot = settings.serverRoot();
        switchTo(wanted());
    }

    /** The one of this name, title or hash, exactly; null if there is none. */
    synchronized @Nullable Checkpoint find(String alias) {
        return all.stream()
                .filter(checkpoint -> aliases(checkpoint).contains(alias))
                .findFirst()
                .orElse(null);
    }

    /** As {@link #find}, else one whose title contains the name: how refiner and hires names are looked up. */
    synchronized @Nullable Checkpoint closest(String name) {
        Checkpoint exact = find(name);
        return exact != null
                ? exact
                : all.stream()
                        .filter(checkpoint -> title(checkpoint).contains(name))
                        .findFirst()
                        .orElse(null);
    }

    /** The one that the option asks for; the first, if the option names none that exists. */
    synchronized Checkpoint wanted() {
        Checkpoint wanted = find(options.text("sd_model_checkpoint"));
        return wanted != null ? wanted : all.get(0);
    }

    synchronized boolean isLoaded(Checkpoint checkpoint) {
        return checkpoint.equals(loaded);
    }

    synchronized Checkpoint loaded() {
        Checkpoint current = loaded;
        return current != null ? current : wanted();
    }

    /** How often one was loaded after the start. */
    synchronized int loads() {
        return loads;
    }

    /** As {@link #switchTo}, and counts it. */
    synchronized void load(Checkpoint checkpoint) {
        loads++;
        switchTo(checkpoint);
    }

    /** The loaded one, which something is made with now. */
    synchronized Checkpoint use() {
        Checkpoint current = loaded();
        used = current;
        return current;
    }

    /** What the last thing was made with; the loaded one, if nothing was. */
    synchronized Checkpoint used() {
        Checkpoint last = used;
        return last != null ? last : loaded();
    }

    /** Loads it, which makes its hash known and the options name it by its title. */
    synchronized void switchTo(Checkpoint checkpoint) {
        loaded = checkpoint;
        hashed.add(checkpoint);
        options.note("sd_model_checkpoint", title(checkpoint));
        options.note("sd_checkpoint_hash", checkpoint.sha256());
    }

    /** Its title as drop-downs show it; a trap, since it changes when the hash becomes known. */
    synchronized String title(Checkpoint checkpoint) {
        return checkpoint.fileName() + (hashed.contains(checkpoint) ? " [" + checkpoint.shortHash() + "]" : "");
    }

    /** The answer of GET sd-models. */
    synchronized ArrayNode answer() {
        ArrayNode list = Json.array();
        for (Checkpoint checkpoint : all) {
            boolean known = hashed.contains(checkpoint);
            ObjectNode entry = list.addObject();
            entry.put("title", title(checkpoint));
            entry.put("model_name", checkpoint.name());
            entry.put("hash", known ? checkpoint.shortHash() : null);
            entry.put("sha256", known ? checkpoint.sha256() : null);
            entry.put("filename", serverRoot + FOLDER + checkpoint.fileName());
            entry.put("config", serverRoot + FOLDER + checkpoint.name() + ".yaml");
        }
        return list;
    }

    private Set<String> aliases(Checkpoint checkpoint) {
        String file = checkpoint.fileName();
        String name = checkpoint.name();
        String hash = checkpoint.shortHash();
        return hashed.contains(checkpoint)
                ? Set.of(file, name, hash, checkpoint.sha256(), file + " [" + hash + "]", name + " [" + hash + "]")
                : Set.of(file, name);
    }
}
