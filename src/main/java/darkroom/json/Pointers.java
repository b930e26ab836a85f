package darkroom.json;

/** Names in JSON pointers (RFC 6901). */
public final class Pointers {
    private Pointers() {}

    /** The pointer of a member. */
    public static String member(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** The name that a part of a pointer stands for. */
    public static String name(String part) {
        return part.replace("~1", "/").replace("~0", "~");
    }
}
