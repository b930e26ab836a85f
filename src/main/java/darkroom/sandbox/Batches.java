package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What a job will draw, picture by picture, decided before the first: words and seeds.
 *
 * @param size pictures in a batch
 * @param count batches
 */
record Batches(
        List<String> prompts, List<String> negatives, List<Long> seeds, List<Long> subseeds, int size, int count) {

    /** What a request asks for. */
    static Batches of(Asked asked, Engine engine, Random random) {
        int size = asked.whole("batch_size");
        int count = asked.whole("n_iter");
        int pictures = Math.max(0, Math.multiplyExact(size, count));
        List<String> prompts = Collections.nCopies(pictures, asked.text("prompt"));
        List<String> negatives = Collections.nCopies(pictures, asked.text("negative_prompt"));
        long seed = seed(asked.get("seed"), random);
        return of(prompts, negatives, seeds(asked, seed, pictures), asked, engine, random)
                .sized(size, count);
    }

    /** With prompts and seeds that a script has chosen, one after the other. */
    static Batches of(
            List<String> prompts, List<String> negatives, List<Long> seeds, Asked asked, Engine engine, Random random) {
        if (prompts.isEmpty()) {
            throw ApiError.python("IndexError", "list index out of range");
        }
        long subseed = seed(asked.get("subseed"), random);
        var subseeds = new ArrayList<Long>();
        prompts.forEach(prompt -> subseeds.add(subseed + subseeds.size()));
        return new Batches(
                finished(prompts, "prompt", asked, engine),
                finished(negatives, "negative_prompt", asked, engine),
                seeds,
                subseeds,
                1,
                prompts.size());
    }

    /** With the words of styles, and without comments. */
    private static List<String> finished(List<String> prompts, String field, Asked asked, Engine engine) {
        var styles = new Styles(engine.lists().path("/sdapi/v1/prompt-styles"));
        boolean comments = engine.options().flag("enable_prompt_comments");
        return prompts.stream()
                .map(prompt -> styles.apply(prompt, asked.get("styles"), field))
                .map(prompt -> comments ? withoutComments(prompt) : prompt)
                .toList();
    }

    /** The seed; if it is -1 or null, a random one (captures 100, 329). */
    static long seed(JsonNode asked, Random random) {
        if (!asked.isNull() && !asked.canConvertToLong()) {
            throw ApiError.python("ValueError", "Overflow when unpacking long long");
        }
        return asked.isNull() || asked.longValue() == -1 ? random.nextLong(4294967294L) : asked.longValue();
    }

    /** Hides what stands between # and the end of a line, and leaves traces of it (capture 566). */
    static String withoutComments(String prompt) {
        return prompt.replaceAll("(^|\n)#[^\n]*(\n|$)", "\n").replaceAll("#[^\n]*(\n|$)", "\n");
    }

    Batches sized(int size, int count) {
        return new Batches(prompts, negatives, seeds, subseeds, size, count);
    }

    /** Which pictures a batch has: by their indexes, from here. */
    int first(int batch) {
        return batch * size;
    }

    /** ... to here, without the last. */
    int last(int batch) {
        return Math.min(prompts.size(), first(batch) + size);
    }

    /** Counting up; unless variations of one picture are asked for, which differ by their subseed (capture 513). */
    private static List<Long> seeds(Asked asked, long first, int pictures) {
        boolean counting = asked.get("subseed_strength").asDouble() == 0;
        var seeds = new ArrayList<Long>();
        for (int i = 0; i < pictures; i++) {
            seeds.add(counting ? first + i : first);
        }
        return seeds;
    }
}
