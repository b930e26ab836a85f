package darkroom.camel.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import darkroom.files.Disk;
import darkroom.files.SharedLocks;
import darkroom.intake.Intake;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.UnitOfWorkHelper;

/** Requests and mails that somebody made up. */
final class UploadFuzzTest {
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    /** The parts go into their folder and nowhere else. */
    @FuzzTest(maxDuration = "3m")
    void multipart(byte[] body) throws IOException {
        Path root = Files.createTempDirectory("darkroom-fuzz");
        try {
            Path folder = Files.createDirectories(root.resolve("parts"));
            Path file = Files.write(root.resolve("body"), body);
            try {
                Multipart parts = Multipart.of(file, "multipart/form-data; boundary=b", folder);
                assertThat(parts.job()).isRegularFile().hasParent(root);
                parts.pictures().forEach((name, picture) -> {
                    assertThat(picture).isRegularFile().hasParent(folder);
                    assertThat(picture.getFileName()).hasToString(name);
                });
                assertThat(Disk.list(folder)).hasSameSizeAs(parts.pictures().keySet());
            } catch (RefusedException e) {
                assertThat(e.document()).contains("detail");
            }
            assertThat(Disk.list(root))
                    .extracting(path -> path.getFileName().toString())
                    .isSubsetOf("parts", "body", "job.json");
        } finally {
            Disk.deleteTree(root);
        }
    }

    /** It becomes prompt files in the folder of the intake, or is not taken; and nothing is left when it is done with. */
    @FuzzTest(maxDuration = "3m")
    void mail(byte[] bytes) throws IOException {
        Path root = Files.createTempDirectory("darkroom-fuzz");
        try {
            Path drop = Files.createDirectories(root.resolve("drop"));
            Intake intake = new Intake(
                    drop, root.resolve("tickets"), 1, new SharedLocks(root.resolve("tickets/.locks")), new Disk(false));
            Exchange exchange = new DefaultExchange(CAMEL);
            try {
                exchange.getMessage()
                        .setBody(new MimeMessage(
                                Session.getInstance(new Properties()), new ByteArrayInputStream(bytes)));
            } catch (MessagingException e) {
                return;
            }
            exchange.setVariable(OpenMail.SENDERS, "*");
            try {
                new OpenMail(intake, 10_000).open(exchange);
                for (Object one : exchange.getMessage().getBody(List.class)) {
                    File file = ((OpenMail.Mailed) one).file();
                    assertThat(file.toPath().normalize()).startsWith(drop).isRegularFile();
                }
            } catch (IOException e) {
                assertThat(e).hasMessage("the mail server is away"); // a mail without a folder looks like that
            }
            UnitOfWorkHelper.doneSynchronizations(
                    exchange, exchange.getExchangeExtension().handoverCompletions());
            assertThat(Disk.list(root)).containsExactly(drop);
            assertThat(Disk.list(drop.resolve(".intake"))).isEmpty();
        } finally {
            Disk.deleteTree(root);
        }
    }
}
