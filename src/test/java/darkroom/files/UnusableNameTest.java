package darkroom.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnusableNameTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"a.json", "日本の山 🗻.json", "new\nline.json", "that is \uFFFD.json"})
    void whatCanBeOpenedIsFine(String name) throws IOException {
        Files.writeString(folder.resolve(name), "{}");

        assertThat(UnusableName.of(listed())).isEmpty();
    }

    @Test
    void aBackslashIsNot() throws IOException {
        Files.writeString(folder.resolve("a\\b.json"), "{}");

        assertThat(UnusableName.of(listed()))
                .hasValueSatisfying(why -> assertThat(why).contains("backslash", "rename it"));
    }

    @Test
    void aNameInAnotherEncodingIsNot() throws IOException, InterruptedException {
        Undecodable.write(folder, "b%fcr.json", "{}");

        assertThat(UnusableName.of(listed())).hasValue("its name can't be read as UTF-8; rename it");
        assertThat(UnusableName.shown(listed().getName())).isEqualTo("b\\ufffdr.json");
    }

    private File listed() {
        File[] files = folder.toFile().listFiles();
        assertThat(files).hasSize(1);
        return files[0];
    }
}
