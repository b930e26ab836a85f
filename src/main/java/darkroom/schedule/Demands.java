package darkroom.schedule;

import java.util.Set;

/** What the tasks of one queue have in common. */
record Demands(String lane, int priority, String model, Set<String> unfit) {
    static Demands of(Demand demand) {
        return new Demands(demand.lane(), demand.priority(), demand.model(), demand.unfit());
    }
}
