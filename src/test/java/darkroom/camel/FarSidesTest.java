package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import darkroom.FreePort;
import darkroom.camel.check.FarSides;
import darkroom.check.Finding;
import darkroom.check.Finding.Severity;
import darkroom.files.Disk;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code darkroom check} says about the far sides of destinations and sources, against servers of each kind. */
final class FarSidesTest {
    private static final String USER = "darkroom";
    private static final String SECRET = "s3cret-p@ss";
    private static final String WRONG = "wr0ng-p@ss";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path servers;

    private static EmbeddedActiveMQ broker;
    private static int brokerPort;
    private static SshServer sftp;
    private static GreenMail mail;
    private static HttpServer http;
    private static ServerSocket silent;
    private static int nobody;
    private static final List<String> ASKED_FOR = new CopyOnWriteArrayList<>();

    @TempDir
    Path home;

    private final List<String> routes = new ArrayList<>();

    @BeforeAll
    static void startServers() throws Exception {
        nobody = FreePort.find();
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        startBroker();
        sftp = SshServer.setUpDefaultServer();
        sftp.setHost("127.0.0.1");
        sftp.setKeyPairProvider(hostKey());
        sftp.setPasswordAuthenticator((user, password, session) -> user.equals(USER) && password.equals(SECRET));
        sftp.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        sftp.setFileSystemFactory(new VirtualFileSystemFactory(
                Files.createDirectories(servers.resolve("sftp/incoming")).getParent()));
        sftp.start();
        mail = new GreenMail(new ServerSetup[] {
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP)
        });
        mail.start();
        mail.setUser(USER + "@example.org", USER, SECRET);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", FarSidesTest::answer);
        http.start();
    }

    private static KeyPairProvider hostKey() {
        return new SimpleGeneratorHostKeyProvider();
    }

    private static void startBroker() throws Exception {
        brokerPort = FreePort.find();
        SecurityConfiguration users = new SecurityConfiguration();
        users.addUser(USER, SECRET);
        users.addRole(USER, "all");
        broker = new EmbeddedActiveMQ();
        broker.setSecurityManager(new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users));
        broker.setConfiguration(new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(true)
                .setJournalDirectory(servers.resolve("journal").toString())
                .addAcceptorConfiguration("all", "tcp://127.0.0.1:" + brokerPort + "?protocols=CORE,AMQP")
                .addAddressConfiguration(new CoreAddressConfiguration()
                        .setName("prompts")
                        .addRoutingType(RoutingType.ANYCAST)
                        .addQueueConfiguration(QueueConfiguration.of("prompts").setRoutingType(RoutingType.ANYCAST)))
                .addAddressSetting(
                        "#", new AddressSettings().setAutoCreateAddresses(false).setAutoCreateQueues(false)));
        broker.getConfiguration()
                .putSecurityRoles(
                        "#",
                        Set.of(new Role(
                                "all", true, true, true, true, true, true, true, true, true, true, false, false)));
        broker.start();
    }

    /** /open lets everybody in, /hook/… nobody without a password, and a bucket refuses each key in its own words. */
    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        ASKED_FOR.add(exchange.getRequestMethod() + " " + path);
        boolean known = ("Basic "
                        + Base64.getEncoder().encodeToString((USER + ":" + SECRET).getBytes(StandardCharsets.UTF_8)))
                .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = new byte[0];
        int status = 204;
        if (path.startsWith("/hook") && !known) {
            status = 401;
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
        } else if (path.startsWith("/bucket-")) {
            status = 403;
            String code = path.startsWith("/bucket-denied") ? "AccessDenied" : "InvalidAccessKeyId";
            body = ("<Error><Code>" + code + "</Code><Message>no</Message></Error>").getBytes(StandardCharsets.UTF_8);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterAll
    static void stopServers() throws Exception {
        http.stop(0);
        mail.stop();
        sftp.stop(true);
        broker.stop();
        silent.close();
    }

    @BeforeEach
    void shippedRoutes() throws IOException {
        Bench.copyRoutes(home.resolve("routes"));
    }

    @Test
    void whatIsRightIsOk() throws Exception {
        Path gallery = Files.createDirectory(home.resolve("gallery"));
        destination("gallery", "file:" + gallery, "fileName: \"${variable.key}\"");
        sftp("printer", "/incoming", SECRET);
        broker("jms", "core", "prompts", SECRET);
        broker("amqp", "works", "prompts", SECRET);
        destination("open", httpUri("/open"));
        destination(
                "hook",
                httpUri("/hook"),
                "authMethod: Basic",
                "authUsername: " + USER,
                "authPassword: " + SECRET,
                "authenticationPreemptive: true");
        destination("post", smtp(SECRET));
        source("orders", "imap:127.0.0.1:" + mail.getImap().getPort(), "username: " + USER, "password: " + SECRET);
        source("inbox", "file:" + gallery);

        Map<String, Finding> found = examine(PATIENCE);

        assertThat(found.values()).extracting(Finding::severity).containsOnly(Severity.OK);
        assertThat(found.keySet())
                .containsExactlyInAnyOrder(
                        "destination gallery",
                        "destination printer",
                        "destination core",
                        "source from-core",
                        "destination works",
                        "source from-works",
                        "destination open",
                        "destination hook",
                        "destination post",
                        "source orders",
                        "source inbox");
        assertThat(found.get("destination printer").message()).contains("the folder is there");
        assertThat(found.get("source from-works").message()).contains("has the queue; it is empty");
        assertThat(Disk.list(gallery)).isEmpty();
        assertThat(ASKED_FOR).contains("OPTIONS /open").doesNotContain("POST /open");
        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    @Test
    void whatIsWrongIsNamedWithoutASecret() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "no folder");
        destination("gallery", "file:" + file.resolve("pictures"));
        destination("later", "file:" + home.resolve("not/there/yet"));
        sftp("printer", "/incoming", WRONG);
        sftp("folder", "/elsewhere", SECRET, "autoCreate: false");
        broker("jms", "login", "prompts", WRONG);
        broker("amqp", "login2", "prompts", WRONG);
        broker("jms", "missing", "elsewhere", SECRET);
        broker("amqp", "missing2", "elsewhere", SECRET);
        destination("hook", httpUri("/hook"), "authMethod: Basic", "authUsername: " + USER, "authPassword: " + WRONG);
        destination("header", httpUri("/hook"));
        destination("post", smtp(WRONG));
        source("mailbox", "imap:127.0.0.1:" + mail.getImap().getPort(), "username: " + USER, "password: " + WRONG);
        source(
                "mails",
                "imap:127.0.0.1:" + mail.getImap().getPort(),
                "username: " + USER,
                "password: " + SECRET,
                "folderName: Elsewhere");
        s3("keys", "bucket-keys");
        s3("denied", "bucket-denied");

        Map<String, Finding> found = examine(PATIENCE);

        error(found, "destination gallery", "can't be made");
        warning(found, "destination later", home.resolve("not/there/yet") + " is not there; it will be made");
        error(found, "destination printer", "Auth");
        error(found, "destination folder", "no folder");
        for (String login : List.of("login", "login2")) {
            error(found, "destination " + login, "");
            error(found, "source from-" + login, "");
        }
        for (String queue : List.of("missing", "missing2")) {
            error(found, "destination " + queue, "has no queue elsewhere");
            error(found, "source from-" + queue, "has no queue elsewhere");
        }
        error(found, "destination hook", "does not let us in (401");
        warning(found, "destination header", "wants a login (401");
        error(found, "destination post", "does not let us in");
        error(found, "source mailbox", "does not let us in");
        error(found, "source mails", "has no folder Elsewhere");
        error(found, "destination keys", "the keys are refused (InvalidAccessKeyId)");
        warning(found, "destination denied", "may not be listed");
        assertThat(found.toString()).doesNotContain(SECRET).doesNotContain(WRONG);
        assertThat(home.resolve("not")).doesNotExist();
        assertThat(found.values())
                .allSatisfy(finding -> assertThat(finding.remedy()).isNotEmpty());
    }

    @Test
    void whereNobodyListensIsSaid() throws Exception {
        everywhere(nobody);
        Map<String, Finding> found = examine(PATIENCE);

        assertThat(found).hasSize(7);
        assertThat(found.values()).allSatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.message()).doesNotContain("no answer within").doesNotContain(SECRET);
        });
    }

    @Test
    void aServerThatDoesNotAnswerHoldsUpNobody() throws Exception {
        everywhere(silent.getLocalPort());
        Instant began = Instant.now();
        Map<String, Finding> found = examine(Duration.ofSeconds(2));

        assertThat(found).hasSize(7);
        assertThat(found.values()).allSatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.message()).contains("no answer within 2 s");
        });
        assertThat(Duration.between(began, Instant.now())).isLessThan(PATIENCE);
    }

    @Test
    void aWayThroughOtherRoutesIsFound() throws Exception {
        destination("far", "direct:further");
        routes.add("""
                - route:
                    id: further
                    from:
                      uri: direct:further
                      steps:
                        - choice:
                            when:
                              - expression: {simple: {expression: "${variable.lane} == 'a'"}}
                                steps:
                                  - to: {uri: "%s"}
                            otherwise:
                              steps:
                                - toD: {uri: "%s/${variable.name}"}
                """.formatted(httpUri("/open"), httpUri("/each")));

        assertThat(examineAll(PATIENCE))
                .extracting(Finding::message)
                .satisfiesExactlyInAnyOrder(
                        message -> assertThat(message).contains("/open: answers (204 to OPTIONS)"),
                        message -> assertThat(message)
                                .contains("not examined, as its address is made for each output", "/each"));
    }

    @Test
    void theRecipeForAFolderNamesTheFolder() throws Exception {
        String recipe = Files.readString(Path.of("routes/recipes/folder.camel.yaml"));
        routes.add(recipe.replace("/mnt/gallery", home.resolve("mnt/gallery").toString()));

        warning(examine(PATIENCE), "destination gallery", home.resolve("mnt/gallery") + " is not there");
        Files.createDirectories(home.resolve("mnt/gallery"));
        assertThat(examine(PATIENCE).get("destination gallery").message())
                .isEqualTo(home.resolve("mnt/gallery") + " is there, and can be written to");
    }

    @Test
    void aBucketIsThereOrNot() throws Exception {
        try (S3Mock s3 = new S3Mock(Files.createDirectory(home.resolve("s3"))).start()) {
            s3("right", S3Mock.BUCKET, s3.url().toString());
            s3("wrong", "nobodys-bucket", s3.url().toString());
            Map<String, Finding> found = examine(PATIENCE);

            assertThat(found.get("destination right").severity()).isEqualTo(Severity.OK);
            error(found, "destination wrong", "there is no bucket nobodys-bucket");
            assertThat(s3.client().listBuckets().buckets()).hasSize(1);
            assertThat(s3.keys()).isEmpty();
        }
    }

    private static void error(Map<String, Finding> found, String subject, String words) {
        assertThat(found).containsKey(subject);
        assertThat(found.get(subject)).satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.message()).containsIgnoringCase(words);
        });
    }

    private static void warning(Map<String, Finding> found, String subject, String words) {
        assertThat(found).containsKey(subject);
        assertThat(found.get(subject)).satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.message()).contains(words);
        });
    }

    private void everywhere(int port) {
        destination(
                "sftp",
                "sftp:127.0.0.1:" + port + "/incoming",
                "username: " + USER,
                "password: " + SECRET,
                "strictHostKeyChecking: \"no\"",
                "useUserKnownHostsFile: false");
        factory("org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory", "jms", "tcp://127.0.0.1:" + port);
        destination("jms", "jms:queue:prompts", "connectionFactory: \"#bean:jms\"");
        destination("kafka", "kafka:prompts", "brokers: 127.0.0.1:" + port);
        destination("http", "http:127.0.0.1:" + port + "/pictures");
        destination("smtp", "smtp:127.0.0.1:" + port, "username: " + USER, "password: " + SECRET);
        source("imap", "imap:127.0.0.1:" + port, "username: " + USER, "password: " + SECRET);
        s3("s3", "bucket", "http://127.0.0.1:" + port);
    }

    private static String httpUri(String path) {
        return "http:127.0.0.1:" + http.getAddress().getPort() + path;
    }

    private static String smtp(String password) {
        return "smtp:127.0.0.1:" + mail.getSmtp().getPort() + "?username=" + USER + "&password=RAW(" + password
                + ")&to=someone@example.org";
    }

    private void sftp(String name, String folder, String password, String... more) {
        List<String> options = new ArrayList<>(List.of(
                "username: " + USER,
                "password: " + password,
                "strictHostKeyChecking: \"no\"",
                "useUserKnownHostsFile: false"));
        options.addAll(List.of(more));
        destination(name, "sftp:127.0.0.1:" + sftp.getPort() + folder, options.toArray(String[]::new));
    }

    /** A destination and a source. */
    private void broker(String scheme, String name, String queue, String password) {
        boolean core = scheme.equals("jms");
        factory(
                core
                        ? "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory"
                        : "org.apache.qpid.jms.JmsConnectionFactory",
                name,
                (core ? "tcp" : "amqp") + "://127.0.0.1:" + brokerPort);
        String[] options = {"connectionFactory: \"#bean:" + name + "\"", "username: " + USER, "password: " + password};
        destination(name, scheme + ":queue:" + queue, options);
        source("from-" + name, scheme + ":queue:" + queue, options);
    }

    private void factory(String type, String name, String url) {
        routes.add("""
                - beans:
                    - name: %s
                      type: %s
                      constructors:
                        0: %s
                """.formatted(name, type, url));
    }

    private void s3(String name, String bucket) {
        s3(name, bucket, "http://127.0.0.1:" + http.getAddress().getPort());
    }

    private void s3(String name, String bucket, String url) {
        destination(
                name,
                "aws2-s3:" + bucket,
                "region: us-east-1",
                "overrideEndpoint: true",
                "uriEndpointOverride: " + url,
                "forcePathStyle: true",
                "autoCreateBucket: false",
                "accessKey: someone",
                "secretKey: " + SECRET);
    }

    private void destination(String name, String uri, String... options) {
        routes.add("- route:\n    id: " + name + "\n    from:\n      uri: outbox:" + name + "\n      steps:\n"
                + "        - to:\n            uri: \"" + uri + "\"\n"
                + parameters("            ", options));
    }

    private void source(String name, String uri, String... options) {
        routes.add("- route:\n    id: " + name + "\n    from:\n      uri: \"" + uri + "\"\n"
                + parameters("      ", options) + "      steps:\n        - to: {uri: direct:accept}\n");
    }

    private static String parameters(String indent, String... options) {
        return options.length == 0
                ? ""
                : indent + "parameters:\n" + indent + "  " + String.join("\n" + indent + "  ", options) + "\n";
    }

    /** By their subjects. */
    private Map<String, Finding> examine(Duration patience) throws Exception {
        Map<String, Finding> found = new TreeMap<>();
        for (Finding finding : examineAll(patience)) {
            assertThat(found.put(finding.subject(), finding)).isNull();
        }
        return found;
    }

    private List<Finding> examineAll(Duration patience) throws Exception {
        Files.writeString(home.resolve("routes/own.camel.yaml"), String.join("\n", routes));
        Settings settings = Settings.load(
                new Settings.Sources(home, home, null, Map.of(), Map.of(), Map.of(Setting.HEALTH_PORT, "0")));
        List<Finding> findings = new ArrayList<>();
        Optional<RouteProblem> problem = RouteCheck.look(settings, context -> {
            try {
                findings.addAll(FarSides.examine(context, patience));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(problem).isEmpty();
        return findings;
    }
}
