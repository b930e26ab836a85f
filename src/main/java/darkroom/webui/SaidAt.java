package darkroom.webui;

/**
 * Where people say how a WebUI is talked to: what hints have to name.
 *
 * @param url its address, for example {@code darkroom.webui.url}
 * @param auth its user and password
 */
public record SaidAt(String url, String auth) {
    /** In the settings. */
    public static final SaidAt SETTINGS = new SaidAt("darkroom.webui.url", "darkroom.webui.auth");

    /** In a file that lists it by this address. */
    public static SaidAt list(String file, String url) {
        String entry = " of " + url + " in " + file;
        return new SaidAt("url:" + entry, "auth:" + entry);
    }
}
