package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import darkroom.check.Finding;
import darkroom.files.Disk;
import darkroom.job.AwayException;
import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Save;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.webui.CheckedAnswer;
import darkroom.webui.Dialect;
import darkroom.webui.ProgressReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/** Examines the WebUIs of a {@code webui:} component by asking them what the service will ask. */
public final class WebuiCheck {
    private static final String API = "/sdapi/v1/";
    private static final int TINY = 64;

    private final WebuiComponent component;
    private final Member member;
    private final WebuiConfiguration options;
    private final Backend backend;
    private final Duration patience;
    private final Consumer<Finding> told;

    private WebuiCheck(WebuiComponent component, Member member, Duration patience, Consumer<Finding> told) {
        this.component = component;
        this.member = member;
        this.patience = patience;
        this.told = told;
        this.backend = component.forQuestions().of(member);
        this.options = backend.configuration();
    }

    /**
     * Examines.
     *
     * @param component as configured; its context is started
     * @param patience how long each may take for a tiny picture, which needs the GPU for a moment; zero for none
     * @param told is told each finding as soon as there is one
     */
    public static void examine(WebuiComponent component, Duration patience, Consumer<Finding> told) {
        List<Member> members = component.forQuestions().pool().members();
        for (Member member : members) {
            new WebuiCheck(component, member, patience, told).examine();
        }
        if (members.stream().noneMatch(member -> member.state() == Member.State.ON)) {
            told.accept(Finding.error(
                    "darkroom.webuis",
                    "all WebUIs are paused or drained, so no picture is made",
                    "write state: on where " + list(component) + " lists one"));
        }
    }

    /** What is wrong with one, if it can't be asked for pictures now. */
    static Optional<Finding> reach(WebuiComponent component, Member member) {
        return new WebuiCheck(component, member, Duration.ZERO, finding -> {}).reach();
    }

    private Optional<Finding> reach() {
        try {
            samplers();
            return Optional.empty();
        } catch (ProblemException e) {
            return Optional.of(error(e.problem()));
        } catch (IOException e) {
            return Optional.of(unreadable(e));
        }
    }

    private void examine() {
        Optional<Finding> rests = rests();
        look(rests.isEmpty() && !patience.isZero());
        rests.ifPresent(told);
    }

    /** One that somebody has said is given nothing may be off, and need not be in order. */
    private void found(Finding finding) {
        boolean mild = member.state() != Member.State.ON && finding.severity() == Finding.Severity.ERROR;
        told.accept(mild ? Finding.warning(finding.subject(), finding.message(), finding.remedy()) : finding);
    }

    /** Why it is given nothing, if somebody has said so. */
    private Optional<Finding> rests() {
        String goOn = "write state: on where " + list(component) + " lists it";
        String paused = "is paused: nothing is sent to it, and it was not asked for a picture";
        String file = component.getConfiguration().getPauseFile();
        return switch (member.state()) {
            case PAUSED -> Optional.of(Finding.warning(options.getUrl(), paused, goOn + ", when it is to go on"));
            case DRAINED ->
                Optional.of(Finding.warning(
                        options.getUrl(),
                        "is drained: nothing more is sent to it, and it was not asked for a picture",
                        "take it off the list; or " + goOn + ", if it is to go on"));
            case ON ->
                backend.leases().isPaused()
                        ? Optional.of(Finding.warning(options.getUrl(), paused, "delete " + file + ", and it goes on"))
                        : Optional.empty();
        };
    }

    private static String list(WebuiComponent component) {
        return String.valueOf(component.getConfiguration().getBackends());
    }

    private void look(boolean picture) {
        try {
            Instant asked = Instant.now();
            int samplers = samplers();
            long latency = Duration.between(asked, Instant.now()).toMillis();
            Dialect dialect = backend.dialect();
            ok("answers after " + latency + " ms: " + dialect.title() + ", " + samplers + " samplers, "
                    + checkpoints());
            flags();
        } catch (ProblemException e) {
            found(error(e.problem()));
            return;
        } catch (IOException e) {
            found(unreadable(e));
            return;
        }
        transport();
        if (picture) {
            tinyPicture();
        }
    }

