package darkroom.camel.check;

import darkroom.check.Finding;
import org.apache.camel.Endpoint;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.remote.RemoteFileEndpoint;
import org.apache.camel.component.file.remote.RemoteFileOperations;

/** {@code sftp:}, {@code ftp:} and {@code ftps:}: the server is the one that is known, lets us in, and has the folder. */
final class FileServerCheck implements EndpointCheck {
    @Override
    public Finding examine(Endpoint endpoint, Side side) throws Exception {
        RemoteFileEndpoint<?> server = (RemoteFileEndpoint<?>) endpoint;
        server.setMaximumReconnectAttempts(0);
        RemoteFileOperations<?> operations = server.createRemoteFileOperations();
        try {
            operations.connect(server.getConfiguration(), server.createExchange());
            String folder = server.getConfiguration().getDirectory();
            if (folder == null || folder.isEmpty()) {
                return side.ok("lets us in");
            }
            try {
                operations.changeCurrentDirectory(folder);
                return side.ok("lets us in, and the folder is there");
            } catch (GenericFileOperationFailedException e) {
                return missing(server, side, folder);
            }
        } finally {
            operations.forceDisconnect();
        }
    }

    private static Finding missing(RemoteFileEndpoint<?> server, Side side, String folder) throws UnusableException {
        String remedy = "make it, or correct it in the route; it counts from where one arrives there";
        if (server.isAutoCreate()) {
            return side.warning(
                    "lets us in, and there is no folder " + folder + " that we may enter; it will be made if we may",
                    remedy);
        }
        throw new UnusableException("lets us in, and there is no folder " + folder + " that we may enter", remedy);
    }

    @Override
    public String remedy() {
        return "is the server there? see user, password or key, and the server's own key in known_hosts";
    }
}
