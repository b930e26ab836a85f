package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract test would notice: each of these is an answer with one thing wrong. */
final class ComparisonTest {
    private static final String TWO_BY_TWO = "105-t2i-2x2-save";
    private static final String UNKNOWN_OVERRIDE = "314-err-unknown-override";
    private static final String UNPREDICTABLE = "100-t2i-minimal";

    @ParameterizedTest
    @ValueSource(strings = {TWO_BY_TWO, UNKNOWN_OVERRIDE, UNPREDICTABLE, "113c-t2i-option-jpg", "400-progress-midjob"})
    void theRecordedAnswerItselfIsRight(String name) {
        assertThat(differences(name, answer -> {})).isEmpty();
    }

    @Test
    void aStatusIsNoticed() {
        Capture capture = Capture.named(UNKNOWN_OVERRIDE);
        var recorded = recorded(capture, answer -> {});
        var other = new Client.Answer(recorded.authority(), 400, recorded.headers(), recorded.text());

        assertThat(Comparison.differences(capture, other)).anyMatch(text -> text.startsWith("status is 400"));
    }

    @Test
    void aHeaderIsNoticed() {
        Capture capture = Capture.named("384-options-preflight");
        var recorded = recorded(capture, answer -> {});
        var headers = new HashMap<>(recorded.headers());
        headers.remove("vary");
        var other = new Client.Answer(recorded.authority(), recorded.status(), headers, recorded.text());

        assertThat(Comparison.differences(capture, other)).anyMatch(text -> text.startsWith("header vary"));
    }

    @Test
    void aTimedExceptionIsNoticed() {
        Capture capture = Capture.named(UNKNOWN_OVERRIDE);
        var recorded = recorded(capture, answer -> {});
        var headers = new HashMap<>(recorded.headers());
        headers.put("x-process-time", "0.1");
        var other = new Client.Answer(recorded.authority(), recorded.status(), headers, recorded.text());

        assertThat(Comparison.differences(capture, other)).anyMatch(text -> text.contains("X-Process-Time"));
    }

    @Test
    void aMissingKeyIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> parameters(answer).remove("hr_scale")))
                .anyMatch(text -> text.contains("$.parameters has the keys"));
    }

    @Test
    void oneKeyTooManyIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> info(answer, info -> info.put("n_iter", 2))))
                .anyMatch(text -> text.contains("$.info has the keys"));
    }

    @Test
    void theOrderOfKeysIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> answer.set("images", answer.remove("images"))))
                .anyMatch(text -> text.contains("$ has the keys"));
    }

    @Test
    void aWrongSeedIsNoticed() {
        assertThat(differences(
                        TWO_BY_TWO, answer -> info(answer, info -> ((ArrayNode) info.get("all_seeds")).set(2, 7))))
                .anyMatch(text -> text.contains("$.info.all_seeds[2]"));
    }

    @Test
    void seedsThatDoNotCountUpAreNoticedEvenIfChanceHasChosenThem() {
        assertThat(differences(
                        TWO_BY_TWO, answer -> info(answer, info -> ((ArrayNode) info.get("all_subseeds")).set(1, 7))))
                .anyMatch(text -> text.contains("$.info.all_subseeds[1]"));
    }

    @Test
    void aWholeNumberInsteadOfAFloatIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> parameters(answer).put("cfg_scale", 7)))
                .anyMatch(text -> text.contains("$.parameters.cfg_scale"));
    }

    @Test
    void nullInsteadOfNothingIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> parameters(answer).set("prompt", NullNode.getInstance())))
                .anyMatch(text -> text.contains("$.parameters.prompt"));
    }

    @Test
    void aWrongErrorTextIsNoticed() {
        assertThat(differences(UNKNOWN_OVERRIDE, answer -> answer.put("errors", "no_such_option")))
                .anyMatch(text -> text.contains("$.errors"));
    }

    @Test
    void aWrongInfotextIsNoticed() {
        assertThat(differences(
                        UNPREDICTABLE,
                        answer -> info(
                                answer,
                                info -> ((ArrayNode) info.get("infotexts"))
                                        .set(
                                                0,
                                                info.get("infotexts")
                                                        .get(0)
                                                        .asText()
                                                        .replace("Euler", "Heun")))))
                .anyMatch(text -> text.contains("$.info.infotexts[0]"));
    }

    @Test
    void aPictureTooFewIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> ((ArrayNode) answer.get("images")).remove(0)))
                .anyMatch(text -> text.contains("$.images has as many elements"));
    }

    @Test
    void aPictureOfAnotherSizeIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> swapImages(answer, 0, 1)))
                .anyMatch(text -> text.contains("$.images[0]") && text.contains("128x128"));
    }

    @Test
    void aPictureWithAnotherTextIsNoticed() {
        assertThat(differences(TWO_BY_TWO, answer -> swapImages(answer, 1, 2)))
                .anyMatch(text -> text.contains("$.images[1]") && text.contains("Seed: 1235"));
    }

    @Test
    void progressThatDoesNotFollowFromItsCountersIsNoticed() {
        assertThat(differences("400-progress-midjob", answer -> answer.put("progress", 0.5)))
                .anyMatch(text -> text.contains("$.progress"));
    }

    @Test
    void aBlankInTheJsonIsNoticed() {
        Capture capture = Capture.named(UNKNOWN_OVERRIDE);
        var recorded = recorded(capture, answer -> {});
        String text = recorded.text().replace(":", ": ");
        var headers = new HashMap<>(recorded.headers());
        headers.put("content-length", String.valueOf(text.length()));
        var other = new Client.Answer(recorded.authority(), recorded.status(), headers, text);

        assertThat(Comparison.differences(capture, other)).anyMatch(line -> line.contains("recorded content-length"));
    }

    private static Iterable<String> differences(String name, Consumer<ObjectNode> change) {
        Capture capture = Capture.named(name);
        return Comparison.differences(capture, recorded(capture, change));
    }

    /** The recorded answer as if the sandbox had given it, with something changed. */
    private static Client.Answer recorded(Capture capture, Consumer<ObjectNode> change) {
        var body = capture.response().get("body").deepCopy();
        if (body instanceof ObjectNode object) {
            change.accept(object);
        }
        String text = body.isTextual() ? body.asText() : body.toString();
        var headers = new HashMap<String, String>();
        capture.response()
                .get("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        headers.put("content-length", String.valueOf(text.getBytes(StandardCharsets.UTF_8).length));
        return new Client.Answer(
                "127.0.0.1:7861", capture.response().get("status").asInt(), Map.copyOf(headers), text);
    }

    private static ObjectNode parameters(ObjectNode answer) {
        return (ObjectNode) answer.get("parameters");
    }

    private static void info(ObjectNode answer, Consumer<ObjectNode> change) {
        try {
            var info = (ObjectNode) Json.MAPPER.readTree(answer.get("info").asText());
            change.accept(info);
            answer.put("info", Json.dumps(info));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void swapImages(ObjectNode answer, int first, int second) {
        var images = (ArrayNode) answer.get("images");
        var kept = images.get(first);
        images.set(first, images.get(second));
        images.set(second, kept);
    }
}
