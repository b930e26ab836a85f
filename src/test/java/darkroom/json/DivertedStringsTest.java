package darkroom.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class DivertedStringsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void longStringsLeaveAStandInAndGoWhereTheyAreSent() throws IOException {
        Sinks sinks = new Sinks(3);
        DivertedStrings diverted = read("{\"a\":\"short\",\"b\":[\"ok\",\"x\\\"y\\\\\"]}", sinks, 4);

        JsonNode document = MAPPER.readTree(diverted);

        assertThat(sinks.texts).containsExactly(Map.entry("/a", "short"), Map.entry("/b/1", "x\\\"y\\\\"));
        assertThat(document.at("/b/0").asText()).isEqualTo("ok");
        assertThat(diverted.behind(document.at("/a").asText())).isSameAs(sinks.streams.get("/a"));
        assertThat(diverted.behind("ok")).isNull();
    }

    @Test
    void aStringOfTheDocumentIsNeverTakenForAStandIn() throws IOException {
        DivertedStrings diverted = read("[\"diverted-0011223344556677-0\"]", new Sinks(100), 8192);

        assertThat(diverted.behind(MAPPER.readTree(diverted).path(0).asText())).isNull();
    }

    @Test
    void theEmptyStringStaysWhateverTheLimit() throws IOException {
        Sinks sinks = new Sinks(0);

        assertThat(MAPPER.readTree(read("[\"\",\"x\"]", sinks, 1)).path(0).asText())
                .isEmpty();
        assertThat(sinks.texts).containsOnlyKeys("/1");
    }

    @Test
    void columnsAreThoseOfTheDocument() throws IOException {
        String json = "{\"a\":\"" + "x".repeat(1000) + "\", \"b\": 1,\n \"c\": \"" + "y".repeat(50) + "\", \"d\": 2}";
        DivertedStrings diverted = read(json, new Sinks(10), 64);
        List<Integer> columns = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(diverted)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_INT) {
                    var location = parser.currentTokenLocation();
                    columns.add(diverted.originalColumn(location.getLineNr(), location.getColumnNr()));
                }
            }
        }

        String secondLine = json.substring(json.indexOf('\n') + 1);
        assertThat(columns).containsExactly(json.indexOf("1,\n") + 1, secondLine.indexOf("2}") + 1);
    }

    @Test
    void aDocumentThatEndsInsideALongStringClosesItsSink() throws IOException {
        Sinks sinks = new Sinks(2);
        DivertedStrings diverted = read("{\"a\":\"abcdef", sinks, 3);

        assertThat(new String(diverted.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":");
        assertThat(sinks.texts).containsEntry("/a", "abcdef");
    }

    @Property(tries = 300)
    void whatIsTakenOutAndWhatIsLeftMakeTheDocument(
            @ForAll("documents") JsonNode document,
            @ForAll @IntRange(min = 0, max = 40) int keep,
            @ForAll @IntRange(min = 1, max = 70) int chunk)
            throws IOException {
        Sinks sinks = new Sinks(keep);
        DivertedStrings diverted = read(MAPPER.writeValueAsString(document), sinks, chunk);

        JsonNode seen = MAPPER.readTree(diverted);

        assertThat(putBack(seen, diverted, sinks)).isEqualTo(document);
        assertThat(sinks.texts.values()).allMatch(text -> text.getBytes(StandardCharsets.UTF_8).length > keep);
    }

    @Provide
    Arbitrary<JsonNode> documents() {
        Arbitrary<String> texts = Arbitraries.strings()
                .withChars("ab/~\"\\{}[]:, \n\u00e9\u2603")
                .withChars('\u0000', '\u001f')
                .ofMaxLength(60);
        Arbitrary<JsonNode> leaves = Arbitraries.oneOf(
                texts.map(JsonNodeFactory.instance::textNode),
                Arbitraries.integers().map(JsonNodeFactory.instance::numberNode),
                Arbitraries.of(true, false).map(JsonNodeFactory.instance::booleanNode),
                Arbitraries.just(JsonNodeFactory.instance.nullNode()));
        return Arbitraries.recursive(() -> leaves, inner -> containers(inner, texts), 0, 3);
    }

    private static Arbitrary<JsonNode> containers(Arbitrary<JsonNode> inner, Arbitrary<String> names) {
        Arbitrary<JsonNode> lists = inner.list().ofMaxSize(4).map(members -> {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            members.forEach(list::add);
            return list;
        });
        Arbitrary<JsonNode> objects = Arbitraries.maps(names, inner)
                .ofMaxSize(4)
                .map(members -> {
                    ObjectNode object = JsonNodeFactory.instance.objectNode();
                    members.forEach(object::set);
                    return object;
                });
        return Arbitraries.oneOf(lists, objects);
    }

    private static JsonNode putBack(JsonNode node, DivertedStrings diverted, Sinks sinks) throws IOException {
        if (node.isTextual()) {
            OutputStream behind = diverted.behind(node.asText());
            return behind == null ? node : MAPPER.readTree("\"" + sinks.textOf(behind) + "\"");
        }
        if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                list.set(i, putBack(list.get(i), diverted, sinks));
            }
        } else if (node instanceof ObjectNode object) {
            for (var member : object.properties()) {
                member.setValue(putBack(member.getValue(), diverted, sinks));
            }
        }
        return node;
    }

    /** Hands a document over in pieces of {@code chunk} bytes, as a network does. */
    private static DivertedStrings read(String json, Sinks sinks, int chunk) {
        InputStream pieces = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, chunk));
            }
        };
        return new DivertedStrings(pieces, sinks);
    }

    private static final class Sinks implements DivertedStrings.Diversion {
        final Map<String, String> texts = new TreeMap<>();
        final Map<String, OutputStream> streams = new TreeMap<>();
        private final List<OutputStream> order = new ArrayList<>();
        private final List<String> inOrder = new ArrayList<>();
        private final int keep;

        Sinks(int keep) {
            this.keep = keep;
        }

        @Override
        public int keep(String pointer) {
            return keep;
        }

        @Override
        public OutputStream open(String pointer) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream() {
                @Override
                public void close() {
                    texts.put(pointer, toString(StandardCharsets.UTF_8));
                    inOrder.add(toString(StandardCharsets.UTF_8));
                }
            };
            streams.put(pointer, stream);
            order.add(stream);
            return stream;
        }

        String textOf(OutputStream stream) {
            return inOrder.get(order.indexOf(stream));
        }
    }
}
