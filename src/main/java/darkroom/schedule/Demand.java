package darkroom.schedule;

/**
 * What a task asks of a WebUI.
 *
 * @param lane whose share of the GPUs it takes
 * @param priority higher goes first; 0 for most
 * @param model what has to be loaded for it: checkpoint, VAE and refiner, as one name; empty for whatever there is
 * @param seconds how long a WebUI of speed 1 is expected to work on it, more than 0
 */
public record Demand(String lane, int priority, String model, double seconds) {
    public Demand {
        if (!(seconds > 0)) {
            throw new IllegalArgumentException("a task of " + seconds + " s");
        }
    }
}
