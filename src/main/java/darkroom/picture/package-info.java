/** What a picture file is: its format, its size, the text in it, and whether it is whole. */
@NullMarked
package darkroom.picture;

import org.jspecify.annotations.NullMarked;
