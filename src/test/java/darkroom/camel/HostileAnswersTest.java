package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.Said;
import darkroom.json.Json;
import darkroom.promptfile.NoisePng;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that no WebUI gives, to a service that is a process of its own with a heap of 128 MB. */
final class HostileAnswersTest {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final String TXT2IMG = "/sdapi/v1/txt2img";
    private static final String JSON = "Content-Type: application/json";
    private static final String CLOSE = "Connection: close";

    @TempDir
    Path home;

    /** The answer to the first try of a task, and what becomes of its job. */
    private record Case(String code, Rogue.Answer answer, String settings) {}

    private final Map<String, Case> cases = new LinkedHashMap<>();
    private final Set<String> tried = ConcurrentHashMap.newKeySet();

    @Test
    void eachEndsWithItsCodeAndOthersGoOn() throws Exception {
        try (Rogue rogue = new Rogue();
                Rogue elsewhere = new Rogue();
                Bench bench = new Bench(home)) {
            generations(elsewhere.url());
            questions(rogue);
            rogue.on(TXT2IMG, (request, out) -> {
                String name = request.path("prompt").asText();
                Case one = cases.get(name);
                // who is away is asked again until he answers
                boolean again = !tried.add(name) && (one == null || one.code.equals("done"));
                if (one == null || again) {
                    good(out);
                } else {
                    one.answer.write(request, out);
                }
            });
            Process service = RecoveryTest.Program.start(
                    home,
                    List.of(
                            "-Xmx128m",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-Ddarkroom.webui.auth=me:a-secret-password",
                            "-Ddarkroom.webui.answer-timeout=3s",
                            "-Ddarkroom.webui.response-timeout=20s",
                            "-Ddarkroom.webui.max-answer=32MB",
                            "-Ddarkroom.webui.max-picture=1MB",
                            "-Ddarkroom.webui.progress=1s",
                            "-Ddarkroom.retry.pause=50ms",
                            "-Ddarkroom.retry.attempts=1",
                            "-Ddarkroom.retry.backend-failures=0", // nothing that this WebUI says is right
                            "-Ddarkroom.retry.lane-failures=0"),
                    RecoveryTest.Program.arguments(bench, rogue.url()));
            try {
                for (Map.Entry<String, Case> one : cases.entrySet()) {
                    bench.drop(one.getKey() + ".json", job(one.getKey(), one.getValue().settings));
                }
                Map<String, String> expected = new LinkedHashMap<>();
                Map<String, String> became = new LinkedHashMap<>();
                for (Map.Entry<String, Case> one : cases.entrySet()) {
                    expected.put(one.getKey(), one.getValue().code);
                    became.put(one.getKey(), became(bench, one.getKey()));
                }
                assertThat(became).isEqualTo(expected);
                bench.drop("ordinary.json", job("ordinary", ""));
                assertThat(became(bench, "ordinary")).isEqualTo("done");
                assertThat(service.isAlive()).isTrue();
            } finally {
                service.destroy();
                service.waitFor();
            }
            assertThat(elsewhere.asked()).isEmpty();
            assertThat(Files.readString(home.resolve("log")).lines())
                    .allMatch(line -> Said.isPlain(line.replace("\t", "")));
            bench.assertTidy();
        }
    }

    private static String job(String prompt, String settings) {
        return "{\"width\": 64, \"height\": 64, \"seed\": 5, \"steps\": 3, \"prompt\": \"" + prompt + "\"" + settings
                + "}";
    }

