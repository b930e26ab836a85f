package darkroom.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * A parser that hands out so many tokens and no more. What a tree takes in memory depends on them rather than on the bytes of
 * its document: {@code []} is two bytes of JSON, and some fifty as a node. What is skipped does not count.
 */
public final class FewTokens extends JsonParserDelegate {
    private final int most;
    private int tokens;

    /** Hands out at most so many tokens of {@code parser}. */
    public FewTokens(JsonParser parser, int most) {
        super(parser);
        this.most = most;
    }

    @Override
    public JsonToken nextToken() throws IOException {
        tokens++;
        if (tokens > most) {
            throw new TooManyException(most);
        }
        return super.nextToken();
    }

    @Override
    public BigDecimal getDecimalValue() throws IOException {
        try {
            return super.getDecimalValue();
        } catch (NumberFormatException e) { // the exponent is no int
            throw new StreamConstraintsException("a number is out of all range", currentTokenLocation());
        }
    }

    @Override
    public Number getNumberValue() throws IOException {
        try {
            return super.getNumberValue();
        } catch (NumberFormatException e) {
            throw new StreamConstraintsException("a number is out of all range", currentTokenLocation());
        }
    }

    /** There are more. */
    public static final class TooManyException extends StreamConstraintsException {
        private static final long serialVersionUID = 1;

        TooManyException(int most) {
            super("more than " + most + " tokens");
        }
    }
}
