package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What is read without picocli is what picocli reads. */
final class SettingsOptionsTest {
    @Command
    private static final class Any {
        @Mixin
        private SettingsOptions settings = new SettingsOptions();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--data /srv/darkroom --webui http://127.0.0.1:7860",
                "--webui=http://127.0.0.1:7861 --data=/srv/a=b",
                "--config config/application.properties --routes /etc/routes",
            })
    void plainOptionsAreReadAsPicocliReadsThem(String line) throws Exception {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
        Any any = new Any();
        new CommandLine(any).parseArgs(arguments.toArray(String[]::new));

        Settings expected = any.settings.load();
        Settings settings = SettingsOptions.plain(arguments).orElseThrow().load();

        for (Setting setting : List.of(Setting.DATA, Setting.ROUTES, Setting.WEBUI_URL)) {
            assertThat(settings.text(setting)).isEqualTo(expected.text(setting));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--data",
                "--data=",
                "--data --webui http://127.0.0.1:7860",
                "--data a --data b",
                "--dta a",
                "--data a b",
                "a",
                "@options",
                "--data @options",
                "--data \"a\"",
            })
    void allElseIsForPicocli(String line) {
        assertThat(SettingsOptions.plain(List.of(line.split(" ")))).isEmpty();
    }

    @Test
    void onlyOneCommandIsPlain() {
        assertThat(RunCommand.plain("run", "--data", "a")).isPresent();
        assertThat(RunCommand.plain("demo")).isEmpty();
        assertThat(RunCommand.plain()).isEmpty();
    }
}
