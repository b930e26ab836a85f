package darkroom.promptfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import darkroom.files.Disk;
import darkroom.job.Extension;
import darkroom.job.PayloadField;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published schema is that of this version, and it and the reader say the same about the form of a prompt file. */
final class JobSchemaTest {
    private static final Path PUBLISHED = Path.of("docs/job.schema.json");

    /** What a schema can know: types, ranges, words, names. */
    private static final Set<ProblemCode> FORM = Set.of(
            ProblemCode.WRONG_TYPE,
            ProblemCode.OUT_OF_RANGE,
            ProblemCode.UNKNOWN_JOB_FIELD,
            ProblemCode.UNKNOWN_FIELD,
            ProblemCode.NOT_AN_OBJECT);

    /** Nobody looks at them where there are none. */
    private static final Set<String> ABOUT_PICTURES = Set.of("masks", "missing_mask", "sidecars");

    private static final List<String> VALUES = List.of(
            "1",
            "0",
            "-1",
            "7",
            "0.5",
            "1.5",
            "2.0",
            "3",
            "1e3",
            "200",
            "true",
            "false",
            "\"1\"",
            "\" 2.0 \"",
            "\"0\"",
            "\"1.5\"",
            "\"-3\"",
            "\"x\"",
            "\"\"",
            "\"YES\"",
            "\"off\"",
            "[]",
            "[1]",
            "[\"x\"]",
            "[null]",
            "{}",
            "{\"a\": 1}",
            "{\"a b\": \"x\"}",
            "{\"a\": \"x\"}",
            "\"a/b\"",
            "\"Balanced\"",
            "\"random\"",
            "\"extras\"",
            "\"fetch\"",
            "\"jpeg:90\"",
            "\"jpeg:lossless\"",
            "\"webp:keep:lossless\"",
            "\"none\"",
            "\"txt\"",
            "\"skip\"",
            "\"picture\"",
            "\"infotext\"",
            "{\"format\": \"webp\", \"quality\": 101}",
            "{\"columns\": 4, \"width\": 100}",
            "{\"steps\": \"few\"}",
            "[{\"steps\": 5}, {\"job\": {\"preset\": 5}}]");

    private static final List<String> OF_UNITS = List.of(
            "1",
            "-1",
            "0.5",
            "2.0",
            "3",
            "200",
            "true",
            "\"1\"",
            "\"x\"",
            "[1]",
            "[\"x\"]",
            "[null]",
            "{}",
            "\"Balanced\"");

    private static JsonSchema schema() {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(JobSchema.text());
    }

    private final JsonSchema schema = schema();

    @TempDir
    Path folder;

    private int files;

    @Test
    void thePublishedOneIsThatOfThisVersion() throws IOException {
        assertThat(Files.readString(PUBLISHED))
                .as("docs/job.schema.json is stale: darkroom schema > docs/job.schema.json")
                .isEqualTo(JobSchema.text());
    }

    @Test
    void itIsASchema() throws IOException {
        JsonSchema meta = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertThat(meta.validate(Json.mapper().readTree(JobSchema.text()))).isEmpty();
    }

    @Test
    void whatIsShippedFits() throws IOException {
        List<String> seen = new ArrayList<>();
        List<Path> shipped = new ArrayList<>(Disk.list(Path.of("examples")));
        shipped.addAll(Disk.list(Path.of("config/presets")));
        for (Path file : shipped.stream().filter(Files::isRegularFile).toList()) {
            String name = file.getFileName().toString();
            for (JsonNode entry : entries(name, Files.readString(file))) {
                assertThat(schema.validate(entry)).as(name).isEmpty();
                seen.add(name);
            }
        }
        assertThat(seen)
                .contains("puppy.json", "seasons.jsonl", "harbour.yaml", "hut-from-outline.json", "portrait.json");
    }

    private static List<JsonNode> entries(String name, String text) throws IOException {
        if (name.endsWith(".jsonl")) {
            List<JsonNode> lines = new ArrayList<>();
            for (String line : text.lines().filter(one -> !one.isBlank()).toList()) {
                lines.add(Json.mapper().readTree(line));
            }
            return lines;
        }
        if (name.endsWith(".yaml")) {
            return new ObjectMapper(new YAMLFactory())
                    .readerFor(JsonNode.class)
                    .<JsonNode>readValues(text)
                    .readAll();
        }
        return name.endsWith(".json") ? List.of(Json.mapper().readTree(text)) : List.of();
    }

