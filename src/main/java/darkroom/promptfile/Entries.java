package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The entries of a prompt file, one after the other: what each says, before anything is laid under it. */
interface Entries extends Closeable {
    /**
     * Reads the next one.
     *
     * @param attachments collects what is set aside of it
     * @return null behind the last one
     * @throws ProblemException if it can't be used; if {@link #goesOn}, the one behind it may be read all the same
     */
    @Nullable
    PromptDocument next(Attachments attachments) throws IOException;

    /** Whether there may be entries behind one that could not be used. */
    boolean goesOn();

    /** Whether there is just one, as far as that is known before. */
    default boolean isOne() {
        return false;
    }

    /**
     * An entry that there is just one of.
     *
     * @param in what it is read from; closed in the end
     */
    static Entries single(InputStream in, Reading reading) {
        return new Entries() {
            private boolean read;

            @Override
            public @Nullable PromptDocument next(Attachments attachments) throws IOException {
                if (read) {
                    return null;
                }
                read = true;
                return reading.read(attachments);
            }

            @Override
            public boolean goesOn() {
                return false;
            }

            @Override
            public boolean isOne() {
                return true;
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    /** Reads an entry. */
    interface Reading {
        PromptDocument read(Attachments attachments) throws IOException;
    }

    /** The first place of a line. */
    static Problem.Place line(int line) {
        return new Problem.Place(line, 1, "");
    }
}
