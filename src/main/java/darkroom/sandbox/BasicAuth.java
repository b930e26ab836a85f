package darkroom.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HTTP Basic as {@code --api-auth} has it: without a {@code WWW-Authenticate} header (captures 600-615). */
final class BasicAuth {
    private final Map<String, String> passwords;

    BasicAuth(Map<String, String> passwords) {
        this.passwords = passwords;
    }

    void check(@Nullable String authorization) {
        if (passwords.isEmpty()) {
            return;
        }
        String[] parts = authorization == null ? new String[] {""} : authorization.split(" ", 2);
        if (!parts[0].equalsIgnoreCase("basic")) {
            throw ApiError.http(401, "Not authenticated");
        }
        String account = account(parts.length > 1 ? parts[1] : "");
        int colon = account.indexOf(':');
        String password = passwords.get(account.substring(0, colon));
        if (password == null || !same(password, account.substring(colon + 1))) {
            throw ApiError.http(401, "Incorrect username or password");
        }
    }

    private static String account(String base64) {
        byte[] bytes = PictureReader.pythonBase64(base64);
        String account = bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
        if (account.indexOf(':') < 0 || !account.chars().allMatch(c -> c < 128)) {
            throw ApiError.http(401, "Invalid authentication credentials");
        }
        return account;
    }

    private static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
