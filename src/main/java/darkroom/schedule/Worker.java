package darkroom.schedule;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A WebUI, as far as it matters who gets what. Its {@link Scheduler} keeps it up to date, and is told what was measured since.
 * Not thread-safe; belongs to one scheduler.
 */
public final class Worker {
    private static final long NEVER = -1;

    private final String name;
    private final Set<String> lanes;
    private final Set<String> models;
    private double speed;
    private double switchSeconds;
    private boolean guessed;
    private double unusedSince;
    private long unusedIn = NEVER;
    private String own = "";
    private String loaded = "";
    private int loadedFor = Integer.MIN_VALUE;
    private double stayed;
    private double busyUntil;
    private int inFlight;
    private boolean joined;

    /**
     * A WebUI that has loaded what it loads by itself.
     *
     * @param lanes from which it takes tasks, and from those in them; empty for all
     * @param models the checkpoints that it has; empty for all
     * @param speed how fast it is, more than 0; 1 is what {@link Demand#seconds()} is for
     * @param switchSeconds how long it takes to load another model
     */
    public Worker(String name, Set<String> lanes, Set<String> models, double speed, double switchSeconds) {
        this.name = name;
        this.lanes = Set.copyOf(lanes);
        this.models = Set.copyOf(models);
        measured(speed, switchSeconds);
    }

    /** By what {@link Demand#unfit()} knows it. */
    public String name() {
        return name;
    }

    /** What it has loaded, or will have when it gets to what it was given last; empty for what it loads by itself. */
    public String loaded() {
        return loaded;
    }

    /** How fast it is; 1 is what {@link Demand#seconds()} is for. */
    public double speed() {
        return speed;
    }

    /** How long it takes to load another model. */
    public double switchSeconds() {
        return switchSeconds;
    }

    /** How many tasks it was given that are not {@linkplain Scheduler#finished finished}. */
    public int inFlight() {
        return inFlight;
    }

    boolean takes(Demands demands) {
        return takes(lanes, models, demands.lane(), demands.model())
                && (demands.unfit().isEmpty() || !demands.unfit().contains(name));
    }

    /**
     * Whether one that takes tasks from these lanes and has these checkpoints takes those of a lane and a model.
     *
     * @param lanes empty for all; what is in a lane is in those that it is in as well
     * @param models empty for all
     * @param model the checkpoint, and behind a line break what comes with it
     */
    public static boolean takes(Collection<String> lanes, Collection<String> models, String lane, String model) {
        return (lanes.isEmpty() || isIn(lanes, lane))
                && (models.isEmpty() || model.isEmpty() || models.contains(checkpoint(model)));
    }

    private static boolean isIn(Collection<String> lanes, String lane) {
        return lanes.contains(lane) || lanes.stream().anyMatch(each -> lane.startsWith(each + "/"));
    }

    private static String checkpoint(String model) {
        int end = model.indexOf('\n');
        return end < 0 ? model : model.substring(0, end);
    }

    boolean has(String model) {
        return meant(model).equals(loaded);
    }

    private String meant(String model) {
        return model.isEmpty() ? own : model;
    }

    /** The names of what it has loaded: also what a task names that leaves it to the WebUI. */
    List<String> held() {
        return loaded.equals(own) && !own.isEmpty() ? List.of(own, "") : List.of(loaded);
    }

    void own(String model) {
        if (loaded.equals(own)) {
            loaded = model;
        }
        own = model;
    }

    /** The priority of the task for which it loaded what it has; the lowest if that is not known. */
    int loadedFor() {
        return loadedFor;
    }

    /** How many seconds of work it was given with what is loaded. */
    double stayed() {
        return stayed;
    }

    boolean joined() {
        return joined;
    }

    void joined(boolean there) {
        joined = there;
    }

    void measured(double newSpeed, double newSwitchSeconds) {
        if (!(newSpeed > 0 && newSpeed < Double.POSITIVE_INFINITY && newSwitchSeconds >= 0)) {
            throw new IllegalArgumentException(
                    name + " of speed " + newSpeed + ", loading for " + newSwitchSeconds + " s");
        }
        speed = newSpeed;
        switchSeconds = newSwitchSeconds;
    }

    /** Nobody has seen yet how long it takes to load something. */
    void guessed(boolean so) {
        guessed = so;
    }

    /** How long loads take elsewhere, for one of which nobody has seen it. */
    void guess(double usualSwitchSeconds) {
        if (guessed) {
            switchSeconds = usualSwitchSeconds;
        }
    }

    /**
     * It has nothing to do, though something waits that it could do.
     *
     * @param period a number that changes when there is nothing at all that waits
     */
    void unused(long period, double now) {
        if (unusedIn != period) {
            unusedIn = period;
            unusedSince = now;
        }
    }

    /** Nothing waits that it could do. */
    void rests() {
        unusedIn = NEVER;
    }

    /** For how many seconds it has had nothing to do, though all that time something waited that it could do. */
    double unusedFor(long period, double now) {
        return unusedIn == period ? now - unusedSince : 0;
    }

    void loads(String model) {
        loaded = meant(model);
        loadedFor = Integer.MIN_VALUE;
        stayed = 0;
    }

    /** For how many seconds it is expected to be busy yet. */
    double busy(double now) {
        return inFlight == 0 ? 0 : Math.max(0, busyUntil - now);
    }

    void gets(String model, int priority, double seconds, double now) {
        double begins = now + busy(now);
        if (!has(model)) {
            loads(model);
            loadedFor = priority;
            begins += switchSeconds;
        }
        stayed += seconds / speed;
        busyUntil = begins + seconds / speed;
        unusedIn = NEVER;
        inFlight++;
    }

    void finishes() {
        inFlight = Math.max(0, inFlight - 1);
    }

    @Override
    public String toString() {
        return name + (loaded.isEmpty() ? "" : " with " + loaded);
    }
}
