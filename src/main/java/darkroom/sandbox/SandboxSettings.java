package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a sandbox WebUI was "launched": the command-line flags of a real one, plus the speed and size of its pictures.
 *
 * <p>Immutable: each {@code with…} answers a changed copy.
 */
public final class SandboxSettings implements Cloneable {
    /** Which of its two servers the WebUI runs. */
    public enum Mode {
        /** As with {@code --nowebui}: nothing but {@code /sdapi/v1}. */
        API_ONLY,
        /** As with {@code --api}: also {@code /internal/*}, {@code /file=}, {@code /app_id} and a page at {@code /}. */
        UI
    }

    // Assigned only by with(), before the copy is anybody else's.
    private String host = "127.0.0.1";
    private int port = 0;
    private String subpath = "";
    private @Nullable SSLContext tls;
    private @Nullable Path dataFolder;
    private String serverRoot = "/stable-diffusion-webui";
    private Mode mode = Mode.UI;
    private boolean api = true;
    private Map<String, String> credentials = Map.of();
    private boolean gradioAuth = false;
    private boolean freezeSettings = false;
    private boolean hideUiDirConfig = false;
    private List<Checkpoint> checkpoints =
            List.of(Checkpoint.named("sandboxDawn.safetensors"), Checkpoint.named("sandboxDusk.safetensors"));
    private Set<String> unloadable = Set.of();
    private boolean loadsBack = false;
    private Map<String, JsonNode> lists = Map.of();
    private List<Extension> extensions = List.of();
    private Duration timePerStep = Duration.ZERO;
    private Duration timePerPicture = Duration.ZERO;
    private Duration timePerLoad = Duration.ZERO;
    private Duration timeToEncode = Duration.ZERO;
    private boolean plainPictures = false;
    private long pictureBytes = 0;
    private boolean gzip = true;
    private long gpuPixels = 0;
    private double faults = 0;
    private long seed = 0;

    private SandboxSettings() {}

    /** A WebUI on any free port of 127.0.0.1 that answers as fast as it can and forgets everything when closed. */
    public static SandboxSettings defaults() {
        return new SandboxSettings();
    }

    /** The name or address to listen on; {@code 127.0.0.1} unless said otherwise. */
    public SandboxSettings withHost(String host) {
        return with(copy -> copy.host = host);
    }

    /** The port to listen on; 0, the default, is any free one. */
    public SandboxSettings withPort(int port) {
        return with(copy -> copy.port = port);
    }

    /** Answers only below this path, e.g. {@code /sd}, as a WebUI behind a reverse proxy does; {@code ""} is none. */
    public SandboxSettings withSubpath(String subpath) {
        if (!subpath.isEmpty() && (!subpath.startsWith("/") || subpath.endsWith("/"))) {
            throw new IllegalArgumentException("'" + subpath + "' is not a path such as /sd");
        }
        return with(copy -> copy.subpath = subpath);
    }

    /** Speaks HTTPS with the key of this context ({@code --tls-keyfile}); null, the default, is plain HTTP. */
    public SandboxSettings withTls(@Nullable SSLContext tls) {
        return with(copy -> copy.tls = tls);
    }

    /**
     * Where {@code outputs/} and {@code config.json} are, and stay; made if missing. Without one a temporary folder is
     * used, which is deleted when the sandbox is closed.
     */
    public SandboxSettings withDataFolder(Path dataFolder) {
        return with(copy -> copy.dataFolder = dataFolder);
    }

    /**
     * Where the server itself believes its data folder to be, e.g. {@code /stable-diffusion-webui}: the path inside its
     * container, which options, errors and file names use. What it writes below this path appears in the data folder.
     */
    public SandboxSettings withServerRoot(String serverRoot) {
        if (!serverRoot.matches("(/[^/]+)+")) {
            throw new IllegalArgumentException(
                    "'" + serverRoot + "' is not an absolute path without a slash at its end");
        }
        return with(copy -> copy.serverRoot = serverRoot);
    }

    /** UI unless said otherwise. */
    public SandboxSettings withMode(Mode mode) {
        return with(copy -> copy.mode = mode);
    }

    /** False: the server is up, but started without {@code --api}, so that every {@code /sdapi} path is 404. */
    public SandboxSettings withApi(boolean api) {
        return with(copy -> copy.api = api);
    }

    /** Adds an account ({@code --api-auth user:password}). Without any the API is open. */
    public SandboxSettings withCredentials(String user, String password) {
        var all = new LinkedHashMap<>(credentials);
        all.put(user, password);
        return with(copy -> copy.credentials = all);
    }

    /** As {@code --gradio-auth}: files are handed out after a login only, for which there is no page here. */
    public SandboxSettings withGradioAuth(boolean gradioAuth) {
        return with(copy -> copy.gradioAuth = gradioAuth);
    }

    /** As {@code --freeze-settings}: any override and any change of an option is refused with 500 (captures 625-628). */
    public SandboxSettings withFreezeSettings(boolean freezeSettings) {
        return with(copy -> copy.freezeSettings = freezeSettings);
    }

    /** As {@code --hide-ui-dir-config}: overrides of names and folders are ignored, or end in 500 (captures 620-624). */
    public SandboxSettings withHideUiDirConfig(boolean hideUiDirConfig) {
        return with(copy -> copy.hideUiDirConfig = hideUiDirConfig);
    }

    /** The models it has; the first is loaded at the start. At least one. */
    public SandboxSettings withCheckpoints(Checkpoint... checkpoints) {
        if (checkpoints.length == 0) {
            throw new IllegalArgumentException("a sandbox needs a checkpoint");
        }
        return with(copy -> copy.checkpoints = List.of(checkpoints));
    }

