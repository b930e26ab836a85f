/** Whether the far sides of destinations and sources can be reached: one class for each protocol. */
@NullMarked
package darkroom.camel.check;

import org.jspecify.annotations.NullMarked;
