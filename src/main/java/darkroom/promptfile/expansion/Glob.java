package darkroom.promptfile.expansion;

/**
 * Names of wildcards, as the extension matches them (Python's fnmatch): {@code *} stands for any characters, slashes among them,
 * {@code ?} for one, {@code [ab]} and {@code [!ab]} for one of some. A leading {@code **}{@code /} also stands for nothing.
 */
public final class Glob {
    private Glob() {}

    /** Whether a name has anything in it that stands for something else. */
    public static boolean isPattern(String name) {
        return name.indexOf('*') >= 0 || name.indexOf('?') >= 0 || name.indexOf('[') >= 0;
    }

    /** Whether a name is one of those that a pattern stands for. */
    public static boolean matches(String pattern, String name) {
        return match(pattern, name) || (pattern.startsWith("**/") && matches(pattern.substring(3), name));
    }

    /** Goes back to the last star alone, which is enough, and keeps the time to the product of both lengths. */
    private static boolean match(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            int next = p < pattern.length() && pattern.charAt(p) != '*' ? one(pattern, p, name.charAt(n)) : -1;
            if (next >= 0) {
                p = next;
                n++;
            } else if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Where the pattern goes on if what begins at {@code p} stands for a character; -1 if it does not. */
    private static int one(String pattern, int p, char c) {
        char wanted = pattern.charAt(p);
        int close = wanted == '[' ? pattern.indexOf(']', p + (pattern.startsWith("!", p + 1) ? 3 : 2)) : -1;
        if (close < 0) {
            return wanted == '?' || wanted == c ? p + 1 : -1;
        }
        boolean not = pattern.charAt(p + 1) == '!';
        boolean in = false;
        for (int i = p + (not ? 2 : 1); i < close; i++) {
            if (i + 2 < close && pattern.charAt(i + 1) == '-') {
                in |= pattern.charAt(i) <= c && c <= pattern.charAt(i + 2);
                i += 2;
            } else {
                in |= pattern.charAt(i) == c;
            }
        }
        return in == not ? -1 : close + 1;
    }
}