    private int samplers() throws IOException {
        JsonNode samplers = backend.json(API + "samplers");
        if (!samplers.isArray() || samplers.isEmpty()) {
            throw new IOException("it names no samplers");
        }
        return samplers.size();
    }

    private String checkpoints() {
        JsonNode models = ask(API + "sd-models");
        String current = ask(API + "options").path("sd_model_checkpoint").asText("");
        if (models.isArray() && models.isEmpty()) {
            found(Finding.error(
                    options.getUrl(), "it has no checkpoint", "put one into its models/Stable-diffusion folder"));
        }
        return models.size()
                + (models.size() == 1 ? " checkpoint" : " checkpoints")
                + (current.isEmpty() || current.equals("null") ? "" : ", now " + current);
    }

    private void flags() {
        JsonNode flags = ask(API + "cmd-flags");
        for (String flag : List.of("freeze_settings", "hide_ui_dir_config")) {
            if (flags.path(flag).asBoolean()) {
                warn(
                        "was started with --" + flag.replace('_', '-')
                                + ": pictures that it saves can't be told apart, and" + " are fetched instead",
                        "start it without, to use darkroom.save=mounted or download");
            }
        }
        boolean wide = flags.path("listen").asBoolean()
                || flags.path("server_name").asText("").equals("0.0.0.0")
                || (flags.path("nowebui").asBoolean()
                        && flags.path("server_name").isNull());
        if (wide
                && !flags.isMissingNode()
                && flags.path("api_auth").asText("null").equals("null")) {
            warn(
                    "listens on all interfaces, without a password: whoever reaches it may use it, and read and write"
                            + " files of its machine",
                    "start it with --api-auth user:password, or let only this machine reach it");
        }
    }

    private void transport() {
        URI url = URI.create(options.getUrl());
        boolean local = List.of("127.0.0.1", "localhost", "[::1]").contains(url.getHost());
        if (options.getAuthUsername() != null && "http".equals(url.getScheme()) && !local) {
            warn("gets its password in clear text", "use https, or see that nobody listens in between");
        }
    }

    /** As a job would make it, by the way that jobs take. */
    private void tinyPicture() {
        Save mounted = options.mountedOutputs() == null ? Save.FETCH : Save.MOUNTED;
        Save save = options.getSave() == Save.DOWNLOAD ? Save.DOWNLOAD : mounted;
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("prompt", "a test by darkroom check");
        settings.put("steps", 1);
        settings.put("width", TINY);
        settings.put("height", TINY);
        settings.put("seed", 1);
        Task task = new Task("darkroom-check", 1, 1, Operation.TXT2IMG, save, null, settings, List.of());
        long began = System.nanoTime();
        try {
            Path folder = Files.createTempDirectory("darkroom-check");
            try {
                Generated made = generate(task, folder);
                CheckedAnswer answer = made.answer();
                for (Problem problem : answer.refused()) {
                    found(error(problem));
                }
                for (String warning : answer.warnings()) {
                    warn(warning, "");
                }
                if (answer.refused().isEmpty()) {
                    ok("made a picture of " + TINY + "x" + TINY + " in "
                            + Duration.between(made.sentAt(), made.answeredAt()).toMillis() + " ms" + where(made)
                            + version(made.info()));
                }
                if (save == Save.MOUNTED) {
                    made.answer()
                            .pictures()
                            .forEach(picture -> forget(picture.file().origin()));
                }
            } finally {
                Disk.deleteTree(folder);
            }
        } catch (AwayException e) {
            boolean tooLong = System.nanoTime() - began >= limit().toNanos();
            found(tooLong ? silent() : error(e.problem()));
        } catch (ProblemException e) {
            found(error(e.problem()));
        } catch (Exception e) {
            found(unreadable(e));
        }
    }

