package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.job.After;
import darkroom.job.Operation;
import darkroom.job.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlannerTest {
    private final Planner planner = new Planner(new Random(1));

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-1.0"})
    void aRandomSeedIsDrawnOnce(String seed) {
        Task task = plan(Map.of("prompt", "a", "seed", seed));

        assertThat(task.settings().get("seed")).isInstanceOf(Long.class);
        assertThat((Long) task.settings().get("seed")).isBetween(0L, (long) Integer.MAX_VALUE);
    }

    @Test
    void aMissingSeedIsDrawnToo() {
        assertThat(plan(Map.of("prompt", "a")).settings()).containsKey("seed");
        Map<String, @Nullable Object> withNull = new LinkedHashMap<>();
        withNull.put("seed", null);
        assertThat(plan(withNull).settings().get("seed")).isNotNull();
    }

    @Test
    void aSeedThatIsGivenStays() {
        assertThat(plan(Map.of("seed", 0)).settings()).containsEntry("seed", 0);
        assertThat(plan(Map.of("seed", "77")).settings()).containsEntry("seed", "77");
        assertThat(plan(Map.of("seed", 4294967295L)).settings()).containsEntry("seed", 4294967295L);
    }

    @Test
    void theSeedOfAnInfotextIsTheSeed() {
        String infotext =
                "a bird\nNegative prompt: dull\nSteps: 3, Sampler: Euler a, CFG scale: 5, Seed: 77, Size: 64x64";

        assertThat(plan(Map.of("infotext", infotext)).settings()).containsEntry("seed", 77L);
        assertThat(plan(Map.of("infotext", infotext, "seed", -1)).settings().get("seed"))
                .isNotEqualTo(77L);
    }

    @Test
    void theSeedOfAnInfotextIsNotAWordOfItsPrompt() {
        String infotext =
                "a sign, Seed: 1\nNegative prompt: Seed: 2, dull\nSteps: 3, Sampler: Euler a, Seed: 77, Size: 64x64";

        assertThat(plan(Map.of("infotext", infotext)).settings()).containsEntry("seed", 77L);
        assertThat(plan(Map.of("infotext", "a sign, Seed: 1")).settings().get("seed"))
                .isNotEqualTo(1L);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, -0.5})
    void aSubseedIsDrawnWhereItCounts(double strength) {
        assertThat(plan(Map.of("subseed_strength", strength)).settings()).containsKey("subseed");
        assertThat(plan(Map.of("subseed_strength", strength, "subseed", -1))
                        .settings()
                        .get("subseed"))
                .isInstanceOf(Long.class);
    }

    @Test
    void aSubseedIsNotDrawnWhereItDoesNotCount() {
        assertThat(plan(Map.of("subseed", -1)).settings()).containsEntry("subseed", -1);
        assertThat(plan(Map.of("subseed_strength", 0)).settings()).doesNotContainKey("subseed");
    }

    @Test
    void theSubseedOfAnInfotextIsTheSubseed() {
        String varied = "a bird\nSteps: 3, Seed: 77, Variation seed: 5, Variation seed strength: 0.2";

        assertThat(plan(Map.of("infotext", varied)).settings()).containsEntry("subseed", 5L);
        assertThat(plan(Map.of("infotext", varied, "subseed_strength", 0)).settings())
                .doesNotContainKey("subseed");
        assertThat(plan(Map.of("infotext", varied.replace("seed: 5", "seed: -1")))
                        .settings()
                        .get("subseed"))
                .isNotEqualTo(-1L);
    }

    @Test
    void fieldsKeepTheirOrder() {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        for (String name : List.of("z", "seed", "a", "m")) {
            settings.put(name, -1);
        }
        assertThat(plan(settings).settings().keySet()).containsExactly("z", "seed", "a", "m");
    }

    private Task plan(Map<String, ? extends @Nullable Object> settings) {
        return planner.plan(
                new PromptFile(
                        1,
                        null,
                        Operation.TXT2IMG,
                        null,
                        null,
                        After.USUAL,
                        null,
                        0,
                        null,
                        Map.of(),
                        new LinkedHashMap<>(settings),
                        List.of(),
                        List.of(),
                        Map.of(),
                        1,
                        List.of(),
                        null,
                        null),
                "job",
                1,
                1);
    }
}
