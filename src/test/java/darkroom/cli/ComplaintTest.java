package darkroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ComplaintTest {
    @Test
    void whatIsExpectedIsOneSentenceEach() {
        assertThat(complaint(new SettingsException(List.of("this", "that"))))
                .containsExactly("darkroom: this", "darkroom: that");
        assertThat(complaint(new AccessDeniedException("/srv/drop")))
                .containsExactly("darkroom: /srv/drop: access is denied");
        assertThat(complaint(new UncheckedIOException(new IOException("No space left on device"))))
                .containsExactly("darkroom: No space left on device");
    }

    @Test
    void whatIsNotIsOneSentenceAndThenTheStackTrace() {
        assertThat(complaint(new IllegalStateException("deep")))
                .startsWith(
                        "darkroom: this should not happen (java.lang.IllegalStateException: deep); please report it, with"
                                + " the lines below",
                        "java.lang.IllegalStateException: deep")
                .hasSizeGreaterThan(3);
    }

    private static Stream<String> complaint(Exception e) {
        StringWriter said = new StringWriter();
        int exitCode = Complaint.about(e, new PrintWriter(said));
        assertThat(exitCode).isEqualTo(Darkroom.NOT_OK);
        return said.toString().lines();
    }
}
