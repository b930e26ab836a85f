package darkroom.camel;

import darkroom.promptfile.PromptFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;
import org.apache.camel.util.function.Suppliers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's file consumer, for drop folders: each lane is looked into at each poll, whatever waits in the others, and a few of
 * its files are listed. Camel's own stops at so many files, whichever it comes by first, and asks the file system about each
 * of a large backlog.
 */
final class DropConsumer extends FileConsumer {
    /** Of each lane at each poll. */
    private static final int MOST = 32;

    /** Files; a folder with more takes a while to be looked through, which is done seldom: its lanes stay what they were. */
    private static final int MANY = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(DropConsumer.class);

    private final PromptFileFilter filter;
    private final Map<File, Known> known = new ConcurrentHashMap<>();

    /** The folders in a large one, and until when they are taken to be all. */
    private record Known(List<File> folders, long until) {}

    DropConsumer(
            FileEndpoint endpoint,
            Processor processor,
            GenericFileOperations<File> operations,
            GenericFileProcessStrategy<File> strategy,
            PromptFileFilter filter) {
        super(endpoint, processor, operations, strategy);
        this.filter = filter;
    }

    @Override
    protected boolean pollDirectory(Exchange dynamic, String fileName, List<GenericFile<File>> fileList, int depth) {
        File folder = new File(fileName);
        if (!folder.isDirectory()) {
            return super.pollDirectory(dynamic, fileName, fileList, depth); // says so, or passes it over
        }
        look(dynamic, folder, fileList);
        return true;
    }

    private void look(Exchange dynamic, File folder, List<GenericFile<File>> found) {
        long begun = System.nanoTime();
        Known before = known.get(folder);
        List<File> folders = before != null && begun - before.until() < 0 ? before.folders() : null;
        boolean room = filter.hasRoom(folder.toPath());
        boolean left = false;
        int most = found.size() + MOST;
        int entries = 0;
        List<File> others = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.toPath())) {
            for (Path entry : stream) {
                entries++;
                boolean promptFile = filter.isPromptFile(entry);
                if (promptFile && (!room || found.size() >= most)) {
                    left = true;
                    if (folders != null) {
                        break;
                    }
                    continue;
                }
                File file = entry.toFile();
                if (!promptFile || (file.isDirectory() && !PromptFolder.is(entry))) {
                    others.add(file);
                    continue;
                }
                Supplier<GenericFile<File>> generic = generic(file);
                if (isValid(dynamic, file, generic, false)) {
                    found.add(generic.get());
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("{} can't be looked into", folder, e);
            entries = 0; // what was seen is not all
        }
        if (left) {
            filter.left(getEndpoint().getConfiguration().getDirectory());
        }
        if (!left || folders == null) {
            folders = remember(folder, others, entries, begun);
        }
        for (File other : folders) {
            if (other.isDirectory() && isValid(dynamic, other, generic(other), true)) {
                look(dynamic, other, found);
            }
        }
    }

    /** What has been looked through to its end. */
    private List<File> remember(File folder, List<File> others, int entries, long begun) {
        List<File> folders = others.stream().filter(File::isDirectory).toList();
        if (entries > MANY) {
            known.keySet().removeIf(gone -> !gone.isDirectory());
            known.put(folder, new Known(folders, Looking.againAfter(begun)));
        } else {
            known.remove(folder);
        }
        return folders;
    }

    private Supplier<GenericFile<File>> generic(File file) {
        return Suppliers.memorize(() -> asGenericFile(
                getEndpoint().getConfiguration().getDirectory(),
                file,
                getEndpoint().getCharset(),
                getEndpoint().isProbeContentType()));
    }

    private boolean isValid(Exchange dynamic, File file, Supplier<GenericFile<File>> generic, boolean folder) {
        String directory = getEndpoint().getConfiguration().getDirectory();
        return isValidFile(
                dynamic,
                generic,
                file.getName(),
                file.getAbsolutePath(),
                getRelativeFilePath(directory, null, null, file),
                folder,
                new File[0]);
    }
}
