package darkroom.webui;

/** Which program answers: A1111 or one of its cousins. What differs between them is in {@link Quirk}. */
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
