/** Jobs over HTTP, and the step by which every other source hands its messages over. */
@NullMarked
package darkroom.camel.intake;

import org.jspecify.annotations.NullMarked;
