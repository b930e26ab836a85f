package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Compares an answer of the sandbox with the recorded one: status, headers, and the body with every key, in order, every
 * type and every value; except what depends on a model (the pixels), on chance, on the time, or on the machine.
 */
final class Comparison {
    private static final String RECORDED_DAY = "2026-11-21";

    private static final Pattern TIMESTAMP = Pattern.compile("\\$(\\.info|\\.state)\\.job_timestamp");
    private static final Pattern OF_THE_MACHINE = Pattern.compile("\\$\\.(app_id|port|models_dir|ram\\.\\w+)");
    private static final Pattern WHILE_RUNNING =
            Pattern.compile("\\$\\.(progress|eta_relative|eta|state\\.sampling_step|id_live_preview)");
    private static final Pattern SUBSEED = Pattern.compile("\\$\\.info\\.(subseed|all_subseeds\\[\\d+])");
    private static final Pattern SEED = Pattern.compile("\\$\\.info\\.(seed|all_seeds\\[\\d+])");
    private static final Pattern PICTURE = Pattern.compile("\\$\\.(images\\[\\d+]|image|current_image|live_preview)");

    private final Capture capture;
    private final Client.Answer answer;
    private final List<String> differences = new ArrayList<>();
    private final boolean keysInOrder;
    private boolean everythingCompared = true;

    private Comparison(Capture capture, Client.Answer answer, boolean keysInOrder) {
        this.capture = capture;
        this.answer = answer;
        this.keysInOrder = keysInOrder;
    }

    /** What is different, one sentence each; empty if nothing is. */
    static List<String> differences(Capture capture, Client.Answer answer, JsonNode expectedBody, boolean keysInOrder) {
        var comparison = new Comparison(capture, answer, keysInOrder);
        comparison.compareHead();
        comparison.compareBody(expectedBody);
        return comparison.differences;
    }

    static List<String> differences(Capture capture, Client.Answer answer) {
        return differences(capture, answer, capture.response().get("body"), true);
    }

    private void compareHead() {
        int status = capture.response().get("status").asInt();
        if (answer.status() != status) {
            differences.add("status is " + answer.status() + " instead of " + status + ": " + answer.text());
        }
        JsonNode headers = capture.response().get("headers");
        headers.properties().forEach(header -> {
            String name = header.getKey();
            if (!name.equals("content-length") && !name.equals("x-process-time")) {
                String here = answer.authority();
                String expected = header.getValue().asText().replace("127.0.0.1:7861", here);
                check("header " + name, expected, answer.header(name));
            }
        });
        check(
                "presence of X-Process-Time",
                headers.has("x-process-time"),
                !answer.header("x-process-time").isEmpty());
    }

    private void compareBody(JsonNode expected) {
        boolean head = capture.request().get("method").asText().equals("HEAD");
        if (!head) {
            check(
                    "content-length",
                    answer.header("content-length"),
                    String.valueOf(answer.text().getBytes(StandardCharsets.UTF_8).length));
        }
        if (!answer.header("content-type").equals("application/json")) {
            check("body", expected.isNull() ? "" : expected.asText(), answer.text());
        } else if (!head) {
            compare("$", expected, answer.json());
        }
        // Where the recordings name the server's folder, they were changed: its path was shorter.
        boolean original = !answer.text().contains("/stable-diffusion-webui");
        if (everythingCompared && differences.isEmpty() && keysInOrder && original) {
            String length =
                    capture.response().path("headers").path("content-length").asText();
            check("recorded content-length", length, answer.header("content-length"));
        }
    }

    private void compare(String path, JsonNode expected, JsonNode actual) {
        if (isExempt(path)) {
            everythingCompared = false;
            compareKind(path, expected, actual);
        } else if (PICTURE.matcher(path).matches() && expected.isTextual()) {
            everythingCompared = false;
            differences.addAll(PictureComparison.differences(path, expected.asText(), actual.asText(), this::adapted));
        } else if (path.equals("$.info")
                && expected.isTextual()
                && capture.request().get("path").asText().matches(".*2img")) {
            compare(path, parsed(expected), parsed(actual));
        } else if (expected instanceof ObjectNode object && actual instanceof ObjectNode other) {
            compareObjects(path, object, other);
        } else if (expected instanceof ArrayNode array && actual instanceof ArrayNode other) {
            check(path + " has as many elements", array.size(), other.size());
            for (int i = 0; i < Math.min(array.size(), other.size()); i++) {
                compare(path + "[" + i + "]", array.get(i), other.get(i));
            }
        } else if (expected.isTextual()) {
            check(
                    path,
                    expected.getNodeType() + " " + adapted(expected.asText()),
                    actual.getNodeType() + " " + actual.asText());
        } else {
            check(path, expected.getNodeType() + " " + expected, actual.getNodeType() + " " + actual);
        }
    }

