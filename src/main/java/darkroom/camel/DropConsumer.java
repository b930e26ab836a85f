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

    private static final Logger LOG = LoggerFactory.getLogger(DropConsumer.class);

    private final PromptFileFilter filter;

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
        List<File> others = new ArrayList<>();
        boolean room = filter.hasRoom(folder.toPath());
        boolean left = false;
        int most = found.size() + MOST;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.toPath())) {
            for (Path entry : entries) {
                if (!filter.isPromptFile(entry)) {
                    others.add(entry.toFile());
                } else if (room && found.size() < most) {
                    File file = entry.toFile();
                    if (file.isDirectory() && !PromptFolder.is(entry)) {
                        others.add(file);
                    } else {
                        Supplier<GenericFile<File>> generic = generic(file);
                        if (isValid(dynamic, file, generic, false)) {
                            found.add(generic.get());
                        }
                    }
                } else {
                    left = true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("{} can't be looked into", folder, e);
        }
        if (left) {
            filter.left(getEndpoint().getConfiguration().getDirectory());
        }
        for (File other : others) {
            if (other.isDirectory() && isValid(dynamic, other, generic(other), true)) {
                look(dynamic, other, found);
            }
        }
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
