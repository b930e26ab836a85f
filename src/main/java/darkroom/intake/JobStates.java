package darkroom.intake;

import com.fasterxml.jackson.databind.JsonNode;
import darkroom.files.Disk;
import darkroom.json.Json;
import darkroom.output.Manifest;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.Receipt;
import darkroom.work.JobFolder;
import darkroom.work.WorkFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what has become of a job by looking where its prompt file is. The folders are looked into in the order in
 * which a file goes through them, so that one which moves on meanwhile is found further on.
 */
public final class JobStates {
    private static final int LOOKS = 3;

    private final Intake intake;
    private final Folders folders;
    private final WorkFolder work;
    private final Disk disk;

    /**
     * Where prompt files and outputs are.
     *
     * @param claimed where those are that are being read, in a folder of its own each
     */
    public record Folders(Path drop, Path claimed, Path outputs, Path failed, Path cancelled, Path held) {}

    /** Looks into these folders. */
    public JobStates(Intake intake, Folders folders, WorkFolder work, Disk disk) {
        this.intake = intake;
        this.folders = folders;
        this.work = work;
        this.disk = disk;
    }

    /** What has become of the job of a ticket. */
    public JobState of(Ticket ticket) throws IOException {
        for (int look = 0; look < LOOKS; look++) {
            try {
                JobState state = look(ticket);
                if (state.state() != JobState.State.GONE) {
                    return state;
                }
            } catch (NoSuchFileException | FileNotFoundException e) {
                // it moved on while it was looked at
            }
        }
        return none(ticket, JobState.State.GONE); // looked for more than once: somebody may have moved it backwards
    }

    private JobState look(Ticket ticket) throws IOException {
        Path lane = Path.of(ticket.lane());
        if (Files.exists(intake.hidden(ticket.id()))
                || Files.exists(folders.drop().resolve(lane).resolve(ticket.promptFile()))
                || isClaimed(lane, ticket.promptFile())) {
            return none(ticket, JobState.State.WAITING);
        }
        Ticket read = intake.find(ticket.id()).orElse(ticket);
        String job = read.job();
        if (job != null) {
            Optional<JobFolder> folder = work.findAnywhere(job);
            if (folder.isPresent() && Files.exists(folder.get().promptFile())) {
                return some(read, JobState.State.AT_WORK, job, folder, null);
            }
            OutputFolder outputs = new OutputFolder(folders.outputs(), read.lane(), job, disk);
            if (outputs.hasManifest()) {
                Manifest manifest = outputs.readManifest();
                return new JobState(
                        read,
                        JobState.State.DONE,
                        manifest.receipts().size(),
                        manifest.receipts().size(),
                        Stream.concat(outputsOf(manifest.receipts()).stream(), manifest.sheets().stream())
                                .toList(),
                        outputs.path(),
                        null);
            }
        }
        Path failed = folders.failed().resolve(lane).resolve(ticket.promptFile());
        Path cancelled = folders.cancelled().resolve(lane).resolve(ticket.promptFile());
        Optional<JobFolder> kept = job == null ? Optional.empty() : work.findAnywhere(job);
        if (Files.exists(failed)) {
            return some(read, JobState.State.FAILED, job, kept, error(failed));
        }
        if (Files.exists(cancelled)) {
            return some(read, JobState.State.CANCELLED, job, kept, error(cancelled));
        }
        Path held = folders.held().resolve(lane).resolve(ticket.promptFile());
        if (Files.exists(held)) {
            return new JobState(read, JobState.State.WAITING, 0, 0, List.of(), null, error(held)); // for consent
        }
        return none(read, JobState.State.GONE);
    }

    private boolean isClaimed(Path lane, String promptFile) throws IOException {
        for (Path claim : Disk.list(folders.claimed())) {
            if (Files.exists(claim.resolve(lane).resolve(promptFile))) {
                return true;
            }
        }
        return false;
    }

    private JobState some(
            Ticket ticket,
            JobState.State state,
            @Nullable String job,
            Optional<JobFolder> folder,
            @Nullable JsonNode error)
            throws IOException {
        if (job == null || folder.isEmpty()) {
            return new JobState(ticket, state, 0, 0, List.of(), null, error);
        }
        int tasks = folder.get().job().tasks();
        List<Receipt> receipts = new ArrayList<>();
        for (int task = 1; task <= tasks; task++) {
            if (folder.get().hasReceipt(task)) {
                receipts.add(folder.get().readReceipt(task, Receipt.class));
            }
        }
        Path outputs = new OutputFolder(folders.outputs(), ticket.lane(), job, disk).path();
        return new JobState(ticket, state, tasks, receipts.size(), outputsOf(receipts), outputs, error);
    }

    private static JobState none(Ticket ticket, JobState.State state) {
        return new JobState(ticket, state, 0, 0, List.of(), null, null);
    }

    private static List<Output> outputsOf(List<Receipt> receipts) {
        return receipts.stream().flatMap(receipt -> receipt.outputs().stream()).toList();
    }

    private static @Nullable JsonNode error(Path promptFile) throws IOException {
        try {
            return Json.mapper()
                    .readTree(promptFile
                            .resolveSibling(promptFile.getFileName() + ".error.json")
                            .toFile());
        } catch (NoSuchFileException | FileNotFoundException e) {
            return null;
        }
    }
}
