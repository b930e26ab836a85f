import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a careful Java programmer writes in an afternoon: one file after the other, the answer read as a stream, pictures
 * hashed, forced to disk and renamed. No checks, no receipts, no retries; it stops at the first error.
 */
final class PlainClient {
    public static void main(String[] arguments) throws Exception {
        URI url = URI.create(arguments[0] + "/sdapi/v1/txt2img");
        Path drop = Path.of(arguments[1]);
        Path outputs = Files.createDirectories(Path.of(arguments[2]));
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        while (true) {
            List<Path> files;
            try (Stream<Path> found = Files.list(drop)) {
                files = found.filter(file -> file.toString().endsWith(".json"))
                        .sorted()
                        .toList();
            }
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".json", "");
                HttpRequest request = HttpRequest.newBuilder(url)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofFile(file))
                        .build();
                try (InputStream body = client.send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body()) {
                    save(body, outputs, name);
                }
                Files.delete(file);
            }
            Thread.sleep(20);
        }
    }

    private static void save(InputStream body, Path outputs, String name) throws Exception {
        int number = 0;
        try (JsonParser json = new JsonFactory().createParser(body)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.START_ARRAY && "images".equals(json.currentName())) {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        Path part = outputs.resolve("." + name + ".part");
                        MessageDigest hash = MessageDigest.getInstance("SHA-256");
                        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(part), hash)) {
                            json.readBinaryValue(out);
                        }
                        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                            channel.force(true);
                        }
                        Files.move(
                                part, outputs.resolve(name + "-" + ++number + ".png"), StandardCopyOption.ATOMIC_MOVE);
                    }
                } else if (json.currentToken() == JsonToken.START_OBJECT && json.currentName() != null) {
                    json.skipChildren();
                }
            }
        }
    }
}
