package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.camel.component.WebuiState;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How fast WebUIs are is learnt from their answers, and known at the next start. */
final class SpeedsTest {
    private static final String SMALL = "{\"width\": 256, \"height\": 256, \"steps\": 20}";
    private static final int SLOW = 600;
    private static final int FAST = 40;

    @TempDir
    Path home;

    private Bench bench;
    private SandboxWebUi first;
    private SandboxWebUi second;
    private int dropped;

    @BeforeEach
    void prepare() throws Exception {
        first = SandboxWebUi.start(taking(SLOW));
        second = SandboxWebUi.start(taking(FAST));
        bench = new Bench(home).with(Setting.WEBUI_URL, first.url() + "," + second.url());
    }

    @AfterEach
    void stop() {
        bench.close();
        first.close();
        second.close();
    }

    private static SandboxSettings taking(int millis) {
        return SandboxSettings.defaults().withPlainPictures(true).withTimePerPicture(Duration.ofMillis(millis));
    }

    private void make(int jobs) throws Exception {
        for (int i = 0; i < jobs; i++) {
            bench.drop(String.format("job%03d.json", dropped++), SMALL);
        }
        Bench.await("all " + dropped, () -> bench.manifests().size() == dropped);
    }

    /** Each starts with nothing to do; who is given it? */
    private SandboxWebUi givenOne() throws Exception {
        int before = first.generations().size();
        make(1);
        return first.generations().size() > before ? first : second;
    }

    private List<Double> speeds() {
        return bench.webUis().states().stream().map(WebuiState::speed).toList();
    }

    private Path file() {
        return bench.data().resolve("work/.speeds.json");
    }

    @Test
    void theFirstDecisionAfterAStartKnowsWhatWasLearntBefore() throws Exception {
        bench.start();
        assertThat(givenOne()).isSameAs(first); // nothing is known, and it is the first
        make(12);
        List<Double> learnt = speeds();
        bench.stop();
        JsonNode kept = Bench.json(file());
        bench.start();
        List<Double> known = speeds();

        assertThat(learnt.get(1)).isGreaterThan(1.5 * learnt.get(0));
        assertThat(known.get(0)).isCloseTo(learnt.get(0), within(1e-6));
        assertThat(known.get(1)).isCloseTo(learnt.get(1), within(1e-6));
        assertThat(givenOne()).isSameAs(second);
        assertThat(kept.path(first.url().toString())
                        .path("learnt")
                        .path("answers")
                        .asInt())
                .isPositive();
        assertThat(kept).hasSize(2);
        bench.assertTidy();
    }

    @Test
    void oneThatHasAnotherCardMeanwhileIsSoonKnownForIt() throws Exception {
        bench.start();
        make(12);
        bench.stop();
        List<SandboxWebUi> before = List.of(first, second);
        first.close();
        second.close();
        first = SandboxWebUi.start(taking(FAST).withPort(before.get(0).port()));
        second = SandboxWebUi.start(taking(SLOW).withPort(before.get(1).port()));
        bench.start();
        assertThat(speeds().get(1)).isGreaterThan(speeds().get(0)); // as it was
        make(12);

        assertThat(speeds().get(0)).isGreaterThan(speeds().get(1));
        assertThat(first.generations()).hasSizeGreaterThan(second.generations().size());
    }

    @Test
    void aFileThatCannotBeReadIsNoObstacle() throws Exception {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "{\"" + first.url() + "\": {\"weight\": 1, \"learnt\": {\"speed\": -1}}");
        bench.start();
        make(4);
        bench.stop();

        assertThat(Bench.json(file())
                        .path(first.url().toString())
                        .path("learnt")
                        .path("speed")
                        .asDouble())
                .isPositive();
    }
}
