package darkroom.camel.component;

import darkroom.schedule.Worker;
import darkroom.webui.Checkpoint;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A WebUI of those that share the work.
 *
 * @param name what it is called in logs, receipts and on other pages for people; unique among them
 * @param url its address, without a slash at its end
 * @param user for Basic authentication; null for none
 * @param password likewise
 * @param weight how fast it is compared with one of 1, until it has shown it; more than 0
 * @param inFlight how many requests may be under way there at a time
 * @param lanes from which it takes tasks, with those below them; empty for all
 * @param checkpoints for which it takes tasks; empty for all that it has
 * @param outputs where its outputs are mounted here; null as for all
 * @param outputsOnServer where they are for itself; null as for all
 * @param state whether it is given anything
 * @param listed whether a file says how it is talked to; else the options do, but for the address
 */
record Member(
        String name,
        String url,
        @Nullable String user,
        @Nullable String password,
        double weight,
        int inFlight,
        Set<String> lanes,
        Set<String> checkpoints,
        @Nullable String outputs,
        @Nullable String outputsOnServer,
        State state,
        boolean listed) {

    /** Whether a WebUI is given anything. */
    enum State {
        /** It is. */
        ON,
        /** Nothing new for now. */
        PAUSED,
        /** Nothing new: it is going to be taken away. */
        DRAINED
    }

    Member {
        lanes = Set.copyOf(lanes);
        checkpoints = Set.copyOf(checkpoints);
    }

    /** The one WebUI, or one of a list of addresses, of these options. */
    static Member of(String url, WebuiConfiguration options) {
        return new Member(
                url, url, null, null, 1, options.getInFlight(), Set.of(), Set.of(), null, null, State.ON, false);
    }

    /** The same one, as if it was given anything. */
    Member forAnything() {
        return new Member(
                name,
                url,
                user,
                password,
                weight,
                inFlight,
                Set.of(),
                Set.of(),
                outputs,
                outputsOnServer,
                State.ON,
                listed);
    }

    /** The options by which it is talked to; they name the file if that lists it. */
    WebuiConfiguration on(WebuiConfiguration all) {
        WebuiConfiguration own = all.copy();
        own.setUrl(url);
        if (listed) {
            own.setAuthUsername(user);
            own.setAuthPassword(password);
            own.setInFlight(inFlight);
            own.setOutputs(outputs == null ? all.getOutputs() : outputs);
            own.setOutputsOnServer(outputsOnServer == null ? all.getOutputsOnServer() : outputsOnServer);
        } else {
            own.setBackends(null);
        }
        return own;
    }

    /**
     * Whether it is given such a task, as far as it is up to what is said here.
     *
     * @param model the checkpoint, and behind a line break what comes with it; empty for none
     */
    boolean takes(String lane, String model) {
        return Worker.takes(lanes, plainCheckpoints(), lane, model);
    }

    /** Whether it is given tasks of a lane for this. */
    boolean takesCheckpoint(String model) {
        return Worker.takes(Set.of(), plainCheckpoints(), "", model);
    }

    /** As tasks name them. */
    Set<String> plainCheckpoints() {
        return checkpoints.stream().map(Checkpoint::plain).collect(Collectors.toSet());
    }

    /** How it is talked to, whatever it is given. */
    Access access() {
        return new Access(url, user, password, inFlight, outputs, outputsOnServer);
    }

    /** How a WebUI is talked to. */
    record Access(
            String url,
            @Nullable String user,
            @Nullable String password,
            int inFlight,
            @Nullable String outputs,
            @Nullable String outputsOnServer) {
        /** Without its password. */
        @Override
        public String toString() {
            return url;
        }
    }

    /** Without its password. */
    @Override
    public String toString() {
        return name.equals(url) ? url : name + " (" + url + ")";
    }
}
