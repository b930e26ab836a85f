package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.job.Problem;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.webui.Answer;
import darkroom.webui.Checkpoint;
import darkroom.webui.OptionsCheck;
import darkroom.webui.Payload;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Changes options of a WebUI for good, while it does nothing else: what a running request overrides would be written down
 * with them (webui-api, section 5.2).
 */
final class PermanentOptions {
    private static final String PATH = "/sdapi/v1/options";

    private final Backend backend;

    PermanentOptions(Backend backend) {
        this.backend = backend;
    }

    /**
     * Changes them, and looks whether they are changed.
     *
     * @throws ProblemException if there is no such option, or it kept another value
     */
    Answer change(Task task) throws Exception {
        return backend.priming().alone(() -> {
            OptionsCheck check = new OptionsCheck(task, backend.json(PATH));
            refuse(check.impossible());
            backend.post(Payload.of(task, Path.of("")), InputStream::readAllBytes); // options have no attachments
            JsonNode after = backend.json(PATH);
            refuse(check.unchanged(after, Checkpoint.list(backend.json("/sdapi/v1/sd-models"))));
            return check.answer(after);
        });
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
    }
}
