package darkroom.camel;

import darkroom.files.Disk;
import darkroom.job.Job;
import darkroom.output.OutputFolder;
import java.nio.file.Path;

/** Where the outputs of each job are. */
record OutputFolders(Path root, Disk disk) {
    OutputFolder of(Job job) {
        return new OutputFolder(root, job, disk);
    }
}
