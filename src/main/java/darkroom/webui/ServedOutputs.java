package darkroom.webui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.AwayException;
import darkroom.job.MayPassException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.picture.Look;
import darkroom.picture.PictureFile;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The outputs folder of a WebUI, as its user interface hands it out at {@code /file=} (webui-api, section 7.2): fetches
 * from there what one request made. Folders can't be listed, so names have to follow from the {@link Stamp}, the seeds of
 * the answer and the options; {@link Stamp#on} sees to that.
 */
public final class ServedOutputs implements SavedOutputs {
    /** What pictures are saved as; the one that is asked for may be too small for a picture (section 3.3). */
    private static final List<String> ENDINGS = List.of("png", "jpg", "jpeg", "webp");

    private static final int BUFFER = 64 * 1024;
    private static final int TRANSFERS = 3;

    private final Source source;
    private final Look look;

    /** The WebUI. */
    public interface Source {
        /** What {@code GET /sdapi/v1/options} answers. */
        JsonNode options() throws IOException;

        /**
         * Gets a file.
         *
         * @param path that of the request, without its host
         * @throws ProblemException with {@link ProblemCode#SAVED_NOT_FOUND} if there is none
         * @throws AwayException if the connection is lost
         */
        PictureFile file(String path, Reader reader) throws IOException;
    }

    /** What is done with a file that arrives. */
    @FunctionalInterface
    public interface Reader {
        PictureFile read(InputStream in) throws IOException;
    }

    /**
     * The outputs of a WebUI.
     *
     * @param look how pictures are looked at, and most bytes of one
     */
    public ServedOutputs(Source source, Look look) {
        this.source = source;
        this.look = look;
    }

    @Override
    public Answer take(Stamp stamp, Task task, Answer answer, Path into) throws IOException {
        JsonNode options = source.options();
        String kind = "outdir_" + task.operation().word();
        String format = option(task, options, "samples_format");
        Folder samples = new Folder(joined(options.path(kind + "_samples").asText(), stamp.path()), format);
        List<BigInteger> seeds = answer.seeds();
        int planned = (int) Math.min(seeds.size(), new Asked(task).pictures().orElse((long) seeds.size()));
        List<@Nullable PictureFile> pictures = new ArrayList<>();
        // what was interrupted is not saved; what was skipped is a gap
        for (int i = 0; i < Math.min(planned, answer.reported().orElse(planned)); i++) {
            pictures.add(samples.get(stamp.name(seeds.get(i), i + 1, planned), target(into, i + 1)));
        }
        while (!pictures.isEmpty() && pictures.get(pictures.size() - 1) == null) {
            pictures.remove(pictures.size() - 1);
        }
        if (pictures.isEmpty()) {
            throw samples.missing();
        }
        int made = pictures.size();
        PictureFile grid = null;
        boolean several = planned > 1 || Answer.firstPicture(answer.info()) > 0;
        if (several && !option(task, options, "grid_save").equals("false")) {
            String path = joined(options.path(kind + "_grids").asText(), stamp.path());
            grid = new Folder(path, option(task, options, "grid_format")).get(Stamp.GRID_NAME, target(into, 0));
        }
        if (grid != null) {
            pictures.add(0, grid);
        }
        return new Answer(pictures, grid == null ? 0 : 1, made, true, answer.info());
    }

    @Override
    public Optional<Answer> collect(Stamp stamp, Task task, Path into) throws IOException {
        Asked asked = new Asked(task);
        Optional<List<BigInteger>> seeds = asked.seeds();
        if (seeds.isEmpty() || asked.hasScript()) {
            return Optional.empty();
        }
        ObjectNode planned = JsonNodeFactory.instance.objectNode();
        ArrayNode list = planned.putArray("all_seeds");
        seeds.get().forEach(list::add);
        Answer taken;
        try {
            taken = take(stamp, task, new Answer(List.of(), 0, 0, true, planned), into);
        } catch (ProblemException e) {
            if (e.problem().code() == ProblemCode.SAVED_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
        LostAnswer lost = new LostAnswer();
        List<@Nullable PictureFile> made =
                taken.pictures().subList(taken.grids(), taken.pictures().size());
        for (int i = 0; i < made.size(); i++) {
            PictureFile picture = made.get(i);
            if (picture == null || !lost.add(picture.path(), seeds.get().get(i), look)) {
                return Optional.empty();
            }
        }
        return made.size() == seeds.get().size()
                ? Optional.of(new Answer(taken.pictures(), taken.grids(), taken.made(), true, lost.info()))
                : Optional.empty();
    }

    private static Path target(Path into, int number) {
        return into.resolve(Integer.toString(number));
    }

    /** What counts for a request; what it overrides itself comes first. */
    private static String option(Task task, JsonNode options, String name) {
        Object own = Stamp.overrides(task).get(name);
        return own == null ? options.path(name).asText() : own.toString();
    }

    /** As Python joins paths: relative ones count from where the WebUI runs, here as there. */
    private static String joined(String folder, String path) {
        return folder.isEmpty() || folder.endsWith("/") ? folder + path : folder + "/" + path;
    }

    /** A folder of the WebUI's machine. */
    private final class Folder {
        private final String path;
        private Set<String> endings = new LinkedHashSet<>();
        private @Nullable ProblemException missing;

        Folder(String path, String format) {
            this.path = path;
            if (format.matches("[A-Za-z0-9]{1,10}")) {
                endings.add(format);
            }
            endings.addAll(ENDINGS);
        }

        /** A picture of this name; null if there is none. */
        @Nullable
        PictureFile get(String name, Path target) throws IOException {
            for (String ending : endings) {
                String file = path + "/" + name + "." + ending;
                try {
                    PictureFile picture = transfer(file, target);
                    endings = with(ending);
                    return picture;
                } catch (ProblemException e) {
                    if (e.problem().code() != ProblemCode.SAVED_NOT_FOUND) {
                        throw e;
                    }
                    missing = missing == null ? e : missing;
                }
            }
            return null;
        }

        /** The picture is made: it is not made again over a connection that breaks once. */
        private PictureFile transfer(String file, Path target) throws IOException {
            for (int tries = 1; ; tries++) {
                try {
                    return source.file("/file=" + encoded(file), in -> keep(in, file, target));
                } catch (AwayException e) {
                    if (tries == TRANSFERS) {
                        throw new MayPassException(Problem.of(
                                ProblemCode.SAVED_NOT_SERVED,
                                "the WebUI saved " + file + ", and it can't be downloaded: "
                                        + e.problem().message(),
                                "look at what lies between Darkroom and the WebUI, or use job.save \"fetch\""));
                    }
                }
            }
        }

        /** The others will be of the same kind. */
        private Set<String> with(String first) {
            Set<String> sorted = new LinkedHashSet<>(List.of(first));
            sorted.addAll(endings);
            return sorted;
        }

        ProblemException missing() {
            return missing != null
                    ? missing
                    : new ProblemException(Problem.of(
                            ProblemCode.SAVED_NOT_FOUND,
                            "the WebUI reports success and no seeds, from which the names of its files would follow",
                            "use job.save \"fetch\""));
        }
    }

    private PictureFile keep(InputStream in, String origin, Path target) throws IOException {
        Files.deleteIfExists(target); // left by an earlier try of the same task
        try (PictureFile picture = new PictureFile(target, origin, look)) {
            byte[] buffer = new byte[BUFFER];
            int n = in.read(buffer);
            while (n >= 0 && !picture.tooLarge()) {
                picture.write(buffer, 0, n);
                n = in.read(buffer);
            }
            return picture;
        }
    }

    private static String encoded(String path) {
        return Arrays.stream(path.split("/", -1))
                .map(segment ->
                        URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
