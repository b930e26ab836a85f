package darkroom.camel.check;

import darkroom.check.Finding;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Service;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import java.lang.reflect.Method;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.mail.JavaMailSender;
import org.apache.camel.component.mail.MailConfiguration;
import org.apache.camel.component.mail.MailEndpoint;

/** {@code smtp:}, {@code imap:} and {@code pop3:}, also with TLS: the server lets us in, and has the folder. */
final class MailCheck implements EndpointCheck {
    @Override
    public Finding examine(Endpoint endpoint, Side side) throws Exception {
        MailEndpoint mail = (MailEndpoint) endpoint;
        MailConfiguration options = mail.getConfiguration();
        Session session = session(mail);
        return side.sends() ? sender(session, options, side) : mailbox(session, options, side);
    }

    /** As the endpoint makes it for itself, with its timeouts and its TLS; there is no way to it that is public. */
    private static Session session(MailEndpoint mail) throws Exception {
        JavaMailSender sender = mail.getConfiguration().getJavaMailSender();
        if (sender == null) {
            Method create = MailConfiguration.class.getDeclaredMethod("createJavaMailSender", CamelContext.class);
            create.setAccessible(true);
            sender = (JavaMailSender) create.invoke(mail.getConfiguration(), mail.getCamelContext());
        }
        return sender.getSession();
    }

    private static Finding sender(Session session, MailConfiguration options, Side side) throws Exception {
        try (Transport transport = session.getTransport(options.getProtocol())) {
            connect(transport, options);
            return side.ok("lets us in");
        }
    }

    private static Finding mailbox(Session session, MailConfiguration options, Side side) throws Exception {
        try (Store store = session.getStore(options.getProtocol())) {
            connect(store, options);
            Folder folder = store.getFolder(options.getFolderName());
            if (!folder.exists()) {
                throw new UnusableException(
                        "lets us in, and has no folder " + options.getFolderName(),
                        "make it, or correct folderName in the route");
            }
            return side.ok("lets us in, and has the folder " + options.getFolderName());
        }
    }

    private static void connect(Service service, MailConfiguration options)
            throws MessagingException, UnusableException {
        PasswordAuthentication login = options.getPasswordAuthentication();
        try {
            service.connect(
                    options.getHost(),
                    options.getPort(),
                    login == null ? null : login.getUserName(),
                    login == null ? null : login.getPassword());
        } catch (AuthenticationFailedException e) {
            throw new UnusableException("does not let us in: " + e.getMessage(), "correct username and password");
        }
    }

    @Override
    public String remedy() {
        return "is the server there? see its address, user and password in the route";
    }
}
