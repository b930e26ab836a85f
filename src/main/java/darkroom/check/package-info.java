/** What {@code darkroom check} finds, and how folders are examined. */
@NullMarked
package darkroom.check;

import org.jspecify.annotations.NullMarked;
