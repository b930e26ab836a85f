package darkroom.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which path and method leads where, and what happens before: in the real server's order (captures 022-027, 380-385, 609). */
final class Routes {
    /** Registered by an extension, past the check of credentials (captures 614, 608). */
    private static final Set<String> OPEN = Set.of("/sdapi/v1/loras", "/sdapi/v1/refresh-loras");

    private final Engine engine;
    private final BasicAuth auth;
    private final List<Route> routes = new ArrayList<>();

    /** Answers a request whose body, if it has to have one, is valid. */
    interface Handler {
        Reply answer(Request request, ObjectNode body) throws Exception;
    }

    private record Route(
            String method, String path, @Nullable RequestModel model, Handler handler) {
        boolean matches(String other) {
            return path.endsWith("=") ? other.startsWith(path) : other.equals(path);
        }
    }

    Routes(Engine engine, int port) {
        this.engine = engine;
        this.auth = new BasicAuth(engine.settings().credentials());
        get("/openapi.json", (request, body) -> Reply.json(engine.openApi()));
        if (engine.settings().api()) {
            addApi(new ServerApi(engine, port));
        }
        if (engine.settings().ui()) {
            addUi(new UiRoutes(engine));
        }
    }

    /** Whether a path asks for credentials, where there are any. */
    static boolean isSecured(String path) {
        return path.startsWith("/sdapi/") && !OPEN.contains(path);
    }

    /** Throws what the WebUI would answer instead. */
    Reply answer(Request request) throws Exception {
        if (request.method().equals("OPTIONS") && isPreflight(request)) {
            return refusePreflight();
        }
        List<Route> found =
                routes.stream().filter(route -> route.matches(request.path())).toList();
        if (found.isEmpty()) {
            return redirect(request);
        }
        for (Route route : found) {
            if (route.method.equals(request.method())) {
                return answer(request, route);
            }
        }
        return ApiError.framework(405, "Method Not Allowed").reply().withHeader("Allow", found.get(0).method);
    }

    private Reply answer(Request request, Route route) throws Exception {
        JsonNode json = route.model == null ? MissingNode.getInstance() : jsonOf(request);
        if (isSecured(route.path)) {
            auth.check(request.header("authorization"));
        }
        ObjectNode body = route.model == null ? Json.object() : route.model.validate(json);
        return route.handler.answer(request, body);
    }

