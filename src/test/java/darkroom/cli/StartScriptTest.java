package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bin/darkroom} makes of its environment, with a Java that only tells what it was given. */
final class StartScriptTest {
    @TempDir
    Path folder;

    @BeforeEach
    void javaThatTells() throws IOException {
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"LC_ALL=${LC_ALL:-}\"\nlocale charmap\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void withoutALocaleFileNamesAreUtf8() throws Exception {
        assertThat(start(Map.of())).containsExactly("LC_ALL=C.UTF-8", "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8"})
    void aLocaleThatIsNotUtf8OrNotInstalledIsReplaced(String locale) throws Exception {
        assertThat(start(Map.of("LC_ALL", locale))).containsExactly("LC_ALL=C.UTF-8", "UTF-8");
    }

    @Test
    void aLocaleThatIsUtf8Stays() throws Exception {
        assertThat(start(Map.of("LANG", "C.UTF-8"))).containsExactly("LC_ALL=", "UTF-8");
        assertThat(start(Map.of("LC_ALL", "C.utf8"))).containsExactly("LC_ALL=C.utf8", "UTF-8");
    }

    @Test
    void connectorsComeAfterWhatIsInstalled() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path java = folder.resolve("bin/java");
        Files.writeString(java, "#!/bin/sh\nfor word; do case $word in */lib/*) echo \"$word\" ;; esac; done\n");
        Map<String, String> environment = Map.of("DARKROOM_HOME", home.toString());
        assertThat(start(environment)).containsExactly(home + "/lib/*");

        Files.createDirectory(home.resolve("connectors"));

        assertThat(start(environment)).containsExactly(home + "/lib/*:" + home + "/connectors/*");
    }

    private List<String> start(Map<String, String> locale) throws IOException, InterruptedException {
        Path said = Files.createTempFile(folder, "said", ".log");
        ProcessBuilder builder = new ProcessBuilder("sh", "bin/darkroom", "--version")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().put("JAVA_HOME", folder.toString());
        builder.environment().putAll(locale);
        assertThat(builder.start().waitFor(1, TimeUnit.MINUTES)).isTrue();
        return Files.readAllLines(said);
    }
}
