package darkroom.promptfile.expansion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompt files that stand for several tasks. */
final class ExpansionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ExpansionLimits LIMITS = ExpansionLimits.of(10_000);
    private static final Wildcards WILDCARDS = Wildcards.of(Path.of("src/test/resources/wildcards"));
    private static final Set<String> WHOLE = Set.of("/seed", "/steps", "/width", "/subseed");

    static Expansion expansion(String file, ExpansionLimits limits, Expand otherwise) {
        try {
            Map<String, @Nullable Object> settings = JSON.readValue(
                    file.replace('\'', '"'), new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
            Object job = settings.remove("job");
            return Expansion.of(
                    settings,
                    ExpansionRequest.of(job instanceof Map<?, ?> fields ? fields : Map.of()),
                    otherwise,
                    WILDCARDS,
                    limits,
                    42,
                    WHOLE::contains);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Expansion expansion(String file) {
        return expansion(file, LIMITS, Expand.NONE);
    }

    private static List<String> all(String file, String... fields) {
        Expansion expansion = expansion(file);
        return LongStream.range(0, expansion.count())
                .mapToObj(i -> {
                    Map<String, @Nullable Object> made = expansion.at(i);
                    return String.join(
                            " ",
                            List.of(fields).stream()
                                    .map(field -> String.valueOf(made.get(field)))
                                    .toList());
                })
                .toList();
    }

    private static List<ExpansionProblem> problems(String file) {
        try {
            expansion(file);
        } catch (ExpansionException e) {
            return e.problems();
        }
        throw new AssertionError("it was taken: " + file);
    }

    @Test
    void isTheFileItselfWithoutAnyOfIt() {
        Expansion one = expansion("{'prompt': 'a {red|blue} __door__', 'steps': 20}");
        assertThat(one.count()).isEqualTo(1);
        assertThat(one.at(0)).isEqualTo(Map.of("prompt", "a {red|blue} __door__", "steps", 20));
        assertThat(one.chosen(0)).isEmpty();
    }

    @Test
    void makesEveryCombinationOfAMatrixTheLastAxisFastest() {
        assertThat(all("{'job': {'matrix': {'steps': [20, 30], 'cfg_scale': [5, 7.5]}}}", "steps", "cfg_scale"))
                .containsExactly("20 5", "20 7.5", "30 5", "30 7.5");
    }

    @Test
    void takesTheRowsOfAZipOutsideOfTheMatrix() {
        assertThat(all(
                        "{'job': {'zip': {'prompt': ['a', 'b'], 'negative_prompt': ['c', 'd']}, 'matrix': {'steps': [1, 2]}}}",
                        "prompt",
                        "negative_prompt",
                        "steps"))
                .containsExactly("a c 1", "a c 2", "b d 1", "b d 2");
    }

    @Test
    void putsValuesIntoFieldsOfFields() {
        Expansion expansion = expansion("{'override_settings': {'eta': 1},"
                + " 'alwayson_scripts': {'controlnet': {'args': [{'weight': 1, 'model': 'm'}]}},"
                + " 'job': {'matrix': {'/override_settings/sd_model_checkpoint': ['a', 'b'],"
                + " '/alwayson_scripts/controlnet/args/0/weight': [0.5, null],"
                + " '/new/deep~1er': [{'any': ['thing']}]}}}");
        assertThat(expansion.count()).isEqualTo(4);
        assertThat(expansion.at(3))
                .containsEntry("override_settings", Map.of("eta", 1, "sd_model_checkpoint", "b"))
                .containsEntry("new", Map.of("deep/er", Map.of("any", List.of("thing"))));
        assertThat(expansion.at(0).get("alwayson_scripts"))
                .isEqualTo(Map.of("controlnet", Map.of("args", List.of(Map.of("weight", 0.5, "model", "m")))));
        assertThat(String.valueOf(expansion.at(1).get("alwayson_scripts"))).contains("weight=null");
        assertThat(expansion.chosen(2)).containsEntry("/override_settings/sd_model_checkpoint", "b");
    }

    @Test
    void takesRangesOfWholeNumbers() {
        assertThat(all("{'job': {'matrix': {'seed': '1-3'}}}", "seed")).containsExactly("1", "2", "3");
        assertThat(all("{'job': {'matrix': {'seed': ['1-10/4', 7, '4294967295-4294967296']}}}", "seed"))
                .containsExactly("1", "5", "9", "7", "4294967295", "4294967296");
        assertThat(all("{'job': {'zip': {'seed': '1-2', 'prompt': ['1-2', 'b']}}}", "seed", "prompt"))
                .containsExactly("1 1-2", "2 b");
    }

    @Test
    void repeatsWithTheNextSeed() {
        assertThat(all("{'seed': 5, 'job': {'count': 3}}", "seed")).containsExactly("5", "6", "7");
        assertThat(all("{'seed': 5, 'batch_size': 2, 'n_iter': 2, 'job': {'count': 2}}", "seed"))
                .containsExactly("5", "9");
        assertThat(all("{'seed': -1, 'job': {'count': 2}}", "seed")).containsExactly("-1", "-1");
        assertThat(all("{'job': {'count': 2}}", "seed")).containsExactly("null", "null");
        assertThat(all("{'seed': 5, 'subseed': 8, 'subseed_strength': 0.1, 'job': {'count': 2}}", "seed", "subseed"))
                .containsExactly("5 8", "5 9");
        assertThat(all("{'seed': 5, 'job': {'count': 2, 'matrix': {'steps': [1, 2]}}}", "steps", "seed"))
                .containsExactly("1 5", "1 6", "2 5", "2 6");
        assertThat(expansion("{'job': {'count': 2, 'matrix': {'steps': [1]}}}").chosen(1))
                .isEqualTo(Map.of("steps", 1, "count", 2L));
    }

    @Test
    void takesPromptsForTemplatesOnlyIfItIsTold() {
        String prompt = "'prompt': '{a|b} __door__'";
        assertThat(all("{" + prompt + ", 'job': {'matrix': {'steps': [1]}}}", "prompt"))
                .containsExactly("{a|b} __door__");
        assertThat(all("{" + prompt + ", 'job': {'expand': 'none'}}", "prompt")).containsExactly("{a|b} __door__");
        assertThat(expansion("{'prompt': '{a|b}'}", LIMITS, Expand.COMBINATORIAL)
                        .count())
                .isEqualTo(2);
        assertThat(expansion("{'prompt': '{a|b}', 'job': {'expand': 'none'}}", LIMITS, Expand.COMBINATORIAL)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void makesEveryPromptTheLastFieldFastest() {
        assertThat(all(
                        "{'prompt': '{a|b}', 'negative_prompt': '{c|d}', 'sampler_name': '{e|f}', 'job': {'expand': 'combinatorial'}}",
                        "prompt",
                        "negative_prompt",
                        "sampler_name"))
                .containsExactly("a c {e|f}", "a d {e|f}", "b c {e|f}", "b d {e|f}");
    }

    @Test
    void makesEveryPromptOfTemplatesOnAxes() {
        assertThat(all(
                        "{'negative_prompt': '{x|y}', 'prompt': 'not {used', 'job': {'expand': 'combinatorial',"
                                + " 'matrix': {'steps': [1, 2], 'prompt': ['{a|b|c}', 'd'], 'cfg_scale': [7, 8]}}}",
                        "steps",
                        "prompt",
                        "cfg_scale",
                        "negative_prompt"))
                .hasSize(2 * 2 * 4 * 2)
                .doesNotHaveDuplicates()
                .startsWith("1 a 7 x", "1 a 7 y", "1 b 7 x", "1 b 7 y", "1 c 7 x", "1 c 7 y", "1 a 8 x")
                .endsWith("2 d 8 y");
        assertThat(all(
                        "{'job': {'expand': 'combinatorial', 'count': 2, 'zip': {'prompt': ['{a|b}', 'c'], 'steps': [1, 2]}}}",
                        "steps",
                        "prompt"))
                .containsExactly("1 a", "1 a", "1 b", "1 b", "2 c", "2 c");
    }

    @Test
    void drawsAPromptForEachTaskThatCanBeMadeAlone() {
        String file = "{'prompt': '__season__ {1|2|3|4|5}', 'negative_prompt': '{a|b|c|d|e|f|g}',"
                + " 'job': {'expand': 'random', 'count': 50}}";
        List<String> all = all(file, "prompt", "negative_prompt");
        assertThat(new TreeSet<>(all)).hasSizeGreaterThan(30);
        assertThat(expansion(file).at(37).get("prompt") + " "
                        + expansion(file).at(37).get("negative_prompt"))
                .isEqualTo(all.get(37));
        assertThat(all.subList(0, 3)).containsExactly("winter 5 c", "winter 2 f", "summer 4 f");
    }

    @Test
    void handsOutTheValuesOfAxesToBeChecked() {
        assertThat(StreamSupport.stream(
                        expansion("{'job': {'matrix': {'seed': ['1-9', 20], 'steps': '3-3'}, 'zip': {'/a/b': [true]}}}")
                                .axisValues()
                                .spliterator(),
                        false))
                .containsExactly(
                        new Expansion.AxisValue("/job/zip/~1a~1b/0", "/a/b", true),
                        new Expansion.AxisValue("/job/matrix/seed/0", "/seed", 1),
                        new Expansion.AxisValue("/job/matrix/seed/0", "/seed", 9),
                        new Expansion.AxisValue("/job/matrix/seed/1", "/seed", 20),
                        new Expansion.AxisValue("/job/matrix/steps", "/steps", 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'matrix': [1];/job/matrix;wrong-type;is no object",
                "'matrix': {};/job/matrix;axis-broken;has 0 fields",
                "'matrix': {'steps': []};/job/matrix/steps;axis-broken;no values",
                "'matrix': {'steps': 20};/job/matrix/steps;wrong-type;no list",
                "'matrix': {'prompt': '1-5'};/job/matrix/prompt;wrong-type;no list",
                "'matrix': {'/job/count': [1]};/job/matrix/~1job~1count;axis-broken;about the job itself",
                "'matrix': {'job': [1]};/job/matrix/job;axis-broken;about the job itself",
                "'matrix': {'': [1]};/job/matrix/;axis-broken;names no field",
                "'matrix': {'/': [1]};/job/matrix/~1;axis-broken;names no field",
                "'matrix': {'a/b': [1]};/job/matrix/a~1b;axis-broken;'/a/b'",
                "'matrix': {'/steps/x': [1]};/job/matrix/~1steps~1x;axis-broken;is a value",
                "'matrix': {'/init_images/1': [1]};/job/matrix/~1init_images~11;axis-broken;a list of 1",
                "'matrix': {'/init_images/-': [1]};/job/matrix/~1init_images~1-;axis-broken;a list of 1",
                "'matrix': {'seed': '9-1'};/job/matrix/seed;out-of-range;runs backwards",
                "'matrix': {'seed': [5, '1-9/0']};/job/matrix/seed/1;out-of-range;has the step 0",
                "'matrix': {'steps': [1], '/steps': [1]};/job/matrix/~1steps;axis-broken;the same field",
                "'matrix': {'a': [{}], '/a/b': [1]};/job/matrix/~1a~1b;axis-broken;sets a part of it",
                "'matrix': {'steps': [1]}, 'zip': {'steps': [2]};/job/matrix/steps;axis-broken;the same field",
                "'zip': {'a': [1, 2], 'seed': '1-3'};/job/zip;axis-broken;'a' has 2, 'seed' has 3",
                "'count': 0;/job/count;out-of-range;no whole number",
                "'count': 1.5;/job/count;out-of-range;no whole number",
                "'count': '4';/job/count;wrong-type;no whole number",
                "'limit': -1;/job/limit;out-of-range;no whole number",
                "'expand': 'rnadom';/job/expand;wrong-type;none of none, random",
                "'count': 2, 'matrix': {'seed': [1]};/job/matrix/seed;axis-broken;the seeds already",
                "'expand': 'random', 'matrix': {'prompt': ['a', '{b']};/job/matrix/prompt/1;template-broken;not closed",
                "'expand': 'random', 'zip': {'hr_prompt': ['__x__']};/job/zip/hr_prompt/0;unknown-wildcard;no wildcard"
            })
    void saysWhatIsWrong(String job, String pointer, String code, String message) {
        List<ExpansionProblem> problems = problems("{'steps': 20, 'init_images': ['x'], 'job': {" + job + "}}");
        assertThat(problems).hasSize(1);
        Problem problem = problems.get(0).toProblem(at -> new Problem.Place(3, 4, at));
        assertThat(problem.place()).isEqualTo(new Problem.Place(3, 4, pointer));
        assertThat(problem.code().word()).isEqualTo(code);
        assertThat(problem.message()).contains(message);
        assertThat(problem.hint()).isNotEmpty();
    }

    @Test
    void saysAllThatIsWrongAtOnce() {
        assertThat(problems("{'job': {'count': 0, 'expand': 'x', 'matrix': {'steps': 1, '/job/a': [1]}}}"))
                .extracting(ExpansionProblem::pointer)
                .containsExactly("/job/expand", "/job/count", "/job/matrix/steps", "/job/matrix/~1job~1a");
        assertThat(problems("{'prompt': '{a', 'negative_prompt': '${x} __y__', 'job': {'expand': 'random'}}"))
                .extracting(ExpansionProblem::pointer)
                .containsExactly("/prompt", "/negative_prompt", "/negative_prompt");
    }

    @Test
    void countsBeforeItMakesAnything() {
        ExpansionProblem problem = problems("{'job': {'matrix': {'seed': '1-1000', 'steps': '1-1000'}}}")
                .get(0);
        assertThat(problem.code()).isEqualTo(ProblemCode.TOO_MANY_TASKS);
        assertThat(problem.message()).isEqualTo("this would make 1,000,000 tasks; the limit is 10,000");
        assertThat(problem.hint()).contains("darkroom.job.limit");
        assertThat(problems("{'job': {'limit': 5, 'count': 6}}"))
                .extracting(ExpansionProblem::hint)
                .containsExactly("raise job.limit, or ask for less");
        assertThat(problems("{'job': {'zip': {'seed': '1-999999999999999999'}}}")
                        .get(0)
                        .code())
                .isEqualTo(ProblemCode.TOO_MANY_TASKS);
        assertThat(problems("{'prompt': '" + "{a|b}".repeat(1_000) + "', 'job': {'expand': 'combinatorial'}}")
                        .get(0)
                        .message())
                .contains("more tasks than can be counted");
    }

    /** A million tasks, some of which are templates; the settings are made one by one. */
    @Test
    void walksAMillionTasks() {
        Expansion expansion = expansion(
                "{'prompt': '{a|b|c|d|e} __colours*__ {2$$x|y|z|w|v}', 'seed': 3, 'job': {'expand': 'combinatorial', 'count': 25,"
                        + " 'matrix': {'steps': '1-10', 'width': '512-1208/8', 'cfg_scale': [1, 2.5]}}}",
                ExpansionLimits.of(20_000_000),
                Expand.NONE);
        assertThat(expansion.count()).isEqualTo(5L * 4 * 20 * 25 * 10 * 88 * 2);
        long sum = 0;
        for (long i = 0; i < 1_000_000; i++) {
            sum += expansion.at(i).size();
        }
        assertThat(sum).isEqualTo(5_000_000);
        assertThat(expansion.at(expansion.count() - 1))
                .isEqualTo(Map.of("prompt", "e yellow v,w", "seed", 27, "steps", 10, "width", 1208, "cfg_scale", 2.5));
    }
}
