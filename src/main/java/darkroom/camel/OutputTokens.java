package darkroom.camel;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.camel.component.Generated;
import darkroom.job.Job;
import darkroom.job.Task;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stands for the tokens of output names, as far as it is the same for all pictures of a task. */
final class OutputTokens {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

    /** LoRAs and the like, and weights. */
    private static final Pattern NO_WORDS = Pattern.compile("<[^<>]*>|:[0-9.]+(?=\\))");

    /** What the WebUI parts words by for its own {@code [prompt_words]}, and a few more. */
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s{}\\[\\]<>:(),./|\"\\\\]+");

    private static final int WORDS = 8;

    /** A long prompt need not be gone through for eight words. */
    private static final int LONGEST = 2000;

    private OutputTokens() {}

    /** All that are known; others stand for nothing. */
    static Map<String, String> of(Job job, Generated generated) {
        Task sent = generated.sent();
        Map<String, @Nullable Object> asked = sent.settings();
        JsonNode info = generated.info();
        Map<String, String> tokens = ofJob(job);
        tokens.put("date", DATE.format(job.acceptedAt()));
        tokens.put("datetime", DATE_TIME.format(job.acceptedAt()));
        if (sent.operation().generates()) {
            tokens.put("prompt_words", words(text(asked.get("prompt"))));
            tokens.put("model_name", info.path("sd_model_name").asText(""));
            tokens.put("sampler", info.path("sampler_name").asText(text(asked.get("sampler_name"))));
            tokens.put("scheduler", text(asked.get("scheduler")));
            tokens.put("steps", info.path("steps").asText(text(asked.get("steps"))));
            tokens.put("cfg", info.path("cfg_scale").asText(text(asked.get("cfg_scale"))));
            tokens.put("denoising", info.path("denoising_strength").asText(text(asked.get("denoising_strength"))));
        }
        return tokens;
    }

    /** Who it belongs to. */
    static Map<String, String> ofJob(Job job) {
        Map<String, String> tokens = new HashMap<>();
        tokens.put("job", job.id());
        tokens.put("name", job.name());
        tokens.put("lane", job.lane().replace('/', '-'));
        return tokens;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String words(String prompt) {
        String begin = prompt.substring(0, Math.min(LONGEST, prompt.length()));
        return Arrays.stream(BETWEEN_WORDS.split(NO_WORDS.matcher(begin).replaceAll(" ")))
                .filter(word -> !word.isBlank())
                .limit(WORDS)
                .collect(Collectors.joining(" "));
    }
}
