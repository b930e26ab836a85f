package darkroom.camel.component;

import darkroom.job.OutOfMemory;
import darkroom.job.Save;
import darkroom.picture.Look;
import darkroom.webui.Check;
import darkroom.webui.MountedOutputs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.apache.camel.spi.UriPath;
import org.jspecify.annotations.Nullable;

/** The options of {@code webui:}, for the component and for each endpoint. */
@UriParams
public class WebuiConfiguration implements Cloneable {
    @UriPath(description = "What to do")
    @Metadata(required = true)
    private WebuiOperation operation = WebuiOperation.generate;

    @UriParam(
            defaultValue = "http://127.0.0.1:7860",
            description =
                    "Address of the WebUI, with its sub-path if it has one. Several with commas between them share the work")
    private String url = "http://127.0.0.1:7860";

    @UriParam(
            description =
                    "A YAML file that says which WebUIs share the work, and what each is given. It is read again when it"
                            + " changes; while there is none the URL counts")
    private @Nullable String backends;

    @UriParam(label = "security", secret = true, description = "User name for Basic authentication (--api-auth)")
    private @Nullable String authUsername;

    @UriParam(
            label = "security",
            secret = true,
            description = "Password for Basic authentication, which is sent with every request")
    private @Nullable String authPassword;

    @UriParam(
            defaultValue = "2",
            description = "Requests that may be under way at one WebUI at a time, over all endpoints of the context."
                    + " One is worked on, the next lies ready")
    private int inFlight = 2;

    @UriParam(label = "advanced", defaultValue = "10000", description = "Milliseconds until a connection must be made")
    private long connectTimeout = 10_000;

    @UriParam(
            label = "advanced",
            defaultValue = "7200000",
            description =
                    "Milliseconds that an answer may be silent. It counts the wait for other requests and the loading of"
                            + " a checkpoint as well")
    private long responseTimeout = 7_200_000;

    @UriParam(
            label = "advanced",
            defaultValue = "1800000",
            description = "Milliseconds that an answer may take from its headers to its end")
    private long answerTimeout = 1_800_000;

    @UriParam(label = "advanced", defaultValue = "17179869184", description = "Most bytes of one answer")
    private long maxAnswer = 1L << 34;

    @UriParam(label = "advanced", defaultValue = "2147483648", description = "Most bytes of one picture")
    private long maxPicture = 1L << 31;

    @UriParam(
            label = "advanced",
            defaultValue = "30000",
            description =
                    "Milliseconds between two lines of progress in the log for a task that takes long; 0 for none")
    private long progress = 30_000;

    @UriParam(
            label = "advanced",
            defaultValue = "600000",
            description =
                    "Milliseconds without a step or another sign of progress after which a task is given up that the"
                            + " WebUI works on; 0 for never")
    private long stall = 600_000;

    @UriParam(
            label = "advanced",
            defaultValue = "3",
            description = "How often the WebUI may go away while it works on a task until that is not sent again")
    private int mostCrashes = 3;

    @UriParam(
            label = "advanced",
            defaultValue = "5",
            description =
                    "Failures in a row after which nothing is sent to the WebUI for a while; a task that fails again"
                            + " and again counts once; 0 for never")
    private int breakerFailures = 5;

    @UriParam(
            label = "advanced",
            defaultValue = "1000",
            description =
                    "Milliseconds for which nothing is sent to a WebUI that fails, before the first try; twice as long"
                            + " after each one that fails")
    private long breakerPause = 1000;

    @UriParam(label = "advanced", defaultValue = "5000", description = "What these pauses grow to")
    private long breakerLongestPause = 5_000;

    @UriParam(
            label = "advanced",
            defaultValue = "false",
            description =
                    "Nobody else uses this WebUI. Then a cancelled task is interrupted also where the WebUI can't be"
                            + " asked whether it works on it")
    private boolean exclusive;

    @UriParam(
            label = "advanced",
            description = "While there is a file of this name no request is begun; those under way go on")
    private @Nullable String pauseFile;

    @UriParam(
            defaultValue = "AUTOMATIC",
            description =
                    "How the WebUI comes to have loaded what a task names: its options are changed once for all that name the same"
                            + " (KEEP), each task overrides them (OVERRIDE), or as is best for the program that it is (AUTOMATIC)")
    private CheckpointPolicy checkpoint = CheckpointPolicy.AUTOMATIC;

    @UriParam(
            label = "advanced",
            defaultValue = "STOP",
            description =
                    "When it gets back what it had loaded: never, when it is paused, drained or taken away (PAUSE), or also when"
                            + " the context stops (STOP)")
    private GiveBack giveBack = GiveBack.STOP;

    @UriParam(
            label = "advanced",
            defaultValue = "0",
            description = "Milliseconds without a task after which it gets that back as well; 0 for never")
    private long giveBackAfter;

