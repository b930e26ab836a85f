package darkroom.promptfile.expansion;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A template as it was written. Offsets are where it begins in its text. */
sealed interface Node {
    Text NOTHING = new Text("");

    /** Text that stands for itself. */
    record Text(String text) implements Node {}

    /** One after the other. */
    record Sequence(List<Node> nodes) implements Node {}

    /** {@code {2$$ and $$a|b|c}}. */
    record Variants(
            List<Option> options, Picks picks, @Nullable Mode mode, int offset) implements Node {}

    /** {@code 0.5::red}. */
    record Option(Node node, double weight) {}

    /**
     * How many are picked, and what is written between them.
     *
     * @param least at least 0
     * @param most may be more than there are
     */
    record Picks(int least, int most, String separator) {
        static final Picks ONE = new Picks(1, 1, ",");
    }

    /** {@code __dir/name(season=winter)__}. */
    record Wildcard(
            Node path,
            Map<String, Node> parameters,
            @Nullable Mode mode,
            int offset) implements Node {}

    /** {@code ${name:otherwise}}. */
    record Get(String name, @Nullable Node otherwise, int offset) implements Node {}

    /** {@code ${name=value}}, {@code ${name?=!value}}. */
    record Set(String name, Node value, boolean immediate, boolean keep, int offset) implements Node {}

    /** {@code %{wrapper ... $$inner}}. */
    record Wrap(Node wrapper, Node inner) implements Node {}
}
