package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What only a WebUI with its user interface answers (captures 701-710). */
final class UiRoutes {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final Engine engine;
    private final long appId = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);

    UiRoutes(Engine engine) {
        this.engine = engine;
    }

    Reply page(Request request, ObjectNode body) {
        return Reply.text(
                200,
                "text/html; charset=utf-8",
                "<!doctype html><title>Darkroom sandbox</title><p>This is a sandbox WebUI: it has an API and no interface.</p>");
    }

    Reply appId(Request request, ObjectNode body) {
        return Reply.json(Json.object().put("app_id", appId));
    }

    Reply ping(Request request, ObjectNode body) {
        return Reply.json(Json.object());
    }

    Reply pendingTasks(Request request, ObjectNode body) {
        return Reply.json(engine.tasks().pending());
    }

    Reply taskProgress(Request request, ObjectNode body) {
        int known = body.path("id_live_preview").asInt();
        boolean preview = body.path("live_preview").asBoolean();
        return Reply.json(engine.tasks()
                .answer(
                        body.path("id_task").asText(),
                        answer -> engine.progress().describe(answer, known, preview)));
    }

    /** {@code GET /file=outputs/x.png}: anything below the data folder that is not hidden. */
    Reply file(Request request, ObjectNode body) throws IOException {
        if (engine.settings().gradioAuth()) {
            throw ApiError.http(401, "Not authenticated");
        }
        String name = request.path().substring("/file=".length());
        if (name.startsWith("http://") || name.startsWith("https://")) {
            return Reply.empty(302).withHeader("Location", name);
        }
        Path file = allowed(name);
        if (file == null || Files.isDirectory(file)) {
            throw ApiError.http(403, "File not allowed: " + name + ".");
        }
        if (!Files.exists(file)) {
            throw ApiError.http(404, "File not found: " + name + ".");
        }
        String type = Files.probeContentType(file);
        Reply whole =
                Reply.of(200, type == null ? "application/octet-stream" : type, content(file, 0, Files.size(file)));
        String range = request.header("range");
        return range == null ? whole : part(file, range, whole);
    }

    private @Nullable Path allowed(String name) {
        for (String part : name.split("/", -1)) {
            if (part.startsWith(".")) {
                return null;
            }
        }
        try {
            return engine.paths().resolve(name);
        } catch (ApiError outside) {
            return null;
        }
    }

    private static Reply part(Path file, String range, Reply whole) throws IOException {
        long size = Files.size(file);
        Matcher matcher = RANGE.matcher(range);
        if (!matcher.matches()) {
            return whole;
        }
        long from = Long.parseLong(matcher.group(1));
        long to = matcher.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(matcher.group(2)));
        if (from > to) {
            return Reply.empty(416);
        }
        return Reply.of(206, whole.headers().getOrDefault("Content-Type", ""), content(file, from, to - from + 1))
                .withHeader("Content-Range", "bytes %d-%d/%d".formatted(from, to, size));
    }

    private static Content content(Path file, long from, long length) {
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                try (var in = Files.newInputStream(file)) {
                    in.skipNBytes(from);
                    byte[] buffer = new byte[64 * 1024];
                    for (long left = length; left > 0; ) {
                        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                        if (read < 0) {
                            throw new UncheckedIOException(new IOException(file + " has become shorter"));
                        }
                        out.write(buffer, 0, read);
                        left -= read;
                    }
                }
            }
        };
    }
}
