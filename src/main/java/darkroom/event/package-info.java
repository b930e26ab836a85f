/** What is told about jobs, as documents of CloudEvents 1.0. */
@NullMarked
package darkroom.event;

import org.jspecify.annotations.NullMarked;
