package darkroom.webui;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.picture.Infotext;
import darkroom.picture.Look;
import darkroom.picture.Picture;
import darkroom.picture.PictureException;
import darkroom.picture.PictureFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the {@code info} of an answer that was lost would have said, as far as its pictures say it themselves. */
final class LostAnswer {
    /** What is the same for all pictures of a request, by its name in an infotext and in {@code info}. */
    private static final Map<String, String> SHARED = Map.of(
            "Steps", "steps",
            "Sampler", "sampler_name",
            "Schedule type", "",
            "CFG scale", "",
            "Size", "",
            "Model", "sd_model_name",
            "Model hash", "sd_model_hash",
            "VAE", "sd_vae_name");

    private final ArrayNode seeds = JsonNodeFactory.instance.arrayNode();
    private final List<@Nullable String> texts = new ArrayList<>();

    /**
     * Looks through a picture where it is.
     *
     * @param seed what it should be made from
     * @return whether it is whole, and is what the others are
     */
    boolean add(Path file, BigInteger seed, Look look) throws IOException {
        Picture picture;
        try {
            PictureFile read = PictureFile.existing(file, file, look);
            if (read.tooLarge()) {
                return false;
            }
            picture = read.picture();
        } catch (PictureException e) {
            return false;
        }
        String text = picture.infotext();
        if (text != null && !text.isBlank()) {
            if (!Infotext.value(text, "Seed").orElse(seed.toString()).equals(seed.toString()) || !isLikeOthers(text)) {
                return false;
            }
            texts.add(text);
        } else {
            texts.add(null);
        }
        seeds.add(seed);
        return true;
    }

    private boolean isLikeOthers(String text) {
        Optional<String> other = first();
        return other.isEmpty()
                || SHARED.keySet().stream()
                        .allMatch(key -> Infotext.value(text, key).equals(Infotext.value(other.get(), key)));
    }

    private Optional<String> first() {
        return texts.stream().filter(text -> text != null).findFirst();
    }

    /** The {@code info}. */
    ObjectNode info() {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.set("all_seeds", seeds);
        if (!seeds.isEmpty()) {
            info.set("seed", seeds.get(0));
        }
        first().ifPresent(text -> SHARED.forEach((key, name) -> {
            Optional<String> value = Infotext.value(text, key).filter(found -> !name.isEmpty());
            if (value.isPresent() && key.equals("Steps")) {
                value.filter(steps -> steps.matches("\\d{1,9}"))
                        .ifPresent(steps -> info.put(name, Integer.parseInt(steps)));
            } else {
                value.ifPresent(found -> info.put(name, found));
            }
        }));
        first().flatMap(text -> Infotext.value(text, "Size"))
                .filter(size -> size.matches("\\d{1,6}x\\d{1,6}"))
                .ifPresent(size -> info.put("width", Integer.parseInt(size.substring(0, size.indexOf('x'))))
                        .put("height", Integer.parseInt(size.substring(size.indexOf('x') + 1))));
        if (!texts.contains(null)) {
            ArrayNode infotexts = info.putArray("infotexts");
            texts.forEach(infotexts::add);
        }
        return info;
    }
}
