package darkroom.camel.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The signature of webhooks, against the example of those who made the rules. */
final class SignWebhookTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private final SignWebhook sign = new SignWebhook(Clock.fixed(Instant.ofEpochSecond(1614265330), ZoneOffset.UTC));

    @Test
    void isThatOfThePublishedExample() {
        sign.setSecrets(SECRET);
        Exchange exchange = exchange("{\"test\": 2432232314}");

        sign.sign(exchange);

        assertThat(exchange.getMessage().getHeaders())
                .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                .containsEntry("webhook-timestamp", "1614265330")
                .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void hasOneForEachSecret() {
        sign.setSecrets(" " + OTHER + "\n" + SECRET);
        Exchange exchange = exchange("{\"test\": 2432232314}");

        sign.sign(exchange);

        String signatures = exchange.getMessage().getHeader("webhook-signature", String.class);
        assertThat(signatures.split(" ", -1))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .endsWith("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void isOfTheBytesThatAreSent() {
        sign.setSecrets(SECRET);
        Exchange exchange = exchange("{\"lane\": \"Größe\"}");

        sign.sign(exchange);

        assertThat(exchange.getMessage().getBody()).isEqualTo("{\"lane\": \"Größe\"}".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_",
                "whsec_tooshort",
                "whsec_!!KQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                SECRET + " whsec_secret"
            })
    void saysWhatASecretIsWithoutShowingIt(String secrets) {
        sign.setSecrets(secrets);

        assertThatThrownBy(() -> sign.sign(exchange("{}")))
                .hasMessageContaining("is not whsec_ with 24 to 64 bytes in base64")
                .hasMessageNotContaining("MfKQ9")
                .hasMessageNotContaining("whsec_secret");
    }

    private static Exchange exchange(String body) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setVariable("eventId", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        exchange.getMessage().setBody(body);
        return exchange;
    }
}
