package darkroom.promptfile.expansion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import darkroom.files.Sha256;
import darkroom.job.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists in {@code src/test/resources/wildcards}, and what a prompt makes of them. */
final class WildcardsTest {
    private static final Path FOLDER = Path.of("src/test/resources/wildcards");
    private static final ExpansionLimits LIMITS = ExpansionLimits.of(1_000);

    private final Wildcards wildcards = Wildcards.of(FOLDER);

    @TempDir
    Path folder;

    private List<String> all(String template) {
        return PromptTemplateTest.all(template, wildcards);
    }

    private static ExpansionProblem problem(String template, Wildcards wildcards) {
        try {
            PromptTemplateTest.all(template, wildcards);
        } catch (ExpansionException e) {
            return e.problems().get(0);
        }
        throw new AssertionError("'" + template + "' was taken");
    }

    @Test
    void takesEachLineOfATextFile() {
        assertThat(all("__season__ is coming"))
                .containsExactly(
                        "spring is coming",
                        "summer is coming",
                        "autumn is coming",
                        "fall is coming",
                        "winter is coming");
    }

    @Test
    void takesTheListsOfAFileByTheirPath() {
        assertThat(all("__clothing__")).containsExactly("T-shirt", "Pants");
        assertThat(all("__artists/finnish__")).containsExactly("Akseli Gallen-Kallela", "Eero Järnefelt");
        assertThat(all("__artists/single__")).containsExactly("john madden");
        assertThat(all("__people/flavours/sweet__")).containsExactly("vanilla", "🍫 chocolate");
        assertThat(all("__animals/mystical__")).containsExactly("unicorn");
    }

    @Test
    void findsListsByAPattern() {
        assertThat(all("__colours*__")).containsExactly("blue", "green", "red", "yellow");
        assertThat(all("__animals/mammals/*__")).containsExactly("dog", "wolf", "cat", "tiger");
        assertThat(all("__**/canine__")).containsExactly("dog", "wolf");
        assertThat(all("__**/clothing__")).containsExactly("T-shirt", "Pants");
        assertThat(all("__colours-[!w]*__")).containsExactly("blue", "green");
    }

    @Test
    void findsAListInAnyFolderIfItIsNowhereElse() {
        assertThat(all("__animals/references__")).containsExactly("dog", "wolf", "unicorn");
        assertThat(all("__canine__")).containsExactly("dog", "wolf");
    }

    @Test
    void picksSeveralOfAList() {
        assertThat(all("{2$$ and $$__colours-cold__}")).containsExactly("blue and green", "green and blue");
        assertThat(all("{2$$__colours*__|black}"))
                .hasSize(8)
                .startsWith("blue,black", "green,black", "red,black", "yellow,black", "black,blue");
        assertThat(all("{3$$__season__}")).hasSize(3 * 2 + 18 * 2).doesNotHaveDuplicates();
    }

    @Test
    void givesValuesToAList() {
        assertThat(all("__season-clothes(season=winter)__")).containsExactly("In winter, I wear winter shirts");
        assertThat(all("__season-clothes(season={a|b})__")).hasSize(4);
        assertThat(all("${season=!{a|b}}__season-clothes__"))
                .containsExactly("In a, I wear a shirts", "In b, I wear b shirts");
        assertThat(all("__season-default__")).containsExactly("In summer, summer shirts");
        assertThat(problem("__season-clothes__", wildcards).message())
                .contains("'season' is not set (in the wildcard 'season-clothes')");
        assertThat(all("${season=x}__season-default(season=${season}y)__")).containsExactly("In xy, xy shirts");
    }

    @Test
    void letsAVariableDecideTheList() {
        assertThat(all("__animal__")).containsExactly("dog", "wolf");
        assertThat(all("__animal(genus=mammals)__")).containsExactly("dog", "wolf");
        assertThat(all("__colours-{cold|warm}__")).containsExactly("blue", "green", "red", "yellow");
        assertThat(all("${t=!{cold|warm}}${t}: __colours-${t}__"))
                .containsExactly("cold: blue", "cold: green", "warm: red", "warm: yellow");
        assertThat(all("__drink/iced__")).containsExactly("a tea", "a pop", "a sweet tea", "a soda");
        assertThat(all("__drink/beverage__"))
                .containsExactly("a tea", "a coffee", "a tea", "a pop", "a sweet tea", "a soda");
        assertThat(problem("${t=!{~cold|warm}}__colours-${t}__", wildcards).message())
                .contains("drawn");
    }

