package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server is doing, for everybody to see and interrupt: there is one of these, whoever's job is running
 * (captures 011, 224, 370-373, 400-413). Much of it stays as it was after a job has ended.
 */
final class Progress {
    /** How a job is identified in the answers, e.g. {@code 20261121234145}: to the second. */
    static final DateTimeFormatter JOB_TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

    private final Options options;
    private boolean skipped;
    private boolean interrupted;
    private String job = "";
    private int jobCount;
    private int jobNo;
    private String jobTimestamp = "0";
    private int samplingStep;
    private int samplingSteps;
    private @Nullable String textinfo;
    private long started;
    private @Nullable Supplier<Picture> canvas;
    private @Nullable Picture preview;
    private int previewId;
    private int previewStep;

    Progress(Options options) {
        this.options = options;
    }

    /** A job has got the lock. How many batches it has is not known yet. */
    synchronized void begin(String name) {
        skipped = false;
        interrupted = false;
        job = name;
        jobCount = -1;
        jobNo = 0;
        jobTimestamp = LocalDateTime.now(ZoneId.systemDefault()).format(JOB_TIMESTAMP);
        samplingStep = 0;
        textinfo = null;
        started = System.nanoTime();
        canvas = null;
        preview = null;
        previewId = 0;
        previewStep = 0;
    }

    synchronized void end() {
        job = "";
        jobCount = 0;
    }

    synchronized void count(int batches) {
        jobCount = batches;
    }

    synchronized void name(String name) {
        job = name;
    }

    synchronized void say(String text) {
        textinfo = text;
    }

    /** Sampling begins; {@code canvas} draws what would be seen so far. */
    synchronized void sample(int steps, Supplier<Picture> canvas) {
        samplingSteps = steps;
        samplingStep = 0;
        this.canvas = canvas;
    }

    synchronized void step(int step) {
        samplingStep = step;
    }

    synchronized void nextBatch() {
        jobNo++;
        samplingStep = 0;
        previewStep = 0;
    }

    synchronized void interrupt() {
        interrupted = true;
    }

    synchronized void skip() {
        skipped = true;
    }

    synchronized void forgetSkip() {
        skipped = false;
    }

    synchronized boolean interrupted() {
        return interrupted;
    }

    synchronized boolean stopped() {
        return interrupted || skipped;
    }

    synchronized String jobTimestamp() {
        return jobTimestamp;
    }

    /** The answer of GET progress. */
    ObjectNode answer(boolean withPicture) {
        ObjectNode answer = Json.object();
        Picture picture;
        synchronized (this) {
            boolean idle = jobCount == 0;
            double share = 0.01 + share();
            picture = idle ? null : preview();
            answer.put("progress", idle ? 0 : Math.min(1, share));
            answer.put("eta_relative", idle ? 0 : elapsed() / share - elapsed());
            answer.set("state", state());
            answer.putNull("current_image").put("textinfo", textinfo);
        }
        if (picture != null && withPicture) {
            answer.put("current_image", PictureFormat.base64Png(picture));
        }
        return answer;
    }

    /** What POST /internal/progress says of the running task; the preview only if it is another than the known one. */
    void describe(ObjectNode answer, int knownPreview, boolean withPicture) {
        Picture picture = null;
        synchronized (this) {
            double share = share();
            answer.put("progress", Math.min(1, share));
            answer.put("eta", share > 0 ? elapsed() / share - elapsed() : null);
            answer.putNull("live_preview");
            if (withPicture && options.flag("live_previews_enable")) {
                picture = preview();
            }
            boolean isNew = picture != null && previewId != knownPreview;
            answer.put("id_live_preview", isNew ? previewId : knownPreview);
            answer.put("textinfo", textinfo);
            picture = isNew ? picture : null;
        }
        if (picture != null) {
            answer.put("live_preview", "data:image/png;base64," + PictureFormat.base64Png(picture));
        }
    }

    /** Seconds since the job began. */
    private double elapsed() {
        return (System.nanoTime() - started) / 1e9;
    }

    private double share() {
        double share = jobCount > 0 ? (double) jobNo / jobCount : 0;
        return samplingSteps > 0 && jobCount != 0 ? share + 1.0 / jobCount * samplingStep / samplingSteps : share;
    }

    private ObjectNode state() {
        return Json.object()
                .put("skipped", skipped)
                .put("interrupted", interrupted)
                .put("stopping_generation", false)
                .put("job", job)
                .put("job_count", jobCount)
                .put("job_timestamp", jobTimestamp)
                .put("job_no", jobNo)
                .put("sampling_step", samplingStep)
                .put("sampling_steps", samplingSteps);
    }

    /** What is seen so far; a new picture every so many steps, if anybody asks. */
    private @Nullable Picture preview() {
        Supplier<Picture> drawing = canvas;
        if (drawing != null
                && options.flag("live_previews_enable")
                && samplingStep - previewStep >= options.number("show_progress_every_n_steps")) {
            preview = drawing.get();
            previewId++;
            previewStep = samplingStep;
        }
        return preview;
    }
}
