package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import darkroom.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders whose names mean something in addresses, expressions or patterns. */
final class OddFoldersTest {
    private static final String SMALL = "{\"width\": 64, \"height\": 64, \"steps\": 1}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C++",
                "p%41q",
                "p%2541q",
                "a%20b",
                "100%",
                "R&D",
                "a?b",
                "a?x=1&y=2",
                "a#b",
                "two words",
                "a,b;c",
                "RAW(x)&y",
                "a=b@c:d",
                "[a]{b}",
                "$x",
                "it's \"so\"",
                "~a!b!0041",
                "*",
                "日本の山 🗻",
                ".hidden"
            })
    void filesComeOutWhereTheyBelong(String name) throws Exception {
        Path home = Files.createDirectory(folder.resolve(name));
        Path second = home.resolve(name);
        Path gallery = second.resolve(".gallery").resolve(name);
        try (Bench bench = new Bench(home)) {
            bench.withProperties("gallery=" + gallery);
            Files.writeString(bench.routes().resolve("gallery.camel.yaml"), """
                    - route:
                        id: gallery
                        routeConfigurationId: deliveries
                        from:
                          uri: outbox:gallery
                          steps:
                            - to:
                                uri: file
                                parameters:
                                  directoryName: "{{path:{{gallery}}}}"
                    """);
            bench.with(Setting.DELIVER, "gallery");
            Path folders = bench.routes().resolve("folders.camel.yaml");
            Files.writeString(
                    folders,
                    Files.readString(folders) + """
                    - templatedRoute:
                        routeTemplateRef: drop-folder
                        routeId: second
                        parameters:
                          - name: folder
                            value: '%s'
                    """.formatted(second.toString().replace("'", "''")));
            bench.start();
            bench.drop("lane/a.json", SMALL);
            List<String> pictures = Bench.names(bench.done("lane/a.json"));
            assertThat(names(gallery)).isEqualTo(pictures).hasSize(1);
            bench.drop("wrong.json", "{\"steps\": 0}");
            bench.failed("wrong.json");
            Files.move(bench.put("../b", SMALL.getBytes(StandardCharsets.UTF_8)), second.resolve("b.json"));
            bench.done("second/b.json");
            bench.assertTidy();
        }

        assertThat(names(folder)).containsExactly(name);
        assertThat(names(home)).containsExactlyInAnyOrder("application.properties", "data", "routes", name);
        assertThat(names(home.resolve("data")))
                .containsExactlyInAnyOrder(
                        "drop", "work", "outputs", "done", "failed", "cancelled", "held", "outbox", "intake");
    }

    private static List<String> names(Path folder) throws IOException {
        return Disk.list(folder).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }
}
