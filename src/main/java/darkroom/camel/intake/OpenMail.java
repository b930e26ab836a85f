package darkroom.camel.intake;

import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.intake.Embedding;
import darkroom.intake.Intake;
import jakarta.mail.Address;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step: a mail becomes the prompt files that are attached to it, each {@code *.json} with those of the other attachments in
 * it that it names as pictures. The mail is the body, as {@code mapMailMessage: false} leaves it; afterwards a list of {@link
 * Mailed} is. Nothing else of the mail is left in the message.
 *
 * <p>The variable {@code senders} says from whom mails are taken: addresses, and domains with an {@code @} before them, with
 * commas between them; {@code *} for anybody. What a mail says of its sender is true only if the mail server has checked it.
 *
 * <p>A mail that is not taken gives an empty list, and the variable {@code refused} says why.
 */
public final class OpenMail {
    /** Variable: from whom mails are taken. */
    static final String SENDERS = "senders";

    /** Variable: why this one is not taken. */
    static final String REFUSED = "refused";

    private static final Logger LOG = LoggerFactory.getLogger(OpenMail.class);
    private static final String JSON = ".json";
    private static final int MOST_PARTS = 100;
    private static final int DEEPEST = 10;
    private static final int LONGEST = 100;

    private final Intake intake;
    private final long maxBytes;

    /**
     * Opens mails.
     *
     * @param maxBytes how large all attachments of one may be together
     */
    public OpenMail(Intake intake, long maxBytes) {
        this.intake = intake;
        this.maxBytes = maxBytes;
    }

    /**
     * A prompt file that came by mail: <code>${body.key}</code>, <code>${body.file}</code>.
     *
     * @param key the same whenever the same mail comes again, and never that of another prompt file
     * @param file until the mail is done with
     */
    public record Mailed(String key, File file) {}

    /** It will be no better the next time. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }

    /** It can't be read: because of the mail, or because of the connection. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(Exception cause) {
            super(cause);
        }
    }

    /**
     * Takes the mail apart.
     *
     * @throws IOException if the disk can't be written, or the connection is gone: the same mail comes again
     */
    @Handler
    public void open(Exchange exchange) throws IOException {
        Message mail = exchange.getMessage().getBody(Message.class);
        if (mail == null) {
            throw new IllegalStateException("there is no mail in the message; the route begins with imaps: or imap:,"
                    + " and mapMailMessage: false");
        }
        String senders = exchange.getVariable(SENDERS, "", String.class);
        exchange.setMessage(new DefaultMessage(exchange));
        exchange.getMessage().setBody(List.of());
        Path folder = intake.stage();
        exchange.getExchangeExtension().addOnCompletion(new Tidy(folder));
        try {
            checkSender(mail, senders);
            exchange.getMessage().setBody(new Opened(mail, folder).promptFiles());
        } catch (Refused e) {
            exchange.setVariable(REFUSED, e.getMessage());
        } catch (Unreadable | MessagingException e) {
            if (!isOpen(mail.getFolder())) {
                throw new IOException("the mail server is away", e);
            }
            LOG.debug("a mail can't be read", e);
            exchange.setVariable(REFUSED, "it can't be read: " + shown(String.valueOf(e.getMessage())));
        }
    }

    private static boolean isOpen(@Nullable Folder folder) {
        return folder != null && folder.isOpen();
    }

    private static void checkSender(Message mail, String senders) throws MessagingException, Refused {
        Address[] from = mail.getFrom();
        if (from == null || from.length != 1 || !(from[0] instanceof InternetAddress sender)) {
            throw new Refused("it does not say who sent it");
        }
        String address = sender.getAddress() == null ? "" : sender.getAddress().toLowerCase(Locale.ROOT);
        String domain = address.substring(Math.max(0, address.lastIndexOf('@')));
        for (String known : senders.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            if (known.equals("*") || (known.startsWith("@") ? known.equals(domain) : known.equals(address))) {
                return;
            }
        }
        throw new Refused("it is from " + shown(address) + ", who is none of the senders");
    }

    /** As it may stand in a log. */
    private static String shown(String text) {
        String line = text.replaceAll("[^\\p{L}\\p{N}\\p{P}\\p{S} ]+", "?");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }

