package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.Task;
import darkroom.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was changed of what a WebUI has loaded, and is to be given back: its checkpoint and its VAE. A task that names none
 * gets what is written down here as the WebUI's own. Immutable.
 *
 * @param byOption none for an option that has its own value
 */
public record Loans(Map<String, Loan> byOption) {
    /** The options that say what is loaded, in the order in which they are changed (webui-api, section 5.3). */
    public static final List<String> OPTIONS = List.of("sd_model_checkpoint", "sd_vae");

    /** Nothing was changed. */
    public static final Loans NONE = new Loans(Map.of());

    /**
     * One of them.
     *
     * @param own what the option was before
     * @param ours what it was set to; more than one while it is not known which of them it is
     */
    public record Loan(String own, List<String> ours) {
        public Loan {
            ours = List.copyOf(ours);
        }
    }

    public Loans {
        byOption = Map.copyOf(byOption);
    }

    /** What a task wants loaded, by its {@code override_settings}; what it leaves open is not in it. */
    public static Map<String, String> wishes(Task task) {
        Asked asked = new Asked(task);
        Map<String, String> wishes = new LinkedHashMap<>();
        for (String option : OPTIONS) {
            String wish = asked.overridden(option);
            if (!wish.isEmpty()) {
                wishes.put(option, wish);
            }
        }
        return wishes;
    }

    /** What a WebUI says of one of its options; empty if it does not say, or has not loaded anything yet. */
    public static String value(JsonNode options, String option) {
        JsonNode value = options.path(option);
        return value.isTextual() ? value.asText() : "";
    }

    public boolean isEmpty() {
        return byOption.isEmpty();
    }

    /** What an option was before; empty if it still is that. */
    public Optional<String> own(String option) {
        return Optional.ofNullable(byOption.get(option)).map(Loan::own);
    }

    /** The options that are not what they were, with what they were; those that are named are left out. */
    public Map<String, String> own(Set<String> named) {
        Map<String, String> own = new LinkedHashMap<>();
        for (String option : OPTIONS) {
            if (!named.contains(option)) {
                own(option).ifPresent(value -> own.put(option, value));
            }
        }
        return own;
    }

    /** These, when an option that is {@code now} is about to be set: from then on it may be either. */
    public Loans about(String option, String now, String wish) {
        Loan before = byOption.get(option);
        List<String> ours = new ArrayList<>(before == null ? List.of() : before.ours());
        ours.add(wish);
        return with(option, new Loan(before == null ? now : before.own(), ours));
    }

    /**
     * These, held against what the options are by now: what has its own value again is no loan, and neither is what has one
     * that is not ours. Somebody has chosen that since, and it is the WebUI's own.
     */
    public Loans settled(JsonNode options, List<Checkpoint> checkpoints) {
        Loans settled = this;
        for (Map.Entry<String, Loan> entry : byOption.entrySet()) {
            String option = entry.getKey();
            Loan loan = entry.getValue();
            String now = value(options, option);
            if (now.isEmpty()) {
                continue; // it does not say
            }
            boolean ours = !Checkpoint.isSame(now, loan.own(), checkpoints)
                    && loan.ours().stream().anyMatch(one -> Checkpoint.isSame(now, one, checkpoints));
            settled = settled.with(option, ours ? new Loan(loan.own(), List.of(now)) : null);
        }
        return settled;
    }

    private Loans with(String option, @Nullable Loan loan) {
        Map<String, Loan> all = new LinkedHashMap<>(byOption);
        if (loan == null) {
            all.remove(option);
        } else {
            all.put(option, loan);
        }
        return new Loans(all);
    }

    /** As it is kept. */
    public ObjectNode json() {
        ObjectNode all = Json.mapper().createObjectNode();
        for (String option : OPTIONS) {
            Loan loan = byOption.get(option);
            if (loan != null) {
                ObjectNode entry = all.putObject(option).put("own", loan.own());
                ArrayNode ours = entry.putArray("ours");
                loan.ours().forEach(ours::add);
            }
        }
        return all;
    }

    /** What {@link #json} has written; entries that are something else are passed over. */
    public static Loans of(JsonNode json) {
        Map<String, Loan> all = new LinkedHashMap<>();
        for (String option : OPTIONS) {
            JsonNode entry = json.path(option);
            String own = entry.path("own").asText("");
            if (!own.isEmpty()) {
                List<String> ours = new ArrayList<>();
                entry.path("ours").forEach(one -> ours.add(one.asText()));
                all.put(option, new Loan(own, ours));
            }
        }
        return new Loans(all);
    }
}
