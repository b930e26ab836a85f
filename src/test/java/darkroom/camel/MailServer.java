package darkroom.camel;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.imap.ImapServer;
import com.icegreen.greenmail.server.AbstractServer;
import com.icegreen.greenmail.smtp.SmtpServer;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.ServerSetup;
import darkroom.FreePort;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** GreenMail, with mailboxes that outlive its servers: they can be stopped and started again. */
final class MailServer implements AutoCloseable {
    private final Managers managers = new Managers();
    private final ServerSetup setup;
    private @Nullable AbstractServer server;

    /** A server for one of {@code smtp}, {@code smtps}, {@code imap}, {@code imaps}. */
    MailServer(String protocol) throws IOException {
        setup = new ServerSetup(FreePort.find(), "127.0.0.1", protocol);
        setup.setServerStartupTimeout(20_000);
    }

    int port() {
        return setup.getPort();
    }

    GreenMailUser user(String address, String password) throws Exception {
        return managers.getUserManager().createUser(address, address, password);
    }

    MailServer start() throws InterruptedException {
        server = setup.getProtocol().startsWith("smtp")
                ? new SmtpServer(setup, managers)
                : new ImapServer(setup, managers);
        server.startService();
        server.waitTillRunning(setup.getServerStartupTimeout());
        return this;
    }

    void stop() {
        if (server != null) {
            server.stopService();
            server = null;
        }
    }

    Managers managers() {
        return managers;
    }

    /** All mails of all users, in the order of arrival. */
    List<MimeMessage> received() {
        return managers.getImapHostManager().getAllMessages().stream()
                .map(stored -> stored.getMimeMessage())
                .toList();
    }

    @Override
    public void close() {
        stop();
    }
}
