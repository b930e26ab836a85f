package darkroom.schedule;

import java.util.Set;

/** A WebUI, as far as it matters who gets what. Not thread-safe; belongs to one {@link Scheduler}. */
public final class Worker {
    private final String name;
    private final Set<String> lanes;
    private final Set<String> models;
    private double speed;
    private double switchSeconds;
    private String loaded = "";
    private double stayed;

    /**
     * A WebUI with nothing loaded that is known.
     *
     * @param lanes from which it takes tasks; empty for all
     * @param models that it has; empty for all
     * @param speed how fast it is; 1 is what {@link Demand#seconds()} is for
     * @param switchSeconds how long it takes to load another model
     */
    public Worker(String name, Set<String> lanes, Set<String> models, double speed, double switchSeconds) {
        this.name = name;
        this.lanes = Set.copyOf(lanes);
        this.models = Set.copyOf(models);
        this.speed = speed;
        this.switchSeconds = switchSeconds;
    }

    public String name() {
        return name;
    }

    /** What it has loaded, or will have when it gets to what it was given last. */
    public String loaded() {
        return loaded;
    }

    public double speed() {
        return speed;
    }

    public double switchSeconds() {
        return switchSeconds;
    }

    /** What was measured since. */
    public void learn(double newSpeed, double newSwitchSeconds) {
        speed = newSpeed;
        switchSeconds = newSwitchSeconds;
    }

    boolean takes(String lane, String model) {
        return (lanes.isEmpty() || lanes.contains(lane))
                && (models.isEmpty() || model.isEmpty() || models.contains(model));
    }

    boolean has(String model) {
        return model.isEmpty() || model.equals(loaded);
    }

    /** How many seconds it has worked with what is loaded. */
    double stayed() {
        return stayed;
    }

    void gets(String model, double seconds) {
        if (!has(model)) {
            loaded = model;
            stayed = 0;
        }
        stayed += seconds;
    }
}
