package darkroom.schedule.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * No scheduler, whatever it knows beforehand, is through with the work of a scenario before {@link #makespan}. docs/scheduling.md
 * says why.
 */
final class Bound {
    private static final int STEPS = 200;

    private final List<Backend> backends;
    private final Work work;
    private final Capacity capacity;
    private final long models;
    private final boolean allNameOne; // a model

    private Bound(List<Backend> backends, Work work, Capacity capacity) {
        this.backends = backends;
        this.work = work;
        this.capacity = capacity;
        models = work.modelsAskedFor();
        allNameOne = work.own() == work.models().size();
    }

    /** The highest busy share that can be. */
    static double busyShare(List<Backend> backends, Work work, Capacity capacity) {
        if (work.size() == 0) {
            return 0;
        }
        Bound bound = new Bound(backends, work, capacity);
        return Math.min(1, work.sum() / capacity.until(bound.makespan()));
    }

    double makespan() {
        return Math.max(byLoads(), byArrivals());
    }

    /**
     * All backends that do anything have to load something before, after each absence again, unless there are tasks that name no
     * model.
     */
    private double byLoads() {
        double low = 0;
        double high = work.at(work.size() - 1) + 1;
        while (useful(high) < work.sum()) {
            low = high;
            high *= 2;
        }
        for (int i = 0; i < STEPS && high - low > high * 1e-12; i++) {
            double middle = (low + high) / 2;
            if (useful(middle) < work.sum()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** What the backends can do until then at most beside loading. */
    private double useful(double until) {
        double sum = 0;
        long times = 0;
        double cheapest = Double.POSITIVE_INFINITY;
        for (Backend backend : backends) {
            cheapest = Math.min(cheapest, backend.speed() * backend.switchSeconds());
            Backend.Absences absences = backend.absences();
            double from = 0;
            while (from < until) {
                double to = Math.min(until, absences.begin());
                times += allNameOne ? 1 : 0;
                sum += backend.speed() * Math.max(0, to - from - (allNameOne ? backend.switchSeconds() : 0));
                from = absences.end() > absences.begin() ? absences.end() : Double.POSITIVE_INFINITY;
                absences.next();
            }
        }
        return sum - Math.max(0, models - times) * cheapest; // some have to load more than one
    }

    /** What comes after a time is done after it; and a task takes its time on the fastest backend. */
    private double byArrivals() {
        double fastest = 0;
        for (Backend backend : backends) {
            fastest = Math.max(fastest, backend.speed());
        }
        double latest = 0;
        double after = 0;
        for (int task = work.size() - 1; task >= 0; task--) {
            after += work.seconds(task);
            latest = Math.max(latest, work.at(task) + work.seconds(task) / fastest);
            if (task == 0 || work.at(task - 1) < work.at(task)) {
                latest = Math.max(latest, capacity.when(capacity.until(work.at(task)) + after));
            }
        }
        return latest;
    }

    /** What all backends together could have done by when, with their absences: straight lines between some points. */
    static final class Capacity {
        private final List<Backend> backends;
        private double[] times = {0};
        private double[] done = {0};
        private double[] rates = {0};
        private double horizon = -1;

        Capacity(List<Backend> backends) {
            this.backends = backends;
            reach(1);
        }

        /** Seconds of work of speed 1 that could have been done until then. */
        double until(double time) {
            reach(time);
            int i = Arrays.binarySearch(times, time);
            int at = i >= 0 ? i : -i - 2;
            return done[at] + rates[at] * (time - times[at]);
        }

        /** When so much could have been done. */
        double when(double amount) {
            while (until(horizon) < amount) {
                reach(horizon * 2);
            }
            int i = Arrays.binarySearch(done, amount);
            int at = i >= 0 ? i : -i - 2;
            return rates[at] == 0 ? times[at] : times[at] + (amount - done[at]) / rates[at];
        }

        private void reach(double time) {
            if (time <= horizon) {
                return;
            }
            horizon = Math.max(time, horizon * 2);
            double all = 0;
            List<double[]> changes = new ArrayList<>();
            for (Backend backend : backends) {
                all += backend.speed();
                Backend.Absences absences = backend.absences();
                while (absences.begin() <= horizon) {
                    changes.add(new double[] {absences.begin(), -backend.speed()});
                    changes.add(new double[] {absences.end(), backend.speed()});
                    absences.next();
                }
            }
            changes.sort((a, b) -> Double.compare(a[0], b[0]));
            times = new double[changes.size() + 1];
            done = new double[times.length];
            rates = new double[times.length];
            rates[0] = all;
            for (int i = 1; i < times.length; i++) {
                double[] change = changes.get(i - 1);
                times[i] = change[0];
                done[i] = done[i - 1] + rates[i - 1] * (times[i] - times[i - 1]);
                rates[i] = Math.max(0, rates[i - 1] + change[1]);
            }
        }
    }
}
