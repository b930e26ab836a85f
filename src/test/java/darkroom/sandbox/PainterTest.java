package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PainterTest {
    private final Painter painter = new Painter(false);

    @Test
    void theSameWordsSeedAndSizeAreTheSamePicture() {
        assertThat(samples("a fox", 7, 96, 64)).isEqualTo(samples("a fox", 7, 96, 64));
    }

    @Test
    void otherWordsOrAnotherSeedAreAnotherPicture() {
        byte[] picture = samples("a fox", 7, 96, 64);

        assertThat(samples("a cat", 7, 96, 64)).isNotEqualTo(picture);
        assertThat(samples("a fox", 8, 96, 64)).isNotEqualTo(picture);
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "8, 2048", "2048, 8", "64, 64", "600, 64"})
    void anySizeCanBeDrawn(int width, int height) {
        Picture picture = painter.sign(painter.paint("a fox", -3, width, height), -3);

        assertThat(picture.width()).isEqualTo(width);
        assertThat(picture.height()).isEqualTo(height);
    }

    @Test
    void aLabelSaysWhoDrewIt() {
        Picture black = Picture.filled(512, 512, 0xFF000000);

        assertThat(painter.sign(black, 7).samples()).isNotEqualTo(black.samples());
        assertThat(painter.sign(black, 7).samples())
                .isNotEqualTo(painter.sign(black, 8).samples());
    }

    @Test
    void plainPicturesDifferBySeed() {
        var plain = new Painter(true);

        assertThat(plain.paint("a fox", 7, 64, 64).samples())
                .isNotEqualTo(plain.paint("a fox", 8, 64, 64).samples());
    }

    @Test
    void anUnfinishedPictureIsNoisy() {
        Picture whole = painter.paint("a fox", 7, 64, 64);
        byte[] half = Unfinished.of(whole, 7, 0.5).samples();

        assertThat(half).isNotEqualTo(whole.samples());
        assertThat(Arrays.mismatch(half, Unfinished.of(whole, 7, 0.5).samples()))
                .isEqualTo(-1);
    }

    private byte[] samples(String words, long seed, int width, int height) {
        return painter.paint(words, seed, width, height).samples();
    }
}
