/** The command line. */
@NullMarked
package darkroom.cli;

import org.jspecify.annotations.NullMarked;
