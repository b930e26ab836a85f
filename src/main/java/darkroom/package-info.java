/** Darkroom: prompt files in a folder become pictures in a folder. */
@NullMarked
package darkroom;

import org.jspecify.annotations.NullMarked;
