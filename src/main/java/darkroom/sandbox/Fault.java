package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * Something that goes wrong with one request, on purpose: given to {@link SandboxWebUi#next}. Faults combine: {@code
 * stall(…).and(hangUp())}.
 */
public final class Fault {
    private final Around around;

    /** What really answers, or another fault before it. */
    interface Work {
        Reply answer(Request request) throws Exception;
    }

    private interface Around {
        Reply answer(Request request, Work work) throws Exception;
    }

    private Fault(Around around) {
        this.around = around;
    }

    /** Nothing goes wrong: to let a request pass before the next fault. */
    public static Fault none() {
        return new Fault((request, work) -> work.answer(request));
    }

    /** This is answered, and nothing done: as by a proxy before the WebUI, or a WebUI that fails. */
    public static Fault answer(int status, String contentType, String body) {
        return new Fault(
                (request, work) -> Reply.text(status, contentType, body).untimed());
    }

    /** The error that a real WebUI answers when the card has no room for the picture. */
    public static Fault outOfMemory() {
        return new Fault((request, work) -> {
            throw Size.outOfMemory(2L << 30);
        });
    }

    /** The connection is closed without an answer, and nothing done. */
    public static Fault hangUp() {
        return new Fault((request, work) -> Reply.hangUp());
    }

    /** This fault, but only once the work was done and pictures were saved: the answer gets lost, the files are there. */
    public Fault afterWork() {
        return new Fault((request, work) -> {
            Reply done = work.answer(request);
            return around.answer(request, again -> done);
        });
    }

    /** Some time passes, then all goes on. */
    public static Fault stall(Duration time) {
        return new Fault((request, work) -> {
            Thread.sleep(time.toMillis());
            return work.answer(request);
        });
    }

    /** The answer is announced whole, and the connection closed after so many bytes of its body. */
    public static Fault cutAfter(long bytes) {
        return new Fault((request, work) -> work.answer(request).cutAfter(bytes));
    }

    /** The answer ends after so many bytes as if that were all: correct HTTP, incorrect JSON. */
    public static Fault truncateTo(int bytes) {
        return new Fault((request, work) -> {
            Reply whole = work.answer(request);
            return whole.withContent(Content.of(Arrays.copyOf(whole.content().bytes(), bytes)));
        });
    }

    /** Another sampler is used than was asked for, and only {@code info} and the infotext tell. */
    public static Fault sampler(String name) {
        return secretly(asked -> asked.put("sampler_name", name));
    }

    /** Another checkpoint is used, one that the sandbox has, and only {@code info} and the infotext tell. */
    public static Fault checkpoint(String name) {
        return secretly(asked -> {
            asked.withObject("override_settings").put("sd_model_checkpoint", name);
            return asked;
        });
    }

    /** An extension fails, which a real server says in its log alone: the pictures are made without it. */
    public static Fault withoutScript(String name) {
        return secretly(asked -> {
            asked.withObject("alwayson_scripts").remove(name);
            return asked;
        });
    }

    /** The pictures have another size. */
    public static Fault size(int width, int height) {
        return secretly(asked -> asked.put("width", width).put("height", height));
    }

    /** The answer, a JSON object, is changed before it is sent; it is held in memory for that. An error stays as it is. */
    public static Fault edit(UnaryOperator<ObjectNode> change) {
        return new Fault((request, work) -> {
            Reply reply = work.answer(request);
            return reply.status() == 200 && reply.json() instanceof ObjectNode json
                    ? reply.withContent(Content.of(Json.bytes(change.apply(json))))
                    : reply;
        });
    }

    /** The list of pictures in the answer is changed: base64 texts, to be replaced by what should not be there. */
    public static Fault pictures(UnaryOperator<ArrayNode> change) {
        return edit(answer -> answer.set("images", change.apply(answer.withArray("images"))));
    }

    /** {@code images} is empty. */
    public static Fault noPictures() {
        return pictures(ArrayNode::removeAll);
    }

    /** One picture fewer than the rest of the answer says. */
    public static Fault onePictureLess() {
        return pictures(images -> {
            images.remove(images.size() - 1);
            return images;
        });
    }

    /** The first picture twice. */
    public static Fault onePictureMore() {
        return pictures(images -> images.insert(0, images.get(0)));
    }

    /** The first picture is {@code null}. */
    public static Fault nullPicture() {
        return firstPicture(picture -> NullNode.getInstance());
    }

    /** The first picture is {@code ""}. */
    public static Fault emptyPicture() {
        return firstPicture(picture -> TextNode.valueOf(""));
    }

    /** The bytes of the first picture are no picture. */
    public static Fault garbagePicture() {
        return firstPicture(picture -> base64("this is not a picture".getBytes(StandardCharsets.UTF_8)));
    }

    /** Of the first picture only the first half is there. */
    public static Fault truncatedPicture() {
        return firstPicture(picture -> {
            byte[] file = Base64.getDecoder().decode(picture.textValue());
            return base64(Arrays.copyOf(file, file.length / 2));
        });
    }

    /** Every picture is a {@code data:} URI instead of plain base64. */
    public static Fault dataUris() {
        return pictures(images -> {
            for (int i = 0; i < images.size(); i++) {
                images.set(i, "data:image/png;base64," + images.get(i).textValue());
            }
            return images;
        });
    }

    /** {@code info} comes before {@code images}. */
    public static Fault infoFirst() {
        return edit(answer -> {
            ObjectNode turned = Json.object();
            turned.set("info", answer.get("info"));
            turned.set("parameters", answer.get("parameters"));
            return turned.set("images", answer.get("images"));
        });
    }

    /** Both: this one outside, the other within. */
    public Fault and(Fault other) {
        return new Fault((request, work) -> around.answer(request, within -> other.around.answer(within, work)));
    }

    Reply answer(Request request, Work work) throws Exception {
        return around.answer(request, work);
    }

    /** The work is done for a changed request, and the echo in the answer shows the original. */
    private static Fault secretly(UnaryOperator<ObjectNode> change) {
        return new Fault((request, work) -> {
            JsonNode asked = Routes.jsonOf(request);
            if (!(asked instanceof ObjectNode original)) {
                return work.answer(request);
            }
            Reply reply = work.answer(request.withBody(Json.bytes(change.apply(original.deepCopy()))));
            if (!(reply.json() instanceof ObjectNode json) || !(json.get("parameters") instanceof ObjectNode echo)) {
                return reply;
            }
            for (String field : new String[] {"sampler_name", "override_settings", "width", "height"}) {
                echo.set(field, original.has(field) ? original.get(field) : defaultOf(field));
            }
            return reply.withContent(Content.of(Json.bytes(json)));
        });
    }

    private static JsonNode defaultOf(String field) {
        boolean size = field.equals("width") || field.equals("height");
        return size ? Json.MAPPER.getNodeFactory().numberNode(512) : Json.MAPPER.nullNode();
    }

    private static Fault firstPicture(UnaryOperator<JsonNode> change) {
        return pictures(images -> {
            images.set(0, change.apply(images.get(0)));
            return images;
        });
    }

    private static JsonNode base64(byte[] bytes) {
        return TextNode.valueOf(Base64.getEncoder().encodeToString(bytes));
    }
}
