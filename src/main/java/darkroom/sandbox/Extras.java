package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code POST /sdapi/v1/extra-single-image} and {@code extra-batch-images}: enlarging (captures 210-216). */
final class Extras {
    private final Engine engine;

    Extras(Engine engine) {
        this.engine = engine;
    }

    Reply single(Request request, ObjectNode body) throws Exception {
        PictureReader.Opened image = engine.reader().open(body.get("image"));
        Enlarged enlarged =
                engine.gpu().generate(request.path(), "extras", () -> enlarge(List.of(image), new Asked(body), false));
        ObjectNode answer = Json.object().put("html_info", enlarged.html);
        answer.put("image", base64(enlarged.pictures.get(0)));
        return Reply.json(answer);
    }

    Reply batch(Request request, ObjectNode body) throws Exception {
        var images = new ArrayList<PictureReader.Opened>();
        body.get("imageList").forEach(image -> images.add(engine.reader().open(image.get("data"))));
        Enlarged enlarged =
                engine.gpu().generate(request.path(), "extras", () -> enlarge(images, new Asked(body), true));
        ObjectNode answer = Json.object().put("html_info", enlarged.html);
        var list = answer.putArray("images");
        for (Picture picture : enlarged.pictures) {
            list.add(base64(picture));
        }
        return Reply.json(answer);
    }

    private record Enlarged(List<Picture> pictures, String html) {}

    /** A failure leaves the job standing, as in the real server: only the next one replaces it. */
    private Enlarged enlarge(List<PictureReader.Opened> images, Asked asked, boolean batch)
            throws InterruptedException {
        Progress progress = engine.progress();
        progress.begin("extras");
        progress.count(images.size());
        var pictures = new ArrayList<Picture>();
        String said = "";
        for (PictureReader.Opened image : images) {
            progress.nextBatch();
            if (batch) {
                progress.say(""); // the name of a file, which an API request does not have
            }
            if (progress.interrupted()) {
                break;
            }
            var notes = new LinkedHashMap<String, String>();
            Picture enlarged = enlarge(image.load(), asked, notes);
            engine.gpu().requireRoom(1, enlarged.width(), enlarged.height());
            said = notes.entrySet().stream()
                    .map(note -> note.getKey() + ": " + note.getValue())
                    .collect(Collectors.joining(", "));
            Map<String, String> texts = new LinkedHashMap<>(image.texts());
            texts.put("postprocessing", said);
            boolean described = engine.options().flag("enable_pnginfo");
            pictures.add(enlarged.withTexts(described ? texts : image.texts()));
            engine.gpu().spend(engine.settings().timePerPicture());
        }
        progress.end();
        return new Enlarged(pictures, "<p>" + said + "</p>");
    }

    private Picture enlarge(Picture picture, Asked asked, Map<String, String> notes) {
        String first = upscaler(asked.text("upscaler_1"));
        if (first.equals("None")) {
            return picture;
        }
        String second = upscaler(asked.text("upscaler_2"));
        Picture enlarged =
                asked.whole("resize_mode") == 1 ? resizeTo(picture, asked, notes) : resizeBy(picture, asked, notes);
        notes.put("Postprocess upscaler", first);
        if (!second.equals("None") && asked.number("extras_upscaler_2_visibility") > 0) {
            notes.put("Postprocess upscaler 2", second);
        }
        return enlarged;
    }

    private static Picture resizeBy(Picture picture, Asked asked, Map<String, String> notes) {
        double scale = asked.number("upscaling_resize");
        notes.put("Postprocess upscale by", Json.str(asked.get("upscaling_resize")));
        int width = (int) (picture.width() * scale);
        int height = (int) (picture.height() * scale);
        Size.checkMemory(width, height);
        return picture.resized(Math.max(1, width), Math.max(1, height));
    }

    private static Picture resizeTo(Picture picture, Asked asked, Map<String, String> notes) {
        int width = asked.whole("upscaling_resize_w");
        int height = asked.whole("upscaling_resize_h");
        Size.checkMemory(width, height);
        notes.put("Postprocess upscale to", width + "x" + height);
        double scale = Math.max((double) width / picture.width(), (double) height / picture.height());
        int scaledWidth = (int) (picture.width() * scale);
        int scaledHeight = (int) (picture.height() * scale);
        Size.checkMemory(scaledWidth, scaledHeight);
        Picture scaled = picture.resized(Math.max(1, scaledWidth), Math.max(1, scaledHeight));
        if (!asked.flag("upscaling_crop")) {
            return scaled;
        }
        notes.put("Postprocess crop to", width + "x" + height);
        return scaled.cropped(scaledWidth / 2 - width / 2, scaledHeight / 2 - height / 2, width, height);
    }

    private String upscaler(String name) {
        for (JsonNode upscaler : engine.lists().path("/sdapi/v1/upscalers")) {
            if (upscaler.path("name").asText().equals(name)) {
                return name;
            }
        }
        throw ApiError.python("AssertionError", "could not find upscaler named " + name);
    }

    private String base64(Picture picture) throws IOException {
        return new String(engine.format().encode(picture).base64().bytes(), StandardCharsets.US_ASCII);
    }
}
