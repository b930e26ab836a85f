package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.files.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a pause of an hour between looks, so that what is taken sooner was told of. */
final class DropSchedulerTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @TempDir
    Path home;

    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final Set<Path> full = ConcurrentHashMap.newKeySet();
    private final Pauses pauses = new Pauses();
    private DefaultCamelContext camel;
    private Path drop;

    @BeforeEach
    void make() throws IOException {
        drop = Files.createDirectory(home.resolve("drop"));
        pauses.watch(drop, "");
    }

    @AfterEach
    void stop() throws IOException {
        camel.close();
    }

    @Test
    void whatIsMovedInIsTakenAtOnce() throws Exception {
        Files.createDirectory(drop.resolve("old lane"));
        moveIn("waiting.json");
        start(HOUR, true);
        awaitTaken("waiting.json");

        moveIn("a.json");
        awaitTaken("a.json");
        moveIn("old lane/b.json");
        awaitTaken("old lane/b.json");
        Files.createDirectories(drop.resolve("new/lane"));
        moveIn("new/lane/c.json");
        awaitTaken("new/lane/c.json");
        Path lane = Files.createDirectories(home.resolve("whole/lane")); // moved in as a whole
        Files.writeString(lane.resolve("d.json"), "{}");
        Files.move(home.resolve("whole"), drop.resolve("whole"));
        awaitTaken("whole/lane/d.json");
        Files.move(drop.resolve("whole"), drop.resolve("renamed"));
        moveIn("renamed/lane/e.json");
        awaitTaken("renamed/lane/e.json");
    }

    @Test
    void whatIsWrittenSlowlyIsTakenWhenItIsWhole() throws Exception {
        start(HOUR, true);
        moveIn("first.json");
        awaitTaken("first.json");

        Path slow = Files.writeString(drop.resolve("slow.json"), "{\"prompt\": ");
        moveIn("other.json");
        awaitTaken("other.json");
        assertThat(taken).doesNotContain("slow.json");
        Files.writeString(slow, "\"a\"}", StandardOpenOption.APPEND);

        awaitTaken("slow.json");
    }

    @Test
    void whatItTakesIsNoReasonToLookAgain() throws Exception {
        start(HOUR, true);
        for (int i = 0; i < 40; i++) {
            moveIn(i + ".json");
            awaitTaken(i + ".json");
        }
        for (int i = 0; i < 500; i++) {
            Files.writeString(drop.resolve("picture" + i + ".png.part"), "none of ours");
        }
        moveIn("last.json");
        awaitTaken("last.json");

        // one for each file, one after it that finds nothing, and few for events that came late
        assertThat(consumer().getCounter()).isBetween(42L, 200L);
    }

    @Test
    void manyAtOnceAreAllTaken() throws Exception {
        start(HOUR, true);
        for (int i = 0; i < 3000; i++) { // more than can be told
            moveIn(i % 3 == 0 ? i + ".json" : "lane" + i % 3 + "/" + i + ".json");
        }

        Bench.await("all", () -> taken.size() == 3000);
    }

    @Test
    void aNewLaneIsNoticedBesideABacklog() throws Exception {
        for (int i = 0; i < 3000; i++) {
            moveIn("lane/" + i + ".json");
        }
        full.add(drop.resolve("lane"));
        start(20, true);
        for (int i = 0; i < 20; i++) {
            String inner = "lane/inner" + i + "/a.json";
            moveIn(inner);
            awaitTaken(inner);
        }
        assertThat(taken).hasSize(20);

        full.clear();

        Bench.await("all", () -> taken.size() == 3020);
    }

    @Test
    void aPauseThatEndsIsNoticed() throws Exception {
        Path lane = Files.createDirectory(drop.resolve("lane"));
        Path pause = Files.createFile(lane.resolve(Pauses.FILE));
        start(50, true); // what is paused is not watched, but looked at
        moveIn("lane/a.json");
        moveIn("b.json");
        awaitTaken("b.json");
        assertThat(taken).doesNotContain("lane/a.json");

        Files.delete(pause);

        awaitTaken("lane/a.json");
    }

    @Test
    void anotherFolderInItsPlaceIsNoticed() throws Exception {
        start(50, true);
        moveIn("a.json");
        awaitTaken("a.json");
        Files.move(drop, home.resolve("away"));
        Files.createDirectory(drop);
        moveIn("b.json");
        awaitTaken("b.json");
        Disk.deleteTree(drop);
        Files.createDirectory(drop);
        moveIn("c.json");

        awaitTaken("c.json");
    }

    @Test
    void aConsumerThatWasSuspendedOrStoppedGoesOn() throws Exception {
        start(50, true);
        moveIn("a.json");
        awaitTaken("a.json");
        ServiceHelper.suspendService(consumer());
        moveIn("b.json");
        ServiceHelper.resumeService(consumer());
        awaitTaken("b.json");
        for (int i = 0; i < 3; i++) {
            camel.getRouteController().stopRoute("drop");
            assertThat(consumer().isSchedulerStarted()).isFalse();
            moveIn("c" + i + ".json");
            camel.getRouteController().startRoute("drop");
            awaitTaken("c" + i + ".json");
        }
        Bench.await(
                "one thread, when the last one has ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> thread.getName().contains("file://"))
                                .count()
                        == 1);
    }

    @Test
    void nothingIsToldWhereNobodyAsks() throws Exception {
        start(50, false);
        for (String name : List.of("a.json", "lane/b.json")) {
            moveIn(name);
            awaitTaken(name);
        }
    }

    private void start(long delay, boolean watch) throws Exception {
        PromptFileFilter filter = new PromptFileFilter(
                Duration.ofHours(2),
                Duration.ofHours(2),
                Pattern.compile("(?!)"),
                Set.of(),
                List.of(),
                pauses,
                folder -> !full.contains(folder),
                file -> false);
        camel = new DefaultCamelContext();
        camel.addComponent("file", new ExactFileComponent());
        camel.getRegistry().bind("promptFileFilter", filter);
        camel.getRegistry()
                .bindAsPrototype(
                        "dropScheduler", ScheduledPollConsumerScheduler.class, () -> new DropScheduler(filter, watch));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("file:" + drop + "?recursive=true&delete=true&idempotent=false&initialDelay=0&delay=" + delay
                                + "&filter=#promptFileFilter&scheduler=#dropScheduler&maxMessagesPerPoll=100")
                        .routeId("drop")
                        .process(exchange -> taken.add(
                                exchange.getMessage().getHeader("CamelFileName").toString()));
            }
        });
        camel.start();
    }

    private ScheduledPollConsumer consumer() {
        return (ScheduledPollConsumer) camel.getRoute("drop").getConsumer();
    }

    private void moveIn(String name) {
        try {
            Path made = Files.writeString(home.resolve("made"), "{}");
            Path target = drop.resolve(name);
            Files.createDirectories(target.getParent());
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitTaken(String name) {
        Bench.await(name, () -> taken.contains(name));
    }
}
