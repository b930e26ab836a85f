/** Files in, jobs out: reading, checking and pinning what a prompt file asks for. */
@NullMarked
package darkroom.promptfile;

import org.jspecify.annotations.NullMarked;
