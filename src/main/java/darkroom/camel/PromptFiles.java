package darkroom.camel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import darkroom.files.UnusableName;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filter of a drop folder: which files are prompt files, and which of them are settled.
 *
 * <p>A file whose JSON is complete is settled at once: nothing that is still being written is ever complete JSON. One that
 * ends too early is given {@code darkroom.drop.patience} without a change before it counts as what its author meant; one
 * that can't become JSON any more, or is too large to be looked through, {@code darkroom.drop.settle}. Stillness is what
 * was seen here; the clock of a file server says nothing about it.
 */
final class PromptFiles implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger(PromptFiles.class);

    /** What systems and tools leave behind, or write while they are not finished. Names with a dot in front as well. */
    private static final Pattern JUNK = Pattern.compile(
            "\\..*|~.*|.*~|.*[.](part|partial|filepart|tmp|temp|crdownload|download|swp|lock|camellock)"
                    + "|thumbs[.]db|desktop[.]ini|@eadir|#recycle|[$]recycle[.]bin|system volume information|lost[+]found"
                    + "|__macosx",
            Pattern.CASE_INSENSITIVE);

    private static final JsonFactory JSON = new JsonFactory();
    private static final int LOOKED_THROUGH = 1 << 20;
    private static final int MANY = 1000;

    private final Duration settle;
    private final Duration patience;
    private final Pattern ignored;
    private final List<Path> ownFolders;
    private final Map<Path, Seen> unsettled = new ConcurrentHashMap<>();
    private final Set<String> saidUnusable = ConcurrentHashMap.newKeySet();

    private enum Content {
        COMPLETE,
        PART,
        OTHER
    }

    private record Seen(long size, long modified, Content content, long since) {
        boolean isAs(BasicFileAttributes now) {
            return size == now.size() && modified == now.lastModifiedTime().toMillis();
        }
    }

    /**
     * Which files are prompt files.
     *
     * @param settle how long a file must be still
     * @param patience how long a file that ends too early must be still
     * @param ignored names that are passed over besides the usual ones; may match nothing
     * @param ownFolders folders that are never looked into, should they be inside a drop folder
     */
    PromptFiles(Duration settle, Duration patience, Pattern ignored, List<Path> ownFolders) {
        this.settle = settle;
        this.patience = patience;
        this.ignored = ignored;
        this.ownFolders = ownFolders;
    }

    @Override
    public boolean accept(GenericFile<File> file) {
        String name = file.getFile().getName();
        if (JUNK.matcher(name).matches() || ignored.matcher(name).matches() || isUnusable(file.getFile())) {
            return false;
        }
        Path path = file.getFile().toPath().toAbsolutePath();
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (file.isDirectory()) {
                return attributes.isDirectory() && !ownFolders.contains(path.normalize());
            }
            return attributes.isRegularFile() && isPromptFile(name) && isSettled(path, attributes);
        } catch (IOException e) {
            return false; // it is gone
        }
    }

    private boolean isUnusable(File file) {
        Optional<String> why = UnusableName.of(file);
        if (why.isPresent() && saidUnusable.size() < MANY && saidUnusable.add(file.getPath())) {
            LOG.warn("{}: left alone; {}", UnusableName.shown(file.getPath()), why.get());
        }
        return why.isPresent();
    }

    private static boolean isPromptFile(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".json") && !lower.endsWith(FailedFiles.ERROR);
    }

    private boolean isSettled(Path path, BasicFileAttributes now) {
        Seen seen = unsettled.get(path);
        if (seen == null || !seen.isAs(now)) {
            Content content = content(path, now.size());
            if (content == Content.COMPLETE) {
                unsettled.remove(path);
                return true;
            }
            seen = new Seen(now.size(), now.lastModifiedTime().toMillis(), content, System.nanoTime());
            unsettled.put(path, seen);
            forgetTheGone();
        }
        Duration needed = seen.content == Content.PART ? patience : settle;
        boolean settled = System.nanoTime() - seen.since >= needed.toNanos();
        if (settled) {
            unsettled.remove(path);
        }
        return settled;
    }

    private void forgetTheGone() {
        if (unsettled.size() % MANY == 0) {
            unsettled.keySet().removeIf(path -> !Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        }
    }

    private static Content content(Path path, long size) {
        if (size == 0) {
            return Content.PART;
        }
        try {
            return size > LOOKED_THROUGH ? end(path, size) : all(path);
        } catch (IOException e) {
            LOG.debug("{} can't be read yet", path, e);
            return Content.PART;
        }
    }

    /** Fed to a parser that asks for more rather than complain about an end. */
    private static Content all(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        try (JsonParser parser = JSON.createNonBlockingByteArrayParser()) {
            ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes, 0, bytes.length);
            int depth = 0;
            int values = 0;
            boolean object = true;
            for (JsonToken token = parser.nextToken(); token != JsonToken.NOT_AVAILABLE; token = parser.nextToken()) {
                object &= depth > 0 || token == JsonToken.START_OBJECT;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                values += depth == 0 ? 1 : 0;
            }
            if (depth > 0 || values == 0) {
                return Content.PART;
            }
            return object && values == 1 ? Content.COMPLETE : Content.OTHER;
        } catch (IOException e) {
            // room that a copying program has set aside is full of zeros until it is written to
            return bytes[bytes.length - 1] == 0 ? Content.PART : Content.OTHER;
        }
    }

    /** Whether a large file ends as an object does; that is not proof, so it has to be still as well. */
    private static Content end(Path path, long size) throws IOException {
        byte[] end = new byte[64];
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(size - end.length);
            file.readFully(end);
        }
        return new String(end, StandardCharsets.ISO_8859_1).strip().endsWith("}") ? Content.OTHER : Content.PART;
    }
}
