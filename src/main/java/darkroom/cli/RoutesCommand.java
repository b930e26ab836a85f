package darkroom.cli;

import darkroom.camel.RouteCheck;
import darkroom.camel.RouteProblem;
import darkroom.settings.Setting;
import darkroom.settings.Settings;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code darkroom routes …}. */
@Command(
        description = "Looks after the routes folder.",
        subcommands = RoutesCommand.Check.class,
        mixinStandardHelpOptions = true)
final class RoutesCommand {
    /** {@code darkroom routes check}. */
    @Command(
            name = "check",
            description =
                    "Says whether the routes can be loaded, and if not, where the mistake is. Touches nothing that"
                            + " runs; exits with 0 if they can, with 1 if not.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  darkroom routes check --routes ./routes"})
    static final class Check implements Callable<Integer> {
        @Mixin
        private SettingsOptions options = new SettingsOptions();

        @Override
        public Integer call() throws Exception {
            Settings settings = options.load();
            Optional<RouteProblem> problem = RouteCheck.check(settings);
            if (problem.isPresent()) {
                System.out.println(problem.get().sentence());
                return Darkroom.NOT_OK;
            }
            System.out.println("the routes in " + settings.path(Setting.ROUTES) + " can be loaded");
            return Darkroom.OK;
        }
    }
}
