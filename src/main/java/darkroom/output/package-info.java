/** What is kept: pictures, their names and checks, receipts and manifests. */
@NullMarked
package darkroom.output;

import org.jspecify.annotations.NullMarked;
