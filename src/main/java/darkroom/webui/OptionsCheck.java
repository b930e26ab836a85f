package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Suggestion;
import darkroom.job.Task;
import darkroom.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds options that were changed for good against what was asked for. The WebUI answers 200 also when it kept the old
 * value: because the option is not for the API, or because a checkpoint could not be loaded (webui-api, section 5.2).
 */
public final class OptionsCheck {
    private static final String CHECKPOINT = "sd_model_checkpoint";

    private final Task task;
    private final JsonNode before;

    /**
     * Begins.
     *
     * @param task its settings are the options
     * @param before all options of the WebUI, with their values
     */
    public OptionsCheck(Task task, JsonNode before) {
        this.task = task;
        this.before = before;
    }

    /**
     * Options that the WebUI does not have: it would set those named before them, and answer 500. And values of another kind
     * than it has: it would take them, and then break over them, its list of options first.
     */
    public List<Problem> impossible() {
        Set<String> known = new HashSet<>();
        before.fieldNames().forEachRemaining(known::add);
        List<Problem> unknown = new ArrayList<>();
        task.settings().forEach((name, value) -> {
            JsonNode wish = Json.mapper().valueToTree(value);
            JsonNode is = before.path(name);
            if (known.contains(name) && !is.isNull() && wish.getNodeType() != is.getNodeType()) {
                unknown.add(new Problem(
                        ProblemCode.REFUSED_OPTION,
                        "the option '" + name + "' is " + is + ", and " + wish + " is of another kind",
                        "give it a value of the kind that it has",
                        new Problem.Place(0, 0, "/" + name)));
            }
            if (!known.contains(name)) {
                unknown.add(new Problem(
                        ProblemCode.REFUSED_OPTION,
                        "the WebUI has no option '" + name + "'",
                        Suggestion.of(name, known),
                        new Problem.Place(0, 0, "/" + name)));
            }
        });
        return unknown;
    }

    /** Options that did not take the value that was asked for. */
    public List<Problem> unchanged(JsonNode after, List<Checkpoint> checkpoints) {
        List<Problem> unchanged = new ArrayList<>();
        task.settings().forEach((name, value) -> {
            JsonNode wish = Json.mapper().valueToTree(value);
            JsonNode is = after.path(name);
            if (!isSame(wish, is)
                    && !(name.equals(CHECKPOINT) && Checkpoint.isSame(wish.asText(), is.asText(), checkpoints))) {
                unchanged.add(new Problem(
                        ProblemCode.REFUSED_OPTION,
                        "the WebUI was told to set '" + name + "' to " + wish + ", and it is " + is,
                        "it may not be changed by the API, or the value is none; the WebUI's log says why",
                        new Problem.Place(0, 0, "/" + name)));
            }
        });
        return unchanged;
    }

    /** The values before and after, for the receipt. */
    public Answer answer(JsonNode after) {
        ObjectNode info = Json.mapper().createObjectNode();
        ObjectNode old = info.putObject("before");
        ObjectNode changed = info.putObject("after");
        for (String name : task.settings().keySet()) {
            old.set(name, before.path(name));
            changed.set(name, after.path(name));
        }
        return new Answer(List.of(), 0, 0, true, info);
    }

    /** A whole number is shown as 1.0 (section 5.1), and a number may be given as a text. */
    private static boolean isSame(JsonNode wish, JsonNode is) {
        if (wish.isNumber() && is.isNumber()) {
            return wish.decimalValue().compareTo(is.decimalValue()) == 0;
        }
        return wish.equals(is)
                || (wish.isValueNode() && is.isValueNode() && wish.asText().equals(is.asText()));
    }
}