    private void compareObjects(String path, ObjectNode expected, ObjectNode actual) {
        if (keysInOrder) {
            check(path + " has the keys", names(expected), names(actual));
        } else {
            check(
                    path + " has the keys",
                    names(expected).stream().sorted().toList(),
                    names(actual).stream().sorted().toList());
        }
        for (Map.Entry<String, JsonNode> property : expected.properties()) {
            if (actual.has(property.getKey())) {
                compare(path + "." + property.getKey(), property.getValue(), actual.get(property.getKey()));
            }
        }
        if (path.equals("$.state")) {
            checkProgress();
        }
    }

    /** Not the value, but what is certain about it. */
    private void compareKind(String path, JsonNode expected, JsonNode actual) {
        if (TIMESTAMP.matcher(path).matches()) {
            String pattern = expected.asText().equals("0") ? "0" : "\\d{14}";
            if (!actual.asText().matches(pattern)) {
                differences.add(path + " is " + actual + ", not like " + expected);
            }
            return;
        }
        boolean nullable = path.equals("$.models_dir");
        if (!nullable
                && (expected.isNumber() != actual.isNumber()
                        || expected.isFloatingPointNumber() != actual.isFloatingPointNumber())) {
            differences.add(path + " is " + actual + ", not of the type of " + expected);
        }
        if (path.matches("\\$\\.info\\.all_(sub)?seeds\\[[1-9]\\d*]")) {
            checkCounting(path, actual);
        }
    }

    /** Seeds that chance has chosen still count up. */
    private void checkCounting(String path, JsonNode actual) {
        String list = path.substring("$.info.".length(), path.indexOf('['));
        int index = Integer.parseInt(path.substring(path.indexOf('[') + 1, path.length() - 1));
        long first = answer.info().get(list).get(0).asLong();
        check(path, first + index, actual.asLong());
    }

    /** While a job runs, the share follows from the counters. */
    private void checkProgress() {
        JsonNode state = answer.json().get("state");
        int count = state.get("job_count").asInt();
        if (count > 0) {
            double done = state.get("sampling_step").asDouble()
                    / state.get("sampling_steps").asDouble();
            double share = Math.min(1, 0.01 + (state.get("job_no").asDouble() + done) / count);
            if (Math.abs(share - answer.json().get("progress").asDouble()) > 1e-9) {
                differences.add("$.progress does not follow from " + state);
            }
        }
    }

    private boolean isExempt(String path) {
        boolean running =
                capture.response().path("body").path("state").path("job_count").asInt() != 0
                        || capture.response().path("body").path("active").asBoolean();
        return TIMESTAMP.matcher(path).matches()
                || OF_THE_MACHINE.matcher(path).matches()
                || (running && WHILE_RUNNING.matcher(path).matches())
                || (isRandom("subseed") && SUBSEED.matcher(path).matches())
                || (isRandom("seed") && SEED.matcher(path).matches());
    }

    private boolean isRandom(String field) {
        JsonNode body = capture.request().path("body");
        boolean said = body.has(field) || (field.equals("seed") && body.has("infotext"));
        return capture.request().get("path").asText().matches(".*2img") && !said;
    }

    /** A recorded text as it has to read here and now: the seed that chance chose, and the day. */
    private String adapted(String recorded) {
        String text = recorded.replace(
                RECORDED_DAY, LocalDate.now(ZoneId.systemDefault()).toString());
        JsonNode info = capture.response().path("body").path("info");
        if (!isRandom("seed") || !info.isTextual() || answer.status() != 200) {
            return text;
        }
        everythingCompared = false;
        return text.replace(
                "Seed: " + parsed(info).get("seed"), "Seed: " + answer.info().get("seed"));
    }

    private void check(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            differences.add(what + ": expected " + shortened(expected) + " but was " + shortened(actual));
        }
    }

    private static String shortened(Object value) {
        String text = String.valueOf(value);
        return text.length() > 2000 ? text.substring(0, 2000) + "…" : text;
    }

    private static List<String> names(ObjectNode object) {
        var names = new ArrayList<String>();
        for (Iterator<String> all = object.fieldNames(); all.hasNext(); ) {
            names.add(all.next());
        }
        return names;
    }

    private static JsonNode parsed(JsonNode text) {
        try {
            return Json.MAPPER.readTree(text.asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
