/** The scheduler in virtual time: what it would do with a farm that need not exist, beside what simpler ones would do. */
@NullMarked
package darkroom.schedule.simulation;

import org.jspecify.annotations.NullMarked;
