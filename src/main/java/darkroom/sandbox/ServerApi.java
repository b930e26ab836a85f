package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The endpoints about the server itself: options, flags, progress, and what is read out of pictures. */
final class ServerApi {
    private final Engine engine;
    private final int port;

    ServerApi(Engine engine, int port) {
        this.engine = engine;
        this.port = port;
    }

    Reply options(Request request, ObjectNode body) {
        return Reply.json(engine.options().answer());
    }

    /** Whatever becomes of a change, the answer is {@code null}; a new checkpoint waits for its turn (captures 360-367). */
    Reply setOptions(Request request, ObjectNode body) throws Exception {
        JsonNode checkpoint = body.path("sd_model_checkpoint");
        if (!checkpoint.isMissingNode()
                && !checkpoint.isNull()
                && engine.checkpoints().find(checkpoint.asText()) == null) {
            throw ApiError.python("RuntimeError", "model " + ServerPaths.repr(checkpoint.asText()) + " not found");
        }
        for (Map.Entry<String, JsonNode> option : body.properties()) {
            JsonNode before = engine.options().get(option.getKey());
            engine.options().set(option.getKey(), option.getValue());
            if (option.getKey().equals("sd_model_checkpoint")) {
                engine.gpu().exclusively(() -> {
                    loadOrKeep(before);
                    return body;
                });
            }
        }
        engine.options().save();
        return Reply.none();
    }

    /** A load that fails is printed, and the option rolled back (section 5.2 of the contract). */
    private void loadOrKeep(JsonNode before) throws InterruptedException {
        try {
            engine.load(engine.checkpoints().wanted());
        } catch (ApiError e) {
            engine.options().set("sd_model_checkpoint", before);
        }
    }

    /** What SD.Next alone answers. */
    Reply version(Request request, ObjectNode body) {
        return Reply.json(Json.object().put("app", "sd.next"));
    }

    /** Every flag of the command line, the credentials among them in clear (captures 003, 611). */
    Reply flags(Request request, ObjectNode body) {
        SandboxSettings settings = engine.settings();
        ObjectNode flags = Json.resource("cmd-flags.json");
        flags.properties().forEach(flag -> {
            String text = flag.getValue().asText();
            if (text.startsWith("/stable-diffusion-webui")) {
                flag.setValue(flags.textNode(text.replace("/stable-diffusion-webui", settings.serverRoot())));
            }
        });
        String accounts = String.join(
                ",",
                settings.credentials().entrySet().stream()
                        .map(account -> account.getKey() + ":" + account.getValue())
                        .toList());
        flags.put("api_auth", accounts.isEmpty() ? null : accounts);
        flags.put("port", String.valueOf(port));
        flags.put("nowebui", !settings.ui());
        flags.put("freeze_settings", settings.freezeSettings());
        flags.put("hide_ui_dir_config", settings.hideUiDirConfig());
        flags.put(
                "ckpt",
                settings.serverRoot() + "/models/Stable-diffusion/"
                        + settings.checkpoints().get(0).fileName());
        return Reply.json(flags);
    }

    Reply progress(Request request, ObjectNode body) {
        String skip = request.query().getOrDefault("skip_current_image", "false");
        JsonNode value = FieldType.BOOLEAN.coerce(body.textNode(skip));
        if (value == null) {
            var problems = Json.array();
            problems.addObject()
                    .<ObjectNode>set("loc", Json.array().add("query").add("skip_current_image"))
                    .put("msg", FieldType.BOOLEAN.message())
                    .put("type", FieldType.BOOLEAN.errorType());
            throw ApiError.invalid(problems);
        }
        return Reply.json(engine.progress().answer(!value.booleanValue()));
    }

    Reply interrupt(Request request, ObjectNode body) {
        engine.progress().interrupt();
        return Reply.json(Json.object());
    }

    Reply skip(Request request, ObjectNode body) {
        engine.progress().skip();
        return Reply.none();
    }

    Reply memory(Request request, ObjectNode body) {
        Runtime runtime = Runtime.getRuntime();
        ObjectNode memory = Json.object();
        memory.putObject("ram")
                .put("free", (double) (runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory()))
                .put("used", runtime.totalMemory() - runtime.freeMemory())
                .put("total", (double) runtime.maxMemory());
        memory.set("cuda", engine.gpu().memory());
        return Reply.json(memory);
    }

    /** Waits for its turn, and does nothing: there is nothing on disk that could have changed. */
    Reply refresh(Request request, ObjectNode body) throws Exception {
        return engine.gpu().exclusively(Reply::none);
    }

    Reply pngInfo(Request request, ObjectNode body) {
        PictureReader.Opened image =
                engine.reader().open(body.get("image").asText().strip());
        image.load();
        var items = new LinkedHashMap<>(image.texts());
        String infotext = items.remove("parameters");
        ObjectNode answer = Json.object().put("info", infotext == null ? "" : infotext);
        ObjectNode others = answer.putObject("items");
        items.forEach(others::put);
        answer.set("parameters", InfotextReader.parse(infotext == null ? "" : infotext));
        return Reply.json(answer);
    }

    Reply interrogate(Request request, ObjectNode body) throws Exception {
        engine.reader().open(body.get("image")).load();
        return engine.gpu().exclusively(() -> {
            String model = body.get("model").asText();
            if (!model.equals("clip") && !model.equals("deepdanbooru")) {
                throw ApiError.http(404, "Model not found");
            }
            return Reply.json(Json.object().put("caption", "a picture that nobody has looked at"));
        });
    }

    Reply notImitated(Request request, ObjectNode body) {
        return ApiError.python("NotImplementedError", "the sandbox WebUI does not imitate " + request.path())
                .reply();
    }
}
