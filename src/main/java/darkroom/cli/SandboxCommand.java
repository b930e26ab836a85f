package darkroom.cli;

import darkroom.sandbox.Extension;
import darkroom.sandbox.SandboxSettings;
import darkroom.sandbox.SandboxWebUi;
import darkroom.settings.SettingsException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code darkroom sandbox}. */
@Command(
        description =
                "Runs a WebUI without a model or a GPU: AUTOMATIC1111's API with its quirks, and pictures that are"
                        + " drawn. For trying things out, and for measuring.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  darkroom sandbox --port 7860 --api-auth me:secret --per-step 50",
            "  curl -u me:secret http://127.0.0.1:7860/sdapi/v1/samplers",
        })
final class SandboxCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65535;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            defaultValue = "7860",
            description =
                    "Where it listens, on 127.0.0.1 unless --host says otherwise; 0 for any. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "The address it listens on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Where it keeps outputs/ and config.json; a temporary folder if not given.")
    private @Nullable Path data;

    @Option(
            names = "--api-auth",
            paramLabel = "USER:PASSWORD",
            description = "Who may use the API; everybody if not given.")
    private @Nullable String auth;

    @Option(names = "--no-api", description = "Behave as a WebUI that was started without --api.")
    private boolean noApi;

    @Option(names = "--ui", description = "Behave as a WebUI with its user interface: /internal/*, /file=.")
    private boolean ui;

    @Option(
            names = "--per-step",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Milliseconds that a step takes. Default: ${DEFAULT-VALUE}.")
    private int perStep;

    @Option(
            names = "--per-picture",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Milliseconds that a picture takes, whatever its steps. Default: ${DEFAULT-VALUE}.")
    private int perPicture;

    @Option(
            names = "--encode",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Milliseconds that encoding a picture takes, outside the lock. Default: ${DEFAULT-VALUE}.")
    private int encode;

    @Option(
            names = "--picture-bytes",
            paramLabel = "N",
            defaultValue = "0",
            description = "Bytes that a picture is filled up to; 0 for as it comes. Default: ${DEFAULT-VALUE}.")
    private long pictureBytes;

    @Option(names = "--plain", description = "Plain pictures, which cost next to nothing to draw.")
    private boolean plain;

    @Option(names = "--no-gzip", description = "Do not compress, whoever asks for it.")
    private boolean noGzip;

    @Option(
            names = "--gpu-pixels",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Pixels that its card has room for at a time (batch_size x width x height, after the second pass);"
                            + " more is answered with 500, out of memory. 0 for a CPU. Default: ${DEFAULT-VALUE}.")
    private long gpuPixels;

    @Option(
            names = "--extension",
            paramLabel = "NAME",
            description = "An extension that it has, ${COMPLETION-CANDIDATES}; may be given more than once.")
    private Extension[] extensions = {};

    @Option(
            names = "--faults",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Share of the generations that something goes wrong with, from 0 to 1: errors, broken connections,"
                            + " cut answers, a full card, silence. Default: ${DEFAULT-VALUE}.")
    private double faults;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides which of them, and how. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() throws InterruptedException, SettingsException {
        CountDownLatch stopped = new CountDownLatch(1);
        try (SandboxWebUi sandbox = start()) {
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "stop"));
            System.out.println("sandbox WebUI at " + sandbox.url() + ", outputs in " + sandbox.dataFolder());
            stopped.await();
        }
        return Darkroom.OK;
    }

    private SandboxWebUi start() throws SettingsException {
        if (port < 0 || port > MAX_PORT) {
            throw new SettingsException(
                    List.of("--port is " + port + "; use one from 1 to " + MAX_PORT + ", or 0 for any"));
        }
        if (!(faults >= 0 && faults <= 1)) {
            throw new SettingsException(List.of("--faults is " + faults + "; use a share from 0 to 1"));
        }
        try {
            return SandboxWebUi.start(settings());
        } catch (UncheckedIOException e) {
            String hint = e.getCause() instanceof SocketException
                    ? " on " + host + ":" + port + "; use another --port, or 0 for any"
                    : "";
            throw new SettingsException(List.of(e.getMessage() + hint));
        }
    }

    private SandboxSettings settings() {
        SandboxSettings settings = SandboxSettings.defaults()
                .withHost(host)
                .withPort(port)
                .withApi(!noApi)
                .withMode(ui ? SandboxSettings.Mode.UI : SandboxSettings.Mode.API_ONLY)
                .withTimePerStep(Duration.ofMillis(perStep))
                .withTimePerPicture(Duration.ofMillis(perPicture))
                .withTimeToEncode(Duration.ofMillis(encode))
                .withPictureBytes(pictureBytes)
                .withPlainPictures(plain)
                .withGzip(!noGzip)
                .withGpuPixels(gpuPixels)
                .withExtensions(extensions)
                .withFaults(faults, seed);
        if (data != null) {
            settings = settings.withDataFolder(data.toAbsolutePath());
        }
        return auth == null ? settings : withAuth(settings, auth);
    }

    private SandboxSettings withAuth(SandboxSettings settings, String userAndPassword) {
        int colon = userAndPassword.indexOf(':');
        if (colon < 1 && spec != null) {
            throw new ParameterException(spec.commandLine(), "--api-auth takes USER:PASSWORD");
        }
        return settings.withCredentials(userAndPassword.substring(0, colon), userAndPassword.substring(colon + 1));
    }
}
