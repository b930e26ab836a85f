package darkroom.cli;

import picocli.CommandLine.IVersionProvider;

/** Which version this is. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Darkroom.class.getPackage().getImplementationVersion();
        return new String[] {
            "Darkroom " + (version == null ? "(not installed)" : version),
            "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
        };
    }
}
