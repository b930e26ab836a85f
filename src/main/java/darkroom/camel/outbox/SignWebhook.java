package darkroom.camel.outbox;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.jspecify.annotations.Nullable;

/**
 * Step before a webhook is sent: signs the body by the rules of Standard Webhooks 1.0 (standardwebhooks.com), so that who
 * gets it can tell that it is ours, whole, and not an old one.
 *
 * <p>{@code webhook-id} is the id of the event, the same at every try; {@code webhook-timestamp} is now, in seconds;
 * {@code webhook-signature} has {@code v1,} and the HMAC-SHA256 of {@code ID.TIMESTAMP.BODY} in base64, once for each
 * secret.
 */
public final class SignWebhook {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    /** What the rules ask for, in bytes. */
    private static final int SHORTEST = 24;

    private static final int LONGEST = 64;

    private final Clock clock;
    private String secrets = "";

    /** Signs with the time of this machine. */
    public SignWebhook() {
        this(Clock.systemUTC());
    }

    SignWebhook(Clock clock) {
        this.clock = clock;
    }

    /**
     * The secrets that the receiver knows, with spaces between them: each {@code whsec_} and 24 to 64 bytes in base64. While
     * one takes the place of another there are two, and the receiver may know either.
     *
     * <p>What is wrong with them is said when something is to be signed: what is said about a property shows its value.
     */
    public void setSecrets(String secrets) {
        this.secrets = secrets.strip();
    }

    /**
     * Signs the body, which is sent as these bytes then.
     *
     * @throws IllegalStateException if a secret is none, or the message has no {@link OutboxConstants#EVENT_ID}
     */
    @Handler
    public void sign(Exchange exchange) {
        String id = exchange.getVariable(OutboxConstants.EVENT_ID, String.class);
        if (id == null || id.isEmpty()) {
            throw new IllegalStateException(
                    "the message has no variable '" + OutboxConstants.EVENT_ID + "' to be known by");
        }
        String body = exchange.getMessage().getBody(String.class);
        byte[] bytes = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);
        long timestamp = clock.instant().getEpochSecond();
        exchange.getMessage().setBody(bytes);
        exchange.getMessage().setHeader("webhook-id", id);
        exchange.getMessage().setHeader("webhook-timestamp", Long.toString(timestamp));
        exchange.getMessage().setHeader("webhook-signature", signatures(id, timestamp, bytes));
    }

    private String signatures(String id, long timestamp, byte[] body) {
        List<String> signatures = new ArrayList<>();
        for (String secret : secrets.split("\\s+", -1)) {
            byte[] key = key(secret);
            if (key == null) {
                throw new IllegalStateException("secret " + (signatures.size() + 1) + " of the webhook is not " + PREFIX
                        + " with " + SHORTEST + " to " + LONGEST
                        + " bytes in base64; make one with: echo " + PREFIX + "$(openssl rand -base64 32)");
            }
            signatures.add("v1," + signature(key, id, timestamp, body));
        }
        return String.join(" ", signatures);
    }

    private static String signature(byte[] key, String id, long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e); // every Java has it, and it takes any key
        }
    }

    /** Null if it is no secret. */
    private static byte @Nullable [] key(String secret) {
        if (!secret.startsWith(PREFIX)) {
            return null;
        }
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
            return key.length < SHORTEST || key.length > LONGEST ? null : key;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
