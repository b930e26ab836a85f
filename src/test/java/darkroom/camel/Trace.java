package darkroom.camel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a process did to files, as {@code strace -f -y} has recorded it, in the order in which it was done. */
final class Trace {
    /** The system calls that change a file or a folder, or force it to the disk. */
    static final String CALLS =
            "openat,open,creat,write,pwrite64,writev,ftruncate,fsync,fdatasync,rename,renameat,renameat2,"
                    + "link,linkat,mkdir,mkdirat,unlink,unlinkat,rmdir,sendfile,copy_file_range";

    private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+).*", Pattern.DOTALL);
    private static final Pattern UNFINISHED = Pattern.compile("(.*) <unfinished \\.\\.\\.>", Pattern.DOTALL);
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(.*)", Pattern.DOTALL);
    private static final Pattern DESCRIPTOR = Pattern.compile("(\\d+)<([^>]*)>");
    private static final Pattern NAME = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    private Trace() {}

    /** What was done. */
    enum Kind {
        CREATE,
        WRITE,
        FORCE,
        RENAME,
        LINK,
        MAKE_FOLDER,
        DELETE
    }

    /**
     * One thing that was done.
     *
     * @param begun its place in the order of beginnings and ends
     * @param ended likewise; it took effect in between
     * @param to the new name of what is renamed or linked
     */
    record Event(
            Kind kind,
            int begun,
            int ended,
            Path path,
            @Nullable Path to) {}

    /** What was done below a folder. */
    static List<Event> read(Path trace, Path below) throws IOException {
        Map<String, String> unfinished = new HashMap<>();
        Map<String, Integer> begun = new HashMap<>();
        List<Event> events = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
            number++;
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                continue;
            }
            String thread = parts.group(1);
            String text = parts.group(2);
            int from = number;
            Matcher half = UNFINISHED.matcher(text);
            if (half.matches()) {
                unfinished.put(thread, half.group(1));
                begun.put(thread, number);
                continue;
            }
            Matcher rest = RESUMED.matcher(text);
            if (rest.matches()) {
                text = unfinished.remove(thread) + rest.group(1);
                from = begun.remove(thread);
            }
            int start = from;
            int end = number;
            Matcher call = CALL.matcher(text);
            if (call.matches() && Long.parseLong(call.group(3)) >= 0) {
                event(call.group(1), call.group(2), start, end)
                        .filter(event -> event.path().startsWith(below))
                        .ifPresent(events::add);
            }
        }
        events.sort(Comparator.comparing(Event::ended));
        return events;
    }

    private static Optional<Event> event(String call, String arguments, int begun, int ended) {
        return switch (call) {
            case "open", "openat", "creat" ->
                call.equals("creat") || arguments.contains("O_CREAT") || arguments.contains("O_TRUNC")
                        ? named(Kind.CREATE, arguments, begun, ended)
                        : Optional.empty();
            case "write", "pwrite64", "writev", "ftruncate", "sendfile" ->
                described(Kind.WRITE, arguments, begun, ended, 0);
            case "copy_file_range" -> described(Kind.WRITE, arguments, begun, ended, 1);
            case "fsync", "fdatasync" -> described(Kind.FORCE, arguments, begun, ended, 0);
            case "rename", "renameat", "renameat2" -> named(Kind.RENAME, arguments, begun, ended);
            case "link", "linkat" -> named(Kind.LINK, arguments, begun, ended);
            case "mkdir", "mkdirat" -> named(Kind.MAKE_FOLDER, arguments, begun, ended);
            case "unlink", "unlinkat", "rmdir" -> named(Kind.DELETE, arguments, begun, ended);
            default -> Optional.empty();
        };
    }

    /** The path of the file that is open under the descriptor in this place. */
    private static Optional<Event> described(Kind kind, String arguments, int begun, int ended, int which) {
        Matcher descriptor = DESCRIPTOR.matcher(arguments);
        for (int i = 0; descriptor.find(); i++) {
            if (i == which && descriptor.group(2).startsWith("/")) {
                return Optional.of(new Event(kind, begun, ended, Path.of(descriptor.group(2)), null));
            }
        }
        return Optional.empty();
    }

    /** Java names files by absolute paths. */
    private static Optional<Event> named(Kind kind, String arguments, int begun, int ended) {
        List<Path> names = new ArrayList<>();
        Matcher name = NAME.matcher(arguments);
        while (name.find()) {
            names.add(Path.of(name.group(1)));
        }
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Event(kind, begun, ended, names.get(0), names.size() > 1 ? names.get(1) : null));
    }
}
