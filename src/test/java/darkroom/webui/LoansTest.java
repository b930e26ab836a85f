package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is remembered of a WebUI whose options are changed. */
final class LoansTest {
    private static final String CHECKPOINT = "sd_model_checkpoint";
    private static final List<Checkpoint> ALL = List.of(
            new Checkpoint("own.safetensors [0123456789]", "own", "0123456789", "", "/m/own.safetensors"),
            new Checkpoint("anime.safetensors", "anime", "", "", "/m/anime.safetensors"),
            new Checkpoint("photo.safetensors", "photo", "", "", "/m/photo.safetensors"));

    private static ObjectNode options(String checkpoint) {
        return Json.mapper().createObjectNode().put(CHECKPOINT, checkpoint);
    }

    private static Loans changed(String... wishes) {
        Loans loans = Loans.NONE;
        for (String wish : wishes) {
            loans = loans.about(CHECKPOINT, "own.safetensors [0123456789]", wish);
        }
        return loans;
    }

    @Test
    void theFirstValueIsItsOwnHoweverOftenItIsChanged() {
        Loans loans = changed("anime.safetensors")
                .settled(options("anime.safetensors"), ALL)
                .about(CHECKPOINT, "anime.safetensors", "photo.safetensors");

        assertThat(loans.own(CHECKPOINT)).contains("own.safetensors [0123456789]");
        assertThat(loans.own(Set.of())).containsOnlyKeys(CHECKPOINT);
        assertThat(loans.own(Set.of(CHECKPOINT))).isEmpty();
    }

    @Test
    void aChangeThatMayNotHaveComeAboutLeavesBothPossible() {
        Loans loans = changed("anime.safetensors", "photo.safetensors");

        for (String now : List.of("anime.safetensors", "photo.safetensors")) {
            assertThat(loans.settled(options(now), ALL).own(CHECKPOINT)).isPresent();
        }
    }

    @Test
    void aTitleChangesWithTheFirstLoadAndMeansTheSame() {
        List<Checkpoint> hashed = List.of(
                new Checkpoint("anime.safetensors [abcdefabcd]", "anime", "abcdefabcd", "", "/m/anime.safetensors"));

        assertThat(changed("anime.safetensors").settled(options("anime.safetensors [abcdefabcd]"), hashed))
                .extracting(loans -> loans.byOption().get(CHECKPOINT).ours())
                .isEqualTo(List.of("anime.safetensors [abcdefabcd]"));
    }

    @Test
    void whatSomebodyElseChoseAndWhatIsItsOwnAgainIsNoLoan() {
        assertThat(changed("anime.safetensors").settled(options("photo.safetensors"), ALL))
                .isEqualTo(Loans.NONE);
        assertThat(changed("anime.safetensors").settled(options("own.safetensors"), ALL))
                .isEqualTo(Loans.NONE);
    }

    @Test
    void whatTheWebUiDoesNotSayIsNotForgotten() {
        Loans loans = changed("anime.safetensors");

        assertThat(loans.settled(Json.mapper().createObjectNode(), ALL)).isEqualTo(loans);
        assertThat(loans.settled(Json.mapper().createObjectNode().putNull(CHECKPOINT), ALL))
                .isEqualTo(loans);
    }

    @Test
    void itIsReadAsItWasWritten() {
        Loans loans = changed("anime.safetensors", "photo.safetensors").about("sd_vae", "Automatic", "soft.pt");

        assertThat(Loans.of(loans.json())).isEqualTo(loans);
        assertThat(Loans.of(Json.mapper().createObjectNode().put(CHECKPOINT, 7)))
                .isEqualTo(Loans.NONE);
    }
}
