package darkroom.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Saves pictures where and as the options say at that moment (captures 500-571). */
final class OutputFolder {
    private static final int MAX_PATH = 255;
    private static final double MEGABYTE = 1024.0 * 1024.0;

    private final Options options;
    private final ServerPaths paths;
    private final PictureFormat format;

    OutputFolder(Options options, ServerPaths paths, PictureFormat format) {
        this.options = options;
        this.paths = paths;
        this.format = format;
    }

    /**
     * What kind of picture is saved, which decides about its folder and its name.
     *
     * @param outdir the option that names the folder, e.g. {@code outdir_txt2img_samples}
     * @param baseName the name before the number; {@code ""} for pictures, {@code grid} for grids
     * @param suffix the end of the name, e.g. {@code -before-highres-fix}
     * @param named whether the name has the pattern in it, beside the number
     */
    record Kind(String outdir, String baseName, String suffix, boolean named) {
        static Kind sample(String outdir, String suffix) {
            return new Kind(outdir, "", suffix, true);
        }

        boolean isGrid() {
            return !baseName.isEmpty();
        }
    }

    void save(Picture picture, Kind kind, String extension, FilenamePattern names, @Nullable String infotext)
            throws IOException {
        boolean toDirs = options.flag(kind.isGrid() ? "grid_save_to_dirs" : "save_to_dirs");
        String folder = toDirs ? ServerPaths.join(kind.outdir, folderName(names)) : kind.outdir;
        Files.createDirectories(paths.resolve(folder));
        String path = ServerPaths.join(folder, fileName(kind, folder, extension, names) + "." + extension);
        int dot = ServerPaths.extension(path);
        String suffix = path.substring(dot);
        String stem = path.substring(0, Math.min(dot, MAX_PATH - Math.max(4, suffix.length())));
        Path saved = write(format.encode(picture, suffix.substring(1), infotext), stem, suffix);
        if (options.flag("export_for_4chan")) {
            writeSmallerCopy(picture, saved, stem, infotext);
        }
        if (options.flag("save_txt") && infotext != null) {
            Files.writeString(paths.resolve(stem + ".txt"), infotext + "\n");
        }
    }

    /** Under a name that is already decided, as init images are. */
    void saveAs(Picture picture, String folder, String name, String extension) throws IOException {
        Files.createDirectories(paths.resolve(folder));
        write(format.encode(picture, extension, null), ServerPaths.join(folder, name), "." + extension);
    }

    private String folderName(FilenamePattern names) {
        String pattern = options.text("directories_filename_pattern");
        return names.fill(pattern.isEmpty() ? "[prompt_words]" : pattern)
                .replaceAll("^ +", "")
                .replaceAll("[\\\\/ ]+$", "");
    }

    private String fileName(Kind kind, String folder, String extension, FilenamePattern names) throws IOException {
        String pattern = options.text("samples_filename_pattern");
        String standard = options.flag("save_to_dirs") ? "[seed]" : "[seed]-[prompt_spaces]";
        String name = (kind.named ? names.fill(pattern.isEmpty() ? standard : pattern) : "") + kind.suffix;
        if (!name.isEmpty() && !options.flag("save_images_add_number")) {
            return name;
        }
        String rest = name.isEmpty() ? "" : "-" + name;
        for (long number = nextNumber(folder, kind.baseName); ; number++) {
            String candidate =
                    (kind.isGrid() ? "%s-%04d".formatted(kind.baseName, number) : "%05d".formatted(number)) + rest;
            if (!Files.exists(paths.resolve(ServerPaths.join(folder, candidate + "." + extension)))) {
                return candidate;
            }
        }
    }

    /** One more than the highest number that any name in the folder begins with, whatever the name means by it. */
    private long nextNumber(String folder, String baseName) throws IOException {
        String start = baseName.isEmpty() ? "" : baseName + "-";
        long highest = -1;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(paths.resolve(folder))) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(start)) {
                    String rest = name.substring(start.length());
                    String first = rest.substring(0, ServerPaths.extension(rest))
                            .split("-", 2)[0]
                            .strip();
                    if (first.matches("\\+?\\d{1,18}")) {
                        highest = Math.max(highest, Long.parseLong(first));
                    }
                }
            }
        }
        return highest + 1;
    }

    /** First as {@code .tmp}, then under its name at once. */
    private Path write(EncodedPicture file, String stem, String suffix) throws IOException {
        Path temporary = paths.resolve(stem + ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                file.writeTo(out);
            }
            Path target = paths.resolve(stem + suffix);
            boolean replace = options.text("save_images_replace_action").equals("Replace");
            for (int number = 1; !replace && Files.exists(target); number++) {
                target = paths.resolve(stem + "-" + number + suffix);
            }
            return Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            throw ApiError.python(
                    "FileNotFoundError", "[Errno 2] No such file or directory: " + ServerPaths.repr(stem + ".tmp"));
        } catch (FileSystemException e) {
            throw ApiError.python("OSError", e.getReason() + ": " + ServerPaths.repr(stem + ".tmp"));
        } finally {
            Files.deleteIfExists(temporary); // there only if something went wrong
        }
    }

    /** A second file, in JPEG, beside large ones. */
    private void writeSmallerCopy(Picture picture, Path saved, String stem, @Nullable String infotext)
            throws IOException {
        double side = options.number("target_side_length");
        double largest = Math.max(picture.width(), picture.height());
        if (largest > side || Files.size(saved) > options.number("img_downscale_threshold") * MEGABYTE) {
            double scale = Math.min(1, side / largest);
            int width = (int) Math.round(picture.width() * scale);
            Picture smaller = picture.resized(width, (int) Math.round(picture.height() * scale));
            write(format.encode(smaller, "jpg", infotext), stem, ".jpg");
        }
    }
}
