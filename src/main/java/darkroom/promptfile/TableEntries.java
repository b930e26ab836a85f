package darkroom.promptfile;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table (RFC 4180; also with semicolons or tabs, as spreadsheets write it where the comma is in numbers). The
 * first line names the fields; an empty cell says nothing.
 */
final class TableEntries implements Entries {
    private static final int LONGEST_HEADER = 64 * 1024;
    private static final String SEPARATORS = ",;\t|";

    private final BoundedReader reader;
    private final CSVParser parser;
    private final Iterator<CSVRecord> rows;
    private final List<String> pointers = new ArrayList<>();
    private final int columns;
    private boolean broken;
    private boolean read;

    TableEntries(InputStream in, long maxEntry) throws IOException {
        reader = new BoundedReader(in, maxEntry + 2 * LONGEST_HEADER); // some is read ahead
        BufferedReader buffered = new BufferedReader(reader, LONGEST_HEADER + 1);
        parser = CSVParser.builder()
                .setReader(buffered)
                .setFormat(CSVFormat.RFC4180
                        .builder()
                        .setDelimiter(separator(buffered))
                        .setIgnoreEmptyLines(true)
                        .setIgnoreSurroundingSpaces(true)
                        .get())
                .get();
        rows = parser.iterator();
        CSVRecord header = row();
        if (header == null) {
            throw new ProblemException(Problem.of(
                    ProblemCode.EMPTY_FILE,
                    "the file is empty",
                    "write a first line with the names of fields, such as prompt,steps, and a row for each entry"));
        }
        columns = header.size();
        pointers(header);
    }

    /** The one that the first line has most of, outside quotes. */
    private static char separator(BufferedReader reader) throws IOException {
        reader.mark(LONGEST_HEADER);
        Map<Character, Integer> found = new TreeMap<>();
        boolean quoted = false;
        for (int i = 0, c; i < LONGEST_HEADER && (c = reader.read()) >= 0 && (quoted || c != '\n'); i++) {
            quoted ^= c == '"';
            if (!quoted && SEPARATORS.indexOf(c) >= 0) {
                found.merge((char) c, 1, Integer::sum);
            }
        }
        reader.reset();
        return found.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(',');
    }

    private void pointers(CSVRecord header) {
        List<Problem> problems = new ArrayList<>();
        for (String name : header) {
            try {
                String pointer = Cells.pointer(name.strip(), Entries.line(1));
                if (pointers.contains(pointer)) {
                    problems.add(new Problem(
                            ProblemCode.MALFORMED_TEXT,
                            "there are two columns " + Shown.of(name),
                            "keep one of them",
                            Entries.line(1)));
                }
                pointers.add(pointer);
            } catch (ProblemException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
    }

    @Override
    public @Nullable PromptDocument next(Attachments attachments) throws IOException {
        reader.begin();
        CSVRecord row = row();
        if (row == null) {
            if (!read) {
                throw new ProblemException(Problem.of(
                        ProblemCode.EMPTY_FILE,
                        "the table has no rows",
                        "write a row for each entry below its first line"));
            }
            return null;
        }
        read = true;
        int line = lineOf(row);
        if (row.size() != columns) {
            throw new ProblemException(new Problem(
                    ProblemCode.MALFORMED_TEXT,
                    "the row has " + row.size()
                            + (row.size() == 1 ? " cell, the first line " : " cells, the first line ") + columns,
                    "put a text with a separator or a line break in double quotes, and leave cells empty rather than out",
                    Entries.line(line)));
        }
        Cells cells = new Cells();
        for (int i = 0; i < columns; i++) {
            if (!row.get(i).isEmpty()) {
                cells.put(pointers.get(i), row.get(i), Entries.line(line));
            }
        }
        return cells.document(attachments);
    }

    /** The line that a row which was just read begins in: a cell may go over several. */
    private int lineOf(CSVRecord row) {
        long breaks =
                row.stream().flatMapToInt(String::chars).filter(c -> c == '\n').count();
        return (int) Math.min(Integer.MAX_VALUE, parser.getCurrentLineNumber() - breaks);
    }

    private @Nullable CSVRecord row() throws IOException {
        try {
            return rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException e) {
            broken = true;
            throw new ProblemException(new Problem(
                    ProblemCode.MALFORMED_TEXT,
                    "the table can't be read from here on: "
                            + Objects.requireNonNull(e.getCause()).getMessage(),
                    "close each quote; a quote within a quoted cell is written twice",
                    Entries.line((int) Math.min(Integer.MAX_VALUE, parser.getCurrentLineNumber() + 1))));
        } catch (ProblemException e) {
            broken = true;
            throw e;
        }
    }

    @Override
    public boolean goesOn() {
        return !broken;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
