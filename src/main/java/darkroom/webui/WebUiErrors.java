package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import darkroom.job.AwayException;
import darkroom.job.MayPassException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.json.FewTokens;
import darkroom.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an error answer of a WebUI means (webui-api, section 1.4). A 5xx does not mean that the server is at fault, nor a
 * 404 that a path is missing: the body decides.
 */
public final class WebUiErrors {
    private static final int LONGEST_TEXT = 500;

    /** Statuses of servers and proxies that have no time just now. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 529);

    /** Python errors that follow from the payload: the same payload gives the same error. */
    private static final Set<String> OWN_FAULT = Set.of(
            "HTTPException",
            "KeyError",
            "AssertionError",
            "IndexError",
            "ZeroDivisionError",
            "TypeError",
            "ValueError");

    private static final Pattern NO_SUCH_MODEL =
            Pattern.compile("\\bmodel '.*' not found|[Cc]ould not find (checkpoint with name|upscaler named) ");

    private WebUiErrors() {}

    /**
     * Translates an answer that is not 2xx.
     *
     * @param status the HTTP status
     * @param body the beginning of the body; may be empty, and anything
     * @param url what was asked, for the message; without credentials
     * @param location the {@code Location} header, or empty
     * @param saidAt where people say how this WebUI is talked to
     * @return a {@link AwayException} or {@link MayPassException} if another try may help
     */
    public static ProblemException translate(int status, String body, String url, String location, SaidAt saidAt) {
        JsonNode json = json(body);
        String said = said(json, body);
        if (status >= 300 && status < 400) {
            return fail(
                    ProblemCode.WEBUI_REDIRECTS,
                    "the WebUI points from " + url + " to " + (location.isEmpty() ? "somewhere else" : shown(location)),
                    "set " + saidAt.url() + " to the address where its API is; redirects are not followed");
        }
        if (status == 401 || status == 403) {
            return fail(
                    ProblemCode.WEBUI_UNAUTHORIZED,
                    "the WebUI did not let us in (" + status + ": " + said + ")",
                    said.contains("Invalid authentication credentials")
                            ? "it takes nothing but ASCII in " + saidAt.auth()
                                    + "; choose another password for its --api-auth"
                            : "set " + saidAt.auth() + " to the user:password of its --api-auth");
        }
        if (PASSING.contains(status)) {
            return new AwayException(Problem.of(
                    ProblemCode.WEBUI_AWAY,
                    "the WebUI at " + url + " has no time (" + status + ": " + said + ")",
                    "the job waits and goes on by itself"));
        }
        if ((status == 404 && isMissingRoute(json)) || status == 405) {
            return new MayPassException(Problem.of(
                    ProblemCode.WEBUI_API_OFF,
                    "there is no API at " + url + " (" + status + ")",
                    "start the WebUI with --api, and see that " + saidAt.url() + " is the right address"));
        }
        return status >= 500 ? serverError(status, json, said) : rejected(status, json, said);
    }

    /**
     * Translates an answer to {@code GET /file=} that is not 200 (webui-api, section 7.2).
     *
     * @param url what was asked for, as it was asked for
     * @param saidAt where people say how this WebUI is talked to
     * @return one with {@link ProblemCode#SAVED_NOT_FOUND} if there is no such file
     */
    public static ProblemException translateFile(int status, String body, String url, String location, SaidAt saidAt) {
        String said = said(json(body), body);
        String other = "; or use job.save \"fetch\", or \"mounted\"";
        if ((status >= 300 && status < 400) || status == 401) {
            return fail(
                    ProblemCode.SAVED_NOT_SERVED,
                    "the WebUI wants a login before it hands out what it saved (" + status + ": "
                            + (location.isEmpty() ? said : "see " + shown(location)) + "): " + url,
                    "start it without --gradio-auth, which protects its user interface and no API" + other);
        }
        if (status == 403) {
            return fail(
                    ProblemCode.SAVED_NOT_SERVED,
                    "the WebUI saved the picture and may not hand it out (403: " + said + "): " + url,
                    "its outputs are outside its data folder: start it with --gradio-allowed-path and that folder, none"
                            + " of whose names may begin with a dot" + other);
        }
        if (status == 404) {
            return fail(
                    ProblemCode.SAVED_NOT_FOUND,
                    "the WebUI reports success, and where the picture should be it has none (404: " + said + "): "
                            + url,
                    "somebody may have interrupted it, an extension may change names, or a proxy let only /sdapi pass;"
                            + " drop it again" + other);
        }
        return translate(status, body, url, location, saidAt);
    }

