package darkroom.promptfile.expansion;

/**
 * How much a prompt file may ask for. It is untrusted: a line of text can stand for more prompts than there are atoms.
 *
 * @param tasks most tasks of a job, whatever {@code job.limit} says
 * @param longestText most characters of a template, and of a prompt made from it
 * @param deepest how deep templates, wildcards and variables may stand in each other
 * @param mostParts how many parts the templates of a job may have, wildcards that are templates themselves included; each takes some
 *     hundred bytes
 * @param mostValues how many values a variable may have that decides which wildcard is meant
 */
public record ExpansionLimits(long tasks, int longestText, int deepest, int mostParts, int mostValues) {
    /** For a number of tasks, with room for what people write. */
    public static ExpansionLimits of(long tasks) {
        return new ExpansionLimits(tasks, 100_000, 100, 100_000, 1_000);
    }
}
