/** Secrets: where they are read from, and what is shown in their place. */
@NullMarked
package darkroom.secret;

import org.jspecify.annotations.NullMarked;