    @UriParam(
            label = "advanced",
            description =
                    "A folder in which it is written down what WebUIs are to be given back, so that it outlives the process")
    private @Nullable String loans;

    @UriParam(
            label = "advanced",
            description = "What follows from a difference between what was asked and what came, such as"
                    + " sampler=warn,size=off; what is not named is refused, but flat, which is off")
    private String checks = "";

    @UriParam(
            defaultValue = "FETCH",
            description =
                    "Which way pictures take if neither the job nor its payload says so: sent by the WebUI (FETCH),"
                            + " saved by it in its outputs folder, which is mounted here (MOUNTED), or from which they are"
                            + " downloaded (DOWNLOAD), or both sent and saved (BOTH)")
    private Save save = Save.FETCH;

    @UriParam(
            defaultValue = "FAIL",
            description =
                    "What is done if the GPU has not enough memory for a task that does not say it itself: it fails (FAIL), or"
                            + " its pictures are made in smaller batches (SMALLER_BATCH)")
    private OutOfMemory outOfMemory = OutOfMemory.FAIL;

    @UriParam(description = "Where the outputs folder of the WebUI is mounted here")
    private @Nullable String outputs;

    @UriParam(
            label = "advanced",
            description = "Where that folder is for the WebUI; for the message that it is mounted wrong")
    private @Nullable String outputsOnServer;

    @UriParam(
            label = "advanced",
            defaultValue = "COPY",
            description =
                    "What becomes of the WebUI's own file: it is copied, moved, linked to, or left where it is and"
                            + " not published")
    private MountedOutputs.Take take = MountedOutputs.Take.COPY;

    @UriParam(
            label = "advanced",
            defaultValue = "10000",
            description = "Milliseconds that a saved file may take to appear in the mounted folder")
    private long outputsTimeout = 10_000;

    /** The {@link #getOutputs outputs} of the WebUI; null if they are not mounted here. */
    @Nullable
    MountedOutputs mountedOutputs() {
        return outputs == null || outputs.isEmpty()
                ? null
                : new MountedOutputs(
                        Path.of(outputs),
                        outputsOnServer == null ? "" : outputsOnServer,
                        take,
                        Duration.ofMillis(outputsTimeout),
                        look());
    }

    /** How pictures of answers are looked at: their pixels are unpacked only for the check that needs them. */
    Look look() {
        Check.Level flat = levels().getOrDefault(Check.FLAT, Check.FLAT.fallback());
        return new Look(maxPicture, flat != Check.Level.OFF);
    }