    private static String became(Bench bench, String name) throws IOException {
        Path failed = bench.data().resolve("failed/" + name + ".json.error.json");
        Awaitility.await(name)
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Files.exists(failed) || bench.exists("done/" + name + ".json"));
        if (!Files.exists(failed)) {
            return "done";
        }
        assertThat(Said.isPlain(Files.readString(failed).replace("\n", ""))).isTrue();
        return Bench.json(failed).path("code").asText();
    }

    private void on(String name, String code, Rogue.Answer answer) {
        cases.put(name, new Case(code, answer, ""));
    }

    /** With these settings, and an ordinary answer: what is hostile is what is asked about them. */
    private void asking(String name, String code, String settings) {
        cases.put(name, new Case(code, (request, out) -> good(out), ", " + settings));
    }

    private void generations(String elsewhere) {
        String unreadable = "webui-answer-unreadable";
        on("cut-off", "done", (request, out) -> {
            Rogue.head(out, "200 OK", JSON, "Content-Length: 5000");
            write(out, "{\"images\": [\"iVBORw0KGgo");
            throw new IOException("cut");
        });
        on("drip", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{\"images\": [");
            while (true) {
                write(out, " ");
                Thread.sleep(100);
            }
        });
        on("flood", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{\"x\": \"");
            forever(out, "x".repeat(60_000));
        });
        on("flood-of-base64", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{\"images\": [\"");
            forever(out, "iVBO".repeat(15_000));
        });
        on("flood-of-members", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{");
            for (int i = 0; true; i++) {
                write(out, "\"n" + i + "\": [],");
            }
        });
        on("deep", unreadable, (request, out) -> Rogue.plain(out, "200 OK", "{\"info\": " + "[".repeat(1_000_000)));
        on(
                "info-of-many-parts",
                unreadable,
                (request, out) ->
                        Rogue.plain(out, "200 OK", "{\"info\": {\"a\": [" + "[],".repeat(8_000_000) + "0]}}"));
        on("gzip", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE, "Content-Encoding: gzip");
            try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                write(zip, "{\"x\": \"");
                byte[] zeros = "0".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 500; i++) {
                    zip.write(zeros);
                }
            }
        });
        on("html", unreadable, (request, out) -> Rogue.plain(out, "200 OK", "<html>\u001b[2J\u202e login</html>"));
        on(
                "trailing",
                unreadable,
                (request, out) -> Rogue.plain(out, "200 OK", answer(List.of(png(64, 64)), info()) + "x"));
        on("too-many", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{\"images\": [");
            forever(out, "\"\",".repeat(10_000));
        });
        on("too-many-nested", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{\"images\": [[");
            forever(out, "\"iVBO\",".repeat(10_000));
        });
        on("content-length", unreadable, (request, out) -> {
            Rogue.head(out, "200 OK", JSON, "Content-Length: 20", CLOSE);
            write(out, answer(List.of(png(64, 64)), info()));
            out.close();
        });
        on("chunks", "done", (request, out) -> {
            Rogue.head(out, "200 OK", JSON, "Transfer-Encoding: chunked");
            write(out, "ZZZ\r\n{}\r\n-5\r\n");
            out.close();
        });
        on("headers", unreadable, (request, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n");
            forever(out, "X-Header: value\r\n".repeat(1000));
        });
        on("header", unreadable, (request, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nX-Header: ");
            forever(out, "x".repeat(60_000));
        });
        on("interim", unreadable, (request, out) -> forever(out, "HTTP/1.1 102 Processing\r\n\r\n".repeat(100)));
        on("not-http", "done", (request, out) -> forever(out, "SSH-2.0-OpenSSH_9.2\r\n".repeat(100)));
        on("redirect", "webui-redirects", (request, out) -> {
            Rogue.head(out, "307 Temporary Redirect", "Location: " + elsewhere + TXT2IMG, "Content-Length: 0");
        });
        on("redirect-odd", "webui-redirects", (request, out) -> {
            Rogue.head(out, "302 Found", "Location: gopher://\u001b[2J\u0085x", "Content-Length: 0");
        });
        on("error-flood", "webui-rejected", (request, out) -> {
            Rogue.head(out, "422 Unprocessable Entity", JSON, CLOSE);
            write(out, "{\"detail\": \"\u001b[2J");
            forever(out, "<".repeat(10_000));
        });
        on(
                "not-base64",
                "refused-picture",
                (request, out) -> Rogue.plain(
                        out,
                        "200 OK",
                        "{\"images\": [\"@@@@\"], \"info\": " + Json.mapper().writeValueAsString(info()) + "}"));
        on(
                "too-large",
                "refused-picture",
                (request, out) -> Rogue.plain(out, "200 OK", answer(List.of(NoisePng.of(900, 900)), info())));
        on("bomb", "refused-size", (request, out) -> Rogue.plain(out, "200 OK", answer(List.of(bomb(15_000)), info())));
        on(
                "negative",
                "refused-seed",
                (request, out) -> Rogue.plain(
                        out,
                        "200 OK",
                        answer(
                                List.of(png(64, 64)),
                                "{\"seed\": -99999999999999999999, \"steps\": 1e999999,"
                                        + " \"index_of_first_image\": -2147483648, \"all_seeds\": [-1]}")));
        cases.put(
                "infotext",
                new Case(
                        "done",
                        (request, out) -> Rogue.plain(
                                out,
                                "200 OK",
                                answer(
                                        List.of(png(64, 64)),
                                        Json.mapper()
                                                .writeValueAsString(Map.of(
                                                        "seed",
                                                        5,
                                                        "steps",
                                                        3,
                                                        "infotexts",
                                                        List.of("A: \"" + "\\\"".repeat(2_000_000)
                                                                + " ".repeat(2_000_000)))))),
                        ", \"scheduler\": \"Karras\""));
    }

    /** What is asked besides, and before. */
    private void questions(Rogue rogue) throws IOException {
        rogue.on("/internal/progress", (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{\"textinfo\": \"");
            forever(out, "\u001b[2J\\r\\n".repeat(1000));
        });
        rogue.on("/sdapi/v1/progress", (request, out) -> Rogue.plain(out, "200 OK", "[".repeat(900_000)));
        rogue.on("/sdapi/v1/schedulers", (request, out) -> Rogue.plain(out, "200 OK", "[null, {\"label\": null}, 5]"));
        rogue.on("/sdapi/v1/prompt-styles", (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "[");
            forever(out, "{\"name\": \"a\"},".repeat(1000));
        });
        asking("list-flood", "done", "\"styles\": [\"a\"]");
        rogue.on("/sdapi/v1/loras", (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "[{\"name\": \"");
            forever(out, "a".repeat(60_000));
        });
        cases.put("<lora:a:1>", new Case("done", (request, out) -> good(out), ""));
        rogue.on("/sdapi/v1/samplers", (request, out) -> Rogue.plain(out, "200 OK", "[null, {\"name\": null}]"));
        asking("list-of-nulls", "done", "\"sampler_name\": \"Euler\"");
        rogue.on(
                "/sdapi/v1/sd-models", (request, out) -> Rogue.plain(out, "200 OK", "[[[{}]], null, {\"title\": {}}]"));
        rogue.on(
                "/sdapi/v1/cmd-flags",
                (request, out) -> Rogue.plain(out, "200 OK", "\"" + "x".repeat(9_000_000) + "\""));
        rogue.on("/sdapi/v1/options", (request, out) -> {
            Rogue.head(out, "200 OK", JSON, CLOSE);
            write(out, "{");
            for (int i = 0; true; i++) {
                write(out, "\"n" + i + "\": [],");
            }
        });
        asking("options-flood", "done", "\"override_settings\": {\"CLIP_stop_at_last_layers\": 2}");
    }

    private static void good(OutputStream out) throws IOException {
        Rogue.plain(out, "200 OK", answer(List.of(png(64, 64)), info()));
    }

    private static String info() {
        return "{\"seed\": 5, \"steps\": 3, \"all_seeds\": [5]}";
    }

    private static String answer(List<byte[]> pictures, String info) {
        ObjectNode answer = Json.mapper().createObjectNode();
        ArrayNode images = answer.putArray("images");
        pictures.forEach(picture -> images.add(Base64.getEncoder().encodeToString(picture)));
        return answer.put("info", info).toString();
    }

    private static byte[] png(int width, int height) throws IOException {
        return NoisePng.of(width, height);
    }

    /** A PNG of nothing but black, grey, with this side. */
    private static byte[] bomb(int side) throws IOException {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
            byte[] row = new byte[side + 1];
            for (int i = 0; i < side; i++) {
                deflater.write(row);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13).putInt(side).putInt(side).put((byte) 8).array());
        chunk(png, "IDAT", pixels.toByteArray());
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(name);
        png.writeBytes(data);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static void forever(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        while (true) {
            out.write(bytes);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
