package darkroom.webui;

/**
 * Which program answers: A1111 or one of its cousins. What differs between them, and where it was read, is the contract's
 * (webui-api, section 8); what Darkroom does about it:
 *
 * <pre>
 *                       told by                     options written down  files found by stamp
 * A1111                 else                        yes                   yes
 * Forge                 /sdapi/v1/sd-modules        yes                   yes
 * SD.Next               /sdapi/v1/version           not needed            if it has the options
 * stable-diffusion.cpp  /sdcpp/v1/capabilities      has none              no: fetched
 * KoboldCpp             /api/extra/version          has none              no: fetched
 * </pre>
 */
public enum Dialect {
    STABLE_DIFFUSION_CPP("stable-diffusion.cpp", "/sdcpp/v1/capabilities"),
    KOBOLD_CPP("KoboldCpp", "/api/extra/version"),
    SD_NEXT("SD.Next", "/sdapi/v1/version"),
    FORGE("Stable Diffusion WebUI Forge", "/sdapi/v1/sd-modules"),
    A1111("AUTOMATIC1111's WebUI", "");

    private final String title;
    private final String tellTale;

    Dialect(String title, String tellTale) {
        this.title = title;
        this.tellTale = tellTale;
    }

    /** What people call the program. */
    public String title() {
        return title;
    }

    /** A path that it answers and those below it in this list don't; empty for the last. */
    public String tellTale() {
        return tellTale;
    }
}
