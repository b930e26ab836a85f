/** What can be configured: every property, its default, and what is wrong with the values given. */
@NullMarked
package darkroom.settings;

import org.jspecify.annotations.NullMarked;
