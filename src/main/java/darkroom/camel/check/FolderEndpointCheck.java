package darkroom.camel.check;

import darkroom.camel.outbox.NewOrSame;
import darkroom.camel.outbox.OutboxConstants;
import darkroom.check.Finding;
import darkroom.check.FolderCheck;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.component.file.FileEndpoint;
import org.jspecify.annotations.Nullable;

/** {@code file:}: the folder is there, or can be made, and can be written to. */
final class FolderEndpointCheck implements EndpointCheck {
    /** Stands for whatever differs from output to output. */
    private static final String DIFFERS = "darkroom-check-any";

    private final @Nullable Expression target;

    /**
     * Examines.
     *
     * @param target what the variable {@link NewOrSame#TARGET} is set to before; null if it isn't
     */
    FolderEndpointCheck(@Nullable Expression target) {
        this.target = target;
    }

    @Override
    public Finding examine(Endpoint endpoint, Side side) {
        Path folder = folder((FileEndpoint) endpoint, side);
        Finding finding = FolderCheck.reachable(side.subject(), folder);
        boolean needed = !side.sends() && finding.severity() == Finding.Severity.WARNING;
        return needed && !((FileEndpoint) endpoint).isAutoCreate()
                ? side.error("there is no folder " + folder, "make it, or mount it, or correct the route")
                : finding;
    }

    /** The part of where files go that is the same for all of them. */
    private Path folder(FileEndpoint endpoint, Side side) {
        Path folder = endpoint.getFile().toPath().toAbsolutePath();
        Expression name = endpoint.getFileName();
        if (!side.sends() || name == null) {
            return folder;
        }
        Path file;
        try {
            file = folder.resolve(relative(file(endpoint, name)));
        } catch (RuntimeException e) {
            return folder; // the name is made of something that only an output has
        }
        Path same = file.getRoot();
        for (Path part : file.resolveSibling("")) {
            if (part.toString().contains(DIFFERS)) {
                break;
            }
            same = same == null ? part : same.resolve(part);
        }
        return same == null ? folder : same;
    }

    private String file(FileEndpoint endpoint, Expression name) {
        Exchange any = endpoint.createExchange();
        for (String variable : variables()) {
            any.setVariable(variable, DIFFERS);
        }
        if (target != null) {
            any.setVariable(NewOrSame.TARGET, target.evaluate(any, String.class));
        }
        return String.valueOf(name.evaluate(any, String.class));
    }

    /** As Camel does it: what is below the folder may begin with a slash. */
    private static String relative(String name) {
        return name.replaceFirst("^[/\\\\]+", "");
    }

    private static List<String> variables() {
        return List.of(
                OutboxConstants.KEY,
                OutboxConstants.NAME,
                OutboxConstants.FOLDER,
                OutboxConstants.JOB,
                OutboxConstants.JOB_NAME,
                OutboxConstants.LANE,
                OutboxConstants.DATE,
                OutboxConstants.PROMPT_FILE,
                OutboxConstants.TASK,
                OutboxConstants.MEDIA_TYPE,
                OutboxConstants.SHA256,
                OutboxConstants.SEED,
                OutboxConstants.ATTEMPT);
    }

    @Override
    public String remedy() {
        return "correct the folder in the route";
    }
}
