package darkroom.schedule;

/** How much of its share a lane has had: start-time fair queueing. */
final class Lane {
    private final double weight;
    private double served; // seconds of work divided by the weight: the lane's virtual time
    private long waiting;

    Lane(double weight) {
        this.weight = weight;
    }

    double weight() {
        return weight;
    }

    double served() {
        return served;
    }

    boolean waits() {
        return waiting > 0;
    }

    void add() {
        waiting++;
    }

    void remove() {
        waiting--;
    }

    /** What it did not use is not saved up. */
    void joinAt(double othersServed) {
        served = Math.max(served, othersServed);
    }

    void serve(double seconds) {
        served += seconds / weight;
    }
}
