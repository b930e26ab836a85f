package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import darkroom.files.Sha256;
import darkroom.job.Attachment;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.json.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompt files that are not one JSON object. */
final class FormsTest {
    private static final String INFOTEXT = "a gull\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7,"
            + " Seed: 5, Size: 512x512, Model: anything";

    @TempDir
    Path root;

    private Path folder;
    private int files;

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectories(root.resolve("drop"));
        Files.copy(Path.of("examples/pictures/sketch.png"), folder.resolve("sketch.png"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.json  | [{'prompt': 'a'}, {'prompt': 'b', 'steps': 5}]   | [{'prompt':'a'},{'prompt':'b','steps':5}]",
                "a.json  | ` [ {'prompt': 'a]'} ]  `                        | [{'prompt':'a]'}]",
                "a.json  | [{'prompt': '[}'}, {'x': [{'y': []}, 1]}]        | [{'prompt':'[}'},{'x':[{'y':[]},1]}]",
                "a.jsonl | {'prompt': 'a'}~~  {'prompt': 'b'}               | [{'prompt':'a'},{'prompt':'b'}]",
                "a.ndjson| {'prompt': 'a'}~{'prompt': 'b'}~                 | [{'prompt':'a'},{'prompt':'b'}]",
                "a.yaml  | prompt: a~steps: 5                               | [{'prompt':'a','steps':5}]",
                "a.yml   | - prompt: a~- {prompt: b, cfg_scale: 7.0}        | [{'prompt':'a'},{'prompt':'b','cfg_scale':7.0}]",
                "a.yaml  | prompt: a~---~prompt: b~...~                     | [{'prompt':'a'},{'prompt':'b'}]",
                "a.csv   | prompt,steps~a,5~'b, c',                         | [{'prompt':'a','steps':5},{'prompt':'b, c'}]",
                "a.csv   | prompt;cfg_scale~a;7.5~b;8                       | [{'prompt':'a','cfg_scale':7.5},{'prompt':'b','cfg_scale':8}]",
                "a.tsv   | prompt\tseed~a\t-1                               | [{'prompt':'a','seed':-1}]",
                "a.csv   | prompt,seed~'a ''big'' gull~on a rock',77        | [{'prompt':'a 'big' gull\\non a rock','seed':77}]",
                "a.csv   | prompt,enable_hr,styles~a,yes,'x, y'             | [{'prompt':'a','enable_hr':true,'styles':['x','y']}]",
                "a.csv   | prompt,/override_settings/sd_model_checkpoint,/override_settings/eta~a,m.ckpt,3 | [{'prompt':'a','override_settings':{'sd_model_checkpoint':'m.ckpt','eta':3}}]",
                "a.csv   | prompt,/x,/y~a,007,true                          | [{'prompt':'a','x':'007','y':true}]",
                "a.csv   | prompt~007                                       | [{'prompt':'007'}]",
                "a.csv   | /prompt,/distilled_cfg_scale~a,3.5               | [{'prompt':'a','distilled_cfg_scale':3.5}]",
                "a.txt   | a gull~~  two gulls  ~                           | [{'prompt':'a gull'},{'prompt':'two gulls'}]",
                "a.txt   | --prompt a big gull --steps 5 --width 640        | [{'prompt':'a big gull','steps':5,'width':640}]",
                "a.txt   | --prompt 'a, (b:1.2)' --negative_prompt x y --seed -1 | [{'prompt':'a, (b:1.2)','negative_prompt':'x y','seed':-1}]",
                "a.txt   | --prompt a dog\\'s life --cfg_scale 6.5 --tiling true | [{'prompt':'a dog's life','cfg_scale':6.5,'tiling':true}]",
                "a.txt   | --sd_model m.safetensors --prompt a --styles x,y --prompt_for_display b | [{'override_settings':{'sd_model_checkpoint':'m.safetensors'},'prompt':'a','styles':['x','y']}]",
            })
    void eachEntryIsOne(String name, String content, String entries) throws IOException {
        String text = content.replace('~', '\n');
        List<Map<String, @Nullable Object>> read = read(
                        name,
                        text.replace("\\'", "\u0000")
                                .replace("''", "\"\"")
                                .replace('\'', '"')
                                .replace("\u0000", "\\'"))
                .stream()
                .map(PromptFile::settings)
                .toList();

        assertThat(Json.mapper().writeValueAsString(read)).isEqualTo(expected(entries));
    }

