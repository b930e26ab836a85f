package darkroom.schedule;

/**
 * What waits in one lane with one priority for one model.
 *
 * @param tasks how many
 * @param seconds how long a WebUI of speed 1 would work on them
 * @param since when the one came that has waited longest
 */
public record Waiting(String lane, int priority, String model, long tasks, double seconds, double since) {}