    @Test
    void wrapsWithAList() {
        assertThat(all("%{__wrappers__$$a cow}")).containsExactly("Art Deco, a cow, sleek", "Pop Art, a cow, flat");
    }

    @Test
    void drawsByTheWeightsInAFile() {
        Prompts prompts = PromptTemplate.parse("__weighted/*__", LIMITS).prompts(wildcards, Expand.RANDOM);
        Map<String, Long> counts = IntStream.range(0, 10_000)
                .mapToObj(i -> prompts.text(i, TaskRandom.of(3, i, "prompt")))
                .collect(Collectors.groupingBy(text -> text, HashMap::new, Collectors.counting()));
        assertThat(counts.keySet()).containsExactlyInAnyOrder("elephant", "rhino", "rabbit", "cat");
        assertThat(counts.get("elephant")).isBetween(6_500L, 7_100L); // 50 of 73.5
        assertThat(counts.get("cat")).isBetween(80L, 200L);
        assertThat(all("__weighted/heavy__")).containsExactly("elephant", "rhino");
    }

    @Test
    void tellsWhichFilesWereUsed() throws IOException {
        all("__season__ __colours*__ __clothing__");
        assertThat(wildcards.used())
                .containsOnlyKeys("season.txt", "colours-cold.txt", "colours-warm.txt", "pantry.yaml")
                .containsEntry("season.txt", Sha256.of(FOLDER.resolve("season.txt")))
                .containsEntry("pantry.yaml", Sha256.of(FOLDER.resolve("pantry.yaml")));
    }

    @Test
    void namesTheNearestList() {
        ExpansionProblem problem = problem("a __seson__", wildcards);
        assertThat(problem.code()).isEqualTo(ProblemCode.UNKNOWN_WILDCARD);
        assertThat(problem.hint()).startsWith("did you mean 'season'?").contains("torn.yaml could not be read");
        assertThat(problem.at()).isEqualTo(new ExpansionProblem.At(2, 1, 3));
        assertThat(problem("__season__", Wildcards.none()).hint()).contains("there is no folder of wildcards");
        assertThat(problem("__season__", Wildcards.of(folder)).hint()).contains("is empty");
        assertThat(problem("__season__", Wildcards.of(folder.resolve("not there")))
                        .hint())
                .contains("is empty");
    }

    @Test
    void refusesListsThatLeadBackToThemselves() {
        ExpansionProblem problem = problem("__loop-a__", wildcards);
        assertThat(problem.code()).isEqualTo(ProblemCode.TEMPLATE_TOO_LARGE);
        assertThat(problem.message()).contains("loop-a -> loop-b -> loop-a");
    }

    @Test
    void saysWhichValueIsNoTemplate() {
        ExpansionProblem problem = problem("a __unclosed__", wildcards);
        assertThat(problem.code()).isEqualTo(ProblemCode.WILDCARD_BROKEN);
        assertThat(problem.message())
                .contains("'unclosed' has the value '{broken|'")
                .contains("'{' is not closed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "..\\secret",
                "/etc/passwd",
                "people/../../secret",
                "**/../secret",
                "linked",
                "folder/secret",
                ".hidden",
                "nul\u0000l",
                "~/secret",
                "."
            })
    void neverLeavesTheFolder(String name) throws IOException {
        Path wild = Files.createDirectories(folder.resolve("wild"));
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Files.writeString(wild.resolve("one.txt"), "one");
        Files.writeString(wild.resolve(".hidden.txt"), "secret");
        link(wild.resolve("linked.txt"), folder.resolve("secret.txt"));
        link(wild.resolve("folder"), folder);
        ExpansionProblem problem = problem("__" + name + "__", Wildcards.of(wild));
        assertThat(problem.code()).isEqualTo(ProblemCode.UNKNOWN_WILDCARD);
        assertThat(PromptTemplateTest.all("__*__", Wildcards.of(wild))).containsExactly("one");
    }

