package darkroom.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    private static final Path SHIPPED = Path.of("config/application.properties");

    @TempDir
    Path home;

    @Test
    void theShippedFileNamesEveryPropertyWithItsDefault() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Matcher property = Pattern.compile("(?m)^#(darkroom\\.[\\w.-]+)=(.*)$").matcher(Files.readString(SHIPPED));
        while (property.find()) {
            documented.put(property.group(1), property.group(2));
        }

        Map<String, String> defaults = new TreeMap<>();
        for (Setting setting : Setting.values()) {
            boolean inData = setting.kind() == Setting.Kind.PATH
                    && !List.of(Setting.DATA, Setting.ROUTES, Setting.PRESETS, Setting.WILDCARDS)
                            .contains(setting);
            defaults.put(setting.key(), inData ? "data/" + setting.fallback() : setting.fallback());
        }
        assertThat(documented).isEqualTo(defaults);
    }

    @Test
    void theShippedFileChangesNothing() throws Exception {
        assertThat(load(SHIPPED, Map.of(), Map.of(), Map.of()).forRoutes())
                .isEqualTo(load(null, Map.of(), Map.of(), Map.of()).forRoutes());
    }

    @Test
    void lenientRelaxesEveryCheckThatIsNotSetItself() throws Exception {
        Settings settings = load(
                file("darkroom.check=lenient\ndarkroom.check.size=refuse\ndarkroom.check.lora=off"),
                Map.of(),
                Map.of(),
                Map.of());

        assertThat(settings.text(Setting.CHECK_SEED)).isEqualTo("warn");
        assertThat(settings.text(Setting.CHECK_FIELD)).isEqualTo("warn");
        assertThat(settings.text(Setting.CHECK_SIZE)).isEqualTo("refuse");
        assertThat(settings.text(Setting.CHECK_LORA)).isEqualTo("off");
        assertThat(settings.text(Setting.CHECK_FLAT)).isEqualTo("off");
    }

    @Test
    void theCommandLineWinsOverJavaOverTheEnvironmentOverTheFile() throws Exception {
        Path file = file(
                "darkroom.webui.url=http://file\ndarkroom.retry.pause=2s\ndarkroom.retry.attempts=9\ndarkroom.crashes=4");
        Settings settings = load(
                file,
                Map.of(
                        "DARKROOM_WEBUI_URL",
                        "http://env",
                        "DARKROOM_RETRY_PAUSE",
                        "3s",
                        "DARKROOM_RETRY_ATTEMPTS",
                        "8"),
                Map.of("darkroom.webui.url", "http://java", "darkroom.retry.pause", "4s"),
                Map.of(Setting.WEBUI_URL, "http://said/"));

        assertThat(settings.text(Setting.WEBUI_URL)).isEqualTo("http://said");
        assertThat(settings.duration(Setting.RETRY_PAUSE)).isEqualTo(Duration.ofSeconds(4));
        assertThat(settings.number(Setting.RETRY_ATTEMPTS)).isEqualTo(8);
        assertThat(settings.number(Setting.CRASHES)).isEqualTo(4);
    }

    @Test
    void itIsKnownWhoSaysSomething() throws Exception {
        Path file = file("darkroom.webuis=a.yaml\ndarkroom.crashes=4");
        Settings settings = load(
                file,
                Map.of("DARKROOM_WEBUIS", "b.yaml", "DARKROOM_WEBUI_AUTH", ""),
                Map.of("darkroom.drop.poll", "1s"),
                Map.of(Setting.WEBUI_URL, "http://said"));

        assertThat(settings.saidBy(Setting.WEBUIS)).contains("environment variable DARKROOM_WEBUIS");
        assertThat(settings.withData(home).saidBy(Setting.CRASHES)).contains(file.toString());
        assertThat(settings.saidBy(Setting.DROP_POLL)).contains("-Ddarkroom.drop.poll");
        assertThat(settings.saidBy(Setting.WEBUI_URL)).contains("the command line");
        assertThat(settings.saidBy(Setting.WEBUI_IN_FLIGHT)).isEmpty();
    }

    @Test
    void foldersCountFromTheData() throws Exception {
        Settings settings =
                load(null, Map.of("DARKROOM_DATA", "pictures", "DARKROOM_DONE", "elsewhere"), Map.of(), Map.of());

        assertThat(settings.path(Setting.DROP)).isEqualTo(home.resolve("cwd/pictures/drop"));
        assertThat(settings.path(Setting.DONE)).isEqualTo(home.resolve("cwd/elsewhere"));
        assertThat(settings.path(Setting.ROUTES)).isEqualTo(home.resolve("routes"));
        assertThat(settings.path(Setting.PRESETS)).isEqualTo(home.resolve("config/presets"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,'','',true",
        "localhost,'','',true",
        "::1,'','',true",
        "0.0.0.0,'','',false",
        "::,'','',false",
        "127.0.0.1.example.org,'','',false",
        "gpu.example.org,'','',false",
        "0.0.0.0,t,'',true",
        "0.0.0.0,'',a:b,true",
    })
    void aPortThatOthersCanReachIsGuarded(String host, String token, String auth, boolean starts) throws Exception {
        Map<String, String> environment = Map.of(
                "DARKROOM_INTAKE_PORT", "8080",
                "DARKROOM_INTAKE_HOST", host,
                "DARKROOM_INTAKE_TOKEN", token,
                "DARKROOM_INTAKE_AUTH", auth);
        SettingsException e =
                catchThrowableOfType(SettingsException.class, () -> load(null, environment, Map.of(), Map.of()));

        assertThat(e == null).isEqualTo(starts);
    }

    @Test
    void secretsAreNotForRoutes() throws Exception {
        Map<String, String> environment = Map.of("DARKROOM_INTAKE_TOKEN", "s3cret", "DARKROOM_INTAKE_AUTH", "u:s3cret");

        assertThat(load(null, environment, Map.of(), Map.of()).forRoutes().toString())
                .doesNotContain("s3cret");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() throws Exception {
        Path file = file("darkroom.webui.urll=x\ndarkroom.drop.poll=fast\nmy.own=fine\ndarkroom.outputs.name=[jobb]");
        SettingsException e = catchThrowableOfType(
                SettingsException.class,
                () -> load(
                        file, Map.of("DARKROOM_WEBUI_ULR", "x", "DARKROOM_WEBUI_IN_FLIGHT", "0"), Map.of(), Map.of()));

        assertThat(e.problems())
                .containsExactlyInAnyOrder(
                        file + ": 'darkroom.webui.urll' is not a setting; did you mean 'darkroom.webui.url'?",
                        "environment variable DARKROOM_WEBUI_ULR is not a setting; did you mean 'DARKROOM_WEBUI_URL'?",
                        "environment variable DARKROOM_WEBUI_IN_FLIGHT: 'darkroom.webui.in-flight' is '0'; use a whole number"
                                + " from 1 to 99999999",
                        file + ": 'darkroom.drop.poll' is 'fast'; use a length of time such as 500ms, 10s, 1h",
                        file
                                + ": 'darkroom.outputs.name' is '[jobb]'; there is no [jobb]; did you mean 'job'?; pictures of one"
                                + " job would get the same name; use [index], [seed] or [source]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DARKROOM_PROMPT_MAX_SIZE|99999999999GB|use at most 1000000GB",
                "DARKROOM_PROMPT_MAX_SIZE|99999999999999999999|use at most 1000000GB",
                "DARKROOM_PROMPT_MAX_SIZE|1000001GB|use at most 1000000GB",
                "DARKROOM_DROP_SETTLE|99999999999999h|use at most 10000d",
                "DARKROOM_DROP_SETTLE|99999999999999999999s|use at most 10000d",
                "DARKROOM_DROP_SETTLE|10000d 1ms|use at most 10000d",
                "DARKROOM_DROP_POLL|0s|use at least 10ms",
                "DARKROOM_DROP_POLL|0|use at least 10ms",
                "DARKROOM_RETRY_PAUSE|9ms|use at least 10ms",
                "DARKROOM_WEBUI_URL|http://h:65536|use a port from 1 to 65535",
                "DARKROOM_WEBUI_URL|http://h:0|use a port from 1 to 65535",
                "DARKROOM_WEBUI_URL|http://h/#top|use an address such as http://127.0.0.1:7860",
                "DARKROOM_WEBUI_URL|http://h:99999999999|use an address such as http://127.0.0.1:7860",
                "DARKROOM_QUEUE|generate|use an endpoint such as seda:generate?",
                "DARKROOM_QUEUE|''|use an endpoint such as seda:generate?",
            })
    void whatCanNotBeIsAProblem(String variable, String value, String sentence) {
        SettingsException e = catchThrowableOfType(
                SettingsException.class, () -> load(null, Map.of(variable, value), Map.of(), Map.of()));

        assertThat(e.problems()).hasSize(1);
        assertThat(e.problems().get(0))
                .startsWith("environment variable " + variable)
                .contains("; " + sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://u:secret@h",
                "http://u:se@cret@h:1/x",
                "http://u:se/secret@h",
                "u:secret@h:7860",
                "ftp://u:secret@h"
            })
    void aPasswordInAnAddressIsNotShown(String url) {
        SettingsException e = catchThrowableOfType(
                SettingsException.class, () -> load(null, Map.of("DARKROOM_WEBUI_URL", url), Map.of(), Map.of()));

        assertThat(e.problems()).hasSize(1);
        assertThat(e.getMessage()).contains("…@h").doesNotContain("secret").doesNotContain("u:");
    }

    @Test
    void whatKubernetesSetsIsNotOurs() throws Exception {
        Map<String, String> environment = Map.of(
                "DARKROOM_PORT",
                "tcp://10.0.0.1:8081",
                "DARKROOM_SERVICE_HOST",
                "10.0.0.1",
                "DARKROOM_PORT_8081_TCP_ADDR",
                "x",
                "DARKROOM_HOME",
                "/opt");

        assertThat(load(null, environment, Map.of(), Map.of()).path(Setting.DROP))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "darkroom.outputs,pictures,darkroom.done,pictures",
        "darkroom.drop,data/outputs/in,darkroom.outputs,data/outputs"
    })
    void foldersMustNotFeedEachOther(String one, String path, String other, String otherPath) throws Exception {
        Path file = file(one + "=" + path + "\n" + other + "=" + otherPath);
        SettingsException e =
                catchThrowableOfType(SettingsException.class, () -> load(file, Map.of(), Map.of(), Map.of()));

        assertThat(e.problems()).hasSize(1);
        assertThat(e.problems().get(0)).contains(one).contains(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a{{b", "a}}b", "${x}", "$simple{x}", "a\\b"})
    void foldersThatCamelWouldTakeForSomethingElseAreRefused(String name) throws Exception {
        Map<String, String> environment = Map.of("DARKROOM_DATA", name, "DARKROOM_DONE", "x/" + name);
        SettingsException e =
                catchThrowableOfType(SettingsException.class, () -> load(null, environment, Map.of(), Map.of()));

        assertThat(e.problems())
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .startsWith("environment variable DARKROOM_DATA: 'darkroom.data' is " + home)
                                .endsWith("means something to Camel; use a folder without that in its name"),
                        problem -> assertThat(problem).startsWith("environment variable DARKROOM_DONE"));
    }

    @Test
    void thePasswordIsNotForRoutesNorForMessages() throws Exception {
        assertThat(load(null, Map.of("DARKROOM_WEBUI_AUTH", "me:s3cret"), Map.of(), Map.of())
                        .forRoutes()
                        .toString())
                .doesNotContain("s3cret");
        SettingsException e = catchThrowableOfType(
                SettingsException.class, () -> load(null, Map.of("DARKROOM_WEBUI_AUTH", "s3cret"), Map.of(), Map.of()));
        assertThat(e.problems())
                .isEqualTo(
                        List.of("environment variable DARKROOM_WEBUI_AUTH: 'darkroom.webui.auth'; use user:password"));
    }

    @Test
    void aSecretMayBeInAFile() throws Exception {
        Path secret = Files.writeString(home.resolve("auth"), "me:pass:word \n");
        Map<String, String> environment =
                Map.of("DARKROOM_WEBUI_AUTH_FILE", secret.toString(), "DARKROOM_WEBUI_AUTH", "");

        assertThat(load(null, environment, Map.of(), Map.of()).text(Setting.WEBUI_AUTH))
                .isEqualTo("me:pass:word ");
        assertThat(load(null, environment, Map.of(), Map.of()).secrets()).contains("me:pass:word ", "pass:word ");
    }

    @Test
    void aSecretThatCanNotBeReadIsAProblemThatDoesNotShowIt() throws Exception {
        Path both = Files.writeString(home.resolve("both"), "not:shown");
        Path empty = Files.writeString(home.resolve("empty"), "\n");
        Path binary = Files.write(home.resolve("binary"), new byte[] {'a', ':', (byte) 0xff});
        Path large = Files.writeString(home.resolve("large"), "x".repeat(70_000));
        Path wrong = Files.writeString(home.resolve("wrong"), "not-shown");

        assertThat(problemsOf(Map.of("DARKROOM_WEBUI_AUTH_FILE", both.toString(), "DARKROOM_WEBUI_AUTH", "not:shown")))
                .containsExactly("environment variable DARKROOM_WEBUI_AUTH_FILE and DARKROOM_WEBUI_AUTH are both set;"
                        + " use one of them");
        assertThat(problemsOf(Map.of(
                        "DARKROOM_INTAKE_TOKEN_FILE", home.resolve("none").toString())))
                .containsExactly(
                        "environment variable DARKROOM_INTAKE_TOKEN_FILE: there is no file " + home.resolve("none"));
        assertThat(problemsOf(Map.of(
                        "DARKROOM_WEBUI_AUTH_FILE", empty.toString(),
                        "DARKROOM_INTAKE_AUTH_FILE", binary.toString(),
                        "DARKROOM_INTAKE_TOKEN_FILE", large.toString())))
                .containsExactlyInAnyOrder(
                        "environment variable DARKROOM_WEBUI_AUTH_FILE: the secret in " + empty + " is empty",
                        "environment variable DARKROOM_INTAKE_AUTH_FILE: " + binary + " is not UTF-8; save it as that",
                        "environment variable DARKROOM_INTAKE_TOKEN_FILE: " + large
                                + " has more than 64 KB, and should have nothing but a secret in it");
        assertThat(problemsOf(Map.of("DARKROOM_WEBUI_AUTH_FILE", wrong.toString())))
                .containsExactly(
                        "environment variable DARKROOM_WEBUI_AUTH_FILE: 'darkroom.webui.auth'; use user:password");
        assertThat(problemsOf(Map.of("DARKROOM_DATA_FILE", wrong.toString())))
                .singleElement()
                .asString()
                .contains("is not a setting");
    }

    private List<String> problemsOf(Map<String, String> environment) {
        return catchThrowableOfType(SettingsException.class, () -> load(null, environment, Map.of(), Map.of()))
                .problems();
    }

    @Test
    void routesSeeMillisecondsBytesAndWhatElseTheFileHolds() throws Exception {
        Path file = file("darkroom.retry.pause=1m 500ms\ndarkroom.prompt.max-size=2MB\nshop.folder=/mnt/shop");

        assertThat(load(file, Map.of(), Map.of(), Map.of()).forRoutes())
                .containsEntry("darkroom.retry.pause", "60500")
                .containsEntry("darkroom.prompt.max-size", "2097152")
                .containsEntry("shop.folder", "/mnt/shop");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(home.resolve("my.properties"), content);
    }

    private Settings load(
            @Nullable Path file, Map<String, String> environment, Map<String, String> system, Map<Setting, String> said)
            throws SettingsException {
        return Settings.load(new Settings.Sources(home, home.resolve("cwd"), file, environment, system, said));
    }
}
