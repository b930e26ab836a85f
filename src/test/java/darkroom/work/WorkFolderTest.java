package darkroom.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import darkroom.files.Disk;
import darkroom.job.Job;
import darkroom.job.Operation;
import darkroom.job.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs at work, on a disk where things go wrong. */
final class WorkFolderTest {
    @TempDir
    Path home;

    private WorkFolder work;

    @BeforeEach
    void open() throws IOException {
        work = new WorkFolder(Files.createDirectory(home.resolve("work")), 1, new Disk(false));
    }

    @Test
    void aPromptFileThatCanNotBeTakenInLeavesNoJobBehind() throws IOException {
        assertThatThrownBy(() -> accept(home.resolve("gone.json"))).isInstanceOf(NoSuchFileException.class);

        assertThat(work.jobs()).isEmpty();
        assertThat(Disk.list(work.root())).isEmpty();
    }

    @Test
    void aFailedJobIsSetAsideWhileItsFileIsElsewhereIfSomeOfItIsFinished() throws IOException {
        JobFolder job = accept(Files.writeString(home.resolve("cat.json"), "{}"));
        job.writeFailure(1, Map.of());
        assertThat(job.isSetAside()).isFalse();

        Path failed = Files.move(job.promptFile(), home.resolve("cat.json"));
        assertThat(job.isSetAside())
                .as("nothing is finished: the job is only not cleared away yet")
                .isFalse();
        job.writeReceipt(1, Map.of());
        job.setHandedOver(1);
        job.writeSent(2, Map.of("crashes", 1));
        assertThat(job.isSetAside()).isTrue();
        assertThat(job.finished()).isEqualTo(1);

        job.resume(failed, false);
        assertThat(job.isSetAside()).isFalse();
        assertThat(job.finished()).isEqualTo(1);
        assertThat(job.over()).as("to be handed over again").isZero();
        assertThat(job.readSent(2, Map.class)).isEmpty();
        assertThat(job.failures()).isEmpty();
        assertThat(job.promptFile()).exists();
    }

    @Test
    void whatWasNotWrittenToItsEndDoesNotCount() throws IOException {
        JobFolder job = accept(Files.writeString(home.resolve("cat.json"), "{}"));
        for (String part : List.of("failures/.1.json.part", "receipts/.1.json.part", "receipts/.1.sent.part")) {
            Files.createDirectories(job.path().resolve(part).getParent());
            Files.createFile(job.path().resolve(part)); // as a process leaves it that dies just then
        }

        job.writeSent(2, Map.of());

        assertThat(job.over()).isZero();
        assertThat(job.failures()).isEmpty();
        assertThat(job.hasReceipts()).isFalse();
        assertThat(job.finished()).isZero();
        assertThat(job.hasToHandOver()).isFalse();
    }

    @Test
    void idsAreUnique() throws IOException {
        assertThat(accept(Files.writeString(home.resolve("cat.json"), "{}"))
                        .job()
                        .id())
                .isEqualTo("cat-1");
        assertThat(accept(Files.writeString(home.resolve("cat.json"), "{}"))
                        .job()
                        .id())
                .isEqualTo("cat-1-2");
    }

    @Test
    void whatAnotherProcessHasSetAsideIsFetched() throws IOException {
        WorkFolder other = new WorkFolder(work.root(), 2, new Disk(false));
        JobFolder job = accept(other, Files.writeString(home.resolve("cat.json"), "{}"));
        assertThat(job.job().id()).isEqualTo("cat-1-i2");
        assertThat(work.fetchSetAside("cat-1-i2")).as("it is at work").isEmpty();
        job.writeFailure(1, Map.of());
        job.writeReceipt(1, Map.of());
        Files.move(job.promptFile(), home.resolve("cat.json"));

        assertThat(work.findAnywhere("cat-1-i2")).isPresent();
        assertThat(work.fetchSetAside("cat-1-i2").orElseThrow().hasReceipt(1)).isTrue();
        assertThat(other.find("cat-1-i2")).isEmpty();
        assertThat(work.find("cat-1-i2")).isPresent();
    }

    private JobFolder accept(Path claimed) throws IOException {
        return accept(work, claimed);
    }

    private static JobFolder accept(WorkFolder work, Path claimed) throws IOException {
        String id = work.reserve("cat-1", taken -> false, free -> {});
        Path staging = work.stage();
        Task task = new Task(id, 1, 1, Operation.TXT2IMG, null, null, Map.of(), List.of());
        JobFolder.writePlan(staging, plan -> plan.write(task));
        Job job = new Job(
                id,
                "cat",
                "",
                "cat.json",
                "claim",
                "0",
                Instant.now(),
                1,
                0,
                null,
                List.of(),
                List.of(),
                null,
                Map.of());
        JobFolder.write(staging, job);
        return work.accept(staging, job, claimed);
    }
}
