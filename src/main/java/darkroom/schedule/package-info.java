/** Which task goes to which WebUI next: pure logic, which a simulator can run in its own time. */
@NullMarked
package darkroom.schedule;

import org.jspecify.annotations.NullMarked;
