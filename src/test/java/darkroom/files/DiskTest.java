package darkroom.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskTest {
    @TempDir
    Path folder;

    private final Disk disk = new Disk(true);

    @Test
    void aFileIsThereWholeOrNotAtAll() throws IOException {
        Path file = folder.resolve("a.json");
        disk.write(file, out -> out.write('1'));

        assertThatThrownBy(() -> disk.write(file, out -> {
                    out.write('2');
                    throw new IOException("no space left");
                }))
                .hasMessage("no space left");

        assertThat(file).hasContent("1");
        assertThat(Disk.list(folder)).containsExactly(file);
    }

    @Test
    void foldersAreMadeAsFarAsTheyAreMissing() throws IOException {
        Path deep = folder.resolve("a/b/c");

        assertThat(disk.createFolders(deep)).isEqualTo(deep).isDirectory();
        assertThat(disk.createFolders(deep)).isDirectory();
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> disk.createFolders(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aFolderIsMadeThoughTheOneAboveIsDeletedMeanwhileForBeingEmpty() throws Exception {
        Path lane = folder.resolve("lane");
        AtomicBoolean over = new AtomicBoolean();
        Thread tidy = new Thread(() -> {
            while (!over.get()) {
                Disk.pruneEmpty(lane, folder);
            }
        });
        tidy.start();
        try {
            for (int i = 0; i < 300; i++) {
                Path job = lane.resolve("job" + i);
                assertThat(i % 2 == 0 ? Disk.createPassingFolders(job) : disk.createFolders(job))
                        .isDirectory();
                Files.delete(job);
            }
        } finally {
            over.set(true);
            tidy.join();
        }
    }

    @Test
    void aFolderMayBeGoneOnceItsFileHasMoved() throws IOException {
        disk.forceGone(folder.resolve("lane/a.json"));

        assertThatThrownBy(() -> disk.forceFolder(folder.resolve("lane/a.json")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatWasBegunAndNotEndedIsDeletedAndNothingElse() throws IOException {
        for (String name : List.of(".a.json.part", "a.json", "b.part", ".c")) {
            Files.writeString(folder.resolve(name), "x");
        }

        Disk.deleteParts(folder);

        assertThat(Disk.list(folder))
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrder("a.json", "b.part", ".c");
    }

    @Test
    void linksAreDeletedNotFollowed() throws IOException {
        Path kept =
                Files.writeString(Files.createDirectory(folder.resolve("kept")).resolve("file"), "x");
        Path tree = Files.createDirectories(folder.resolve("tree/sub"));
        Files.createSymbolicLink(tree.resolve("link"), kept.getParent());

        Disk.deleteTree(folder.resolve("tree"));

        assertThat(folder.resolve("tree")).doesNotExist();
        assertThat(kept).exists();
    }

    @RepeatedTest(20)
    void whatIsWrittenIntoATreeWhileItIsDeletedGoesAsWell() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                // fewer than deleteTree tries: each try that fails takes a file that was written meanwhile
                for (int i = 0; i < 50; i++) {
                    Files.writeString(tree.resolve("file" + i), "x");
                    begun.countDown();
                }
            } catch (IOException e) {
                // the tree is gone, which is the end of it
            }
        });
        begun.await();

        Disk.deleteTree(tree);

        writer.join();
        assertThat(tree).doesNotExist();
    }

    @Test
    void emptyFoldersGoUpToTheRootOnly() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("root/a/b"));

        Disk.pruneEmpty(deep, folder.resolve("root"));

        assertThat(folder.resolve("root")).isEmptyDirectory();
    }
}
