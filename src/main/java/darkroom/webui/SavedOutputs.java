package darkroom.webui;

import darkroom.job.ProblemException;
import darkroom.job.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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

    /**
     * Takes what a request made whose answer was lost: all that was asked for, or nothing. What an answer would have said is
     * read from the texts of the pictures.
     *
     * @param stamp what the request was marked with
     * @param task as it was sent
     * @param into a folder of ours
     * @return empty if not all pictures are there, whole, and with the seeds that were asked for; also if nobody can tell how
     *     many they should be. Then nothing was taken
     * @throws IOException if one of our files can't be written
     */
    Optional<Answer> collect(Stamp stamp, Task task, Path into) throws IOException, InterruptedException;
}
