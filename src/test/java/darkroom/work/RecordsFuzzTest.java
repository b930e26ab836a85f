package darkroom.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import darkroom.files.Disk;
import darkroom.files.SharedLocks;
import darkroom.intake.Intake;
import darkroom.intake.Ticket;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.outbox.Entry;
import darkroom.output.Receipt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Darkroom's own records, after somebody has edited them. They are read and written again as they are, or can't be read. */
final class RecordsFuzzTest {

    @FuzzTest(maxDuration = "2m")
    void record(byte[] bytes) throws IOException {
        again(bytes, Receipt.class);
        again(bytes, Entry.class);
        again(bytes, Ticket.class);
        again(bytes, Task.class);
    }

    @FuzzTest(maxDuration = "2m")
    void jobFolder(byte[] bytes) throws IOException {
        Path root = Files.createTempDirectory("darkroom-fuzz");
        try {
            Disk disk = new Disk(false);
            for (String name : new String[] {JobFolder.JOB, JobFolder.PLAN, "delivering.json", "round"}) {
                Files.write(root.resolve(name), bytes);
            }
            JobFolder folder = JobFolder.open(root, disk);
            assertThat(root.resolve(folder.job().fileName()).normalize().getParent())
                    .isEqualTo(root);
            folder.delivering();
            try (JobFolder.Plan plan = folder.plan()) {
                while (plan.hasNext()) {
                    JobFolder.task(plan.next());
                }
            }
        } catch (IOException e) {
            assertThat(e).isNotNull();
        } finally {
            Disk.deleteTree(root);
        }
    }

    @FuzzTest(maxDuration = "2m")
    void ticket(byte[] bytes) throws IOException {
        Path root = Files.createTempDirectory("darkroom-fuzz");
        try {
            Files.createDirectories(root.resolve("tickets"));
            Path drop = Files.createDirectories(root.resolve("drop/.intake")).getParent();
            Files.write(root.resolve("tickets/a.json"), bytes);
            Files.writeString(drop.resolve(".intake/a.json"), "{}");
            Intake intake = new Intake(
                    drop, root.resolve("tickets"), 1, new SharedLocks(root.resolve("tickets/.locks")), new Disk(false));
            try {
                Optional<Ticket> found = intake.find("a");
                assertThat(found.map(Ticket::id)).contains("a");
                intake.resume();
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
            assertThat(Disk.list(root)).hasSize(2); // nothing beside the two folders
        } finally {
            Disk.deleteTree(root);
        }
    }

    private static void again(byte[] bytes, Class<?> type) throws IOException {
        Object read;
        try {
            read = Json.mapper().readValue(new String(bytes, StandardCharsets.UTF_8), type);
        } catch (IOException e) {
            return;
        }
        String written = Json.mapper().writeValueAsString(read);
        assertThat(Json.mapper().writeValueAsString(Json.mapper().readValue(written, type)))
                .isEqualTo(written);
    }
}
