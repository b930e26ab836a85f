package darkroom.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class YamlValueTest {
    @TempDir
    Path folder;

    private YamlValue read(String text) throws IOException {
        return YamlValue.read(Files.writeString(folder.resolve("list.yaml"), text))
                .orElseThrow();
    }

    @Test
    void knowsWhatItIsCalled() throws IOException {
        YamlValue root = read("a:\n  - b: {c: 1}\n  - [x, y]\nd:\n");

        YamlValue list = root.entries().get("a");
        assertThat(list.list().get(0).entries().get("b").entries().get("c").name())
                .isEqualTo("a[0].b.c");
        assertThat(list.list().get(1).list().get(1).name()).isEqualTo("a[1][1]");
        assertThat(root.entries().get("d").isNull()).isTrue();
        assertThat(root.fields("it", List.of("a", "d"))).containsOnlyKeys("a");
    }

    @Test
    void allFieldsThatMeanNothingAreNamedEachWithItsLine() throws IOException {
        YamlValue root = read("url: x\nulr: y\nname: z\nwaight: 1\n");

        assertThatThrownBy(() -> root.fields("a WebUI", List.of("url", "name", "weight")))
                .isInstanceOfSatisfying(
                        MistakeException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        folder.resolve("list.yaml")
                                                + " line 2: 'ulr' is no field of a WebUI; did you mean 'url'?",
                                        folder.resolve("list.yaml")
                                                + " line 4: 'waight' is no field of a WebUI; did you mean 'weight'?"));
    }

    @Test
    void whatIsNoYamlIsNamedWithItsLine() {
        assertThatThrownBy(() -> read("a: 1\nb: [\n")).hasMessageMatching(".*list.yaml line [23]: it is no YAML: .+");
        assertThatThrownBy(() -> read("a: 1\n---\nb: 1\n"))
                .hasMessageMatching("(?s).*list.yaml line 2: it is no YAML: .+");
    }

    @Test
    void whatCanNotBeReadIsNoMistakeInIt() throws IOException {
        Path file = folder.resolve("latin.yaml");
        assertThatThrownBy(() -> YamlValue.read(file)).isInstanceOf(NoSuchFileException.class);
        assertThat(YamlValue.read(Files.writeString(file, "# nothing\n"))).isEmpty();

        Files.write(file, "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> YamlValue.read(file)).hasMessage(file + ": it is not UTF-8; save it as that");
    }
}
