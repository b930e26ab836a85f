package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import darkroom.event.EventType;
import darkroom.promptfile.Dropped;
import darkroom.promptfile.OneEntry;
import darkroom.promptfile.Presets;
import darkroom.promptfile.PromptFile;
import darkroom.promptfile.PromptFileLimits;
import darkroom.promptfile.PromptFileReader;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.EndpointUriFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages say is so. */
final class DocsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern PROPERTY = Pattern.compile("`(darkroom\\.[a-z.-]+?)(=\\w+|\\.\\*|\\.NAME=\\w+)?`");

    @TempDir
    Path folder;

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String where : List.of(".", "docs", "routes", "bench")) {
            try (Stream<Path> files = Files.list(Path.of(where))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) throws IOException {
        for (String link : all(LINK, Files.readString(page))) {
            if (!link.startsWith("https://")) {
                assertThat(page.resolveSibling(link)).exists();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void propertiesExist(Path page) throws IOException {
        Set<String> known =
                Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.toCollection(TreeSet::new));
        Arrays.stream(EventType.values()).map(EventType::type).forEach(known::add); // they look like properties
        for (MatchResult named :
                PROPERTY.matcher(Files.readString(page)).results().toList()) {
            String key = named.group(1);
            boolean many = named.group(2) != null && named.group(2).startsWith(".");
            assertThat(known).as(key).anyMatch(name -> many ? name.startsWith(key + ".") : name.equals(key));
        }
    }

    @Test
    void everyRefusalIsInTheManual() throws Exception {
        Set<String> rows = new TreeSet<>();
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\|")
                .matcher(Files.readString(Path.of("docs/intake.md")))
                .results()
                .forEach(row -> rows.add(row.group(1) + " " + row.group(2)));

        Class<?> refusals = Class.forName("darkroom.camel.intake.Refusal");
        Set<String> known = new TreeSet<>();
        for (Object refusal : refusals.getEnumConstants()) {
            String word = ((Enum<?>) refusal).name().toLowerCase(Locale.ROOT).replace('_', '-');
            var status = refusals.getDeclaredMethod("status");
            status.setAccessible(true);
            known.add(word + " " + status.invoke(refusal));
        }
        assertThat(rows).isEqualTo(known);
    }

    @Test
    void theOpenApiPageHasTheRoutesThatThereAre() throws IOException {
        Set<String> routes = new TreeSet<>();
        new YAMLMapper().readTree(Path.of("routes/intake.camel.yaml").toFile()).forEach(item -> {
            String uri = item.at("/route/from/uri").asText();
            if (uri.startsWith("platform-http:")) {
                routes.add(item.at("/route/from/parameters/httpMethodRestrict").asText() + " "
                        + uri.substring("platform-http:".length()));
            }
        });
        Set<String> described = new TreeSet<>();
        new ObjectMapper()
                .readTree(Path.of("src/main/resources/darkroom/intake/openapi.json")
                        .toFile())
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(name -> {
                    if (!name.equals("parameters")) {
                        described.add(name.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));

        assertThat(described).hasSize(5).isEqualTo(routes);
    }

    @Test
    void theReadmeBeginsWithTheTwoCommands() throws IOException {
        List<String> blocks = all(BLOCK, Files.readString(Path.of("README.md")), 2);

        assertThat(blocks.get(0)).isEqualTo("mvn -q -DskipTests package && target/darkroom/bin/darkroom demo\n");
        assertThat(blocks.get(1)).isEqualTo("mvn verify\n");
        assertThat(Path.of("README.md")).content().contains("`export PATH=$PWD/target/darkroom/bin:$PATH`");
        assertThat(Path.of(".ci/run")).content().contains("mvn -B verify");
    }

    @Test
    void whatIsInstalledHasNamesThatEveryLocaleKnows() throws IOException {
        for (String installed : List.of("bin", "config", "docs", "examples", "routes")) {
            try (Stream<Path> files = Files.walk(Path.of(installed))) {
                assertThat(files)
                        .as("a build without a locale would leave others out")
                        .allMatch(file -> file.toString().matches("[\\w./-]+"));
            }
        }
    }

    @Test
    void thePromptFilesOfTheManualAreRight() throws IOException {
        PromptFileReader reader = new PromptFileReader(
                new PromptFileLimits(
                        1 << 20, 1 << 20, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                new Presets(folder, Duration.ZERO));
        List<String> blocks = blocks("json", Files.readString(Path.of("docs/prompt-file.md")));
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(2);
        Files.writeString(folder.resolve("landscape.yaml"), "steps: 2");
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        Files.copy(Path.of("examples/pictures/sketch.png"), pictures.resolve("sketch.png"));
        for (String block : blocks) {
            Path staging = Files.createTempDirectory(folder, "staging");
            Path file = Files.writeString(folder.resolve("a.json"), block);

            assertThat(OneEntry.of(reader, file, Dropped.nowhere(folder), staging)
                            .settings())
                    .isNotEmpty();
        }
    }

    @Test
    void theFoldersOfPicturesOfTheManualAreRight() throws IOException {
        PromptFileReader reader = new PromptFileReader(
                new PromptFileLimits(1 << 20, 1 << 20, List.of(), Set.of(), 10_000, folder),
                new Presets(folder, Duration.ZERO));
        List<String> blocks = blocks("json", Files.readString(Path.of("docs/pictures.md")));
        assertThat(blocks).hasSize(2);
        for (String name : List.of("x2.png", "2025/x10.jpg")) {
            Path picture = folder.resolve("photos").resolve(name);
            Files.createDirectories(picture.getParent());
            Files.copy(Path.of("examples/pictures/sketch.png"), picture);
        }
        for (String block : blocks) {
            Path staging = Files.createTempDirectory(folder, "staging");
            Path file = Files.writeString(folder.resolve("a.json"), block);

            assertThat(OneEntry.of(reader, file, Dropped.nowhere(folder), staging)
                            .attachments())
                    .hasSize(1);
        }
    }

    @Test
    void theDefaultsOfTheManualMakeWhatItSays() throws IOException {
        String section = Files.readString(Path.of("docs/prompt-file.md")).split("## Presets and lanes", 2)[1];
        List<String> yaml = blocks("yaml", section);
        List<String> json = blocks("json", section);
        Path lane = Files.createDirectories(folder.resolve("drop/birds"));
        Files.writeString(folder.resolve("landscape.yaml"), yaml.get(0));
        Files.writeString(lane.resolve("_lane.yaml"), yaml.get(1));
        PromptFileReader reader = new PromptFileReader(
                new PromptFileLimits(
                        1 << 20, 1 << 20, List.of(), Set.of(), 10_000, Path.of("src/test/resources/wildcards")),
                new Presets(folder, Duration.ZERO));

        PromptFile merged = OneEntry.of(
                reader,
                Files.writeString(lane.resolve("gull.json"), json.get(0)),
                new Dropped(lane, folder.resolve("drop"), lane, "", null),
                Files.createDirectory(folder.resolve("one")));
        PromptFile whole = OneEntry.of(
                reader,
                Files.writeString(folder.resolve("gull.json"), json.get(1)),
                Dropped.nowhere(folder),
                Files.createDirectory(folder.resolve("two")));

        assertThat(merged.settings()).isEqualTo(whole.settings());
        assertThat(merged.save()).isEqualTo(whole.save()).isNotNull();
    }

    @Test
    void theRoutesOfTheManualCanBeLoaded() throws Exception {
        Bench.copyRoutes(folder.resolve("routes"));
        List<String> blocks = blocks("yaml", Files.readString(Path.of("docs/routes.md")));
        assertThat(blocks).hasSize(5);
        edit("folders", text -> text + blocks.get(0).replace("/mnt", folder.toString()));
        assertThat(new YAMLMapper().readTree(blocks.get(1)).at("/job/deliver").asText())
                .isEqualTo("gallery");
        recipe("sorter", text -> text.replaceFirst("(?s) +- choice:.*", Matcher.quoteReplacement(blocks.get(2))));
        recipe(
                "webhook",
                text -> text.replaceFirst("(?s) {4}from:.*?(?= {6}steps)", blocks.get(3))
                        .replace("{{env:WEBHOOK_SECRET}}", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"));
        edit("generate", text -> text.replaceFirst("(?m)^ +- to: # address.*\\n.*\\n.*\\n", blocks.get(4)));

        assertThat(RouteCheck.check(settings())).isEmpty();
        assertThat(Files.readString(folder.resolve("routes/generate.camel.yaml")))
                .contains("http://gpu2:7860");
    }

    @Test
    void thePageAboutEventsHasThoseThatThereAre() throws Exception {
        String page = Files.readString(Path.of("docs/events.md"));
        List<String> types =
                Arrays.stream(EventType.values()).map(EventType::type).sorted().toList();
        AsyncApi asyncApi = new AsyncApi();

        assertThat(all(Pattern.compile("(?m)^\\| `(darkroom\\.[a-z]+)` \\|"), page))
                .containsExactlyInAnyOrderElementsOf(types);
        assertThat(asyncApi.types()).containsExactlyInAnyOrderElementsOf(types);
        asyncApi.check(new ObjectMapper().readTree(blocks("json", page).get(0)));
        Bench.copyRoutes(folder.resolve("routes"));
        Files.writeString(
                folder.resolve("routes/alarm.camel.yaml"), blocks("yaml", page).get(0));
        assertThat(RouteCheck.check(settings())).isEmpty();
        edit("alarm", text -> text.replace("failed,cancelled", "failed,canceled"));
        assertThat(RouteCheck.check(settings()).orElseThrow().sentence())
                .contains("'canceled' is no type of event; did you mean 'cancelled'?");
    }

    @Test
    void theTableOfOptionsIsWhole() throws Exception {
        Set<String> named = new TreeSet<>();
        String section = Files.readString(Path.of("docs/routes.md")).split("## Another WebUI", 2)[1];
        section.lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> named.addAll(all(Pattern.compile("`([a-zA-Z]+)`"), line.split("\\|", -1)[1])));
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            EndpointUriFactory options = context.getCamelContextExtension().getEndpointUriFactory("webui");
            Set<String> known = new TreeSet<>(options.propertyNames());
            known.removeAll(Set.of("operation", "lazyStartProducer"));

            assertThat(named).isEqualTo(known);
        }
    }

    private Settings settings() throws Exception {
        return Settings.load(new Settings.Sources(folder, folder, null, Map.of(), Map.of(), Map.of()));
    }

    private void recipe(String name, java.util.function.UnaryOperator<String> edit) throws IOException {
        Path file = Path.of("routes/recipes", name + ".camel.yaml");
        String text = Files.readString(file);
        String edited = edit.apply(text);
        assertThat(edited).isNotEqualTo(text);
        Files.writeString(folder.resolve("routes").resolve(file.getFileName()), edited);
    }

    private void edit(String name, java.util.function.UnaryOperator<String> change) throws IOException {
        Path file = folder.resolve("routes").resolve(name + ".camel.yaml");
        Files.writeString(file, change.apply(Files.readString(file)));
    }

    private static List<String> blocks(String language, String text) {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    private static List<String> all(Pattern pattern, String text) {
        return all(pattern, text, 1);
    }

    private static List<String> all(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(found -> found.group(group)).toList();
    }
}
