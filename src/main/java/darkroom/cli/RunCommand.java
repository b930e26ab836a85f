package darkroom.cli;

import darkroom.camel.Service;
import java.util.List;
import java.util.Optional;
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

    /** The command, if it and its options are nothing but that. */
    static Optional<RunCommand> plain(String... arguments) {
        List<String> words = List.of(arguments);
        if (words.isEmpty() || !words.get(0).equals("run")) {
            return Optional.empty();
        }
        return SettingsOptions.plain(words.subList(1, words.size())).map(options -> {
            RunCommand command = new RunCommand();
            command.settings = options;
            return command;
        });
    }

    @Override
    public Integer call() throws Exception {
        Service service = Service.start(settings.load());
        Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
        service.await();
        return Darkroom.OK;
    }
}