    /** Single quotes for double ones, but within words. */
    private static String expected(String entries) {
        return entries.replaceAll("(?<=[\\[{:,])'|'(?=[\\]}:,])", "\"").replace("a 'big' gull", "a \\\"big\\\" gull");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.json  | [{'prompt': 'a'} {'prompt': 'b'}]  | malformed-json    | line 1, column 18: this is not JSON: a comma is missing",
                "a.json  | [{'prompt': 'a'}, {'prompt': 'b'}  | incomplete-json   | the file ends before its JSON does",
                "a.json  | [{'prompt': 'a'},]                 | malformed-json    | nothing follows behind the last comma",
                "a.json  | [{'prompt': 'a'}] x                | malformed-json    | something follows behind the end of the list",
                "a.json  | []                                 | empty-file        | the list is empty",
                "a.json  | [~  {'prompt': 'a'},~  {'steps': 0}] | out-of-range    | line 3, column 13, /steps: 'steps' is 0",
                "a.jsonl | {'prompt': 'a'}~{'steps': 0}       | out-of-range      | line 2, column 11, /steps: 'steps' is 0",
                "a.jsonl | {'prompt': 'a'~{'prompt': 'b'}     | incomplete-json   | line 1, ",
                "a.jsonl | {'prompt': 'a'}~[1]                | not-an-object     | line 2, column 1: here is a list",
                "a.jsonl | ~                                  | empty-file        | the file is empty",
                "a.jsonl | {'prompt': 'a'}~{'prompt': 'b', 'job': {'id': 'x'}} | not-for-one-entry | /job/id: 'job.id' is about the job as a whole",
                "a.yaml  | - prompt: a~- steps: 0             | out-of-range      | line 2, column 10, /steps",
                "a.yaml  | - 5                                | not-an-object     | line 1, column 3: here is a single value",
                "a.csv   | promt,steps~a,5                    | unknown-field     | is no field of a payload that is known here",
                "a.csv   | prompt,steps~a,5~b                 | malformed-text    | line 3, column 1: the row has 1 cell, the first line 2",
                "a.csv   | prompt,steps~a,5,6                 | malformed-text    | the row has 3 cells, the first line 2",
                "a.csv   | prompt,steps~a,five                | wrong-type        | line 2, column 1, /steps: 'steps' is",
                "a.csv   | prompt,steps~'a,5                  | malformed-text    | the table can't be read from here on",
                "a.csv   | prompt,prompt~a,b                  | malformed-text    | there are two columns",
                "a.csv   | prompt,steps                       | empty-file        | the table has no rows",
                "a.csv   | prompt,/x/y,/x~a,1,2               | wrong-type        | /x is given twice",
                "a.csv   | prompt,/x~a,{'b'                   | wrong-type        | this begins like JSON, and is none",
                "a.txt   | a gull --ar 16:9                   | malformed-text    | line 1, column 1: a flag is expected before",
                "a.txt   | a~--prompt b --step 5              | unknown-field     | is no field of a payload that is known here",
                "a.txt   | --prompt a dog's life              | malformed-text    | a quote, ', is not closed",
                "a.txt   | --prompt a --steps                 | malformed-text    | --steps has nothing behind it",
                "a.txt   | --prompt a --outpath_samples /etc  | setting-not-allowed | --outpath_samples says where the WebUI writes",
                "a.txt   | --prompt a --steps many            | wrong-type        | line 1, column 1, /steps: 'steps' is",
                "a.txt   | a gull~Steps: 20, Sampler: Euler~b | malformed-text    | line 3, column 1: an infotext begins here, and has no last line",
                "a.txt   | a~Negative prompt: b~c             | malformed-text    | line 2, column 1: this is a line of an infotext",
                "a.txt   | ``                                 | empty-file        | the file is empty",
            })
    void whatIsWrongIsSaidWithItsPlace(String name, String content, String code, String sentence) {
        String text = content == null ? "" : content.replace('~', '\n');
        boolean apostrophe = text.contains("dog's");
        List<Problem> problems = problems(name, apostrophe ? text : text.replace('\'', '"'));

        assertThat(problems.get(0).code().word()).isEqualTo(code);
        assertThat(problems.get(0).sentence()).contains(sentence);
        assertThat(problems.get(0).hint()).isNotBlank();
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        List<Problem> problems = problems("a.csv", "prompt,steps,width\na,0,x\nb,5,512\nc,x,0\n");

        assertThat(problems)
                .extracting(
                        problem -> problem.place() == null ? 0 : problem.place().line())
                .containsExactly(2, 2, 4, 4);
    }

    @Test
    void tooMuchThatIsWrongIsCutShort() {
        assertThat(problems("a.csv", "prompt,steps\n" + "a,0\n".repeat(1000))).hasSize(100);
    }

    @Test
    void whatIsInTextsEndsNoEntry() throws IOException {
        assertThat(read("a.json", "[{\"prompt\": \"\\\\\\\"]}\\\\\"}, {\"prompt\": \"b\"}]"))
                .extracting(entry -> entry.settings().get("prompt"))
                .containsExactly("\\\"]}\\", "b");
    }

    @Test
    void aTextThatEndsLikeAnInfotextIsOne() throws IOException {
        assertThat(read("a.txt", INFOTEXT.replace("\n", "\r\n") + "\r\n"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.settings()).isEqualTo(Map.of("infotext", INFOTEXT)));
    }

    @Test
    void aTextOfInfotextsHasAnEntryForEach() throws IOException {
        List<String> infotexts = new ArrayList<>();
        StringBuilder log = new StringBuilder("\uFEFF\r\n");
        for (int i = 0; i < 800; i++) { // more than is looked at before
            String infotext = INFOTEXT.replace("a gull", "a gull,\n\n(" + i + ":1.2) --x {");
            infotexts.add(infotext);
            log.append(infotext.replace("\n", "\r\n")).append(i % 3 == 0 ? "\r\n" : "\r\n\r\n \r\n");
        }

        assertThat(read("a.txt", log.toString()))
                .extracting(entry -> entry.settings().get("infotext"))
                .containsExactlyElementsOf(
                        infotexts.stream().map(text -> (Object) text).toList());
        assertThat(read("a.txt", INFOTEXT + "\n\nSteps: 5, Sampler: Euler, CFG scale: 7\n"))
                .extracting(entry -> String.valueOf(entry.settings().get("infotext")))
                .containsExactly(INFOTEXT, "Steps: 5, Sampler: Euler, CFG scale: 7");
    }

    @ParameterizedTest
    @CsvSource({"UTF-8,true", "UTF-16LE,true", "UTF-16BE,true", "UTF-8,false"})
    void whatSpreadsheetsWriteIsRead(String charset, boolean marked) throws IOException {
        byte[] bytes =
                ((marked ? "\ufeff" : "") + "prompt;steps\r\n\"日本; x\";5\r\n").getBytes(Charset.forName(charset));
        Path file = Files.write(folder.resolve("table.csv"), bytes);

        PromptFileReader.Summary summary = reader().read(
                        file,
                        Dropped.nowhere(folder),
                        staging(),
                        entry -> assertThat(entry.settings()).isEqualTo(Map.of("prompt", "日本; x", "steps", 5)));

        assertThat(summary.sha256()).isEqualTo(Sha256.of(file));
        assertThat(summary.entries()).isEqualTo(1);
    }

    @Test
    void whatIsNotUtf8IsRefused() throws IOException {
        Path file = Files.write(folder.resolve("a.csv"), "prompt\n\u00e4\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(catchThrowableOfType(
                                ProblemException.class,
                                () -> reader().read(file, Dropped.nowhere(folder), staging(), entry -> {}))
                        .problem()
                        .message())
                .contains("not UTF-8");
    }

    @Test
    void aPictureThatSeveralEntriesNameIsKeptOnce() throws IOException {
        Files.copy(folder.resolve("sketch.png"), folder.resolve("other.png"));
        List<PromptFile> entries = read("a.csv", "prompt,init_images\na,sketch.png\nb,other.png\nc,sketch.png\n");

        List<Attachment> pictures =
                entries.stream().map(entry -> entry.attachments().get(0)).toList();
        assertThat(pictures).extracting(Attachment::source).containsExactly("sketch.png", "other.png", "sketch.png");
        assertThat(pictures.get(2).file()).isEqualTo(pictures.get(0).file());
        assertThat(pictures.get(1).file()).isNotEqualTo(pictures.get(0).file());
    }

    @Test
    void entriesHaveTheDefaultsOfTheirLaneAndOfTheirOwnPreset() throws IOException {
        Files.writeString(folder.resolve("_lane.yaml"), "steps: 9\ninit_images: [sketch.png]\njob: {priority: 3}\n");
        Files.createDirectories(root.resolve("presets"));
        Files.writeString(root.resolve("presets/large.yaml"), "width: 1024\n");
        List<PromptFile> entries = new ArrayList<>();
        Path file = Files.writeString(
                folder.resolve("a.jsonl"),
                "{\"prompt\": \"a\"}\n{\"prompt\": \"b\", \"job\": {\"preset\": \"large\"}}\n{\"prompt\": \"c\", \"steps\": 2}\n");

        PromptFileReader.Summary summary =
                reader().read(file, new Dropped(folder, folder, folder, "", null), staging(), entries::add);

        assertThat(entries).extracting(entry -> entry.settings().get("steps")).containsExactly(9, 9, 2);
        assertThat(entries).extracting(entry -> entry.settings().get("width")).containsExactly(null, 1024, null);
        assertThat(entries).extracting(PromptFile::priority).containsExactly(3, 3, 3);
        assertThat(entries).allSatisfy(entry -> assertThat(entry.attachments()).hasSize(1));
        assertThat(summary.defaults()).hasSize(2);
    }

    @Test
    void aPictureMayBeMadeAgain() throws IOException {
        byte[] made = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));
        Path none = Files.write(folder.resolve("none.png"), made);
        assertThat(catchThrowableOfType(
                                ProblemException.class,
                                () -> reader().read(none, Dropped.nowhere(folder), staging(), entry -> {}))
                        .problem()
                        .code()
                        .word())
                .isEqualTo("no-infotext");
    }

    @Test
    void aLongTableTakesNoMemory() throws IOException {
        Path file = folder.resolve("a.csv");
        int rows = 100_000;
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            writer.write("prompt,seed\n");
            for (int i = 0; i < rows; i++) {
                writer.write("a gull," + i + "\n");
            }
        }
        int[] read = {0};

        PromptFileReader.Summary summary = reader().read(file, Dropped.nowhere(folder), staging(), entry -> {
            assertThat(entry.settings()).containsEntry("seed", read[0]++);
        });

        assertThat(summary.entries()).isEqualTo(rows);
    }

    private PromptFileReader reader() {
        return new PromptFileReader(
                new PromptFileLimits(
                        10_000, 1 << 20, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                new Presets(root.resolve("presets"), Duration.ZERO));
    }

    private Path staging() throws IOException {
        return Files.createDirectory(root.resolve("staging-" + ++files));
    }

    private List<PromptFile> read(String name, String content) throws IOException {
        List<PromptFile> entries = new ArrayList<>();
        reader().read(
                        Files.writeString(folder.resolve(name), content),
                        Dropped.nowhere(folder),
                        staging(),
                        entries::add);
        return entries;
    }

    private List<Problem> problems(String name, String content) {
        ProblemException thrown = catchThrowableOfType(ProblemException.class, () -> read(name, content));
        assertThat(thrown).as("nothing was wrong with " + content).isNotNull();
        return thrown.problems();
    }
}
