package darkroom.camel.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import darkroom.job.Problem;
import darkroom.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request is not granted. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Refusal refusal;
    private final String hint;
    private final transient List<Problem> problems;

    RefusedException(Refusal refusal, String detail, String hint) {
        this(refusal, detail, hint, List.of());
    }

    /**
     * Says why.
     *
     * @param problems everything that is wrong with the prompt file; may be empty
     */
    RefusedException(Refusal refusal, String detail, String hint, List<Problem> problems) {
        super(detail);
        this.refusal = refusal;
        this.hint = hint;
        this.problems = List.copyOf(problems);
    }

    Refusal refusal() {
        return refusal;
    }

    /** The answer's body: {@code application/problem+json} (RFC 9457), with Darkroom's own members behind the usual ones. */
    String document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "urn:darkroom:" + refusal.word());
        document.put("title", refusal.title());
        document.put("status", refusal.status());
        document.put("detail", String.valueOf(getMessage()));
        document.put("code", refusal.word());
        document.put("hint", hint);
        if (!problems.isEmpty()) {
            document.put(
                    "problems", problems.stream().map(RefusedException::problem).toList());
        }
        try {
            return Json.mapper().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // texts and numbers can be written
        }
    }

    private static Map<String, Object> problem(Problem problem) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("code", problem.code().word());
        said.put("message", problem.message());
        said.put("hint", problem.hint());
        Problem.Place place = problem.place();
        if (place != null) {
            said.put("pointer", place.pointer());
            if (place.line() > 0) {
                said.put("line", place.line());
                said.put("column", place.column());
            }
        }
        return said;
    }
}
