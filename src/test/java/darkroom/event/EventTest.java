package darkroom.event;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventTest {
    private static final Instant TIME = Instant.parse("2026-11-22T01:47:12.5Z");

    @Test
    void itsJsonIsACloudEvent() throws Exception {
        EventData data = EventData.of(
                "birds",
                "owl.json",
                "00ff",
                List.of(new EventData.Problem("input", "malformed-json", "line 1 is no JSON", "mend it")));

        String json = Event.of("/darkroom", EventType.FAILED, "birds/owl.json", TIME, data, "claim")
                .json();

        assertThat(Json.mapper().readTree(json)).isEqualTo(Json.mapper().readTree("""
                {"specversion": "1.0", "id": "%s", "source": "/darkroom", "type": "darkroom.failed",
                 "subject": "birds/owl.json", "time": "2026-11-22T01:47:12.500Z", "datacontenttype": "application/json",
                 "data": {"lane": "birds", "promptFile": "owl.json", "promptFileSha256": "00ff", "labels": {},
                  "problems": [{"kind": "input", "code": "malformed-json", "message": "line 1 is no JSON",
                                "hint": "mend it"}]}}""".formatted(id("claim"))));
        assertThat(Json.mapper().readValue(json, Event.class).json()).isEqualTo(json);
    }

    @Test
    void theSameEventHasTheSameIdAndNoOtherHasIt() {
        assertThat(id("a", "b")).isEqualTo(id("a", "b")).matches("[0-9a-f]{32}");
        assertThat(List.of(id("a", "b"), id("ab"), id("a", "b", ""), id("b", "a"), other("a", "b")))
                .doesNotHaveDuplicates();
    }

    private static String id(String... identity) {
        return event(EventType.FAILED, identity).id();
    }

    private static String other(String... identity) {
        return event(EventType.DONE, identity).id();
    }

    private static Event event(EventType type, String... identity) {
        EventData data = new EventData(null, null, "", "a.json", null, Map.of(), null, null, null, null, null);
        return Event.of("/darkroom", type, "a", TIME, data, identity);
    }
}
