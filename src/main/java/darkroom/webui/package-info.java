/** The WebUI's contract: payloads, answers, errors. Knows no HTTP client. */
@NullMarked
package darkroom.webui;

import org.jspecify.annotations.NullMarked;
