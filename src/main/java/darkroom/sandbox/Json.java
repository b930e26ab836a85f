package darkroom.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;

/** JSON as Python reads and writes it. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder(factory())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python reads NaN and Infinity
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final ObjectWriter DUMPS =
            MAPPER.writer(new DumpsSeparators()).with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** As answers are written: no blanks, no escapes that are not needed. */
    static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As Python's {@code json.dumps} writes by default, e.g. in {@code info}: a blank after colons and commas, ASCII. */
    static String dumps(JsonNode json) {
        try {
            return DUMPS.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file that lies beside this class. */
    static ObjectNode resource(String name) {
        try (InputStream in = Json.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return (ObjectNode) MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A value as Python's {@code str()} has it: {@code 7.0}, {@code True}, {@code None}; a text as it is. */
    static String str(JsonNode value) {
        if (value.isNull()) {
            return "None";
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? "True" : "False";
        }
        return value.isFloatingPointNumber() ? str(value.doubleValue()) : value.asText();
    }

    /** A float as Python writes it: {@code 7.0}, {@code 0.0001}, {@code 1e-05}. */
    static String str(double value) {
        double size = Math.abs(value);
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return value == 0 ? "0.0" : Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (size >= 1e-4 && size < 1e16) {
            String plain = BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String scientific = Double.toString(value);
        int e = scientific.indexOf('E');
        int exponent = Integer.parseInt(scientific.substring(e + 1));
        String mantissa = scientific.substring(0, e).replaceAll("\\.0$", "");
        return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** Texts may have any length: a picture is a text here. */
    private static JsonFactory factory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    private static final class DumpsSeparators extends MinimalPrettyPrinter {
        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
            out.writeRaw(": ");
        }

        @Override
        public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
            out.writeRaw(", ");
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
            out.writeRaw(", ");
        }
    }
}
