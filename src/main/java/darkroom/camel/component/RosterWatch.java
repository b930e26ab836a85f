package darkroom.camel.component;

import darkroom.yaml.MistakeException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a pool follow its file. While something is wrong with that, what it said before counts. */
final class RosterWatch extends Watch {
    private static final Logger LOG = LoggerFactory.getLogger(RosterWatch.class);
    private static final long LOOK_EVERY = 1000;

    private final Roster roster;
    private final int inFlight;
    private final List<Member> otherwise;
    private final Pool pool;
    private String version = "";

    /**
     * A watch, not started.
     *
     * @param inFlight how many requests may be under way where the file does not say it
     * @param otherwise what counts while there is no file
     */
    RosterWatch(CamelContext context, Roster roster, int inFlight, List<Member> otherwise, Pool pool) {
        super(context, "webui-backends", LOOK_EVERY);
        this.roster = roster;
        this.inFlight = inFlight;
        this.otherwise = otherwise;
        this.pool = pool;
    }

    /**
     * Reads it for the first time.
     *
     * @param namedBy who has named it, so that it has to be there; null if nobody has
     * @throws WebuiListException if something is wrong with it
     */
    void begin(@Nullable String namedBy) {
        version = roster.version();
        if (version.isEmpty() && namedBy != null) {
            throw new WebuiListException(
                    roster.file(),
                    "there is no such file, and " + namedBy + " names it as 'darkroom.webuis'",
                    "write the list there, correct the path, or leave the setting out to use 'darkroom.webui.url', "
                            + otherwise.stream().map(Member::url).collect(Collectors.joining(",")));
        }
        try {
            pool.setMembers(version.isEmpty() ? otherwise : roster.read(inFlight));
        } catch (MistakeException e) {
            throw new WebuiListException(roster.file(), e);
        }
    }

    @Override
    void look() {
        String now = roster.version();
        if (now.equals(version)) {
            return;
        }
        boolean gone = now.isEmpty();
        try {
            if (gone) {
                LOG.warn(
                        "{} is gone; what it said counts until there is another one, or the next start", roster.file());
            } else {
                List<Member> members = roster.read(inFlight);
                pool.setMembers(members);
                LOG.info("{}: these share the work now: {}", roster.file(), words(members));
            }
        } catch (MistakeException e) {
            LOG.error("{}; what was read before still counts", e.getMessage());
        }
        version = now;
    }

    private static String words(List<Member> members) {
        String rest = Stream.of(Member.State.PAUSED, Member.State.DRAINED)
                .filter(state -> members.stream().anyMatch(member -> member.state() == state))
                .map(state -> "; " + state.name().toLowerCase(Locale.ROOT) + ": " + in(state, members))
                .collect(Collectors.joining());
        String on = in(Member.State.ON, members);
        return (on.isEmpty() ? "none" : on) + rest;
    }

    private static String in(Member.State state, List<Member> members) {
        return members.stream()
                .filter(member -> member.state() == state)
                .map(Member::toString)
                .collect(Collectors.joining(", "));
    }
}
