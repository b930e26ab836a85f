package darkroom.camel;

import darkroom.camel.component.Sent;
import darkroom.camel.component.SentLog;
import darkroom.work.JobFolder;
import java.io.IOException;
import java.util.Optional;

/** Writes down in the folder of its job that a task was sent. */
record SentTask(JobFolder folder, int task, JobEvents events) implements SentLog {
    @Override
    public void begins() throws IOException {
        events.started(folder);
    }

    @Override
    public Optional<Sent> read() throws IOException {
        return folder.readSent(task, Sent.class);
    }

    @Override
    public void write(Sent sent) throws IOException {
        folder.writeSent(task, sent);
    }
}
