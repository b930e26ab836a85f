package darkroom.webui;

import darkroom.job.ProblemException;
import darkroom.job.Task;
import java.io.IOException;
import java.nio.file.Path;

/** Where pictures are taken from that a WebUI saved itself. */
public interface SavedOutputs {
    /**
     * Takes what a request made.
     *
     * @param stamp what the request was marked with
     * @param answer what the WebUI answered, without pictures
     * @param into a folder of ours
     * @return the answer with its pictures
     * @throws ProblemException if they are not there
     * @throws IOException if one of our files can't be written
     */
    Answer take(Stamp stamp, Task task, Answer answer, Path into) throws IOException, InterruptedException;
}
