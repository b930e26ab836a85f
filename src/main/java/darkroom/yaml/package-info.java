/** YAML files that people write about an installation or a scenario: what is wrong with one is said with its line. */
@NullMarked
package darkroom.yaml;

import org.jspecify.annotations.NullMarked;