    @Test
    void followsLinksWithinTheFolder() throws IOException {
        Files.writeString(folder.resolve("one.txt"), "one");
        link(folder.resolve("two.txt"), folder.resolve("one.txt"));
        assertThat(PromptTemplateTest.all("__two__", Wildcards.of(folder))).containsExactly("one");
    }

    private static void link(Path link, Path target) throws IOException {
        try {
            Files.createSymbolicLink(link, target);
        } catch (UnsupportedOperationException e) {
            assumeThat(false).as("this file system has links").isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "a.yaml;list:\\n  - {red|green};without a text",
                "a.yaml;list:\\n  - [a, b];a list where a text belongs",
                "a.yaml;a: &x [1]\\nb: *x;an alias",
                "a.yaml;a: [1;it is no YAML",
                "a.json;{\"a\": [1,};it is no JSON",
                "a.json;[{\"text\": \"a\", \"weight\": -1}];no number from 0 up",
                "a.json;[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[;a list where a text belongs"
            })
    void saysWhatIsWrongWithAFileToThoseWhoWantItsLists(String file, String content, String wrong) throws IOException {
        Files.writeString(folder.resolve(file), content.replace("\\n", "\n"));
        Files.writeString(folder.resolve("fine.txt"), "fine");
        assertThat(PromptTemplateTest.all("__fine__", Wildcards.of(folder))).containsExactly("fine");
        assertThat(problem("__list__", Wildcards.of(folder)).hint())
                .contains(file + " could not be read: ")
                .contains(wrong);
    }

    @Test
    void refusesTextThatIsNotUtf8() throws IOException {
        Files.write(folder.resolve("a.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problem("__a__", Wildcards.of(folder)).message()).contains("'a.txt' is not UTF-8");
    }

    @Test
    void takesAByteOrderMarkAndWindowsLines() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "\ufeffone\r\ntwo \r\n\r\n#three\r\n");
        assertThat(PromptTemplateTest.all("__a__", Wildcards.of(folder))).containsExactly("one", "two");
    }

    @Test
    void readsAMillionValuesAndNoMoreThanItMay() throws IOException {
        try (var out = Files.newBufferedWriter(folder.resolve("many.txt"))) {
            for (int i = 0; i < 1_000_000; i++) {
                out.write("value " + i + "\n");
            }
        }
        Prompts prompts =
                PromptTemplate.parse("{2$$ $$__many__}", LIMITS).prompts(Wildcards.of(folder), Expand.COMBINATORIAL);
        assertThat(prompts.count()).isEqualTo(1_000_000L * 999_999);
        assertThat(prompts.text(prompts.count() - 1, TaskRandom.of(1))).isEqualTo("value 999999 value 999998");
        Files.writeString(folder.resolve("large.txt"), "0123456789abcde\n".repeat((1 << 20) + 1));
        assertThat(problem("__large__", Wildcards.of(folder)).code()).isEqualTo(ProblemCode.WILDCARD_BROKEN);
    }

    @Test
    void refusesMoreTemplatesThanItMayHold() throws IOException {
        String lines = IntStream.range(0, 100_000).mapToObj(i -> "{a|b} " + i).collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("many.txt"), lines);
        assertThat(problem("__many__", Wildcards.of(folder)).code()).isEqualTo(ProblemCode.TEMPLATE_TOO_LARGE);
    }

    @Test
    void matchesPatternsInBoundedTime() {
        assertThat(Glob.matches("*a".repeat(200) + "b", "a".repeat(2_000))).isFalse();
        assertThat(Glob.matches("[", "[")).isTrue();
        assertThat(Glob.matches("[]]", "]")).isTrue();
        assertThat(Glob.matches("[a-c]?", "bz")).isTrue();
    }
}
