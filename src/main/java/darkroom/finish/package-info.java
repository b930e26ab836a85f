/** What is done with a picture after it was made: other formats, what its metadata says, sheets of many. */
@NullMarked
package darkroom.finish;

import org.jspecify.annotations.NullMarked;
