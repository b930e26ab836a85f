package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.files.Sha256;
import darkroom.sandbox.SandboxSettings;
import darkroom.settings.Setting;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for e-mail, against a server that takes it over TLS. */
final class MailDestinationTest {
    private static final String PASSWORD = "not-to-be-told";
    private static final int JOBS = 5;

    @TempDir
    Path home;

    private MailServer server;
    private Bench bench;

    @BeforeEach
    void prepare() throws Exception {
        server = new MailServer("smtps").start();
        server.user("darkroom@example.org", PASSWORD);
        server.user("marketing@example.org", "theirs");
        server.managers().getUserManager().setAuthRequired(true);
        bench = new Bench(home);
        bench.with(Setting.DELIVER, "mail")
                .with(Setting.DELIVER_PAUSE, "100ms")
                .with(Setting.DELIVER_LONGEST_PAUSE, "500ms")
                .withProperties("mail.password=" + PASSWORD + "\n");
        recipe("Pictures: ${variable.jobName}", 15_000_000);
    }

    private void recipe(String subject, long maxBytes) throws Exception {
        bench.withRecipe(
                "mail",
                "smtp.example.org:465",
                "127.0.0.1:" + server.port(),
                "{{env:MAIL_PASSWORD}}",
                "{{mail.password}}",
                "mail.smtps.ssl.checkserveridentity: true",
                "mail.smtps.ssl.checkserveridentity: false\n              mail.smtps.ssl.trust: \"*\"", // GreenMail's
                // own
                "Pictures: ${variable.jobName}",
                subject,
                "15000000",
                Long.toString(maxBytes));
    }

    @AfterEach
    void stop() {
        bench.close();
        server.close();
    }

