package darkroom.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fills in the {@code [tokens]} of file and folder names (captures 500-571). */
final class FilenamePattern {
    private static final Pattern PART = Pattern.compile("(.*?)(?:\\[([^\\[\\]]+)]|$)", Pattern.UNIX_LINES);
    private static final Pattern ARGUMENT = Pattern.compile("(.*)<([^>]*)>$", Pattern.UNIX_LINES);
    private static final Pattern NOT_IN_WORDS = Pattern.compile("[\\s!-/:-@\\[-`{-~]+");
    private static final int MAX_TOKEN_LENGTH = 128;

    /** The token does not apply: it vanishes together with the text before it. */
    private static final String SKIP = "\0";

    private final Options options;
    private final Samplers samplers;
    private final Shot shot;
    private final Picture picture;

    FilenamePattern(Options options, Samplers samplers, Shot shot, Picture picture) {
        this.options = options;
        this.samplers = samplers;
        this.shot = shot;
        this.picture = picture;
    }

    /** The name. Only what tokens stand for is sanitised: the text between them is taken as it is. */
    String fill(String pattern) {
        var name = new StringBuilder();
        Matcher parts = PART.matcher(pattern);
        while (parts.find()) {
            String text = parts.group(1);
            String token = parts.group(2);
            if (token == null) {
                name.append(text);
                continue;
            }
            List<String> arguments = new ArrayList<>();
            for (Matcher argument = ARGUMENT.matcher(token); argument.matches(); argument = ARGUMENT.matcher(token)) {
                token = argument.group(1);
                arguments.add(0, argument.group(2));
            }
            String value = value(token.toLowerCase(Locale.ROOT), arguments);
            if (value == null) {
                name.append(text).append('[').append(token).append(']');
            } else if (!value.equals(SKIP)) {
                name.append(text).append(value);
            }
        }
        return name.toString();
    }

