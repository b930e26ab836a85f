package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RouteCheckTest {
    private static final Path SHIPPED = Path.of("routes");

    @TempDir
    Path home;

    private Path routes;
    private Settings settings;

    @BeforeEach
    void copyShippedRoutes() throws Exception {
        routes = Files.createDirectory(home.resolve("routes"));
        try (var files = Files.newDirectoryStream(SHIPPED, "*.camel.yaml")) {
            for (Path file : files) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        settings = Settings.load(
                new Settings.Sources(home, home, null, Map.of(), Map.of(), Map.of(Setting.HEALTH_PORT, "0")));
    }

    @Test
    void theShippedRoutesCanBeLoaded() {
        assertThat(RouteCheck.check(settings)).isEmpty();
        assertThat(home.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "generate.camel.yaml|`        - to: #`|`       - to: #`|generate.camel.yaml, line 52, column 8: this is not YAML",
                "generate.camel.yaml|- bean: # held|- beann: # held|generate.camel.yaml, line 55, column 11: Unknown node id: beann",
                "prompts.camel.yaml|delay: \"{{darkroom|delayy: \"{{darkroom|prompts.camel.yaml, line 30, column 11: There are 1 parameters",
                "generate.camel.yaml|webui:generate|webuii:generate|generate.camel.yaml, line 54, column 18: No endpoint could be found for: webuii",
                "generate.camel.yaml|webui:generate|webui:generate?urll=x|Unknown parameters=[{urll=x}]",
                "generate.camel.yaml|ref: publishOutputs|ref: publishAll|generate.camel.yaml, line 57, column 18: No bean could be found in the registry for: publishAll",
                "folders.camel.yaml|routeTemplateRef: drop-folder|routeTemplateRef: drop-foldr|folders.camel.yaml, line 7, column 23: Cannot find RouteTemplate with id drop-foldr",
                "folders.camel.yaml|{{darkroom.drop}}|{{darkroom.dropp}}|folders.camel.yaml, line 11, column 16: Property with key [darkroom.dropp] not found",
                "failures.camel.yaml|id: left|loggingLevel: LOUD|LOUD",
                "outputs.camel.yaml|id: outputs|id: generate|outputs.camel.yaml, line 6, column 3: there is a second route generate; the first is in generate.camel.yaml, line 3",
                "folders.camel.yaml|- templatedRoute|templatedRoute|folders.camel.yaml, line 6, column 1: a route file is a list",
                "generate.camel.yaml|- route:|`- to: direct:x\n\n- route:`|generate.camel.yaml, line 3, column 3: 'to' is no entry of a route file",
                "generate.camel.yaml|- route:|`- id: x\n  route:`|generate.camel.yaml, line 3, column 3: this is no entry of a route file"
            })
    void aMistakeIsFoundWhereItIs(String file, String right, String wrong, String sentence) throws IOException {
        Path path = routes.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(right);
        Files.writeString(path, text.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong)));

        assertThat(RouteCheck.check(settings).map(RouteProblem::sentence).orElse("nothing"))
                .contains(sentence);
    }

    @Test
    void anEmptyFileIsAMistakeAndAnEmptyFolderToo() throws IOException {
        Files.writeString(routes.resolve("x.camel.yaml"), "# only words\n");
        assertThat(RouteCheck.check(settings).map(RouteProblem::sentence).orElse(""))
                .isEqualTo("x.camel.yaml, line 1, column 1: the file is empty; put a route into it, or delete it");

        darkroom.files.Disk.deleteTree(routes);
        assertThat(RouteCheck.check(settings).map(RouteProblem::sentence).orElse(""))
                .contains("there are no routes in");
    }

    /** Stricter than Camel itself at run time, and what editors complete from. */
    @Test
    void theShippedRoutesFollowCamelsSchema() throws IOException {
        JsonSchema schema;
        try (InputStream in = RouteCheck.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
        }
        for (Path file : shipped()) {
            JsonNode yaml = new YAMLMapper().readTree(file.toFile());
            List<String> problems = schema.validate(yaml).stream()
                    .map(Object::toString)
                    .filter(problem -> !problem.contains("string found, ")) // a {{placeholder}} where a number belongs
                    .toList();
            assertThat(problems).as(file.toString()).isEmpty();
        }
    }

    static List<Path> recipes() throws IOException {
        return darkroom.files.Disk.list(SHIPPED.resolve("recipes"));
    }

    private static List<Path> shipped() throws IOException {
        return Stream.concat(darkroom.files.Disk.list(SHIPPED).stream(), recipes().stream())
                .filter(file -> file.toString().endsWith(".camel.yaml"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void eachRecipeCanBeLoadedAsItIsWhereItsVariablesAreSet(Path recipe) throws IOException {
        String text = Files.readString(recipe);
        Files.writeString(
                routes.resolve(recipe.getFileName()),
                text.replaceAll("\\{\\{env:[A-Z_]+}}", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"));

        assertThat(RouteCheck.check(settings)).isEmpty();
    }
}