    /** A mail that is being taken apart. */
    private final class Opened {
        private final Message mail;
        private final Path folder;
        private final List<Path> documents = new ArrayList<>();
        private final Map<String, Path> pictures = new LinkedHashMap<>();
        private int parts;
        private long bytes;

        Opened(Message mail, Path folder) {
            this.mail = mail;
            this.folder = folder;
        }

        List<Mailed> promptFiles() throws IOException, MessagingException, Refused, Unreadable {
            walk(mail, 0);
            if (documents.isEmpty()) {
                throw new Refused("it has no attachment *" + JSON);
            }
            List<Mailed> mailed = new ArrayList<>();
            for (Path document : documents) {
                Path whole = folder.resolve("whole-" + document.getFileName());
                Embedding.embed(document, pictures, whole);
                mailed.add(new Mailed(key(mailed.size() + 1, document), whole.toFile()));
            }
            return mailed;
        }

        /** An id may be missing, and somebody may use one twice. */
        private String key(int number, Path document) throws IOException, MessagingException {
            String id = mail instanceof MimeMessage mime ? mime.getMessageID() : null;
            if (id == null && mail.getFolder() instanceof UIDFolder uids) {
                id = uids.getUIDValidity() + "-" + uids.getUID(mail);
            }
            return id + " " + number + " " + Sha256.of(document);
        }

        private void walk(Part part, int depth) throws IOException, MessagingException, Refused, Unreadable {
            parts++;
            if (parts > MOST_PARTS || depth > DEEPEST) {
                throw new Refused("it has more than " + MOST_PARTS + " parts, or parts in parts in parts");
            }
            if (part.isMimeType("multipart/*")) {
                Multipart content = content(part);
                for (int i = 0; i < content.getCount(); i++) {
                    walk(content.getBodyPart(i), depth + 1);
                }
            } else if (!part.isMimeType("message/*")) { // a mail within the mail is not ours to open
                take(part);
            }
        }

        private Multipart content(Part part) throws MessagingException, Refused, Unreadable {
            try {
                if (part.getContent() instanceof Multipart multipart) {
                    return multipart;
                }
            } catch (IOException e) {
                throw new Unreadable(e);
            }
            throw new Refused("its parts can't be told apart");
        }

        private void take(Part part) throws IOException, MessagingException, Refused, Unreadable {
            String name = name(part);
            if (name == null) {
                return; // its text
            }
            if (name.toLowerCase(Locale.ROOT).endsWith(JSON)) {
                documents.add(copy(part, folder.resolve((documents.size() + 1) + JSON)));
            } else if (PictureName.isOne(name) && !pictures.containsKey(name)) {
                pictures.put(name, copy(part, folder.resolve("picture-" + (pictures.size() + 1))));
            }
        }

        private @Nullable String name(Part part) throws MessagingException, Unreadable {
            String name = part.getFileName();
            try {
                return name == null ? null : MimeUtility.decodeText(name).strip();
            } catch (IOException e) {
                throw new Unreadable(e);
            }
        }

        private Path copy(Part part, Path file) throws IOException, MessagingException, Refused, Unreadable {
            byte[] buffer = new byte[64 * 1024];
            try (InputStream in = open(part);
                    OutputStream out = Files.newOutputStream(file)) {
                for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                    bytes += n;
                    if (bytes > maxBytes) {
                        throw new Refused("it is larger than darkroom.intake.max-size");
                    }
                    out.write(buffer, 0, n);
                }
            }
            return file;
        }

        private static InputStream open(Part part) throws MessagingException, Unreadable {
            try {
                return part.getInputStream();
            } catch (IOException e) {
                throw new Unreadable(e);
            }
        }

        private static int read(InputStream in, byte[] buffer) throws Unreadable {
            try {
                return in.read(buffer);
            } catch (IOException e) {
                throw new Unreadable(e);
            }
        }
    }

    /** Deletes what a mail was taken apart into, when it is done with. */
    private static final class Tidy extends SynchronizationAdapter {
        private final Path folder;

        Tidy(Path folder) {
            this.folder = folder;
        }

        @Override
        public void onDone(Exchange exchange) {
            try {
                Disk.deleteTree(folder);
            } catch (IOException e) {
                LOG.warn("{} can't be deleted ({}); the next start does it", folder, e.toString());
            }
        }
    }
}
