package darkroom.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An extension of the WebUI whose units a prompt file gives by name, in a field of its own. */
public enum Extension {
    /** sd-webui-controlnet, and the ControlNet that Forge has built in. */
    CONTROLNET(
            "controlnet",
            "ControlNet",
            Map.of(
                    "input_image", "image",
                    "mask_image", "mask",
                    "lowvram", "low_vram",
                    "guidance", "guidance_end")),
    /** adetailer. It prefixes each of its fields; an author need not. */
    ADETAILER("adetailer", "ADetailer", Map.of());

    /** Where a unit has a picture, as a regular expression for JSON pointers; one unit may stand without a list. */
    public static final String PICTURES =
            "/controlnet(/\\d+)?/(image|input_image|mask|mask_image|effective_region_mask)";

    private static final String PREFIX = "ad_";

    private final String word;
    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // Map.of can't be changed
    private final Map<String, String> aliases;

    Extension(String word, String title, Map<String, String> aliases) {
        this.word = word;
        this.title = title;
        this.aliases = aliases;
    }

    /** The extension that a field of a prompt file is for; empty if it is for none. */
    public static Optional<Extension> of(String field) {
        return Arrays.stream(values()).filter(one -> one.word.equals(field)).findFirst();
    }

    /** The field of a prompt file; also its script's name, but for case. */
    public String word() {
        return word;
    }

    /** What people call it. */
    public String title() {
        return title;
    }

    /** Other names that fields of a unit once had or elsewhere have, and their own; not those with a prefix. */
    public Map<String, String> aliases() {
        return aliases;
    }

    /** A field of a unit under the one name by which it goes here: without a prefix, and not as it was once called. */
    public String plain(String field) {
        if (this == ADETAILER && field.startsWith(PREFIX)) {
            return field.substring(PREFIX.length());
        }
        return aliases.getOrDefault(field, field);
    }

    /** A field of a unit under the name that the extension has for it. */
    public String own(String field) {
        return this == ADETAILER ? PREFIX + plain(field) : plain(field);
    }

    /** The units that settings have for it, in their order; what is no unit is an empty one. */
    public List<Map<?, ?>> units(Map<String, @Nullable Object> settings) {
        List<Map<?, ?>> units = new ArrayList<>();
        if (settings.get(word) instanceof List<?> list) {
            list.forEach(unit -> units.add(unit instanceof Map<?, ?> fields ? fields : Map.of()));
        }
        return units;
    }

    /** A field of a unit, whichever name it stands under; null if it is not there. */
    public @Nullable Object get(Map<?, ?> unit, String plain) {
        Object found = null;
        for (Map.Entry<?, ?> field : unit.entrySet()) {
            if (plain(String.valueOf(field.getKey())).equals(plain)) {
                found = field.getValue(); // the last one counts: that of an axis
            }
        }
        return found;
    }

    /** Whether a unit is to do something. */
    public boolean isOn(Map<?, ?> unit) {
        return switch (this) {
            case CONTROLNET -> !Boolean.FALSE.equals(get(unit, "enabled"));
            case ADETAILER -> !Boolean.FALSE.equals(get(unit, "tab_enable")) && !"None".equals(get(unit, "model"));
        };
    }
}
