package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The characters of a prompt file that is read entry by entry: UTF-8, or wrong; and no entry is larger than it may be. */
final class BoundedReader extends FilterReader {
    private final long most;
    private Room room;

    /**
     * Reads.
     *
     * @param most most characters of one entry
     */
    BoundedReader(InputStream in, long most) {
        super(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        this.most = most;
        this.room = new Room(most);
    }

    /** Another entry begins; what was read ahead of it is little. */
    void begin() {
        room = new Room(most);
    }

    @Override
    public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        try {
            int n = super.read(target, offset, length);
            room.take(Math.max(0, n));
            return n;
        } catch (CharacterCodingException e) {
            throw new ProblemException(Problem.of(
                    ProblemCode.MALFORMED_TEXT,
                    "the file is not UTF-8",
                    "save it as UTF-8; editors and spreadsheets ask"));
        }
    }
}
