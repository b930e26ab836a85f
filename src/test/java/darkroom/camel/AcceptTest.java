package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code direct:accept}, as a route of one's own calls it. */
final class AcceptTest {
    private static final String CAT = "{\"prompt\": \"a cat\", \"width\": 64, \"height\": 64, \"steps\": 2}";

    @TempDir
    Path home;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(home);
        Files.writeString(bench.routes().resolve("mine.camel.yaml"), """
                - route:
                    id: mine
                    from:
                      uri: direct:mine
                      steps:
                        - to:
                            uri: direct:accept
                """);
        bench.start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    /** Some clients say of a stream that it is at its end when the connection breaks. */
    @Test
    void whatIsShorterThanItsLengthIsNotTaken() throws Exception {
        assertThat(send("a", CAT.substring(0, 10), CAT.length()).getException())
                .hasMessageContaining("10 bytes came of " + CAT.length());
        assertThat(send("a", "", CAT.length()).getException()).hasMessageContaining("0 bytes came of");
        assertThat(Disk.list(bench.data().resolve("intake"))).isEmpty();

        assertThat(send("a", CAT, CAT.length()).getException()).isNull();
        Bench.await("a job", () -> bench.manifests().size() == 1);
        assertThat(bench.exists("failed/mine")).isFalse();
    }

    @Test
    void aKeyIsAskedFor() throws Exception {
        assertThat(send(null, CAT, null).getException()).hasMessageContaining("the message has no key");
        assertThat(send("a", CAT, null).getException()).isNull();
    }

    private Exchange send(String key, String body, Integer length) {
        ProducerTemplate template = bench.service().camelContext().createProducerTemplate();
        return template.send("direct:mine", exchange -> {
            exchange.getMessage().setBody(body);
            exchange.setVariable("key", key);
            exchange.setVariable("length", length);
        });
    }
}