    /** What a token stands for; null for one that is unknown or can't be filled. */
    private @Nullable String value(String token, List<String> arguments) {
        Shot.Job job = shot.job();
        boolean single = job.batchSize() == 1;
        return switch (token) {
            case "basename" -> "img";
            case "seed" -> String.valueOf(shot.seed());
            case "seed_first" ->
                String.valueOf(single ? shot.seed() : job.seeds().get(0));
            case "seed_last" ->
                single ? SKIP : String.valueOf(job.seeds().get(job.seeds().size() - 1));
            case "steps", "cfg" -> Json.str(job.asked().get(token.equals("cfg") ? "cfg_scale" : token));
            case "width" -> String.valueOf(picture.width());
            case "height" -> String.valueOf(picture.height());
            case "sampler" -> sanitised(job.sampler());
            case "scheduler" -> sanitised(scheduler());
            case "sampler_scheduler" -> sanitised(job.sampler() + " " + scheduler());
            case "styles" -> sanitised(job.styles().isEmpty() ? "None" : String.join(", ", job.styles()));
            case "model_hash" -> job.checkpoint().shortHash();
            case "model_name" -> sanitised(job.checkpoint().name());
            case "vae_filename" -> "NoneType";
            case "date" -> ZonedDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ISO_LOCAL_DATE);
            case "datetime" -> sanitised(datetime(arguments));
            case "job_timestamp" -> job.timestamp();
            case "batch_number" -> single ? SKIP : String.valueOf(shot.position() + 1);
            case "batch_size" -> String.valueOf(job.batchSize());
            case "generation_number" ->
                single && job.batches() == 1
                        ? SKIP
                        : String.valueOf(shot.batch() * job.batchSize() + shot.position() + 1);
            // Read past the defaults, so that it is unknown until somebody has set it.
            case "clip_skip" ->
                options.isSet("CLIP_stop_at_last_layers") ? options.text("CLIP_stop_at_last_layers") : null;
            case "denoising" ->
                job.asked().get("denoising_strength").asDouble() == 0
                        ? SKIP
                        : Json.str(job.asked().get("denoising_strength"));
            case "none" -> "";
            case "image_hash" -> cut(Hashes.sha256(picture.samples()), arguments, 64);
            default -> words(token, arguments);
        };
    }

    /** The tokens that are made of prompts. */
    private @Nullable String words(String token, List<String> arguments) {
        String negative = shot.job().asked().text("negative_prompt");
        return switch (token) {
            case "prompt" -> sanitised(shot.prompt().replace(' ', '_'));
            case "prompt_spaces", "prompt_no_styles" -> sanitised(shot.prompt());
            case "prompt_words" -> promptWords();
            case "prompt_hash" -> hash(shot.prompt(), arguments);
            case "negative_prompt_hash" -> hash(negative, arguments);
            case "full_prompt_hash" -> hash(shot.job().asked().text("prompt") + " " + negative, arguments);
            case "hasprompt" -> hasPrompt(arguments);
            default -> null;
        };
    }

    private String promptWords() {
        List<String> words = Arrays.stream(NOT_IN_WORDS.split(shot.prompt()))
                .filter(word -> !word.isEmpty())
                .limit((long) options.number("directories_max_prompt_words"))
                .toList();
        return sanitised(words.isEmpty() ? "empty" : String.join(" ", words));
    }

    /** {@code [hasprompt<fox|no fox>]}: the word if the prompt has it, else what follows the bar. */
    private String hasPrompt(List<String> arguments) {
        var found = new StringBuilder();
        for (String argument : arguments) {
            String[] choice = argument.split("\\|", -1);
            String word = choice[0].toLowerCase(Locale.ROOT);
            if (!argument.isEmpty()) {
                found.append(
                        shot.prompt().toLowerCase(Locale.ROOT).contains(word)
                                ? word
                                : choice.length > 1 ? choice[1] : "");
            }
        }
        return sanitised(found.toString().replace(' ', '_'));
    }

    private String scheduler() {
        String scheduler = shot.job().scheduler();
        String name = scheduler.equals(Samplers.AUTOMATIC)
                ? samplers.ownScheduler(shot.job().sampler())
                : scheduler;
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String datetime(List<String> arguments) {
        ZoneId zone = ZoneId.systemDefault();
        if (arguments.size() > 1) {
            try {
                zone = ZoneId.of(arguments.get(1));
            } catch (DateTimeException e) {
                zone = ZoneId.systemDefault(); // an unknown time zone is no time zone
            }
        }
        String format = arguments.isEmpty() || arguments.get(0).isEmpty() ? "%Y%m%d%H%M%S" : arguments.get(0);
        ZonedDateTime now = ZonedDateTime.now(zone);
        return Pattern.compile("%([YmdHMSfyjBbAap])")
                .matcher(format)
                .replaceAll(
                        code -> now.format(DateTimeFormatter.ofPattern(javaPattern(code.group(1)), Locale.ENGLISH)));
    }

    private static String javaPattern(String code) {
        return switch (code) {
            case "Y" -> "yyyy";
            case "m" -> "MM";
            case "d" -> "dd";
            case "H" -> "HH";
            case "M" -> "mm";
            case "S" -> "ss";
            case "f" -> "SSSSSS";
            case "y" -> "yy";
            case "j" -> "DDD";
            case "B" -> "MMMM";
            case "b" -> "MMM";
            case "A" -> "EEEE";
            case "a" -> "EEE";
            default -> "a";
        };
    }

    private static @Nullable String hash(String text, List<String> arguments) {
        return cut(Hashes.sha256(text.getBytes(StandardCharsets.UTF_8)), arguments, 8);
    }

    private static @Nullable String cut(String hash, List<String> arguments, int length) {
        String wanted = arguments.isEmpty() || arguments.get(0).isEmpty() ? "" + length : arguments.get(0);
        return wanted.matches("\\d{1,4}") ? hash.substring(0, Math.min(hash.length(), Integer.parseInt(wanted))) : null;
    }

    private static String sanitised(String text) {
        String safe = text.replaceAll("[#<>:\"/\\\\|?*\n\r\t]", "_").replaceAll("^ +", "");
        return safe.substring(0, Math.min(safe.length(), MAX_TOKEN_LENGTH)).replaceAll("[ .]+$", "");
    }
}
