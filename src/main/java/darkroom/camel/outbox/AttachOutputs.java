package darkroom.camel.outbox;

import darkroom.json.Json;
import darkroom.outbox.Entry;
import darkroom.output.Manifest;
import darkroom.output.Output;
import jakarta.activation.DataHandler;
import jakarta.activation.FileDataSource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.apache.camel.Message;
import org.apache.camel.attachment.AttachmentMessage;
import org.apache.camel.attachment.DefaultAttachment;

/**
 * Step before a mail about a finished job is sent: the body, which is its {@code manifest.json}, becomes a text, and its
 * outputs are attached. They are read from their files while the mail is sent, and are never in memory.
 *
 * <p>Of the headers only those of a mail stay that a route has set, each in one line: what a prompt file says can add none.
 * {@code Message-ID} is the same at every try, by which a receiver may tell a mail that came twice.
 */
public final class AttachOutputs {
    private static final String SUBJECT = "Subject";
    private static final Set<String> KEPT = Set.of("to", "cc", "bcc", "from", "reply-to", "sender", "subject");
    private static final int LONGEST_SUBJECT = 200;
    private static final int MOST_LINES = 200;

    private long maxBytes = 15_000_000;

    /** How large the outputs of a job may be together to be attached, in bytes. A mail is a third larger. */
    public void setMaxBytes(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** An output and its file. */
    private record Picture(String name, Output output, Path file) {}

    /**
     * Writes the text and attaches the outputs.
     *
     * @throws IOException if an output is not there any more
     */
    @Handler
    public void attach(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        File body = message.getBody(File.class);
        if (body == null) {
            throw new IllegalStateException("there is no manifest.json; the route begins with outbox:NAME, each: job");
        }
        Manifest manifest = Json.mapper().readValue(body, Manifest.class);
        List<Picture> pictures = pictures(manifest, body.toPath().resolveSibling(""));
        long bytes = pictures.stream().mapToLong(one -> one.output().bytes()).sum();
        boolean fits = bytes <= maxBytes;
        clean(message);
        message.setHeader(
                "Message-ID",
                "<" + exchange.getVariable(OutboxConstants.EVENT_ID, String.class) + "@darkroom.invalid>");
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        message.setBody(text(manifest, pictures, fits ? "" : tooLarge(manifest, bytes)));
        if (fits) {
            AttachmentMessage mail = exchange.getMessage(AttachmentMessage.class);
            for (Picture picture : pictures) {
                mail.addAttachmentObject(key(picture.name()), attachment(picture));
            }
        }
    }

    private static List<Picture> pictures(Manifest manifest, Path folder) throws IOException {
        Map<String, Picture> pictures = new LinkedHashMap<>();
        for (Output output : Stream.concat(
                        manifest.receipts().stream().flatMap(one -> one.outputs().stream()), manifest.sheets().stream())
                .toList()) {
            Path file = folder.resolve(output.file());
            if (!Files.isRegularFile(file)) {
                throw new IOException(file + " is not there any more, or its disk is away");
            }
            String name = String.valueOf(file.getFileName());
            for (int n = 2; pictures.containsKey(name); n++) { // those that stay where the WebUI saved them
                name = n + "-" + file.getFileName();
            }
            pictures.put(name, new Picture(name, output, file));
        }
        return List.copyOf(pictures.values());
    }

    private static DefaultAttachment attachment(Picture picture) {
        DefaultAttachment attachment = new DefaultAttachment(
                new DataHandler(new FileDataSource(picture.file().toFile()) {
                    @Override
                    public String getContentType() {
                        return Entry.mediaType(picture.output().format());
                    }
                }));
        attachment.addHeader("Content-Transfer-Encoding", "base64"); // else the file is read once more to find that out
        return attachment;
    }

    /** Camel takes a name that begins so for an id, and leaves its first four letters out. */
    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith("cid") ? "cid:" + name : name;
    }

    private static void clean(Message message) {
        Map<String, Object> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        message.getHeaders().forEach((name, value) -> {
            if (value != null && KEPT.contains(name.toLowerCase(Locale.ROOT))) {
                kept.put(name, line(value.toString()));
            }
        });
        kept.computeIfPresent(SUBJECT, (name, subject) -> cut(subject.toString()));
        message.removeHeaders("*");
        kept.forEach(message::setHeader);
    }

    private static String cut(String subject) {
        return subject.codePointCount(0, subject.length()) <= LONGEST_SUBJECT
                ? subject
                : subject.substring(0, subject.offsetByCodePoints(0, LONGEST_SUBJECT)) + "…";
    }

    /** Without what would end a line, or turn it round. */
    private static String line(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]+", " ").strip();
    }

    private String tooLarge(Manifest manifest, long bytes) {
        String sizes =
                String.format(Locale.ROOT, "together they have %.1f MB, and %.1f MB", bytes / 1e6, maxBytes / 1e6);
        String lane = manifest.lane().isEmpty() ? "" : manifest.lane() + "/";
        return "They are not attached: " + sizes + " is what a mail takes here. They are in the output folder, under "
                + lane + manifest.job() + ".\n\n";
    }

    private static String text(Manifest manifest, List<Picture> pictures, String remark) {
        StringBuilder text = new StringBuilder();
        text.append(line(manifest.name())).append(" is done: ").append(pictures.size());
        text.append(pictures.size() == 1 ? " picture" : " pictures");
        text.append(", made from ").append(line(manifest.promptFile()));
        text.append(manifest.lane().isEmpty() ? "" : " in " + manifest.lane())
                .append(".\n\n")
                .append(remark);
        for (Picture picture : pictures.subList(0, Math.min(pictures.size(), MOST_LINES))) {
            Output output = picture.output();
            text.append(picture.name());
            text.append(output.width() > 0 ? ", " + output.width() + " x " + output.height() : "");
            text.append(output.seed() == null ? "" : ", seed " + output.seed()).append('\n');
        }
        if (pictures.size() > MOST_LINES) {
            text.append("… and ").append(pictures.size() - MOST_LINES).append(" more\n");
        }
        return text.append("\nJob ")
                .append(manifest.job())
                .append('\n')
                .toString()
                .replace("\n", "\r\n");
    }
}
