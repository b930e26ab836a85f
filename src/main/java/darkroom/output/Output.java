package darkroom.output;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * One picture file that was kept, as receipts show it.
 *
 * @param file its name in the job's output folder; a path if it stays where the WebUI saved it
 * @param saved where the WebUI keeps its own file of it, as seen from here; null if it keeps none that is known
 * @param kind {@code picture}, {@code grid}, {@code extra} or {@code text}; {@code original} for what a picture was converted
 *     from, {@code sidecar} for the text beside one, {@code sheet} for a contact sheet
 * @param seed what it was made from; null if that is not known
 * @param format for example {@code png}; {@code broken} for what was let pass and is no whole picture
 * @param width in pixels; 0 if the format is not looked into
 * @param height in pixels; 0 if the format is not looked into
 * @param bytes its size
 * @param sha256 its hash, in lower-case hex
 * @param infotext the WebUI's text about it; null if there is none
 */
public record Output(
        String file,
        @Nullable String saved,
        String kind,
        @Nullable BigInteger seed,
        String format,
        int width,
        int height,
        long bytes,
        String sha256,
        @Nullable String infotext) {}
