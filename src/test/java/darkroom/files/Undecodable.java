package darkroom.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Files whose names Java can't write. */
public final class Undecodable {
    private Undecodable() {}

    /** Writes a file; {@code %fc} in its name stands for that byte. */
    public static void write(Path folder, String name, String content) throws IOException, InterruptedException {
        StringBuilder octal = new StringBuilder();
        for (int at = 0; at < name.length(); at++) {
            if (name.charAt(at) == '%') {
                octal.append(String.format("\\%03o", Integer.parseInt(name.substring(at + 1, at + 3), 16)));
                at += 2;
            } else {
                octal.append(name.charAt(at));
            }
        }
        Process shell = new ProcessBuilder("sh", "-c", "printf %s '" + content + "' > \"$(printf '" + octal + "')\"")
                .directory(folder.toFile())
                .start();
        assertThat(shell.waitFor()).isZero();
    }
}
