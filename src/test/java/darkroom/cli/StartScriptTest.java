package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @Test
    void whatThisJavaHasLearntIsHandedToIt() throws Exception {
        Path home = Files.createDirectories(folder.resolve("a home"));
        Path cache = Files.createDirectories(home.resolve("cache"));
        Path java = folder.resolve("bin/java");
        Files.writeString(
                java,
                "#!/bin/sh\nfor word; do case $word in -XX:Tier4*) ;; -XX:*=*|-Xlog*) echo \"$word\" ;; esac; done\n");
        Map<String, String> environment = Map.of("DARKROOM_HOME", home.toString());
        Files.writeString(cache.resolve("java-17.0.1.jsa"), "learnt");
        Files.writeString(cache.resolve("java-17.0.1.jsa.size"), "6\n");
        assertThat(start(environment)).isEmpty(); // this Java does not say which one it is

        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        assertThat(start(environment))
                .containsExactly("-XX:SharedArchiveFile=" + cache + "/java-17.0.1.jsa", "-Xlog:cds*=off");
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        assertThat(start(environment)).isEmpty();
        Files.writeString(cache.resolve("java-25.0.3.aot"), "lea");
        Files.writeString(cache.resolve("java-25.0.3.aot.size"), "6\n");
        assertThat(start(environment)).isEmpty(); // cut off
        Files.writeString(cache.resolve("java-25.0.3.aot"), "learnt");
        assertThat(start(environment))
                .containsExactly("-XX:AOTCache=" + cache + "/java-25.0.3.aot", "-Xlog:aot*=off", "-Xlog:cds*=off");
    }

    @ParameterizedTest
    @CsvSource({"17.0.1, -XX:ArchiveClassesAtExit, jsa", "25, -XX:AOTCacheOutput, aot", "26-ea, -XX:AOTCacheOutput, aot"
    })
    void itIsWrittenOnceAndOnlyWhole(String version, String option, String ending) throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path cache = home.resolve("cache/java-" + version + "." + ending);
        Path java = folder.resolve("bin/java");
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Map<String, String> environment = Map.of("DARKROOM_HOME", home.toString());
        Files.writeString(java, "#!/bin/sh\necho it went wrong\n");
        assertThat(started(environment, "cache")).isEqualTo(1);
        assertThat(home.resolve("cache")).isEmptyDirectory();

        Files.writeString(
                java,
                "#!/bin/sh\nfor word; do case $word in " + option + "=*) echo learnt >\"${word#*=}\" ;; esac; done\n");

        assertThat(started(environment, "cache")).isZero();
        assertThat(cache).hasContent("learnt");
        assertThat(home.resolve("cache").toFile().list())
                .containsExactlyInAnyOrder(cache.getFileName().toString(), cache.getFileName() + ".size");
    }

    /** An older one does not know the options, and would not start; what is set by whoever starts it comes after them. */
    @ParameterizedTest
    @CsvSource({"17.0.1, false", "23.0.2, false", "24, true", "25.0.3, true", "26-ea, true", ", false"})
    void aJavaThatWarnsOfWhatLibrariesDoIsToldToAllowIt(@Nullable String version, boolean allowed) throws Exception {
        Path java = folder.resolve("bin/java");
        Files.writeString(java, "#!/bin/sh\nfor word; do case $word in --*=*) echo \"$word\" ;; esac; done\n");
        if (version != null) {
            Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        }
        List<String> options = allowed
                ? List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")
                : List.of();
        assertThat(start(Map.of())).isEqualTo(options);

        List<String> own = new ArrayList<>(options);
        own.add("--illegal-native-access=deny");
        assertThat(start(Map.of("JAVA_OPTS", "--illegal-native-access=deny"))).isEqualTo(own);
    }

    private List<String> start(Map<String, String> locale) throws IOException, InterruptedException {
        assertThat(started(locale, "--version")).isZero();
        return Files.readAllLines(said());
    }

    private Path said() {
        return folder.resolve("said.log");
    }

    private int started(Map<String, String> environment, String argument) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "bin/darkroom", argument)
                .redirectErrorStream(true)
                .redirectOutput(said().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().put("JAVA_HOME", folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }
}
