package darkroom.schedule.simulation;

import darkroom.schedule.Learnt;
import darkroom.schedule.Worker;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** A backend of the scenario, before anything happens. */
record Backend(int index, String name, double speed, double switchSeconds, Scenario.Backends kind, long seed) {
    static List<Backend> of(Scenario scenario) {
        List<Backend> all = new ArrayList<>();
        Chance chance = new Chance(scenario.seed(), 2);
        for (Scenario.Backends kind : scenario.backends()) {
            for (int i = 1; i <= kind.count(); i++) {
                String name = kind.count() == 1 ? kind.name() : kind.name() + "-" + i;
                double speed = chance.amount(kind.speed());
                all.add(new Backend(all.size(), name, speed, kind.switchSeconds(), kind, scenario.seed()));
            }
        }
        return all;
    }

    Worker newWorker(Learnt learnt) {
        return new Worker(
                name, Set.copyOf(kind.lanes()), Set.copyOf(kind.checkpoints()), learnt.speed(), learnt.switchSeconds());
    }

    /** For each backend a number that is the same for those which can do the same. */
    static int[] kinds(List<Backend> backends) {
        IdentityHashMap<Scenario.Backends, Integer> numbers = new IdentityHashMap<>();
        return backends.stream()
                .mapToInt(each -> numbers.computeIfAbsent(each.kind, kind -> numbers.size()))
                .toArray();
    }

    boolean takes(String lane, String model) {
        return Worker.takes(kind.lanes(), kind.checkpoints(), lane, model);
    }

    /** The times when it is away, from the first one on; the same each time. */
    Absences absences() {
        return new Absences(kind, new Chance(seed, 1000L + index));
    }

    /** Known outages and failures by chance, one after the other; those that overlap are one. */
    static final class Absences {
        private final List<Scenario.Outage> outages;
        private final Scenario.Backends kind;
        private final Chance chance;
        private int nextOutage;
        private double failureAt = Double.POSITIVE_INFINITY;
        private double failureEnds;
        private double begin;
        private double end;

        private Absences(Scenario.Backends kind, Chance chance) {
            this.kind = kind;
            this.chance = chance;
            outages = kind.outages().stream()
                    .sorted((a, b) -> Double.compare(a.at(), b.at()))
                    .toList();
            failure(0);
            next();
        }

        /** When it goes next; infinite for never. */
        double begin() {
            return begin;
        }

        double end() {
            return end;
        }

        void next() {
            begin = Double.POSITIVE_INFINITY;
            end = Double.NEGATIVE_INFINITY;
            while (true) {
                double outageAt =
                        nextOutage < outages.size() ? outages.get(nextOutage).at() : Double.POSITIVE_INFINITY;
                double at = Math.min(outageAt, failureAt);
                if (at == Double.POSITIVE_INFINITY || (begin < Double.POSITIVE_INFINITY && at > end)) {
                    return;
                }
                begin = Math.min(begin, at);
                if (outageAt <= failureAt) {
                    end = Math.max(end, outageAt + outages.get(nextOutage++).last());
                } else {
                    end = Math.max(end, failureEnds);
                    failure(failureEnds);
                }
            }
        }

        private void failure(double from) {
            Scenario.Failures failures = kind.failures();
            if (failures != null) {
                failureAt = from + chance.exponential(failures.every());
                failureEnds = failureAt + chance.exponential(failures.last());
            }
        }
    }
}
