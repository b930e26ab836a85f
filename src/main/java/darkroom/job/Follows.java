package darkroom.job;

/**
 * What a task works on that goes on from a picture of another one ({@code job.then}).
 *
 * @param task the number of the task that makes the picture
 * @param picture which of its pictures, from 1
 * @param first the number of the task that all began with
 * @param index what stands for {@code [index]} in the name of what it makes, for example {@code 003-then1}
 */
public record Follows(int task, int picture, int first, String index) {}