    /**
     * There is no API at this path, though there is one: a cousin that does not have all that A1111 has. It may also be
     * starting: a WebUI opens its port before its API is whole (section 1.2).
     */
    public static ProblemException lacks(String path, Dialect dialect) {
        return new MayPassException(Problem.of(
                ProblemCode.WEBUI_LACKS,
                dialect.title() + " has no " + path,
                "it can't do that; send such jobs to another WebUI (docs/webuis.md says which has what)"));
    }

    private static ProblemException serverError(int status, JsonNode json, String said) {
        String error = json.path("error").asText("");
        if (error.contains("OutOfMemory") || said.toLowerCase(Locale.ROOT).contains("out of memory")) {
            return new GpuFullException(said);
        }
        Problem problem = Problem.of(
                ProblemCode.WEBUI_ERROR, "the WebUI could not do it (" + status + ": " + said + ")", hint(error, said));
        boolean same = OWN_FAULT.contains(error)
                || NO_SUCH_MODEL.matcher(said).find()
                || said.contains("bad number of images");
        return same ? new ProblemException(problem) : new MayPassException(problem);
    }

    private static String hint(String error, String said) {
        if (said.contains("Invalid encoded image")) {
            return "it can't read one of the pictures; save it again as PNG";
        }
        if (error.equals("KeyError")) {
            return "'override_settings' names an option that this WebUI does not have";
        }
        if (said.contains("changing settings is disabled")) {
            return "it was started with --freeze-settings: leave 'override_settings' out";
        }
        if (said.contains("bad number of images")) {
            return "set batch_size to the number of init images";
        }
        return "the WebUI's own log has the whole story";
    }

    private static ProblemException rejected(int status, JsonNode json, String said) {
        List<Problem> problems = new ArrayList<>();
        for (JsonNode detail : json.path("detail")) {
            String pointer = pointer(detail.path("loc"));
            String message = detail.path("msg").asText("");
            if (!message.isEmpty()) {
                problems.add(new Problem(
                        ProblemCode.WEBUI_REJECTED,
                        "the WebUI does not accept it (" + status + ": " + shown(message) + ")",
                        "change that field; /docs of the WebUI says what it takes",
                        new Problem.Place(0, 0, pointer)));
            }
        }
        if (!problems.isEmpty()) {
            return new ProblemException(problems);
        }
        String hint = status == 413
                ? "a proxy in between limits the size of requests; raise its limit"
                : said.contains("Sampler not found") // Quirk.UNKNOWN_SAMPLER_IS_404
                        ? "it does not know that sampler; GET /sdapi/v1/samplers lists those it knows, and a scheduler is"
                                + " no part of their names"
                        : "change what it names; /docs of the WebUI says what it takes";
        return fail(ProblemCode.WEBUI_REJECTED, "the WebUI does not accept it (" + status + ": " + said + ")", hint);
    }

    private static String pointer(JsonNode loc) {
        StringBuilder pointer = new StringBuilder();
        for (int i = 1; i < loc.size(); i++) { // the first is "body"
            pointer.append('/').append(shown(loc.get(i).asText()));
        }
        return pointer.toString();
    }

    /** The framework's own 404, not one that the API gives for a missing picture or sampler. */
    private static boolean isMissingRoute(JsonNode json) {
        String detail = json.path("detail").asText("");
        return !hasShape(json) || detail.equals("Not Found");
    }

    /** Whether the body is one that a WebUI writes about an error. */
    private static boolean hasShape(JsonNode json) {
        return json.isTextual()
                || Stream.of("error", "errors", "detail", "message").anyMatch(name -> json.hasNonNull(name));
    }

    /** The WebUI's own words. */
    private static String said(JsonNode json, String body) {
        JsonNode detail = json.path("detail");
        List<String> words = Stream.of(
                        json.path("error").asText(""),
                        detail.isTextual()
                                ? detail.asText()
                                : detail.path("msg").asText(""),
                        json.path("errors").asText(""),
                        json.path("message").asText(""),
                        json.isTextual() ? json.asText() : "")
                .filter(word -> !word.isBlank())
                .distinct()
                .toList();
        if (!words.isEmpty()) {
            return shown(String.join(": ", words));
        }
        return body.isBlank() ? "without a word" : shown(body.replaceAll("<[^<>]*>", " "));
    }

    private static JsonNode json(String body) {
        try {
            JsonNode read = Json.mapper().readTree(new FewTokens(Json.mapper().createParser(body), body.length() + 2));
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Foreign text, on one line, not too long, and without control characters. */
    public static String shown(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "…" : line;
    }

    private static ProblemException fail(ProblemCode code, String message, String hint) {
        return new ProblemException(Problem.of(code, message, hint));
    }
}