    /**
     * The body as JSON, if it is said to be that or nothing is said (captures 301, 306-308). A body of another type is a
     * text, which fits no model.
     */
    static JsonNode jsonOf(Request request) {
        byte[] bytes = request.body().bytes();
        String type = request.header("content-type");
        if (bytes.length == 0) {
            return MissingNode.getInstance();
        }
        if (type != null && !type.isEmpty() && !isJson(type)) {
            return Json.MAPPER.getNodeFactory().textNode("");
        }
        try {
            return Json.MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw JsonSyntax.error(text(bytes));
        } catch (IOException e) {
            throw ApiError.http(400, "There was an error parsing the body");
        }
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ApiError.http(400, "There was an error parsing the body");
        }
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.matches("application/.+\\+json");
    }

    /** Without {@code --cors-allow-origins} nobody is allowed (capture 384). */
    private static boolean isPreflight(Request request) {
        return request.header("origin") != null && request.header("access-control-request-method") != null;
    }

    private static Reply refusePreflight() {
        return Reply.text(400, "text/plain; charset=utf-8", "Disallowed CORS origin")
                .withHeader("Vary", "Origin")
                .withHeader("Access-Control-Allow-Methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
                .withHeader("Access-Control-Max-Age", "600")
                .withHeader("Access-Control-Allow-Credentials", "true");
    }

    /** A path that only has a slash too many is named with it removed; others are unknown. */
    private Reply redirect(Request request) {
        String path = request.path();
        String shorter = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (shorter.equals(path) || routes.stream().noneMatch(route -> route.path.equals(shorter))) {
            throw ApiError.framework(404, "Not Found");
        }
        String scheme = engine.settings().tls() == null ? "http" : "https";
        String location =
                scheme + "://" + request.header("host") + engine.settings().subpath() + shorter;
        return Reply.empty(307).withHeader("Location", location);
    }

    private void addApi(ServerApi server) {
        RequestModel txt2imgModel = model("StableDiffusionProcessingTxt2Img");
        RequestModel img2imgModel = model("StableDiffusionProcessingImg2Img");
        var extras = new Extras(engine);
        post("/sdapi/v1/txt2img", txt2imgModel, new GenerationApi(engine, false, txt2imgModel)::answer);
        post("/sdapi/v1/img2img", img2imgModel, new GenerationApi(engine, true, img2imgModel)::answer);
        post("/sdapi/v1/extra-single-image", model("ExtrasSingleImageRequest"), extras::single);
        post("/sdapi/v1/extra-batch-images", model("ExtrasBatchImagesRequest"), extras::batch);
        post("/sdapi/v1/png-info", model("PNGInfoRequest"), server::pngInfo);
        post("/sdapi/v1/interrogate", model("InterrogateRequest"), server::interrogate);
        get("/sdapi/v1/progress", server::progress);
        get("/sdapi/v1/options", server::options);
        post("/sdapi/v1/options", RequestModel.free(), server::setOptions);
        get("/sdapi/v1/cmd-flags", server::flags);
        get("/sdapi/v1/memory", server::memory);
        if (engine.settings().loadsBack()) {
            get("/sdapi/v1/version", server::version);
        }
        get(
                "/sdapi/v1/sd-models",
                (request, body) -> Reply.json(engine.checkpoints().answer()));
        engine.lists().properties().forEach(list -> get(list.getKey(), (request, body) -> Reply.json(list.getValue())));
        command("/sdapi/v1/interrupt", server::interrupt);
        command("/sdapi/v1/skip", server::skip);
        command("/sdapi/v1/unload-checkpoint", (request, body) -> Reply.json(Json.object()));
        command("/sdapi/v1/reload-checkpoint", (request, body) -> Reply.json(Json.object()));
        command("/sdapi/v1/refresh-checkpoints", server::refresh);
        command("/sdapi/v1/refresh-embeddings", server::refresh);
        command("/sdapi/v1/refresh-vae", server::refresh);
        command("/sdapi/v1/refresh-loras", server::refresh);
        command("/sdapi/v1/server-restart", (request, body) -> Reply.empty(501));
        command("/sdapi/v1/server-kill", (request, body) -> Reply.hangUp());
        command("/sdapi/v1/server-stop", (request, body) -> Reply.text(200, "text/plain; charset=utf-8", "Stopping."));
        for (String what : List.of("embedding", "hypernetwork")) {
            post("/sdapi/v1/create/" + what, RequestModel.free(), server::notImitated);
            post("/sdapi/v1/train/" + what, RequestModel.free(), server::notImitated);
        }
    }

    private void addUi(UiRoutes ui) {
        get("/", ui::page);
        get("/app_id", ui::appId);
        get("/internal/ping", ui::ping);
        get("/internal/pending-tasks", ui::pendingTasks);
        post("/internal/progress", model("ProgressRequest"), ui::taskProgress);
        get("/file=", ui::file);
        routes.add(new Route("HEAD", "/file=", null, ui::file));
    }

    private RequestModel model(String schema) {
        return RequestModel.of(engine.openApi(), schema);
    }

    private void get(String path, Handler handler) {
        routes.add(new Route("GET", path, null, handler));
    }

    private void post(String path, RequestModel model, Handler handler) {
        routes.add(new Route("POST", path, model, handler));
    }

    /** A POST whose body is not looked at. */
    private void command(String path, Handler handler) {
        routes.add(new Route("POST", path, null, handler));
    }
}
