/** The Camel component {@code webui:}. */
@NullMarked
package darkroom.camel.component;

import org.jspecify.annotations.NullMarked;
