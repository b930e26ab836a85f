package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Random;

/**
 * {@code POST /sdapi/v1/txt2img} and {@code img2img}, before and after the lock: what is checked while nobody waits yet,
 * and the answer. The order is that of the real server, since it decides which error is seen (captures 316-318, 343-350).
 */
final class GenerationApi {
    private final Engine engine;
    private final boolean img2img;
    private final RequestModel model;
    private final Random random = new Random();

    GenerationApi(Engine engine, boolean img2img, RequestModel model) {
        this.engine = engine;
        this.img2img = img2img;
        this.model = model;
    }

    Reply answer(Request request, ObjectNode body) throws Exception {
        var asked = new Asked(body);
        String forced = asked.textOrNull("force_task_id");
        String taskId = forced == null ? newTaskId() : forced;
        if (img2img && asked.isNull("init_images")) {
            throw ApiError.http(404, "Init image not found");
        }
        String maskText = asked.textOrNull("mask");
        PictureReader.Opened mask = maskText == null ? null : engine.reader().open(maskText);
        if (asked.textOrNull("infotext") != null) {
            new InfotextReader(engine, model, img2img).apply(body, Routes.jsonOf(request));
        }
        boolean matrix = engine.scripts().isSelected(asked.textOrNull("script_name"), img2img);
        Samplers.Choice sampling = sampling(asked);
        engine.scripts().checkAlwaysOn(asked.get("alwayson_scripts"), img2img);
        engine.tasks().add(taskId);
        var processing = new Processing(engine, asked, sampling, mask, img2img, random);
        Made made = engine.gpu().generate(request.path(), taskId, () -> processing.run(taskId, matrix));
        Thread.sleep(engine.settings().timeToEncode().toMillis());
        return answer(asked, made);
    }

    private Samplers.Choice sampling(Asked asked) {
        String sampler = asked.textOrNull("sampler_name");
        return engine.samplers()
                .resolve(sampler == null ? asked.text("sampler_index") : sampler, asked.textOrNull("scheduler"), true);
    }

    private Reply answer(Asked asked, Made made) {
        var parts = new ArrayList<Content>();
        parts.add(text("{\"images\":["));
        if (asked.flag("send_images")) {
            for (Picture picture : made.result().pictures()) {
                parts.add(text(parts.size() == 1 ? "\"" : ",\""));
                parts.add(engine.format().encode(picture).base64());
                parts.add(text("\""));
            }
        }
        ObjectNode parameters = asked.fields();
        if (img2img && !asked.flag("include_init_images")) {
            parameters.putNull("init_images").putNull("mask");
        }
        parts.add(text("],\"parameters\":"));
        parts.add(Content.of(Json.bytes(parameters)));
        parts.add(text(",\"info\":"));
        parts.add(Content.of(Json.bytes(TextNode.valueOf(Json.dumps(made.info())))));
        parts.add(text("}"));
        return Reply.of(200, "application/json", Content.join(parts));
    }

    private String newTaskId() {
        var id = new StringBuilder();
        for (int i = 0; i < 7; i++) {
            id.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".charAt(random.nextInt(36)));
        }
        return "task(" + (img2img ? "img2img" : "txt2img") + "-" + id + ")";
    }

    private static Content text(String json) {
        return Content.of(json.getBytes(StandardCharsets.UTF_8));
    }
}
