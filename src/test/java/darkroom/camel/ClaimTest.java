package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimTest {
    private static final Path FOLDER = Path.of("/srv/drop");

    @Test
    void theLaneIsWhereTheFileWasDropped() {
        Claim claim = Claim.of(FOLDER.resolve(".claimed/7/birds/sea/gull.json"), FOLDER, "second");

        assertThat(claim.id()).isEqualTo("7");
        assertThat(claim.lane()).isEqualTo("second/birds/sea");
        assertThat(claim.droppedInto()).isEqualTo(FOLDER.resolve("birds/sea"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/drop C  /.claimed/7/a.json",
                "/srv/drop/a.json",
                "/srv/drop/.claimed",
                "/srv/drop/.claimed/7/../../../etc/a.json",
                "/srv/drop/.claimed/../a.json"
            })
    void aFileElsewhereIsNoClaim(String file) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Claim.of(Path.of(file), FOLDER, ""))
                .withMessageContaining("is not in /srv/drop/.claimed");
    }
}
