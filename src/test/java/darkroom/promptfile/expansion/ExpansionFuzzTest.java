package darkroom.promptfile.expansion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a template is, it ends in a text or in a problem, soon. */
final class ExpansionFuzzTest {
    private static final ExpansionLimits LIMITS = ExpansionLimits.of(1_000);
    private static final List<String> TOKENS = List.of(
            ("{ } | $$ 2$$ 1-2$$ :: 0.5:: __ season colours* ${ x = ?= =! : %{ ... ( ) [ ] \\ # , a b ~ ! @ $ % - {a|b}"
                            + " __season__ ${x=!{1|2}} ${x} 😀 \ud83d \u0000 **/ .. / SPACE \n")
                    .replace("\n", "LINE")
                    .split(" "));

    private final Wildcards wildcards = Wildcards.of(Path.of("src/test/resources/wildcards"));

    @Test
    void endsInATextOrAProblem() {
        Random random = new Random(20_261);
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder template = new StringBuilder();
            for (int length = random.nextInt(30); length >= 0; length--) {
                template.append(TOKENS.get(random.nextInt(TOKENS.size()))
                        .replace("SPACE", " ")
                        .replace("LINE", "\n"));
            }
            taken += isTaken(template.toString()) ? 1 : 0;
        }
        assertThat(taken).isBetween(1_000, 19_000);
    }

    private boolean isTaken(String text) {
        try {
            PromptTemplate template = PromptTemplate.parse(text, LIMITS);
            Prompts every = template.prompts(wildcards, Expand.COMBINATORIAL);
            Prompts drawn = template.prompts(wildcards, Expand.RANDOM);
            assertThat(every.count()).isPositive();
            assertThat(drawn.count()).isEqualTo(1);
            for (long i : new long[] {0, every.count() / 2, Math.min(every.count(), Long.MAX_VALUE - 1) - 1}) {
                assertThat(every.text(Math.max(0, i), TaskRandom.of(i))).hasSizeLessThanOrEqualTo(LIMITS.longestText());
                assertThat(drawn.text(Math.max(0, i), TaskRandom.of(i))).hasSizeLessThanOrEqualTo(LIMITS.longestText());
            }
            return true;
        } catch (ExpansionException e) {
            assertThat(e.problems()).isNotEmpty();
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("template: " + text, e);
        }
    }

    @Test
    void drawsNothingThatIsNotAmongAll() {
        Random random = new Random(7);
        int checked = 0;
        for (int i = 0; i < 1_500; i++) {
            String text = template(random, 3);
            PromptTemplate template = PromptTemplate.parse(text, LIMITS);
            Prompts every = template.prompts(wildcards, Expand.COMBINATORIAL);
            if (every.count() > 1_000) {
                continue;
            }
            Set<String> texts = new HashSet<>();
            for (long n = 0; n < every.count(); n++) {
                texts.add(every.text(n, TaskRandom.of(0)));
            }
            Prompts drawn = template.prompts(wildcards, Expand.RANDOM);
            for (int n = 0; n < 20; n++) {
                assertThat(texts).as(text).contains(drawn.text(n, TaskRandom.of(i, n, "prompt")));
            }
            Assertions.assertThrows(IndexOutOfBoundsException.class, () -> every.text(every.count(), TaskRandom.of(0)));
            checked++;
        }
        assertThat(checked).isGreaterThan(500);
    }

    /** Every text of it is another one, if each of its words is. */
    @Test
    void countsEachTextOnce() {
        Random random = new Random(99);
        for (int i = 0; i < 1_000; i++) {
            int[] word = {0};
            String text = distinct(random, 3, word);
            Prompts every = PromptTemplate.parse(text, LIMITS).prompts(wildcards, Expand.COMBINATORIAL);
            Set<String> texts = new HashSet<>();
            for (long n = 0; n < Math.min(500, every.count()); n++) {
                assertThat(texts.add(every.text(n, TaskRandom.of(0)))).as(text).isTrue();
            }
        }
    }

    private static String distinct(Random random, int depth, int[] word) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(2); i >= 0; i--) {
            if (depth == 0 || random.nextInt(3) == 0) {
                text.append(" w").append(word[0]++).append('.');
            } else {
                int options = 1 + random.nextInt(3);
                text.append('{').append(List.of("", "2$$;$$", "1-3$$;$$").get(random.nextInt(3)));
                for (int j = 0; j < options; j++) {
                    text.append(j == 0 ? "" : "|").append(distinct(random, depth - 1, word));
                }
                text.append('}');
            }
        }
        return text.toString();
    }

    private static String template(Random random, int depth) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(
                    switch (depth == 0 ? 0 : random.nextInt(8)) {
                        case 0, 1 -> List.of("a", "b", "c d", "", "(e:1.2)").get(random.nextInt(5));
                        case 2 ->
                            List.of("__season__", "__colours*__", "__colours-{cold|warm}__", "__drink/beverage__")
                                    .get(random.nextInt(4));
                        case 3 -> "${v:" + template(random, depth - 1) + "}";
                        case 4 -> "%{" + template(random, depth - 1) + "..." + "$$" + template(random, depth - 1) + "}";
                        case 5 -> "{1-2$$ and $$__colours*__}";
                        default ->
                            "{" + List.of("", "2$$", "0-1$$ + $$").get(random.nextInt(3)) + template(random, depth - 1)
                                    + "|3::" + template(random, depth - 1) + "}";
                    });
        }
        return (depth == 3 && random.nextBoolean() ? "${v=!{x|y}}${w={${v}|z}}" : "")
                + text
                + (depth == 3 ? "${w:w}" : "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "__{",
                "__a(",
                "[",
                "${a=b}",
                "{a|",
                "\\",
                "#",
                "__ ",
                "${",
                "%{",
                "1-",
                "{1",
                "{a|b}",
                "(__a",
                "__a(b=c,",
                "{2$$a|{b|c}|d}",
                "${x={a|b}}${x}",
                "{a}",
                "__season__",
                "{9$$__season__}",
                "|",
                "$$",
                "__{a|b}__ ",
                "[{",
                "({",
                "}"
            })
    void takesLongTemplatesInBoundedTime(String piece) {
        String text = piece.repeat(99_000 / piece.length());
        Assertions.assertTimeout(Duration.ofSeconds(20), () -> isTaken(text));
    }
}
