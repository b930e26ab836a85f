package darkroom.schedule.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tasks of a scenario, numbered in the order in which they come; 16 bytes each. */
final class Work {
    private final List<String> lanes;
    private final List<String> models;
    private double[] at;
    private float[] seconds;
    private short[] lane;
    private short[] model;
    private int size;
    private double sum;

    private Work(Scenario scenario, int capacity) {
        lanes = new ArrayList<>(scenario.lanes().keySet());
        models = new ArrayList<>(scenario.checkpoints().shares().keySet());
        at = new double[capacity];
        seconds = new float[capacity];
        lane = new short[capacity];
        model = new short[capacity];
    }

    /** Draws or reads them. */
    static Work of(Scenario scenario, double speed) throws IOException {
        Scenario.Arrivals arrivals = scenario.arrivals();
        String file = arrivals.file();
        return file != null ? read(scenario, Path.of(file)) : drawn(scenario, arrivals, speed);
    }

    private static Work drawn(Scenario scenario, Scenario.Arrivals arrivals, double speed) {
        Scenario.Bursts bursts = arrivals.bursts();
        int inBursts = bursts == null ? 0 : Math.multiplyExact(bursts.tasks(), bursts.times());
        Work work = new Work(scenario, Math.addExact(Math.addExact(arrivals.backlog(), arrivals.tasks()), inBursts));
        Chance chance = new Chance(scenario.seed(), 1);
        double[] laneSums = Chance.sums(scenario.lanes().values().stream()
                .mapToDouble(Scenario.LaneShare::share)
                .toArray());
        double[] modelSums = Chance.sums(scenario.checkpoints().shares().values().stream()
                .mapToDouble(share -> share)
                .toArray());
        double gap = arrivals.load() == 0 ? 0 : scenario.seconds().mean() / (arrivals.load() * speed);
        double next = arrivals.tasks() > 0 ? chance.exponential(gap) : Double.POSITIVE_INFINITY;
        int left = arrivals.tasks();
        int burst = 1;
        int inBurst = bursts == null ? 0 : bursts.tasks();
        for (int i = 0; i < work.at.length; i++) {
            double time;
            double burstAt =
                    bursts == null || burst > bursts.times() ? Double.POSITIVE_INFINITY : burst * bursts.every();
            if (i < arrivals.backlog()) {
                time = 0;
            } else if (burstAt <= next) {
                time = burstAt;
                if (--inBurst == 0) {
                    burst++;
                    inBurst = bursts == null ? 0 : bursts.tasks();
                }
            } else {
                time = next;
                next = --left > 0 ? next + chance.exponential(gap) : Double.POSITIVE_INFINITY;
            }
            int drawnModel = scenario.checkpoints().alternating() ? i % modelSums.length : chance.oneOf(modelSums);
            work.add(time, chance.oneOf(laneSums), drawnModel, chance.amount(scenario.seconds()));
        }
        return work;
    }

    private static Work read(Scenario scenario, Path file) throws IOException {
        Work work = new Work(scenario, 16);
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank() || (number == 1 && line.startsWith("at,"))) {
                    continue;
                }
                String[] cells = line.split(",", -1);
                try {
                    work.addRow(cells);
                } catch (IllegalArgumentException e) {
                    throw new IOException(
                            file + ", line " + number + ": expected at,lane,checkpoint,seconds with times in order; "
                                    + e.getMessage(),
                            e);
                }
            }
        }
        return work;
    }

    private void addRow(String[] cells) {
        if (cells.length != 4) {
            throw new IllegalArgumentException("there are " + cells.length + " cells");
        }
        double time = number("at", cells[0]);
        double length = number("seconds", cells[3]);
        if (!(length > 0 && time >= (size == 0 ? 0 : at[size - 1]))) {
            throw new IllegalArgumentException("at is " + time + ", seconds is " + length);
        }
        add(time, index(lanes, cells[1].strip()), index(models, cells[2].strip()), length);
    }

    private static double number(String column, String cell) {
        try {
            return Double.parseDouble(cell.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(column + " is '" + cell.strip() + "', which is no number", e);
        }
    }

    private static int index(List<String> names, String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            names.add(name);
            return names.size() - 1;
        }
        return index;
    }

    private void add(double time, int taskLane, int taskModel, double taskSeconds) {
        if (size == at.length) {
            int more = size * 2;
            at = Arrays.copyOf(at, more);
            seconds = Arrays.copyOf(seconds, more);
            lane = Arrays.copyOf(lane, more);
            model = Arrays.copyOf(model, more);
        }
        at[size] = time;
        lane[size] = (short) taskLane;
        model[size] = (short) taskModel;
        seconds[size] = (float) taskSeconds;
        sum += seconds[size];
        size++;
    }

    List<String> lanes() {
        return lanes;
    }

    List<String> models() {
        return models;
    }

    int size() {
        return size;
    }

    double at(int task) {
        return at[task];
    }

    double seconds(int task) {
        return seconds[task];
    }

    int lane(int task) {
        return lane[task];
    }

    int model(int task) {
        return model[task];
    }

    /** The number of the model that backends load by themselves, which tasks ask for that name none. */
    int own() {
        int own = models.indexOf("");
        return own < 0 ? models.size() : own;
    }

    /** How many models there are tasks for that name one. */
    long modelsAskedFor() {
        boolean[] asked = new boolean[models.size()];
        int own = own();
        long count = 0;
        for (int task = 0; task < size; task++) {
            count += asked[model[task]] || model[task] == own ? 0 : 1;
            asked[model[task]] = true;
        }
        return count;
    }

    /** All of it, in seconds of speed 1. */
    double sum() {
        return sum;
    }
}