    /** How long its picture is waited for: no longer than that of a job would be. */
    private Duration limit() {
        Duration usual = Duration.ofMillis(options.getResponseTimeout());
        return usual.isZero() || usual.compareTo(patience) > 0 ? patience : usual;
    }

    /** It takes requests, and answers none. One that is busy may only have no time for this one. */
    private Finding silent() {
        String within = "made no picture within "
                + (limit().toSeconds() > 0 ? limit().toSeconds() + " s" : limit().toMillis() + " ms");
        String why =
                limit().equals(patience) ? ", the longest that a check waits," : " (darkroom.webui.response-timeout),";
        JsonNode progress = ask(ProgressReport.PATH);
        boolean busy = progress.at("/state/job_count").asInt(0) != 0
                || progress.path("progress").asDouble(0) > 0;
        if (busy) {
            String far = ProgressReport.of(progress)
                    .map(report -> " (" + report.words() + ")")
                    .orElse("");
            return Finding.warning(
                    options.getUrl(),
                    within + why + " and says that it is at work" + far,
                    "check again when it has less to do; if it does not get on, see what its log says");
        }
        return Finding.error(
                options.getUrl(),
                within + why + " and is at work on nothing that it tells of",
                "see what its log says, and start it again; a job would wait as long as darkroom.webui.response-timeout"
                        + " says");
    }

    private static String where(Generated made) {
        return made.answer().pictures().stream()
                .map(picture -> picture.file().origin())
                .filter(origin -> origin != null)
                .findFirst()
                .map(origin -> ", saved it, and it was found: " + origin)
                .orElse(", and sent it");
    }

    /** Removes the WebUI's own file, if it is ours to remove. */
    private static void forget(@Nullable String origin) {
        try {
            if (origin != null) {
                Path saved = Path.of(origin);
                Files.deleteIfExists(saved);
                Disk.pruneEmpty(saved.getParent(), saved.resolveSibling("..").normalize());
            }
        } catch (IOException e) {
            // mounted read-only: it stays
        }
    }

    private static String version(JsonNode info) {
        String version = info.path("version").asText("");
        return version.isEmpty() || version.equals("null") ? "" : " (version " + version + ")";
    }

    private Generated generate(Task task, Path folder) throws Exception {
        CamelContext context = component.getCamelContext();
        WebuiEndpoint endpoint = context.getEndpoint("webui:generate?take=copy", WebuiEndpoint.class);
        WebuiConfiguration copying = endpoint.getConfiguration();
        copying.setResponseTimeout(limit().toMillis());
        // in a pool of its own: among others it would wait for ever for one that takes tasks of no lane
        Producer producer = new WebuiProducer(endpoint, component.alone(member, copying), copying, 1);
        ServiceHelper.startService(producer);
        try {
            Exchange exchange = endpoint.createExchange();
            exchange.getMessage().setBody(Json.mapper().writeValueAsString(task));
            exchange.getMessage().setHeader(WebuiConstants.ATTACHMENTS, folder);
            exchange.getMessage().setHeader(WebuiConstants.PICTURES, folder);
            exchange.getMessage().setHeader(WebuiConstants.ONLY, member.name());
            producer.process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            return exchange.getMessage().getBody(Generated.class);
        } finally {
            ServiceHelper.stopService(producer);
        }
    }

    /** What a path answers; a missing node if it answers an error, or nothing that is JSON. */
    private JsonNode ask(String path) {
        try {
            return backend.json(path);
        } catch (ProblemException | IOException e) {
            return MissingNode.getInstance();
        }
    }

    private void ok(String message) {
        found(Finding.ok(options.getUrl(), message));
    }

    private void warn(String message, String remedy) {
        found(Finding.warning(options.getUrl(), message, remedy));
    }

    private Finding error(Problem problem) {
        return Finding.error(options.getUrl(), problem.message(), problem.hint());
    }

    private Finding unreadable(Exception e) {
        return Finding.error(
                options.getUrl(),
                "what answers there is no Stable Diffusion WebUI: " + e.getMessage(),
                "correct " + backend.saidAt().url() + ", with its sub-path");
    }
}
