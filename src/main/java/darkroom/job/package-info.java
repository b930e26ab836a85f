/** What was asked for, in our words: jobs, tasks, operations, and what can be wrong with them. */
@NullMarked
package darkroom.job;

import org.jspecify.annotations.NullMarked;
