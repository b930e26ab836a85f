package darkroom.promptfile.expansion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import darkroom.job.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language of templates. Examples are those of the extension's guide and of what was reported to it, in other words. */
final class PromptTemplateTest {
    private static final ExpansionLimits LIMITS = ExpansionLimits.of(1_000);

    static List<String> all(String template, Wildcards wildcards) {
        Prompts prompts = PromptTemplate.parse(template, LIMITS).prompts(wildcards, Expand.COMBINATORIAL);
        return LongStream.range(0, prompts.count())
                .mapToObj(i -> prompts.text(i, TaskRandom.of(1, i, "prompt")))
                .toList();
    }

    private static List<String> all(String template) {
        return all(template, Wildcards.none());
    }

    private static List<String> drawn(String template, int draws) {
        Prompts prompts = PromptTemplate.parse(template, LIMITS).prompts(Wildcards.none(), Expand.RANDOM);
        return LongStream.range(0, draws)
                .mapToObj(i -> prompts.text(i, TaskRandom.of(7, i, "prompt")))
                .toList();
    }

    private static ExpansionProblem problem(String template) {
        try {
            all(template);
        } catch (ExpansionException e) {
            return e.problems().get(0);
        }
        throw new AssertionError("'" + template + "' was taken");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a lighthouse",
                "a (red:1.2) door, ((old)), [faint]",
                "[cow|horse] in [a field:a meadow:0.5]",
                "<lora:ink-v2:0.8> portrait BREAK sky AND sea :1.3",
                "tags \\(series\\), long_hair, |_|, 100% wool, 5$, 3$$",
                "unmatched } and ) and ]",
                "snake__case and ____ and __ a, b __ and _",
                "  kept as it is \n\n in two lines ",
                "a__b(c)d__e",
                "\\o/ and C:\\\\pictures"
            })
    void leavesAloneWhatIsTheWebUis(String prompt) {
        assertThat(all(prompt)).containsExactly(prompt);
    }

    @Test
    void makesEachVariant() {
        assertThat(all("{spring|summer|autumn} light")).containsExactly("spring light", "summer light", "autumn light");
    }

    @Test
    void changesTheLastVariantFastest() {
        assertThat(all("a {red|green} {square|circle}"))
                .containsExactly("a red square", "a red circle", "a green square", "a green circle");
    }

    @Test
    void nestsVariants() {
        assertThat(all("a {red|green {square|circle}}")).containsExactly("a red", "a green square", "a green circle");
    }

    @Test
    void takesNothingForAVariant() {
        assertThat(all("a {red|blue|} rose")).containsExactly("a red rose", "a blue rose", "a  rose");
        assertThat(all("{|hot, }{|summer}")).containsExactly("", "summer", "hot,", "hot, summer");
    }

    @Test
    void picksSeveralInEveryOrder() {
        assertThat(all("{2$$red|green|blue}"))
                .containsExactly("red,green", "red,blue", "green,red", "green,blue", "blue,red", "blue,green");
    }

    @Test
    void writesASeparatorBetween() {
        assertThat(all("{2$$ and $$a|b}")).containsExactly("a and b", "b and a");
        assertThat(all("{2$$|$$a|b}")).containsExactly("a|b", "b|a");
        assertThat(all("{2$$ 1| 2} {2$$ 1| 2}")).startsWith("1,2 1,2").hasSize(4);
    }

    @Test
    void picksFewerBeforeMore() {
        assertThat(all("{1-2$$a|b|c}")).containsExactly("a", "b", "c", "a,b", "a,c", "b,a", "b,c", "c,a", "c,b");
        assertThat(all("{-2$$a|b}")).containsExactly("a", "b", "a,b", "b,a");
        assertThat(all("{1-$$a|b}")).containsExactly("a", "b", "a,b", "b,a");
        assertThat(all("x{0-1$$a|b}")).containsExactly("x", "xa", "xb");
        assertThat(all("{2-1$$a|b}")).hasSize(4);
    }

    @Test
    void picksNoMoreThanThereAre() {
        assertThat(all("{4$$a|b}")).containsExactly("a,b", "b,a");
    }

    @Test
    void picksWhatStandsForSeveral() {
        assertThat(all("{1$$A|B|{2$$ and $$X|Y}}")).containsExactly("A", "B", "X and Y", "Y and X");
        assertThat(all("{2$$ $$a|{x|y}}")).containsExactly("a x", "a y", "x a", "y a");
        assertThat(all("{2$$ $$a|{x|y}|{1|2|3}}"))
                .hasSize(2 * (2 + 3 + 6))
                .doesNotHaveDuplicates()
                .startsWith("a x", "a y", "a 1", "a 2", "a 3", "x a", "y a", "x 1", "x 2", "x 3", "y 1");
    }

    @Test
    void takesTheSameVariantOnce() {
        assertThat(all("{a|a|b}")).containsExactly("a", "b");
        assertThat(all("{2$$a|a|b}")).containsExactly("a,b", "b,a");
    }

    @Test
    void leavesNothingOutOfALargeNumberOfPrompts() {
        Prompts prompts = PromptTemplate.parse("{1-3$$a|b|c|d|{e|f}|g}{h|i}{j|k|l}", LIMITS)
                .prompts(Wildcards.none(), Expand.COMBINATORIAL);
        assertThat(all("{1-3$$a|b|c|d|{e|f}|g}{h|i}{j|k|l}"))
                .doesNotHaveDuplicates()
                .hasSize((int) prompts.count());
    }

    /** The first numbers that its authors' own program makes of this seed. */
    @Test
    void drawsBySplitMix64() {
        TaskRandom random = TaskRandom.of(1_234_567);
        assertThat(LongStream.generate(random::nextLong).limit(3))
                .containsExactly(6457827717110365317L, 3203168211198807973L, -8629252141511181193L);
    }

    @Test
    void drawsByWeight() {
        Map<String, Long> counts = drawn("{6::a|3::b|c|0::never}", 10_000).stream()
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        assertThat(counts.keySet()).containsExactly("a", "b", "c");
        assertThat(counts.get("a")).isBetween(5_800L, 6_200L);
        assertThat(counts.get("b")).isBetween(2_800L, 3_200L);
    }

    @Test
    void drawsWithoutPuttingBack() {
        assertThat(drawn("{2$$ $$a|b|c}", 1_000))
                .allSatisfy(text -> assertThat(text.split(" ")).hasSize(2).doesNotHaveDuplicates());
        assertThat(Set.copyOf(drawn("{2$$ $$1000000::a|b|c}", 100)))
                .isSubsetOf("a b", "a c", "b a", "c a", "b c", "c b");
    }

    @Test
    void drawsTheSameForTheSameSeedForEver() {
        assertThat(drawn("{red|green|blue} {1-2$$a|b|c} ${x=!{1|2|3}}${x}${x}", 5))
                .containsExactly("blue a 22", "red a,b 33", "red c 22", "red a,b 33", "blue c 11");
    }

    @Test
    void writesAVariableThatWasSetAtOnceTheSameEachTime() {
        assertThat(all("${season=!{summer|winter}} In ${season}, ${season} shirts"))
                .containsExactly("In summer, summer shirts", "In winter, winter shirts");
    }

    @Test
    void writesOtherVariablesAnewEachTime() {
        assertThat(all("${c={red|blue}}${c} and ${c}"))
                .containsExactly("red and red", "red and blue", "blue and red", "blue and blue");
        assertThat(all("${p={tall|short}} a ${p} man, a ${p} woman")).hasSize(4);
    }

    @Test
    void setsVariablesWhereverTheyStand() {
        assertThat(all("a ${x} b${x=c}")).containsExactly("a c b");
        assertThat(all("${a=!{1|2}}${b=!${a}${a}}${b}")).containsExactly("11", "22");
        assertThat(all("${person=a ${hair} man}${hair={red|fair}}${person}"))
                .containsExactly("a red man", "a fair man");
    }

    @Test
    void takesADefaultForAVariable() {
        assertThat(all("In ${season:summer}")).containsExactly("In summer");
        assertThat(all("${season=winter}In ${season:summer}")).containsExactly("In winter");
        assertThat(all("In ${season:{a|b}}")).containsExactly("In a", "In b");
    }

    @Test
    void keepsAVariableThatIsSet() {
        assertThat(all("${x=a}${x?=b}${x}")).containsExactly("a");
        assertThat(all("${x?=!{b|c}}${x}")).containsExactly("b", "c");
    }

    @Test
    void wrapsOneAroundAnother() {
        assertThat(all("%{happy ... on a meadow$${fox|cow}}"))
                .containsExactly("happy fox on a meadow", "happy cow on a meadow");
        assertThat(all("%{{cool|hot} …$${fox|cow}}")).containsExactly("cool fox", "cool cow", "hot fox", "hot cow");
        assertThat(all("%{happy $$fox}")).containsExactly("happy fox");
    }

    @Test
    void leavesOutCommentsAndTheirLines() {
        assertThat(all("one # comment\n# whole line\n{cat|dog} # more\nend"))
                .containsExactly("one \ncat \nend", "one \ndog \nend");
        assertThat(all("{\n  # mostly\n  0.6::A\n  |\n  # | B # off\n  C\n}")).containsExactly("A", "C");
        assertThat(all("colour \\#ff0000 {a}")).containsExactly("colour #ff0000 a");
    }

    @Test
    void takesEscapedCharactersForThemselves() {
        assertThat(all("\\{a|b\\} \\${x} \\%{y} \\__z__ {p\\|q|r}"))
                .containsExactly("{a|b} ${x} %{y} __z__ p|q", "{a|b} ${x} %{y} __z__ r");
        assertThat(all("\\(a\\) {1|2}")).containsExactly("\\(a\\) 1", "\\(a\\) 2");
        assertThat(all("\\\\{1|2}")).containsExactly("\\\\1", "\\\\2");
    }

    @Test
    void keepsAlternatingWordsTogether() {
        assertThat(all("{[cow|horse]|goat} {(a:1.2)|[b:c:0.5]}"))
                .containsExactly("[cow|horse] (a:1.2)", "[cow|horse] [b:c:0.5]", "goat (a:1.2)", "goat [b:c:0.5]");
        assertThat(all("{a [b|c d}")).containsExactly("a [b", "c d");
    }

    @Test
    void goesInCyclesWithoutMakingMore() {
        assertThat(all("{red|green|blue} {@square|circle}"))
                .containsExactly("red square", "green circle", "blue square");
        assertThat(drawn("{@e1|e2} and {@e3|e4}", 3)).containsExactly("e1 and e3", "e2 and e4", "e1 and e3");
        assertThat(all("{a|b} {~x|y}")).hasSize(2).allMatch(text -> text.matches("[ab] [xy]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{cat|dog;1;'{' is not closed",
                "a {b {c|d};3;'{' is not closed",
                "{two$$a|b};5;no number",
                "{2$$ $ $$a|b};8;no number",
                "{-$$a|b};2;no number",
                "{-1::a|b};2;a weight is -1",
                "{0::a|0::b};1;weight 0",
                "a ${x;3;'${' is not closed",
                "a ${1};3;no name",
                "a ${x y};7;behind the name",
                "${x=a|b};6;outside of braces",
                "{${x=1}|b};2;set inside",
                "%{a};4;no '$$'",
                "%{a;1;'%{' is not closed",
                "ab ${missing};4;'missing' is not set",
                "__season__;1;no wildcard 'season'",
                "{a|__b__};4;no wildcard 'b'"
            })
    void saysWhereATemplateIsBroken(String template, int column, String message) {
        ExpansionProblem problem = problem(template);
        assertThat(problem.message()).contains(message).startsWith("at character " + column + ": ");
        assertThat(problem.at()).isEqualTo(new ExpansionProblem.At(column - 1, 1, column));
        assertThat(problem.hint()).isNotEmpty();
    }

    @Test
    void saysWhichLine() {
        assertThat(problem("a\n\ud83d\ude00 {b").message()).startsWith("in line 2, at character 3: ");
    }

    @Test
    void tellsAllThatIsMissingAtOnce() {
        assertThatThrownBy(() -> all("${a} __b__ ${c}"))
                .isInstanceOfSatisfying(
                        ExpansionException.class,
                        e -> assertThat(e.problems())
                                .extracting(ExpansionProblem::code)
                                .containsExactly(
                                        ProblemCode.UNKNOWN_VARIABLE,
                                        ProblemCode.UNKNOWN_WILDCARD,
                                        ProblemCode.UNKNOWN_VARIABLE));
    }

    @Test
    void refusesWhatHasNoEnd() {
        assertThat(problem("${a=${b}x}${b={${a}|1}}${a}").code()).isEqualTo(ProblemCode.TEMPLATE_TOO_LARGE);
        assertThat(problem("{".repeat(5_000) + "}".repeat(5_000)).code()).isEqualTo(ProblemCode.TEMPLATE_TOO_LARGE);
        List<String> laughs = new ArrayList<>(List.of("${v0=ha{1|2}}"));
        for (int i = 1; i < 90; i++) {
            laughs.add("${v" + i + "=${v" + (i - 1) + "}${v" + (i - 1) + "}}");
        }
        assertThat(problem(String.join("", laughs) + "${v89}").code()).isEqualTo(ProblemCode.TEMPLATE_TOO_LARGE);
    }

    @Test
    void countsAsFarAsItCan() {
        Prompts many =
                PromptTemplate.parse("{a|b|c|d}".repeat(100), LIMITS).prompts(Wildcards.none(), Expand.COMBINATORIAL);
        assertThat(many.count()).isEqualTo(Prompts.TOO_MANY);
        assertThat(many.text(1, TaskRandom.of(1))).isEqualTo("a".repeat(99) + "b");
        Prompts most = PromptTemplate.parse("{a|b}".repeat(62), LIMITS).prompts(Wildcards.none(), Expand.COMBINATORIAL);
        assertThat(most.count()).isEqualTo(1L << 62);
        assertThat(most.text((1L << 62) - 1, TaskRandom.of(1))).isEqualTo("b".repeat(62));
    }

    @Test
    void drawsWhatIsAmongThem() {
        String template = "${x=!{1|2|{3|4}}} {0-2$$ $$a|b{c|d}|${x}} %{{<|>} ... $$ {e|}} [f|{g|h}]";
        Set<String> every = new LinkedHashSet<>(all(template));
        assertThat(Set.copyOf(drawn(template, 20_000))).isEqualTo(every);
    }
}
