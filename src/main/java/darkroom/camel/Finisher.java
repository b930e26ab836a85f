package darkroom.camel;

import darkroom.finish.ConversionException;
import darkroom.finish.PictureConverter;
import darkroom.finish.SourceType;
import darkroom.job.Convert;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Sidecar;
import darkroom.job.Task;
import darkroom.output.OutputFolder;
import darkroom.picture.Picture;
import darkroom.picture.PictureFile;
import darkroom.webui.CheckedAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes of each picture of an answer what is published of it: in another format, with what says that it was generated. What came
 * stays as it is until the task has its receipt, so that it can be done again.
 */
final class Finisher {
    /** The kind of what a picture was converted from. */
    static final String ORIGINAL = "original";

    /** The kind of a text beside a picture. */
    static final String SIDECAR = "sidecar";

    private final PictureConverter converter;
    private final Usual usual;

    /**
     * What is done if a task does not say it.
     *
     * @param convert the format
     * @param sidecar what is beside each picture
     * @param marked whether it is written into pictures that they were generated
     * @param refused whether a picture that can't be converted is a failure
     * @param warned else, whether the receipt says so
     */
    record Usual(Convert convert, Sidecar sidecar, boolean marked, boolean refused, boolean warned) {}

    Finisher(PictureConverter converter, Usual usual) {
        this.converter = converter;
        this.usual = usual;
    }

    /**
     * A file that is published.
     *
     * @param path where it is
     * @param inPlace whether it stays there
     * @param picture what it is; null if it is not a whole picture, or a text
     * @param kind for receipts
     */
    record Piece(Path path, boolean inPlace, @Nullable Picture picture, String kind, long bytes, String sha256) {
        Piece(PictureFile file, @Nullable Picture picture, String kind) {
            this(file.path(), file.isInPlace(), picture, kind, file.bytes(), file.sha256());
        }

        private Piece at(Path other) {
            return new Piece(other, false, picture, kind, bytes, sha256);
        }

        private Piece as(String other) {
            return new Piece(path, inPlace, picture, other, bytes, sha256);
        }
    }

    /** Whether anything is done with pictures of a task. */
    private boolean isWanted(Task task) {
        return convert(task).asks() || sidecar(task) != Sidecar.NONE || usual.marked();
    }

    /**
     * Finishes a picture.
     *
     * @param number its place in the answer, from 1
     * @param warnings takes what its author should know
     * @return what is published of it, what takes its place first
     * @throws ProblemException if it can't be done, and that counts
     */
    List<Piece> finish(Task task, CheckedAnswer.Made made, int number, OutputFolder target, List<String> warnings)
            throws IOException {
        Picture picture = made.picture();
        Piece came = new Piece(made.file(), picture, made.kind().word());
        if (picture == null || !isWanted(task)) {
            return List.of(came);
        }
        SourceType type = type(task, made.kind()).orElse(null);
        Convert wish = convert(task);
        if (!wish.asks() || PictureConverter.is(picture.format(), wish.format())) {
            return List.of(marked(came, picture, type, number, target, task, warnings));
        }
        try {
            String ending = wish.format() == Convert.Format.JPEG
                    ? Picture.Format.JPEG.extension()
                    : wish.format().word();
            Path place = target.workspace(task.number()).resolve("finished-" + number + "." + ending);
            PictureConverter.Converted converted = converter.convert(came.path(), picture, wish, type, place);
            if (converted.onWhite()) {
                warnings.add("picture " + number + " had transparent parts, which a JPEG has not: they are white");
            }
            Piece piece = new Piece(converted.file(), converted.picture(), came.kind());
            return wish.keep()
                    ? List.of(
                            piece,
                            stays(came, picture, type, number, target, task, warnings)
                                    .as(ORIGINAL))
                    : List.of(piece);
        } catch (ConversionException e) {
            String what = "picture " + number + " was not converted to "
                    + wish.format().word() + ": it " + e.getMessage();
            if (usual.refused()) {
                throw new ProblemException(
                        Problem.of(
                                ProblemCode.CONVERSION_FAILED,
                                what,
                                "ask for another format, or have darkroom.check.convert set to warn: then it is kept as it came"));
            }
            if (usual.warned()) {
                warnings.add(what + "; it is as it came");
            }
            return List.of(stays(came, picture, type, number, target, task, warnings));
        }
    }

    /** What came, as an output that was asked to be something else: by another name, so that it is still there for another try. */
    private Piece stays(
            Piece came,
            Picture picture,
            @Nullable SourceType type,
            int number,
            OutputFolder target,
            Task task,
            List<String> warnings)
            throws IOException {
        Piece marked = marked(came, picture, type, number, target, task, warnings);
        if (marked.inPlace() || !marked.path().equals(came.path())) {
            return marked;
        }
        Path place = target.workspace(task.number()).resolve("original-" + number);
        Files.deleteIfExists(place);
        PictureConverter.link(came.path(), place);
        return came.at(place);
    }

    private Piece marked(
            Piece came,
            Picture picture,
            @Nullable SourceType type,
            int number,
            OutputFolder target,
            Task task,
            List<String> warnings)
            throws IOException {
        if (type == null || came.inPlace()) { // what is the WebUI's stays as it wrote it
            return came;
        }
        try {
            Path place = target.workspace(task.number()).resolve("marked-" + number);
            PictureConverter.Converted marked = converter.mark(came.path(), picture, type, place);
            return marked == null ? came : new Piece(marked.file(), marked.picture(), came.kind());
        } catch (ConversionException e) {
            warnings.add("picture " + number + " does not say that it was generated: it " + e.getMessage());
            return came;
        }
    }

    /** The text beside a picture; empty if none is wanted, or there is none. */
    Optional<Path> sidecar(Task task, CheckedAnswer.Made made, int number, OutputFolder target) throws IOException {
        String infotext = made.infotext();
        if (sidecar(task) == Sidecar.NONE || infotext == null || made.kind() == CheckedAnswer.Kind.TEXT) {
            return Optional.empty();
        }
        Path place = target.workspace(task.number()).resolve("sidecar-" + number);
        return Optional.of(Files.writeString(place, infotext + "\n", StandardCharsets.UTF_8));
    }

    private Convert convert(Task task) {
        if (!task.then().isEmpty()) {
            return Convert.NONE; // what goes on from a picture takes it as it came
        }
        Convert said = task.after().convert();
        return said == null ? usual.convert() : said;
    }

    private Sidecar sidecar(Task task) {
        Sidecar said = task.after().sidecar();
        return said == null ? usual.sidecar() : said;
    }

    private Optional<SourceType> type(Task task, CheckedAnswer.Kind kind) {
        boolean generated = kind == CheckedAnswer.Kind.PICTURE || kind == CheckedAnswer.Kind.GRID;
        return usual.marked() && generated ? SourceType.of(task.operation()) : Optional.empty();
    }
}
