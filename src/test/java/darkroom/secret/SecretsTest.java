package darkroom.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretsTest {
    @Test
    void aSecretIsMaskedAsItIsAndAsItIsWrittenElsewhere() {
        Secrets.add("q7 \"p@ss\\wörd/1");

        assertThat(Secrets.mask("it is q7 \"p@ss\\wörd/1, in JSON q7 \\\"p@ss\\\\wörd/1, in an address"
                        + " q7+%22p%40ss%5Cw%C3%B6rd%2F1 or q7%20%22p%40ss%5Cw%C3%B6rd%2F1"))
                .isEqualTo("it is …, in JSON …, in an address … or …");
    }

    @Test
    void aPartOfALongerOneDoesNotGiveItAway() {
        Secrets.add("k3yk3y");
        Secrets.add("k3yk3y-and-more");

        assertThat(Secrets.mask("k3yk3y-and-more k3yk3y")).isEqualTo("… …");
    }

    @Test
    void eachLineOfAKeyIsMasked() {
        Secrets.add("-----BEGIN KEY-----\nMIIEpAIBAAKCAQ\nQ1w2E3r4T5z6\n-----END KEY-----");

        assertThat(Secrets.mask("MIIEpAIBAAKCAQ, Q1w2E3r4T5z6, -----BEGIN KEY-----"))
                .isEqualTo("…, …, -----BEGIN KEY-----");
    }

    @Test
    void whatIsShortIsAWordOfItsOwn() {
        Secrets.add("a b c");

        assertThat(Secrets.mask("a b c")).isEqualTo("a b c");
    }

    @ParameterizedTest
    @CsvSource({
        "ARCHIVE_SECRET_KEY,x,true",
        "PRINTER_PASSWORD,x,true",
        "DARKROOM_WEBUI_AUTH,x,true",
        "archive.secretKey,x,true",
        "shop.apiKey,x,true",
        "hook_token,x,true",
        "camel.ssl.trust-store-password,x,true",
        "HOME,x,false",
        "MONKEY,x,false",
        "AUTHOR,x,false",
        "broker.keyspace,x,false",
        "PASSWORD_FILE,/proc/self/status,false",
        "SSH_AUTH_SOCK,/proc/self/status,false",
    })
    void namesTellSecrets(String name, String value, boolean secret) {
        assertThat(Secrets.isSecret(name, value)).isEqualTo(secret);
    }

    @Test
    void whatIsSaidHoldsNoSecretHoweverItIsWritten() {
        Secrets.add("h1dden-ünd");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out =
                MaskedStream.over(new PrintStream(said, false, StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        out.print("one h1dd");
        out.print("en-ünd\ntwo ");
        out.println("h1dden-ünd");
        out.write(0xff);
        out.print(" left");
        out.flush();

        assertThat(said.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo(new String("one …\ntwo …\n".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                        + "\u00ff left");
    }
}