    WebuiConfiguration copy() {
        try {
            return (WebuiConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    /** The {@link #getChecks checks} by what they are about. */
    Map<Check, Check.Level> levels() {
        Map<Check, Check.Level> levels = new EnumMap<>(Check.class);
        for (String part : checks.split(",", -1)) {
            if (!part.isBlank()) {
                String[] pair = part.strip().toUpperCase(Locale.ROOT).split("=", -1);
                if (pair.length != 2) {
                    throw new IllegalArgumentException("'" + part.strip() + "' is not of the form sampler=warn");
                }
                levels.put(Check.valueOf(pair[0]), Check.Level.valueOf(pair[1]));
            }
        }
        return levels;
    }

    public WebuiOperation getOperation() {
        return operation;
    }

    /** What to do. */
    public void setOperation(WebuiOperation operation) {
        this.operation = operation;
    }

    public String getUrl() {
        return url;
    }

    /** Address of the WebUI, with its sub-path if it has one, or several with commas between them. */
    public void setUrl(String url) {
        this.url = url;
    }

    public @Nullable String getBackends() {
        return backends;
    }

    /** A file that says which WebUIs share the work; null if the URL does. */
    public void setBackends(@Nullable String backends) {
        this.backends = backends;
    }

    public @Nullable String getAuthUsername() {
        return authUsername;
    }

    /** User name for Basic authentication. */
    public void setAuthUsername(@Nullable String authUsername) {
        this.authUsername = authUsername;
    }

    public @Nullable String getAuthPassword() {
        return authPassword;
    }

    /** Password for Basic authentication. */
    public void setAuthPassword(@Nullable String authPassword) {
        this.authPassword = authPassword;
    }

    public int getInFlight() {
        return inFlight;
    }

    /** Requests that may be under way at one WebUI at a time. */
    public void setInFlight(int inFlight) {
        this.inFlight = inFlight;
    }

    public long getConnectTimeout() {
        return connectTimeout;
    }

    /** Milliseconds until a connection must be made. */
    public void setConnectTimeout(long connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public long getResponseTimeout() {
        return responseTimeout;
    }

    /** Milliseconds that an answer may be silent. */
    public void setResponseTimeout(long responseTimeout) {
        this.responseTimeout = responseTimeout;
    }

    public long getAnswerTimeout() {
        return answerTimeout;
    }

    /** Milliseconds that an answer may take from its headers to its end. */
    public void setAnswerTimeout(long answerTimeout) {
        this.answerTimeout = answerTimeout;
    }

    public long getMaxAnswer() {
        return maxAnswer;
    }

    /** Most bytes of one answer, as it comes. */
    public void setMaxAnswer(long maxAnswer) {
        this.maxAnswer = maxAnswer;
    }

    public long getMaxPicture() {
        return maxPicture;
    }

    /** Most bytes of one picture. */
    public void setMaxPicture(long maxPicture) {
        this.maxPicture = maxPicture;
    }

    public long getProgress() {
        return progress;
    }

    /** Milliseconds between two lines of progress in the log; 0 for none. */
    public void setProgress(long progress) {
        this.progress = progress;
    }

    @Nullable
    public String getPauseFile() {
        return pauseFile;
    }

    /** While there is a file of this name no request is begun; null for never. */
    public void setPauseFile(@Nullable String pauseFile) {
        this.pauseFile = pauseFile;
    }

    public long getStall() {
        return stall;
    }

    /** Milliseconds without a sign of progress after which a task is given up; 0 for never. */
    public void setStall(long stall) {
        this.stall = stall;
    }

    public int getMostCrashes() {
        return mostCrashes;
    }

    /** How often the WebUI may go away while it works on a task until that is not sent again. */
    public void setMostCrashes(int mostCrashes) {
        this.mostCrashes = mostCrashes;
    }

    public int getBreakerFailures() {
        return breakerFailures;
    }

    /** Failures in a row after which nothing is sent to the WebUI for a while; 0 for never. */
    public void setBreakerFailures(int breakerFailures) {
        this.breakerFailures = breakerFailures;
    }

    public long getBreakerPause() {
        return breakerPause;
    }

    /** Milliseconds for which nothing is sent to a WebUI that fails, before the first try. */
    public void setBreakerPause(long breakerPause) {
        this.breakerPause = breakerPause;
    }

    public long getBreakerLongestPause() {
        return breakerLongestPause;
    }

    /** Milliseconds that these pauses grow to. */
    public void setBreakerLongestPause(long breakerLongestPause) {
        this.breakerLongestPause = breakerLongestPause;
    }

    public CheckpointPolicy getCheckpoint() {
        return checkpoint;
    }

    /** How the WebUI comes to have loaded what a task names. */
    public void setCheckpoint(CheckpointPolicy checkpoint) {
        this.checkpoint = checkpoint;
    }

    public GiveBack getGiveBack() {
        return giveBack;
    }

    /** When it gets back what it had loaded. */
    public void setGiveBack(GiveBack giveBack) {
        this.giveBack = giveBack;
    }

    public long getGiveBackAfter() {
        return giveBackAfter;
    }

    /** Milliseconds without a task after which it gets that back as well; 0 for never. */
    public void setGiveBackAfter(long giveBackAfter) {
        this.giveBackAfter = giveBackAfter;
    }

    public @Nullable String getLoans() {
        return loans;
    }

    /** A folder in which it is written down what WebUIs are to be given back; null for in memory alone. */
    public void setLoans(@Nullable String loans) {
        this.loans = loans;
    }

    public boolean isExclusive() {
        return exclusive;
    }

    /** Whether nobody else uses this WebUI. */
    public void setExclusive(boolean exclusive) {
        this.exclusive = exclusive;
    }

    public String getChecks() {
        return checks;
    }

    /** What follows from a difference between what was asked and what came. */
    public void setChecks(String checks) {
        this.checks = checks;
    }

    public Save getSave() {
        return save;
    }

    /** Which way pictures take if nobody says so. */
    public void setSave(Save save) {
        this.save = save;
    }

    public OutOfMemory getOutOfMemory() {
        return outOfMemory;
    }

    /** What is done if the GPU has not enough memory and the task does not say it. */
    public void setOutOfMemory(OutOfMemory outOfMemory) {
        this.outOfMemory = outOfMemory;
    }

    public @Nullable String getOutputs() {
        return outputs;
    }

    /** Where the outputs folder of the WebUI is mounted here. */
    public void setOutputs(@Nullable String outputs) {
        this.outputs = outputs;
    }

    public @Nullable String getOutputsOnServer() {
        return outputsOnServer;
    }

    /** Where that folder is for the WebUI. */
    public void setOutputsOnServer(@Nullable String outputsOnServer) {
        this.outputsOnServer = outputsOnServer;
    }

    public MountedOutputs.Take getTake() {
        return take;
    }

    /** What becomes of the WebUI's own file. */
    public void setTake(MountedOutputs.Take take) {
        this.take = take;
    }

    public long getOutputsTimeout() {
        return outputsTimeout;
    }

    /** Milliseconds that a saved file may take to appear in the mounted folder. */
    public void setOutputsTimeout(long outputsTimeout) {
        this.outputsTimeout = outputsTimeout;
    }
}
