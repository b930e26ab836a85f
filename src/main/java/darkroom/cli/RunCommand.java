package darkroom.cli;

import darkroom.camel.Service;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code darkroom run}. */
@Command(
        description =
                "Watches the drop folders until it is told to stop (Ctrl-C, SIGTERM). Running tasks are given time"
                        + " to end; what was not begun is left for the next start.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  darkroom run --data /srv/darkroom --webui http://127.0.0.1:7860",
            "  echo '{\"prompt\": \"maltese puppy\", \"steps\": 20}' > /srv/darkroom/drop/puppy.json",
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        Service service = Service.start(settings.load());
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
        service.await();
        return Darkroom.OK;
    }
}