    /** Of these the loading fails, as of files that are broken, though they are listed. */
    public SandboxSettings withUnloadable(Checkpoint... checkpoints) {
        return with(copy -> copy.unloadable =
                Arrays.stream(checkpoints).map(Checkpoint::fileName).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * As SD.Next does: after each generation that overrides the checkpoint the one of the options is loaded again, at once
     * and inside the lock; and {@code /sdapi/v1/version} answers, by which that program is known. Else the next generation
     * loads what it needs, as in A1111.
     */
    public SandboxSettings withLoadsBack(boolean loadsBack) {
        return with(copy -> copy.loadsBack = loadsBack);
    }

    /**
     * What a list answers instead of what a freshly installed server would, e.g. {@code /sdapi/v1/loras}. Samplers,
     * schedulers, upscalers and prompt styles are then used from there, too.
     *
     * @param path one of those that a GET answers with a list
     * @param json the answer
     */
    public SandboxSettings withList(String path, JsonNode json) {
        var all = new LinkedHashMap<>(lists);
        all.put(path, json.deepCopy());
        return with(copy -> copy.lists = all);
    }

    /** The extensions that are installed; none unless said otherwise. */
    public SandboxSettings withExtensions(Extension... extensions) {
        return with(copy -> copy.extensions = List.of(extensions));
    }

    /** The time that one sampling step of one picture takes, while the lock is held. */
    public SandboxSettings withTimePerStep(Duration timePerStep) {
        return with(copy -> copy.timePerStep = timePerStep);
    }

    /** The time that one picture takes beside its steps (decoding it), while the lock is held. */
    public SandboxSettings withTimePerPicture(Duration timePerPicture) {
        return with(copy -> copy.timePerPicture = timePerPicture);
    }

    /** The time that loading another checkpoint takes, while the lock is held. */
    public SandboxSettings withTimePerLoad(Duration timePerLoad) {
        return with(copy -> copy.timePerLoad = timePerLoad);
    }

    /** The time between the release of the lock and the first byte of the answer. */
    public SandboxSettings withTimeToEncode(Duration timeToEncode) {
        return with(copy -> copy.timeToEncode = timeToEncode);
    }

    /** True: a flat gradient, drawn in next to no time, for measuring what is not the sandbox. */
    public SandboxSettings withPlainPictures(boolean plainPictures) {
        return with(copy -> copy.plainPictures = plainPictures);
    }

    /**
     * Pads each PNG, sent or saved, with noise to about this many bytes; 0 does not. The noise is made while it is
     * written, so that a picture of 400 MB needs no memory.
     */
    public SandboxSettings withPictureBytes(long pictureBytes) {
        return with(copy -> copy.pictureBytes = pictureBytes);
    }

    /**
     * How many pixels the card has room for at a time: {@code batch_size} x width x height, in the larger of two passes. More
     * is answered with 500 {@code OutOfMemoryError} when its turn comes, and {@code /sdapi/v1/memory} tells of a card. 0, the
     * default, is a CPU with room for single pictures of any usual size.
     */
    public SandboxSettings withGpuPixels(long gpuPixels) {
        return with(copy -> copy.gpuPixels = gpuPixels);
    }

    /** Whether answers of 1000 bytes or more are compressed for those who accept gzip, as the WebUI does; true. */
    public SandboxSettings withGzip(boolean gzip) {
        return with(copy -> copy.gzip = gzip);
    }

    /**
     * Lets something go wrong with this share of the generations, by chance: see {@link RandomFaults}. Faults that are
     * asked for one by one come first.
     *
     * @param faults 0, the default, for none; 1 for all
     * @param seed decides which, by their order
     */
    public SandboxSettings withFaults(double faults, long seed) {
        if (!(faults >= 0 && faults <= 1)) {
            throw new IllegalArgumentException("a share of " + faults + " is not between 0 and 1");
        }
        return with(copy -> {
            copy.faults = faults;
            copy.seed = seed;
        });
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    String subpath() {
        return subpath;
    }

    @Nullable
    SSLContext tls() {
        return tls;
    }

    @Nullable
    Path dataFolder() {
        return dataFolder;
    }

    String serverRoot() {
        return serverRoot;
    }

    boolean ui() {
        return mode == Mode.UI;
    }

    boolean api() {
        return api;
    }

    Map<String, String> credentials() {
        return credentials;
    }

    boolean gradioAuth() {
        return gradioAuth;
    }

    boolean freezeSettings() {
        return freezeSettings;
    }

    boolean hideUiDirConfig() {
        return hideUiDirConfig;
    }

    List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    boolean canLoad(Checkpoint checkpoint) {
        return !unloadable.contains(checkpoint.fileName());
    }

    boolean loadsBack() {
        return loadsBack;
    }

    Map<String, JsonNode> lists() {
        return lists;
    }

    List<Extension> extensions() {
        return extensions;
    }

    Duration timePerStep() {
        return timePerStep;
    }

    Duration timePerPicture() {
        return timePerPicture;
    }

    Duration timePerLoad() {
        return timePerLoad;
    }

    Duration timeToEncode() {
        return timeToEncode;
    }

    boolean plainPictures() {
        return plainPictures;
    }

    long pictureBytes() {
        return pictureBytes;
    }

    boolean gzip() {
        return gzip;
    }

    long gpuPixels() {
        return gpuPixels;
    }

    double faults() {
        return faults;
    }

    long seed() {
        return seed;
    }

    private SandboxSettings with(Consumer<SandboxSettings> change) {
        try {
            var copy = (SandboxSettings) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
