package darkroom.files;

import java.util.regex.Pattern;

/** Names of what systems and tools leave behind in folders, or write while they are not finished; hidden names as well. */
public final class JunkName {
    private static final Pattern JUNK = Pattern.compile(
            "\\..*|~.*|.*~|readme([.].*)?|.*[.](part|partial|filepart|tmp|temp|crdownload|download|swp|lock|camellock)"
                    + "|thumbs[.]db|desktop[.]ini|@eadir|#recycle|[$]recycle[.]bin|system volume information|lost[+]found"
                    + "|__macosx",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private JunkName() {}

    /** Whether a file or folder of this name is nobody's. */
    public static boolean is(String name) {
        return JUNK.matcher(name).matches();
    }
}
