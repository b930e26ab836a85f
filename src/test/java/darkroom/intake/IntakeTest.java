package darkroom.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import darkroom.files.Disk;
import darkroom.files.SharedLocks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IntakeTest {
    @TempDir
    Path home;

    private Path drop;
    private Intake intake;

    @BeforeEach
    void prepare() throws IOException {
        drop = Files.createDirectories(home.resolve("drop"));
        Files.createDirectories(home.resolve("intake"));
        intake = restarted();
    }

    @Test
    void whatComesAgainIsNoSecondJob() throws Exception {
        String id = Intake.idOf("jms", "message-1");
        boolean first = intake.accept(id, "jms", "birds", null, document("{}")).isNew();
        Files.delete(drop.resolve("birds").resolve(id + ".json")); // claimed

        Intake.Accepted again = restarted().accept(id, "jms", "birds", null, document("{}"));

        assertThat(first).isTrue();
        assertThat(again.isNew()).isFalse();
        assertThat(Disk.list(drop.resolve("birds"))).isEmpty();
    }

    @Test
    void aDocumentThatNobodyWasPromisedIsForgotten() throws Exception {
        Files.move(
                document("{}"), Files.createDirectories(drop.resolve(".intake")).resolve("a-1.json"));
        intake.stage();

        assertThat(restarted().resume()).isZero();
        assertThat(Disk.list(drop.resolve(".intake"))).isEmpty();
        assertThat(Disk.list(drop)).hasSize(1);
    }

    /** The process dies when the ticket is written and the document is not yet in its lane. */
    @Test
    void aDocumentThatWasPromisedIsPutWhereItBelongs() throws Exception {
        String id = cutOffBeforeTheLastStep();

        assertThat(restarted().resume()).isEqualTo(1);

        assertThat(drop.resolve("birds").resolve(id + ".json")).hasContent("{}");
        assertThat(Disk.list(drop.resolve(".intake"))).isEmpty();
    }

    @Test
    void aSenderWhoComesBackFirstFindsOneJob() throws Exception {
        String id = cutOffBeforeTheLastStep();

        assertThat(restarted().accept(id, "jms", "birds", null, document("{}")).isNew())
                .isFalse();

        assertThat(Disk.list(drop.resolve("birds"))).hasSize(1);
        assertThat(Disk.list(drop.resolve(".intake")))
                .noneMatch(path -> path.toString().endsWith(".json"));
    }

    private String cutOffBeforeTheLastStep() throws Exception {
        String id = Intake.idOf("jms", "message-1");
        Path inTheWay = Files.writeString(drop.resolve("birds"), "no folder");
        Path document = document("{}");
        assertThatThrownBy(() -> intake.accept(id, "jms", "birds", null, document))
                .isInstanceOf(IOException.class);
        Files.delete(inTheWay);
        assertThat(intake.find(id)).isPresent();
        return id;
    }

    @Test
    void atTheSameTimeTheSameIsTakenInOnce() throws Exception {
        int many = 16;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<Boolean>> all = IntStream.range(0, many)
                    .mapToObj(i -> threads.submit(() -> {
                        Path document = document("{}");
                        start.await();
                        return intake.accept("a-1", "jms", "birds", null, document)
                                .isNew();
                    }))
                    .toList();
            start.countDown();
            int taken = 0;
            for (Future<Boolean> one : all) {
                taken += one.get() ? 1 : 0;
            }
            assertThat(taken).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aKeyIsForOneDocument() throws Exception {
        intake.accept("a-1", "jms", "birds", null, document("{}"));
        Path other = document("{\"steps\": 1}");

        assertThatThrownBy(() -> intake.accept("a-1", "jms", "birds", null, other))
                .isInstanceOf(KeyTakenException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "../../x", "a/b", "\u0000", "CON", "~", "ID:host-42:1:1", "\ud83e\udd8a", "a.json", ".."})
    void everyKeyHasASafeId(String key) throws Exception {
        String id = Intake.idOf("jms", key);

        assertThat(id).matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}").isNotEqualTo(Intake.idOf("mail", key));
        assertThat(intake.accept(id, "jms", "", null, document("{}")).isNew()).isTrue();
        assertThat(drop.resolve(id + ".json")).exists();
    }

    @Test
    void keysThatLookAlikeAreTwo() {
        Set<String> ids = new HashSet<>();
        for (String key : List.of("a", "A", "a ", "a/", "a_", "x".repeat(300), "x".repeat(301))) {
            assertThat(ids.add(Intake.idOf("jms", key))).as(key).isTrue();
        }
    }

    @Test
    void whatIsOldAndOverIsForgotten() throws Exception {
        for (String id : List.of("over-1", "waits-1")) {
            intake.accept(id, "jms", "birds", null, document("{}"));
        }

        intake.forget(Duration.ofDays(1), ticket -> true);
        assertThat(Disk.list(home.resolve("intake"))).hasSize(2);
        intake.forget(Duration.ZERO, ticket -> ticket.id().startsWith("over"));
        assertThat(intake.find("over-1")).isEmpty();
        assertThat(intake.find("waits-1")).isPresent();
    }

    @Test
    void onlyWhatNamesAPictureIsExchangedForIt() throws Exception {
        Path picture = Files.write(home.resolve("a"), new byte[100_000]);
        String base64 = Base64.getEncoder().encodeToString(new byte[100_000]);
        String json = "{ \"prompt\": \"a.png\", \"mask\":\"\\u0061.png\", \"init_images\": [\"a.png\", \"b.png\", \""
                + "x".repeat(30_000_000) + "\"],\n\"x\": {\"image\": \"a.png\"}, \"\u00fc\": 1.0}";
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        Set<String> unused = Embedding.embed(document(json), Map.of("a.png", picture, "c.png", picture), out);

        assertThat(out.toString(StandardCharsets.UTF_8)
                        .equals(json.replace("\"\\u0061.png\"", "\"" + base64 + "\"")
                                .replace("[\"a.png\"", "[\"" + base64 + "\"")))
                .isTrue();
        assertThat(unused).containsExactly("c.png");
    }

    private Path document(String content) throws IOException {
        return Files.writeString(restarted().stage().resolve("document"), content);
    }

    private Intake restarted() {
        return new Intake(drop, home.resolve("intake"), 1, new SharedLocks(home.resolve("locks")), new Disk(true));
    }
}