    @Test
    void eachJobIsSentWithItsPicturesAfterTheServerWasAway() throws Exception {
        bench.restartSandbox(SandboxSettings.defaults().withTimePerPicture(Duration.ofMillis(50)));
        bench.start();
        bench.drop("birds/job0.json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        Bench.await("the first", () -> server.received().size() == 1);
        server.stop();
        for (int i = 1; i < JOBS; i++) {
            bench.drop("birds/job" + i + ".json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        }
        Bench.await("all made", () -> bench.sandbox().generations().size() == JOBS);
        Bench.await(
                "some wait",
                () -> !Disk.list(bench.data().resolve("outbox/mail")).isEmpty());
        server.start();

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Disk.list(bench.data().resolve("done/birds")).size() == JOBS);
        assertThat(server.received()).hasSize(JOBS);
        Map<String, String> arrived = new HashMap<>();
        for (MimeMessage mail : server.received()) {
            assertThat(mail.getSubject()).startsWith("Pictures: job");
            assertThat(mail.getFrom()).extracting(Object::toString).containsExactly("darkroom@example.org");
            assertThat(mail.getAllRecipients()).extracting(Object::toString).containsExactly("marketing@example.org");
            Map<String, String> attached = attached(mail);
            assertThat(attached).hasSize(2);
            arrived.putAll(attached);
        }
        Map<String, String> expected = new HashMap<>();
        for (JsonNode manifest : bench.manifests()) {
            for (JsonNode output : manifest.at("/receipts/0/outputs")) {
                expected.put(output.path("file").asText(), output.path("sha256").asText());
            }
        }
        assertThat(arrived).isEqualTo(expected).hasSize(2 * JOBS);
    }

    @Test
    void theTextSaysWhatItIs() throws Exception {
        bench.start();
        bench.drop("birds/cat.json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2, \"seed\": 7}");
        List<String> names = Bench.names(bench.done("birds/cat.json"));

        assertThat(text(server.received().get(0)).lines())
                .startsWith("cat is done: 2 pictures, made from cat.json in birds.", "")
                .contains(names.get(0) + ", 64 x 64, seed 7", names.get(1) + ", 64 x 64, seed 8");
    }

    @Test
    void whatComesTwiceHasTheSameId() throws Exception {
        Files.writeString(bench.routes().resolve("away.camel.yaml"), """
                - route:
                    id: away
                    from:
                      uri: outbox:away
                      parameters:
                        each: job
                      steps:
                        - throwException:
                            exceptionType: java.io.IOException
                            message: away
                """);
        bench.with(Setting.DELIVER, "mail,away").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");
        Bench.await("sent", () -> server.received().size() == 1);
        Bench.await("noted", () -> marks() != null);
        bench.stop();
        Disk.deleteTree(marks()); // as it is when the process dies between the end of a delivery and its mark

        bench.start();

        Bench.await("sent again", () -> server.received().size() == 2);
        assertThat(server.received().get(0).getMessageID())
                .matches("<[0-9a-f]{32}@darkroom[.]invalid>")
                .isEqualTo(server.received().get(1).getMessageID());
    }

    private Path marks() throws Exception {
        return Bench.tree(bench.data().resolve("outputs")).stream()
                .filter(path -> path.endsWith(".deliveries/mail"))
                .findFirst()
                .orElse(null);
    }

    @Test
    void whatIsTooLargeIsNamed() throws Exception {
        recipe("Pictures: ${variable.jobName}", 100);
        bench.start();
        bench.drop("birds/cat.json", "{\"n_iter\": 2, \"width\": 64, \"height\": 64, \"steps\": 2}");
        JsonNode manifest = bench.done("birds/cat.json");

        MimeMessage mail = server.received().get(0);
        assertThat(mail.getContentType()).startsWith("text/plain");
        assertThat(text(mail))
                .contains("They are not attached: together they have 0.0 MB")
                .contains("under birds/" + manifest.path("job").asText() + ".")
                .contains(Bench.names(manifest));
    }

    /** What a person may call a file, and how a mail begins. */
    @Test
    void aNameAddsNothing() throws Exception {
        recipe("Pictures from ${variable.promptFile}, ${variable.lane}", 15_000_000);
        bench.start();
        List<String> names = List.of(
                "a\r\nBcc: eve@example.org\r\n\r\nhello \"there\".json",
                "Größe/cid 日本 \u202egnp.json",
                "${env:HOME} {{mail.password}} <eve@example.org>, x.json");
        for (String name : names) {
            bench.drop(name, "{\"width\": 64, \"height\": 64, \"steps\": 2}");
            bench.done(name);
        }

        List<MimeMessage> mails = server.received();
        assertThat(mails).hasSize(3);
        for (MimeMessage mail : mails) {
            assertThat(mail.getAllRecipients()).extracting(Object::toString).containsExactly("marketing@example.org");
            assertThat(mail.getHeader("Subject")).hasSize(1);
            assertThat(mail.getHeader("Bcc")).isNull();
            assertThat(Collections.list(mail.getAllHeaders()))
                    .extracting(header -> header.getName())
                    .isSubsetOf(
                            "Date",
                            "From",
                            "To",
                            "Message-ID",
                            "Subject",
                            "MIME-Version",
                            "Content-Type",
                            "Received",
                            "Return-Path");
            assertThat(attached(mail)).hasSize(1);
            assertThat(text(mail)).doesNotContain(PASSWORD).doesNotContain("\u202e");
        }
        assertThat(mails.get(0).getSubject()).isEqualTo("Pictures from a Bcc: eve@example.org hello \"there\".json,");
        assertThat(text(mails.get(0)).lines()).noneMatch(line -> line.startsWith("Bcc:"));
        assertThat(mails.get(1).getSubject()).isEqualTo("Pictures from cid 日本  gnp.json, Größe");
        assertThat(attached(mails.get(1)).keySet()).allMatch(name -> name.startsWith("cid_日本_"));
        assertThat(mails.get(2).getSubject())
                .isEqualTo("Pictures from ${env:HOME} {{mail.password}} <eve@example.org>, x.json,");
    }

    @Test
    void picturesAreReadWhileTheMailIsSent() throws Exception {
        String recipe = Files.readString(bench.routes().resolve("mail.camel.yaml"))
                .replaceFirst("outbox:mail .*\n.*\n.*each: job", "direct:mail");
        Files.writeString(bench.routes().resolve("mail.camel.yaml"), recipe);
        bench.with(Setting.DELIVER, "").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");
        JsonNode manifest = bench.done("a.json");
        Path picture = bench.outputs(manifest).resolve(Bench.names(manifest).get(0));
        int large = 40 << 20;
        Files.write(picture, new byte[large]);
        ProducerTemplate template = bench.service().camelContext().createProducerTemplate();
        long before = Allocated.now();

        Exchange sent = template.send("direct:mail", exchange -> {
            exchange.getMessage()
                    .setBody(picture.resolveSibling("manifest.json").toFile());
            exchange.setVariable("jobName", "a");
            exchange.setVariable("eventId", "1");
        });

        assertThat(sent.getException()).isNull();
        assertThat(Allocated.now() - before)
                .as("bytes allocated by the thread that sends")
                .isLessThan(20L << 20);
        BodyPart part = ((MimeMultipart) server.received().get(0).getContent()).getBodyPart(1);
        assertThat(part.getInputStream().skip(large + 1)).isEqualTo(large);
    }

    @Test
    void aServerThatIsAwayIsSaidWithoutThePassword() throws Exception {
        server.stop();
        bench.with(Setting.DELIVER_ATTEMPTS, "2").start();
        bench.drop("a.json", "{\"width\": 64, \"height\": 64, \"steps\": 2}");

        assertThat(bench.failed("a.json").path("message").asText())
                .contains("could not be delivered to 'mail'")
                .contains("127.0.0.1")
                .doesNotContain(PASSWORD);
    }

    /** The hash of each attachment by its name. */
    private static Map<String, String> attached(MimeMessage mail) throws Exception {
        Map<String, String> attached = new LinkedHashMap<>();
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        for (int i = 1; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            assertThat(part.getContentType()).startsWith("image/png");
            assertThat(part.getDisposition()).isEqualTo("attachment");
            var digest = Sha256.digest();
            digest.update(part.getInputStream().readAllBytes());
            attached.put(MimeUtility.decodeText(part.getFileName()), Sha256.hex(digest));
        }
        return attached;
    }

    private static String text(Message mail) throws Exception {
        Object content = mail.getContent();
        return content instanceof MimeMultipart parts
                ? parts.getBodyPart(0).getContent().toString()
                : content.toString();
    }
}
