package darkroom.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafeNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cat|cat",
                "富士山 🗻|富士山_🗻",
                "a b|a_b",
                "../../etc/passwd|_.._etc_passwd",
                "C:\\x|C__x",
                "con|_con",
                "nul.txt|_nul.txt",
                ".hidden|hidden",
                "--help|help",
                "name.|name",
                "$(rm -rf)|_(rm_-rf)",
                "...|unnamed"
            })
    void namesBecomeSafe(String wish, String safe) {
        assertThat(SafeName.of(wish, 100)).isEqualTo(safe);
    }

    @Property(tries = 1000)
    void everyNameIsSafe(@ForAll String wish, @ForAll @IntRange(min = 8, max = 255) int most) {
        String name = SafeName.of(wish, most);

        assertThat(name)
                .isNotEmpty()
                .doesNotStartWith(".")
                .doesNotStartWith("-")
                .doesNotEndWith(".")
                .doesNotEndWith(" ");
        assertThat(name).doesNotContainPattern("[<>:\"/\\\\|?*\\x00-\\x1f]");
        assertThat(name.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(most);
        assertThat(SafeName.of(name, most)).isEqualTo(name);
    }

    @Test
    void theLongestNameIsOneThatTheFileSystemTakes(@TempDir Path folder) throws Exception {
        Path file = folder.resolve(SafeName.of("🦊".repeat(200), SafeName.MAX_BYTES));

        assertThat(Files.createFile(file)).exists();
    }
}
