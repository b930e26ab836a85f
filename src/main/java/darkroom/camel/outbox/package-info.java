/** The Camel component {@code outbox:}. */
@NullMarked
package darkroom.camel.outbox;

import org.jspecify.annotations.NullMarked;
