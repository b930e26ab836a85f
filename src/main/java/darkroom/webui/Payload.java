package darkroom.webui;

import com.fasterxml.jackson.core.JsonGenerator;
import darkroom.job.Attachment;
import darkroom.job.Operation;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.json.Pointers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, with its length known beforehand. Pictures are read and encoded while it is written, so that
 * it never has to fit into memory; it can be written more than once.
 */
public final class Payload {
    private static final int BLOCK = 48 * 1024; // a multiple of 3: no padding between blocks

    /** A piece of the body. */
    private interface Part {
        long length();

        void writeTo(OutputStream out) throws IOException;
    }

    private final String path;
    private final List<Part> parts;

    private Payload(String path, List<Part> parts) {
        this.path = path;
        this.parts = List.copyOf(parts);
    }

    /**
     * Composes the payload of a task.
     *
     * @param jobFolder where the files of its attachments are
     */
    public static Payload of(Task task, Path jobFolder) {
        return new Payload(path(task.operation()), new Composer(task, jobFolder).compose());
    }

    /** The path that an operation is posted to. */
    static String path(Operation operation) {
        return switch (operation) {
            case TXT2IMG -> "/sdapi/v1/txt2img";
            case IMG2IMG -> "/sdapi/v1/img2img";
            case EXTRAS -> "/sdapi/v1/extra-single-image";
            case INTERROGATE -> "/sdapi/v1/interrogate";
            case PNG_INFO -> "/sdapi/v1/png-info";
            case OPTIONS -> "/sdapi/v1/options";
        };
    }

    /** Where it is posted (webui-api, section 1.5). */
    public String path() {
        return path;
    }

    /** How many bytes {@link #writeTo} writes. */
    public long contentLength() {
        return parts.stream().mapToLong(Part::length).sum();
    }

    /** Writes it. */
    public void writeTo(OutputStream out) throws IOException {
        for (Part part : parts) {
            part.writeTo(out);
        }
    }

    private static final class Literal implements Part {
        private final byte[] bytes;

        Literal(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }

    private record Base64File(Path file, long bytes) implements Part {
        @Override
        public long length() {
            return (bytes + 2) / 3 * 4;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] encoded = new byte[BLOCK / 3 * 4];
            try (Source in = new Source(file)) {
                for (byte[] block = in.next(); block.length > 0; block = in.next()) {
                    out.write(encoded, 0, Base64.getEncoder().encode(block, encoded));
                }
            }
        }
    }

    private record JsonText(Path file, long length) implements Part {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            try (Source in = new Source(file)) {
                for (byte[] block = in.next(); block.length > 0; block = in.next()) {
                    out.write(block);
                }
            }
        }
    }

    /** A file of ours could not be read; the connection is not to blame. */
    public static final class SourceException extends IOException {
        private static final long serialVersionUID = 1;

        SourceException(Path file, IOException cause) {
            super(cause.toString(), cause);
        }
    }

    /** An attachment, block by block. */
    private static final class Source implements AutoCloseable {
        private final Path file;
        private final InputStream in;

        Source(Path file) throws SourceException {
            this.file = file;
            try {
                this.in = Files.newInputStream(file);
            } catch (IOException e) {
                throw new SourceException(file, e);
            }
        }

        byte[] next() throws SourceException {
            try {
                return in.readNBytes(BLOCK);
            } catch (IOException e) {
                throw new SourceException(file, e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Writes JSON, and cuts it where a file has to go in. */
    private static final class Composer {
        private final Task task;
        private final Path jobFolder;
        private final Map<String, Attachment> attachments = new HashMap<>();
        private final List<Part> parts = new ArrayList<>();
        private final ByteArrayOutputStream literal = new ByteArrayOutputStream();

        Composer(Task task, Path jobFolder) {
            this.task = task;
            this.jobFolder = jobFolder;
            task.attachments().forEach(attachment -> attachments.put(attachment.pointer(), attachment));
        }

        List<Part> compose() {
            try (JsonGenerator json = Json.mapper().createGenerator(literal)) {
                value(json, "", task.settings());
                json.flush();
                cut();
            } catch (IOException e) {
                throw new IllegalStateException("writing to memory failed", e);
            }
            return parts;
        }

        private void value(JsonGenerator json, String pointer, @Nullable Object value) throws IOException {
            Attachment attachment = attachments.get(pointer);
            if (attachment != null) {
                json.writeRawValue("\"");
                json.flush();
                cut();
                Path file = jobFolder.resolve(attachment.file());
                parts.add(
                        attachment.form() == Attachment.Form.PICTURE
                                ? new Base64File(file, attachment.bytes())
                                : new JsonText(file, attachment.bytes()));
                json.writeRaw('"');
            } else if (value instanceof Map<?, ?> object) {
                json.writeStartObject();
                for (Map.Entry<?, ?> member : object.entrySet()) {
                    String name = String.valueOf(member.getKey());
                    json.writeFieldName(name);
                    value(json, Pointers.member(pointer, name), member.getValue());
                }
                json.writeEndObject();
            } else if (value instanceof List<?> list) {
                json.writeStartArray();
                for (int i = 0; i < list.size(); i++) {
                    value(json, pointer + "/" + i, list.get(i));
                }
                json.writeEndArray();
            } else {
                json.writePOJO(value);
            }
        }

        private void cut() {
            parts.add(new Literal(literal.toByteArray()));
            literal.reset();
        }
    }
}
