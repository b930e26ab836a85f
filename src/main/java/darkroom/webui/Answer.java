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
 * @param made how many of those behind the grids are pictures that were planned; what is more of them was added by options
 *     and extensions: masks, ControlNet maps
 * @param saved whether they are what the WebUI saved: those that were planned are then known to come before what was added
 * @param info the {@code info} text, parsed (webui-api, section 2.7); a missing node if there was none
 */
public record Answer(List<@Nullable PictureFile> pictures, int grids, int made, boolean saved, JsonNode info) {

    /** An answer without {@code info}, as KoboldCpp gives. */
    static final JsonNode NO_INFO = MissingNode.getInstance();

    /** An answer whose {@code info} says how many of its pictures are grids, and how many were made. */
    static Answer of(List<@Nullable PictureFile> pictures, JsonNode info) {
        int grids = Math.min(firstPicture(info), pictures.size());
        int behind = pictures.size() - grids;
        int texts = textsOfPictures(info);
        int planned = info.path("all_seeds").size();
        int made = texts > 0 ? texts : planned > 0 ? planned : behind;
        return new Answer(pictures, grids, Math.min(made, behind), false, info);
    }

    /** There is an infotext for each grid and for each picture that was made, also if more were planned. */
    private static int textsOfPictures(JsonNode info) {
        return Math.max(0, info.path("infotexts").size() - firstPicture(info));
    }

    /** The index of the first picture in {@code images} and in {@code infotexts}: the number of grids before it. */
    static int firstPicture(JsonNode info) {
        return Math.max(0, info.path("index_of_first_image").asInt(0));
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

    /** How many pictures the WebUI made, whether it sends them or not; empty if it does not say so. */
    Optional<Integer> reported() {
        return Optional.of(textsOfPictures(info)).filter(texts -> texts > 0);
    }

    /** The infotext of the picture of this rank, from 0, among those that were made; grids have ranks below 0. */
    public Optional<String> infotext(int rank) {
        JsonNode text = info.path("infotexts").path(firstPicture(info) + rank);
        return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
    }

    /** A value from the last line of the first infotext, for what {@code info} has no member for. */
    public Optional<String> infotextValue(String key) {
        JsonNode first = info.path("infotexts").path(0);
        return first.isTextual() ? Infotext.value(first.asText(), key) : Optional.empty();
    }
}
