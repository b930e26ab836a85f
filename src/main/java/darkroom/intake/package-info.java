/** Jobs that come by other ways than the drop folder: how they get there, once each, and what has become of them. */
@NullMarked
package darkroom.intake;

import org.jspecify.annotations.NullMarked;