    @Test
    void aListIsCheckedEntryByEntry() throws IOException {
        assertThat(schema.validate(Json.mapper().readTree("[{\"steps\": 5}, {\"steps\": \"few\"}]")))
                .extracting(message -> message.getInstanceLocation().toString())
                .containsOnly("$[1].steps");
    }

    @Test
    void bothSayTheSameAboutEachKindOfFieldOfAPayload() throws IOException {
        List<String> different = new ArrayList<>();
        Map<String, String> kinds = new TreeMap<>(Map.of("pictures", "init_images", "picture", "mask"));
        PayloadField.all().forEach((name, field) -> kinds.put(field.type() + " " + field.least(), name));
        for (String field : kinds.values()) {
            for (String value : VALUES) {
                compare("{\"" + field + "\": " + value + "}", different);
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void bothSayTheSameAboutEachKindOfFieldOfAUnit() throws IOException {
        List<String> different = new ArrayList<>();
        for (Extension extension : Extension.values()) {
            Map<String, String> kinds = new TreeMap<>();
            UnitField.all(extension)
                    .forEach((name, field) ->
                            kinds.put(field.type() + " " + field.least() + field.most() + field.choices(), name));
            Set<String> names = new TreeSet<>(kinds.values());
            names.addAll(extension.aliases().keySet());
            names.addAll(List.of("ad_model", "ad_steps", "nothing", "batch_images"));
            for (String field : names) {
                for (String value : OF_UNITS) {
                    compare("{\"" + extension.word() + "\": {\"" + field + "\": " + value + "}}", different);
                }
            }
            for (String value : VALUES) {
                compare("{\"" + extension.word() + "\": " + value + "}", different);
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void bothSayTheSameAboutEachFieldOfAJob() throws IOException {
        List<String> different = new ArrayList<>();
        for (String field : PromptFileReader.JOB_FIELDS) {
            String around = ABOUT_PICTURES.contains(field) ? "\"pictures\": \"x\", " : "";
            for (String value : VALUES) {
                compare("{\"job\": {" + around + "\"" + field + "\": " + value + "}}", different);
            }
        }
        for (String job : List.of(
                "1",
                "[]",
                "{\"idd\": \"x\"}",
                "{\"matrix\": {\"steps\": []}}",
                "{\"matrix\": {\"steps\": 5}}",
                "{\"matrix\": {\"steps\": \"5-7\"}}",
                "{\"labels\": {\"a\": \"b/c\"}}",
                "{\"labels\": {\"a\": \".b\"}}",
                "{\"labels\": {\"a\": \" b\"}}",
                "{\"labels\": {\"a\": null}}",
                "{\"id\": \" \"}",
                "{\"priority\": 101}")) {
            compare("{\"job\": " + job + "}", different);
        }
        assertThat(different).isEmpty();
    }

    @Test
    void bothSayTheSameAboutWhatARealWebUiWasSent() throws IOException {
        List<String> different = new ArrayList<>();
        int compared = 0;
        try (Stream<Path> captures = Files.list(Path.of("src/test/resources/captures"))) {
            for (Path capture : captures.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                JsonNode request = Json.mapper().readTree(capture.toFile()).path("request");
                JsonNode body = request.path("body").isMissingNode() ? request.path("json") : request.path("body");
                if (request.path("path").asText().matches(".*/(txt|img)2img") && body instanceof ObjectNode payload) {
                    boolean nulls = payload.properties().stream()
                            .anyMatch(field -> field.getValue().isNull());
                    if (!nulls) { // right, where there is a default
                        compare(payload.toString(), different);
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(50);
        assertThat(different).isEmpty();
    }

    private void compare(String json, List<String> different) throws IOException {
        Set<ValidationMessage> messages = schema.validate(Json.mapper().readTree(json));
        Set<String> form = new TreeSet<>();
        try {
            read(json);
        } catch (ProblemException e) {
            e.problems().stream()
                    .filter(problem -> FORM.contains(problem.code())
                            || problem.message().startsWith("'job.operation' is ")
                            || problem.message().endsWith(" has no values"))
                    .forEach(problem -> form.add(problem.message()));
        }
        if (form.isEmpty() != messages.isEmpty()) {
            different.add((json.length() > 200 ? json.substring(0, 200) : json) + " reader: " + form + ", schema: "
                    + messages.stream().map(ValidationMessage::getMessage).collect(Collectors.toList()));
        }
    }

    private void read(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("a.json"), json);
        Path staging = Files.createDirectory(folder.resolve("work" + files++));
        new PromptFileReader(
                        new PromptFileLimits(
                                1 << 20, 1 << 20, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                        new Presets(folder, Duration.ZERO))
                .read(file, Dropped.nowhere(folder), staging, entry -> {});
    }
}
