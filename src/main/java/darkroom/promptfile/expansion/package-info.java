/**
 * One prompt file, many tasks: prompt templates with wildcards, and axes over any field. Everything is counted before anything is
 * made, and each task can be made alone, by its number.
 */
@NullMarked
package darkroom.promptfile.expansion;

import org.jspecify.annotations.NullMarked;
