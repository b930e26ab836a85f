/** What waits to be delivered, as files that a person can read, move and repair. */
@NullMarked
package darkroom.outbox;

import org.jspecify.annotations.NullMarked;
