package darkroom.webui;

import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;

/** The WebUI's GPU has not enough memory for what was asked; the same request would fail again (webui-api, section 1.4). */
public final class GpuFullException extends ProblemException {
    private static final long serialVersionUID = 1;

    private final String said;

    /**
     * What it is as long as nobody knows more.
     *
     * @param said the WebUI's own words, as they may be shown
     */
    GpuFullException(String said) {
        super(Problem.of(
                ProblemCode.WEBUI_OUT_OF_MEMORY,
                "the WebUI's GPU has not enough memory (" + said + ")",
                "ask for smaller pictures, a smaller batch_size or a smaller hr_scale"));
        this.said = said;
    }

    /** The WebUI's own words, as they may be shown. */
    public String said() {
        return said;
    }
}
