package darkroom.webui;

import darkroom.job.Operation;
import darkroom.job.Task;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a task asks of the memory of a GPU: pictures of a kind, so many at a time. */
public final class GpuLoad {
    private static final int LONGEST_NAME = 255;
    private static final int MOST_NAMES = 50;
    private static final int MOST = 100_000;

    private final Task task;
    private final Asked asked;

    private GpuLoad(Task task) {
        this.task = task;
        this.asked = new Asked(task);
    }

    /** That of a task. */
    public static GpuLoad of(Task task) {
        return new GpuLoad(task);
    }

    /** Pictures at a time ({@code batch_size}); 0 if that can't be told beforehand. */
    public int batch() {
        return asked.isLeftToInfotext(Check.COUNT) ? 0 : whole("batch_size").orElse(0);
    }

    /** How many times over ({@code n_iter}); 0 if that can't be told. */
    int times() {
        return whole("n_iter").orElse(0);
    }

    private Optional<Integer> whole(String name) {
        return asked.number(name)
                .or(() -> Optional.of(BigDecimal.ONE)
                        .filter(one -> task.settings().get(name) == null))
                .filter(n -> n.signum() > 0 && n.compareTo(BigDecimal.valueOf(MOST)) <= 0)
                .filter(n -> n.stripTrailingZeros().scale() <= 0)
                .map(BigDecimal::intValue);
    }

    /**
     * What is the same for all tasks that need as much memory for one picture, as far as a payload tells: operation, sizes,
     * checkpoint, and which scripts are always on.
     *
     * @return empty if a script or an infotext decides about that
     */
    public Optional<String> kind() {
        if (!task.operation().generates() || asked.isOpen(Check.SIZE)) {
            return Optional.empty();
        }
        List<String> kind = new ArrayList<>(List.of(task.operation().word(), size()));
        kind.add(name(asked.checkpoint()));
        kind.add(asked.isHires() ? name(asked.text("hr_checkpoint_name")) : "");
        kind.add(name(asked.text("refiner_checkpoint")));
        if (task.settings().get("alwayson_scripts") instanceof Map<?, ?> scripts) {
            scripts.keySet().stream()
                    .map(script -> name(String.valueOf(script)))
                    .collect(Collectors.toCollection(TreeSet::new))
                    .stream()
                    .limit(MOST_NAMES)
                    .forEach(kind::add);
        }
        kind.addAll(ExtensionUnits.names(task).stream().limit(MOST_NAMES).toList());
        return Optional.of(String.join("\n", kind));
    }

    /** For example {@code 4 x 1024x1024, enlarged to 2048x2048}. */
    @Override
    public String toString() {
        int batch = batch();
        return (batch > 0 && task.operation().generates() ? batch + " x " : "") + size();
    }

    private String size() {
        if (task.operation() == Operation.EXTRAS) {
            Optional<Asked.Size> to = asked.size(new Answer(List.of(), 0, 0, false, Answer.NO_INFO));
            return "a picture" + to.map(size -> " that is enlarged to " + size).orElse("");
        }
        if (!task.operation().generates()) {
            return task.operation() == Operation.OPTIONS ? "these options" : "a picture";
        }
        String width = side("width");
        String height = side("height");
        if (width.isEmpty() || height.isEmpty()) {
            String named = width.isEmpty() ? height.isEmpty() ? "" : " height " + height : " width " + width;
            return "a picture of" + (named.isEmpty() ? " the usual size" : named)
                    + (asked.isHires() ? ", enlarged" + hires() : "");
        }
        return width + "x" + height
                + (asked.isHires()
                        ? ", enlarged to " + asked.enlarged(Long.parseLong(width), Long.parseLong(height))
                        : "");
    }

    private String hires() {
        return List.of("hr_resize_x", "hr_resize_y", "hr_scale").stream()
                .filter(name -> asked.number(name).isPresent())
                .map(name -> " by " + name + " " + asked.text(name))
                .collect(Collectors.joining(","));
    }

    /** Empty if nobody named it. */
    private String side(String name) {
        return task.settings().get(name) == null
                ? ""
                : whole(name).map(String::valueOf).orElse("");
    }

    private static String name(@Nullable String name) {
        return name == null ? "" : name.substring(0, Math.min(LONGEST_NAME, name.length()));
    }
}
