package darkroom.secret;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that holds one secret, as containers and init systems hand them over. */
public final class SecretFile {
    private static final int LARGEST = 64 * 1024;

    private SecretFile() {}

    /**
     * Reads it; the line break at its end does not count. It is masked from then on.
     *
     * @throws IOException if there is none, or it can't be one; the message names the file, and nothing that is in it
     */
    public static String read(Path file) throws IOException {
        String text = text(file);
        String value = text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        if (value.isEmpty()) {
            throw new IOException("the secret in " + file + " is empty");
        }
        Secrets.add(value);
        return value;
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.isDirectory(file)) {
                throw new IOException(file + " is a folder, and should be a file with a secret in it");
            }
            if (Files.size(file) > LARGEST) {
                throw new IOException(
                        file + " has more than " + LARGEST / 1024 + " KB, and should have nothing but a secret in it");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file); // whoever looks for the cause is to find this
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8; save it as that");
        } catch (AccessDeniedException e) {
            throw new IOException(file + " can't be read by " + System.getProperty("user.name"));
        }
    }
}
