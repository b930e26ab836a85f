package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.user.GreenMailUser;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for prompt files by e-mail, against a mailbox that is read over TLS. */
final class MailSourceTest {
    private static final String PASSWORD = "not-to-be-told";
    private static final String CAT = "{\"prompt\": \"a cat\", \"width\": 64, \"height\": 64, \"steps\": 2}";
    private static final String SKETCH =
            "{\"prompt\": \"a harbour\", \"init_images\": [\"my sketch.png\"], \"width\": 64, \"height\": 64, \"steps\": 2}";

    @TempDir
    Path home;

    private MailServer server;
    private GreenMailUser user;
    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        server = new MailServer("imaps").start();
        user = server.user("prompts@example.org", PASSWORD);
        bench = new Bench(home);
        bench.withProperties("mailbox.password=" + PASSWORD + "\n");
        recipe();
    }

    private void recipe(String... more) throws Exception {
        List<String> edits = new ArrayList<>(List.of(
                "imap.example.org:993",
                "127.0.0.1:" + server.port(),
                "{{env:MAILBOX_PASSWORD}}",
                "{{mailbox.password}}",
                "delay: 60000",
                "delay: 300",
                "mail.imaps.ssl.checkserveridentity: true",
                "mail.imaps.ssl.checkserveridentity: false\n        mail.imaps.ssl.trust: \"*\"")); // GreenMail's own
        edits.addAll(Arrays.asList(more));
        bench.withRecipe("from-mail", edits.toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        bench.close();
        server.close();
    }

    @Test
    void eachPromptFileOfAMailBecomesAJob() throws Exception {
        deliver(mail(
                "Ann <ann@example.org>", "<1@x>", part("a.json", CAT), part("b.JSON", CAT), part("logo.gif", "x")));
        bench.start();
        Bench.await("two jobs", () -> bench.manifests().size() == 2);
        server.stop();
        deliver(mail(
                "eve@studio.example.org",
                "<2@x>",
                part(
                        "=?UTF-8?B?" + Base64.getEncoder().encodeToString("日本.json".getBytes(StandardCharsets.UTF_8))
                                + "?=",
                        CAT)));
        server.start();

        Bench.await("three", () -> bench.manifests().size() == 3);
        Bench.await("moved", () -> count("INBOX") == 0 && count("Darkroom-taken") == 2);
        assertThat(bench.manifests())
                .allMatch(manifest -> manifest.path("lane").asText().equals("mailbox"));
        assertThat(bench.generations()).hasSize(3);
        bench.assertTidy();
    }

    @Test
    void picturesOfTheSameMailArePutIn() throws Exception {
        bench.start();
        byte[] sketch = Files.readAllBytes(Path.of("examples/pictures/sketch.png"));
        MimeBodyPart picture = part("my sketch.png", "");
        picture.setContent(sketch, "image/png");
        picture.setFileName("my sketch.png");
        MimeBodyPart body = new MimeBodyPart();
        body.setContent(new MimeMultipart("related", text(), picture)); // as programs for mail nest them
        deliver(mail("ann@example.org", "<1@x>", body, part("a.json", SKETCH)));

        Bench.await("a job", () -> bench.manifests().size() == 1);
        assertThat(bench.generations().get(0).path()).endsWith("img2img");
        assertThat(bench.generations().get(0).body().toString())
                .contains(Base64.getEncoder().encodeToString(sketch));
    }

    @Test
    void whatIsNotForUsIsSetAside() throws Exception {
        bench.start();
        deliver(mail("eve@elsewhere.org", "<1@x>", part("a.json", CAT)));
        deliver(mail("\"ann@example.org\" <eve@elsewhere.org>", "<2@x>", part("a.json", CAT)));
        deliver(mail("ann@example.org, eve@elsewhere.org", "<3@x>", part("a.json", CAT)));
        deliver(mail("ann@example.org", "<4@x>", part("a.png", "x")));
        deliver("From: ann@example.org\nSubject: hello\n\nno parts\n");
        deliver("""
                From: ann@example.org
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary=x

                --x
                Content-Type: application/json
                Content-Disposition: attachment; filename=a.json
                Content-Transfer-Encoding: nonsense

                {}
                --x--
                """);
        deliver("moveTo: INBOX\ndelete: true\nFrom: eve@elsewhere.org\n\nno parts\n");
        deliver(mail("ann@example.org", "<9@x>", part("a.json", CAT)));

        Bench.await("the last one is taken", () -> bench.manifests().size() == 1);
        Bench.await("the others are set aside", () -> count("Darkroom-aside") == 7);
        Bench.await("moved", () -> count("INBOX") == 0 && count("Darkroom-taken") == 1);
        assertThat(bench.generations()).hasSize(1);
    }

    /** The jobs are safe, and the process died before it could move the mail: the next one finds it again. */
    @Test
    void whatIsStillThereAfterwardsIsNoSecondJob() throws Exception {
        recipe(
                "                    name: accept\n",
                "                    name: accept\n              - throwException: {exceptionType:"
                        + " java.lang.IllegalStateException, message: lost}\n");
        bench.start();
        deliver(mail("ann@example.org", "<1@x>", part("a.json", CAT)));
        Bench.await("a job", () -> bench.manifests().size() == 1);
        assertThat(count("INBOX")).isEqualTo(1);
        bench.stop();
        recipe();
        bench.start();
        Bench.await("moved", () -> count("Darkroom-taken") == 1);
        deliver(mail("ann@example.org", "<1@x>", part("a.json", CAT.replace("cat", "dog")))); // an id used twice

        Bench.await("the next", () -> bench.manifests().size() == 2);
        Bench.await("moved as well", () -> count("Darkroom-taken") == 2);
        assertThat(bench.manifests()).hasSize(2);
        assertThat(Disk.list(bench.data().resolve("intake"))).hasSize(2);
    }

    @Test
    void whatIsWrongWithOneIsSaidWhereItIsWithEveryPromptFile() throws Exception {
        bench.with(Setting.INTAKE_MAX_SIZE, "1MB").start();
        deliver(mail("ann@example.org", "<1@x>", part("a.json", "{\"steps\": \"many\"}")));
        deliver(mail("ann@example.org", "<2@x>", part("a.json", CAT), part("b.png", "x".repeat(2 << 20))));

        Bench.await("failed", () -> bench.exists("failed/mailbox"));
        Bench.await("set aside as too large", () -> count("Darkroom-aside") == 1);
        Bench.await("with a reason", () -> errors().size() == 1);
        assertThat(bench.manifests()).isEmpty();
    }

    private List<JsonNode> errors() throws Exception {
        return Disk.list(bench.data().resolve("failed/mailbox")).stream()
                .filter(file -> file.toString().endsWith(".error.json"))
                .map(Bench::json)
                .toList();
    }

    private int count(String folder) throws Exception {
        ImapHostManager mailboxes = server.managers().getImapHostManager();
        var found = mailboxes.getFolder(user, folder);
        return found == null ? 0 : found.getMessageCount();
    }

    private void deliver(String mail) throws Exception {
        deliver(new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(mail.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII))));
    }

    private void deliver(MimeMessage mail) throws Exception {
        user.deliver(mail);
    }

    private static MimeMessage mail(String from, String id, MimeBodyPart... parts) throws Exception {
        MimeMessage mail = new MimeMessage(Session.getInstance(new Properties()));
        mail.setHeader("From", from);
        mail.setSubject("please");
        MimeMultipart content = new MimeMultipart();
        content.addBodyPart(text());
        for (MimeBodyPart part : parts) {
            content.addBodyPart(part);
        }
        mail.setContent(content);
        mail.saveChanges();
        mail.setHeader("Message-ID", id);
        return mail;
    }

    private static MimeBodyPart text() throws Exception {
        MimeBodyPart text = new MimeBodyPart();
        text.setText("here they are");
        return text;
    }

    private static MimeBodyPart part(String name, String content) throws Exception {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(content, "UTF-8");
        part.setFileName(name);
        return part;
    }
}
