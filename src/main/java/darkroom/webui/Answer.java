package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import darkroom.picture.Infotext;
import darkroom.picture.PictureFile;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the WebUI answered to one task. Its pictures are in files already.
 *
 * @param pictures the members of {@code images} in their order; null where the WebUI sent null or an empty text
 * @param grids how many grids come before the pictures
 * @param info the {@code info} text, parsed (webui-api, section 2.7); a missing node if there was none
 */
public record Answer(List<@Nullable PictureFile> pictures, int grids, JsonNode info) {

    /** An answer without {@code info}, as KoboldCpp gives. */
    static final JsonNode NO_INFO = MissingNode.getInstance();

    /** An answer whose {@code info} says how many of its pictures are grids. */
    Answer(List<@Nullable PictureFile> pictures, JsonNode info) {
        this(pictures, Math.max(0, Math.min(firstPicture(info), pictures.size())), info);
    }

    /** The index of the first picture in {@code images} and in {@code infotexts}: the number of grids before it. */
    static int firstPicture(JsonNode info) {
        return info.path("index_of_first_image").asInt(0);
    }

    /** A text of {@code info}. */
    public Optional<String> text(String name) {
        JsonNode value = info.path(name);
        return value.isValueNode() && !value.isNull() && !value.asText().isEmpty()
                ? Optional.of(value.asText())
                : Optional.empty();
    }

    /** A whole number of {@code info}. */
    public Optional<BigInteger> number(String name) {
        JsonNode value = info.path(name);
        return value.isIntegralNumber() ? Optional.of(value.bigIntegerValue()) : Optional.empty();
    }

    /** The seeds, one for each picture that was planned. */
    public List<BigInteger> seeds() {
        List<BigInteger> seeds = new ArrayList<>();
        for (JsonNode seed : info.path("all_seeds")) {
            if (seed.isIntegralNumber()) {
                seeds.add(seed.bigIntegerValue());
            }
        }
        return seeds;
    }

    /** The infotext of the member of {@code images} at this index, if there is one for each of them. */
    public Optional<String> infotext(int index) {
        JsonNode texts = info.path("infotexts");
        boolean aligned = texts.size() == pictures.size() || pictures.isEmpty();
        return aligned && texts.path(index).isTextual()
                ? Optional.of(texts.get(index).asText())
                : Optional.empty();
    }

    /** A value from the last line of the first infotext, for what {@code info} has no member for. */
    public Optional<String> infotextValue(String key) {
        JsonNode first = info.path("infotexts").path(0);
        return first.isTextual() ? Infotext.value(first.asText(), key) : Optional.empty();
    }
}
