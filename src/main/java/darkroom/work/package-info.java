/** A job on disk while it is at work: its prompt file, its plan, its receipts. */
@NullMarked
package darkroom.work;

import org.jspecify.annotations.NullMarked;
