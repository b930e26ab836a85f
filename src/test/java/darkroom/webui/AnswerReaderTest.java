package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import darkroom.files.Disk;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.picture.Look;
import darkroom.picture.Picture;
import darkroom.picture.PictureException;
import darkroom.picture.PictureFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerReaderTest {
    @TempDir
    Path folder;

    @Test
    void picturesGoToFilesByteForByte() throws IOException {
        Answer answer = read(Captures.answer("105-t2i-2x2-save"));

        assertThat(answer.pictures()).hasSize(5);
        assertThat(answer.grids()).isEqualTo(1);
        assertThat(answer.seeds()).hasToString("[1234, 1235, 1236, 1237]");
        for (int i = 0; i < 5; i++) {
            String base64 = new ObjectMapper()
                    .readTree(Captures.answer("105-t2i-2x2-save"))
                    .at("/images/" + i)
                    .asText();
            assertThat(folder.resolve(Integer.toString(i + 1)))
                    .hasBinaryContent(Base64.getDecoder().decode(base64));
        }
        Picture second = Objects.requireNonNull(answer.pictures().get(1)).picture();
        assertThat(second.size()).isEqualTo("64x64");
        assertThat(second.infotext())
                .isEqualTo(answer.infotext(0).orElseThrow())
                .contains("Seed: 1234");
    }

    @Test
    void jpegsAreReadWithTheirInfotext() throws IOException {
        Answer answer = read(Captures.answer("113c-t2i-option-jpg"));

        Picture picture = Objects.requireNonNull(answer.pictures().get(0)).picture();
        assertThat(picture.format()).isEqualTo(Picture.Format.JPEG);
        assertThat(picture.size()).isEqualTo("64x64");
        assertThat(picture.infotext()).isEqualTo(answer.infotext(0).orElseThrow());
    }

    @Test
    void unicodeInAPngIsReadAsItWasWritten() throws IOException {
        Answer answer = read(Captures.answer("124-t2i-unicode"));

        assertThat(Objects.requireNonNull(answer.pictures().get(0)).picture().infotext())
                .isEqualTo(answer.infotext(0).orElseThrow())
                .contains("\ud83e\udd8a");
    }

    @Test
    void charactersThatAreNoneAreNoAnswer() {
        byte[] bytes =
                "{\u0000\u0000\u0000\"images\": [\"AQID\"]}".getBytes(StandardCharsets.UTF_8); // begins as UTF-32 would

        for (Operation operation : List.of(Operation.TXT2IMG, Operation.EXTRAS, Operation.INTERROGATE)) {
            assertThatThrownBy(() -> new AnswerReader(folder, Look.atStructure(1000))
                            .read(operation, new ByteArrayInputStream(bytes)))
                    .isInstanceOf(AnswerReader.AnswerException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"info\": \"{\\\"seed\\\": 5}\", \"parameters\": {\"init_images\": [\"AAAA\"]}, \"images\": [\"AQID\"]}",
                "{\"images\": [\"data:image/png;base64,AQID\"], \"info\": {\"seed\": 5}}",
                "{\"images\": [\"AQ\\/ID\".x], \"info\": \"\"}",
                "{\"images\": [\"AQID\"], \"more\": [[{\"images\": [\"x\"]}]], \"info\": \"{\\\"seed\\\": 5}\"}"
            })
    void orderPrefixesAndStrangersDoNotMatter(String json) throws IOException {
        if (json.contains(".x")) {
            assertThatThrownBy(() -> read(json)).isInstanceOf(AnswerReader.AnswerException.class);
            return;
        }
        Answer answer = read(json);

        assertThat(folder.resolve("1")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(answer.pictures()).hasSize(1);
        assertThat(answer.number("seed")).hasToString("Optional[5]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"images\": null}", "{\"images\": []}", "{}", "{\"images\": \"AQID\", \"info\": \"not json\"}"
            })
    void noPicturesIsAnAnswerToo(String json) throws IOException {
        Answer answer = read(json);

        assertThat(answer.pictures()).isEmpty();
        assertThat(answer.text("sampler_name")).isEmpty();
    }

    @Test
    void gapsAmongThePicturesStayGaps() throws IOException {
        assertThat(read("{\"images\": [\"\", null, \"AQID\", 7]}").pictures())
                .extracting(picture -> picture == null ? "gap" : "picture")
                .containsExactly("gap", "gap", "picture", "gap");
    }

    @Test
    void whatIsNoPictureIsKeptAndKnownAsSuch() throws IOException {
        PictureFile notBase64 = Objects.requireNonNull(
                read("{\"images\": [\"*not base64*\"]}").pictures().get(0));

        assertThatThrownBy(notBase64::picture)
                .isInstanceOf(PictureException.class)
                .hasMessageContaining("base64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "",
                "[]",
                "{\"images\": [\"AQID\"",
                "{\"images\": [\"AQID",
                "{\"images\": [\"AQID\"]} {}",
                "{\"images\": [\"AQID\"],,}"
            })
    void whatIsNoAnswerLeavesNoFiles(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(AnswerReader.AnswerException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Property(tries = 60)
    void whereverTheConnectionBreaksNoFilesAreLeft(@ForAll @IntRange(max = 15_000) int length) throws IOException {
        byte[] whole = Captures.bytes("100-t2i-minimal");
        Path home = Files.createTempDirectory("darkroom-answer");
        byte[] cut = Arrays.copyOf(whole, Math.min(length, whole.length - 1));

        assertThatThrownBy(() -> new AnswerReader(home, Look.atStructure(1 << 20))
                        .read(Operation.TXT2IMG, new ByteArrayInputStream(cut)))
                .isInstanceOf(IOException.class);
        assertThat(home).isEmptyDirectory();
        Files.delete(home);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"info\": [1, 2], \"images\": [\"AQID\"]}",
                "{\"info\": [{\"images\": []}], \"images\": [\"AQID\"]}",
                "{\"info\": 7, \"images\": [\"AQID\"]}",
                "{\"info\": null, \"images\": [\"AQID\"]}"
            })
    void whatCanNotBeInfoIsPassedOver(String json) throws IOException {
        Answer answer = read(json);

        assertThat(answer.pictures()).hasSize(1);
        assertThat(answer.seeds()).isEmpty();
    }

    @Test
    void anEarlierTryIsOverwritten() throws IOException {
        read("{\"images\": [\"AQIDBA==\", \"AQID\"]}");
        read("{\"images\": [\"AQID\"]}");

        assertThat(folder.resolve("1")).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Property(tries = 2000)
    void whateverIsAnsweredIsAnAnswerOrNone(@ForAll("almostAnswers") String json) throws IOException {
        Path home = Files.createTempDirectory("darkroom-answer");
        try {
            Answer answer = new AnswerReader(home, Look.atStructure(100))
                    .read(Operation.TXT2IMG, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
            Task task = new Task("job", 1, 1, Operation.TXT2IMG, null, null, Map.of("steps", 3, "seed", 5), List.of());
            assertThat(AnswerCheck.check(Map.of(), task, answer, List::of)).isNotNull();
        } catch (AnswerReader.AnswerException e) {
            assertThat(e).message().isNotBlank();
        } finally {
            Disk.deleteTree(home);
        }
    }

    @Provide
    Arbitrary<String> almostAnswers() {
        Arbitrary<String> leaves = Arbitraries.of(
                "null",
                "true",
                "-1",
                "2",
                "1e999999999",
                "-9e99",
                "0.5",
                "\"\"",
                "\"AQID\"",
                "\"{}\"",
                "\"[1]\"",
                "\"\\ud83d\"");
        Arbitrary<String> names = Arbitraries.of(
                "images", "info", "parameters", "all_seeds", "seed", "infotexts", "index_of_first_image", "steps");
        Arbitrary<String> values = Arbitraries.lazyOf(
                () -> leaves,
                () -> leaves,
                () -> list(leaves),
                () -> object(names, leaves),
                () -> list(list(leaves)),
                () -> object(names, list(leaves)),
                () -> object(names, list(leaves)).map(AnswerReaderTest::quoted));
        Arbitrary<String> whole = object(names, values);
        return Arbitraries.oneOf(
                whole,
                whole,
                whole,
                values,
                Combinators.combine(whole, Arbitraries.integers().between(0, 60))
                        .as((json, length) -> json.substring(0, Math.min(length, json.length()))));
    }

    private static Arbitrary<String> list(Arbitrary<String> members) {
        return members.list().ofMaxSize(4).map(all -> "[" + String.join(",", all) + "]");
    }

    private static Arbitrary<String> object(Arbitrary<String> names, Arbitrary<String> values) {
        return Combinators.combine(names, values)
                .as((name, value) -> "\"" + name + "\":" + value)
                .list()
                .ofMaxSize(5)
                .map(all -> "{" + String.join(",", all) + "}");
    }

    private static String quoted(String json) {
        return '"' + json.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private Answer read(String json) throws IOException {
        return new AnswerReader(folder, Look.atStructure(1 << 20))
                .read(Operation.TXT2IMG, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }
}
