/** The steps that routes call by name, and what keeps the routes running. Only this room knows Camel. */
@NullMarked
package darkroom.camel;

import org.jspecify.annotations.NullMarked;
