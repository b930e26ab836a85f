package darkroom.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputNameTest {
    private static final Map<String, String> VALUES =
            Map.of("job", "cat-20261122-014712", "name", "cat", "lane", "birds-sea", "index", "001", "seed", "77");

    @ParameterizedTest
    @CsvSource({
        "[job]-[index]-[seed],cat-20261122-014712-001-77.png",
        "[name]_[seed],cat_77.png",
        "[lane]/[index],birds-sea_001.png",
        "[index] $1 \\,001__1__.png"
    })
    void tokensAreReplaced(String pattern, String name) {
        assertThat(new OutputName(pattern, 200).next(VALUES, "png")).isEqualTo(name);
    }

    @Test
    void noTwoPicturesOfATaskGetTheSameName() {
        OutputName names = new OutputName("[seed]", 200);

        assertThat(names.next(VALUES, "png")).isEqualTo("77.png");
        assertThat(names.next(VALUES, "png")).isEqualTo("77-2.png");
        assertThat(names.next(VALUES, "png")).isEqualTo("77-3.png");
    }

    @ParameterizedTest
    @CsvSource({
        "[name]-[seed],xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-1.png",
        "[prompt_words]_[name]_[seed],äöüäöüäöüäö_xxxxxxxxxxxxxxx_1.png",
        "[sampler]-[seed],1.png",
        "[seed]-[sampler] [index],1_001.png",
    })
    void whatIsTooLongIsShortenedWhereItIsAboutWords(String pattern, String name) {
        assertThat(new OutputName(pattern, 40)
                        .next(
                                Map.of(
                                        "name",
                                        "x".repeat(1000),
                                        "prompt_words",
                                        "äöü".repeat(300),
                                        "seed",
                                        "1",
                                        "index",
                                        "001"),
                                "png"))
                .isEqualTo(name);
    }

    @Test
    void whatIsCutOffOfTwoNamesDoesNotMakeThemOne() {
        String one =
                new OutputName("[name]-[index]", 200).next(Map.of("name", "x".repeat(1000), "index", "001"), "png");
        String other =
                new OutputName("[name]-[index]", 200).next(Map.of("name", "x".repeat(1000), "index", "002"), "png");

        assertThat(one).isNotEqualTo(other);
        assertThat(one.length()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({
        "[job]-[index],",
        "[jobb]-[seed],there is no [jobb]; did you mean 'job'?",
        "[job],'pictures of one job would get the same name; use [index], [seed] or [source]'",
        "[source],",
        "a/[seed],a name has no folders in it"
    })
    void aWrongPatternIsNoticed(String pattern, String problem) {
        assertThat(OutputName.problems(pattern)).isEqualTo(problem == null ? List.of() : List.of(problem));
    }

    @Test
    void picturesOfLongNamesThatBeginAlikeAreToldApart() {
        String one = new OutputName("[source]", 40).next(Map.of("source", "x".repeat(80) + "1"), "png");
        String other = new OutputName("[source]", 40).next(Map.of("source", "x".repeat(80) + "2"), "png");

        assertThat(one).hasSize(44).startsWith("xxx").isNotEqualTo(other);
    }
}
