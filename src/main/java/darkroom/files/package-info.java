/** Files that are written whole or not at all, under names that every system accepts. */
@NullMarked
package darkroom.files;

import org.jspecify.annotations.NullMarked;
