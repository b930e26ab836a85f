/** JSON as a stream: no string of it, however long, has to fit into memory. */
@NullMarked
package darkroom.json;

import org.jspecify.annotations.NullMarked;
