package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileExclusiveReadLockStrategy;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.strategy.FileRenameExclusiveReadLockStrategy;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Camel's own consumer claims files of a drop folder one after the other, in the order of their names, and not all of them. */
final class UnclaimedTest {
    private static final int MANY = 6;

    @TempDir
    Path home;

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private Path drop;
    private MockEndpoint claimed;

    @BeforeEach
    void drop() throws Exception {
        drop = Files.createDirectory(home.resolve("drop"));
        for (int i = 0; i < MANY; i++) {
            Files.writeString(drop.resolve(i + ".json"), "{}");
        }
        claimed = camel.getEndpoint("mock:claimed", MockEndpoint.class);
        camel.getRegistry().bind("unclaimed", new Unclaimed());
    }

    @AfterEach
    void stop() throws Exception {
        camel.close();
    }

    /** Claims what there is until one has been claimed. */
    private void claim(GenericFileExclusiveReadLockStrategy<File> gate) throws Exception {
        camel.getRegistry().bind("gate", gate);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("file:" + drop + "?exceptionHandler=#unclaimed&exclusiveReadLockStrategy=#gate&noop=true"
                                + "&sortBy=file:name&delay=10&initialDelay=0&preMove=.claimed/${exchangeId}/${file:name}")
                        .to(claimed);
            }
        });
        claimed.expectedMinimumMessageCount(1);
        camel.start();
        MockEndpoint.assertIsSatisfied(Bench.SOON.toSeconds(), TimeUnit.SECONDS, claimed);
    }

    /** What is done just before a file is renamed. */
    private abstract static class Before extends FileRenameExclusiveReadLockStrategy {
        abstract void claim(File file) throws Exception;

        @Override
        public boolean acquireExclusiveReadLock(
                GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) throws Exception {
            claim(file.getFile());
            return true;
        }
    }

    @Test
    void ofFilesThatAnotherOneHasTakenNothingIsSaid() throws Exception {
        try (LogLines log = LogLines.of(Unclaimed.class.getName())) {
            claim(new Before() {
                @Override
                void claim(File file) throws Exception {
                    if (!file.getName().equals(MANY - 1 + ".json")) {
                        Files.delete(file.toPath());
                    }
                }
            });

            assertThat(log.warnings("")).isEmpty();
        }
    }

    @Test
    void thatNoneCanBeClaimedIsSaidOnce() throws Exception {
        Path inTheWay = Files.createFile(drop.resolve(".claimed"));
        try (LogLines log = LogLines.of(Unclaimed.class.getName())) {
            claim(new Before() {
                @Override
                void claim(File file) throws Exception {
                    if (file.getName().equals(MANY - 1 + ".json")) {
                        Files.deleteIfExists(inTheWay);
                    }
                }
            });

            assertThat(log.warnings("can't be claimed"))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains(inTheWay.toString(), "may the user that runs Darkroom write");
        }
    }
}
