package darkroom.camel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import darkroom.files.TolerantVisitor;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.output.Output;
import darkroom.output.OutputFolder;
import darkroom.output.Receipt;
import darkroom.webui.GpuWork;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * How fast this installation has been, by the receipts of its latest jobs: all its WebUIs together, with their loads of
 * checkpoints.
 */
final class Pace {
    private static final int LATEST_JOBS = 100;
    private static final int LATEST_TASKS = 1000;

    private double work;
    private double seconds;
    private long pixels;
    private long bytes;
    private int tasks;

    private Pace() {}

    private record Found(FileTime since, Path manifest) {}

    private record Span(Instant from, Instant to) {}

    /** That of the jobs whose outputs are still there. */
    static Pace of(Path outputs) throws IOException {
        PriorityQueue<Found> latest = new PriorityQueue<>(Comparator.comparing(Found::since));
        Files.walkFileTree(outputs, new TolerantVisitor() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.endsWith(OutputFolder.MANIFEST)) {
                    latest.add(new Found(attributes.lastModifiedTime(), file));
                    if (latest.size() > LATEST_JOBS) {
                        latest.remove();
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Pace pace = new Pace();
        List<Span> spans = new ArrayList<>();
        List<Found> newestFirst = new ArrayList<>(latest);
        newestFirst.sort(Comparator.comparing(Found::since).reversed());
        for (Found found : newestFirst) {
            pace.read(found.manifest(), spans);
        }
        pace.seconds = union(spans).toMillis() / 1000.0;
        return pace;
    }

    /** A manifest may be long: its receipts are read one by one. */
    private void read(Path manifest, List<Span> spans) {
        try (JsonParser parser = Json.mapper().createParser(manifest.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return;
            }
            while (tasks < LATEST_TASKS && parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean receipts = parser.currentName().equals("receipts");
                JsonToken value = parser.nextToken();
                if (!receipts || value != JsonToken.START_ARRAY) {
                    parser.skipChildren();
                    continue;
                }
                while (tasks < LATEST_TASKS && parser.nextToken() == JsonToken.START_OBJECT) {
                    add(parser.readValueAs(Receipt.class), spans);
                }
            }
        } catch (IOException e) {
            // somebody has edited it, or it was just deleted; others will do
        }
    }

    private void add(Receipt receipt, List<Span> spans) {
        Receipt.Times times = receipt.times();
        if (!receipt.operation().generates() || !times.sent().isBefore(times.answered())) {
            return;
        }
        tasks++;
        work += GpuWork.of(new Task(
                        receipt.job(),
                        receipt.number(),
                        1,
                        receipt.operation(),
                        null,
                        null,
                        receipt.payload(),
                        List.of()))
                .seconds();
        spans.add(new Span(times.sent(), times.answered()));
        for (Output output : receipt.outputs()) {
            pixels += (long) output.width() * output.height();
            bytes += output.width() > 0 ? output.bytes() : 0;
        }
    }

    /** Two are under way at each WebUI, and there may be several: time counts once. */
    private static Duration union(List<Span> spans) {
        List<Span> ordered = new ArrayList<>(spans);
        ordered.sort(Comparator.comparing(Span::from));
        Duration total = Duration.ZERO;
        Instant end = Instant.MIN;
        for (Span span : ordered) {
            Instant from = span.from().isBefore(end) ? end : span.from();
            if (from.isBefore(span.to())) {
                total = total.plus(Duration.between(from, span.to()));
                end = span.to();
            }
        }
        return total;
    }

    /** How many tasks it was learnt from. */
    int tasks() {
        return tasks;
    }

    /**
     * How long so much work would take; empty if nothing is known.
     *
     * @param seconds of a WebUI of speed 1, as {@link GpuWork#seconds} has it
     */
    Optional<Duration> time(double seconds) {
        return work > 0 && this.seconds > 0
                ? Optional.of(Duration.ofMillis((long) (seconds / work * this.seconds * 1000)))
                : Optional.empty();
    }

    /** How many bytes pictures of so many pixels would take; empty if nothing is known. */
    Optional<Long> bytes(double pixels) {
        return this.pixels > 0 ? Optional.of((long) (pixels / this.pixels * bytes)) : Optional.empty();
    }
}
