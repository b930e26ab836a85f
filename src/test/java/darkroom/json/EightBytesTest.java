package darkroom.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Eight bytes at a time are passed over as they would be one by one. */
class EightBytesTest {
    @Test
    void stopsAtEveryByteThatIsNotPlainWhereverItStands() {
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < 20; at++) {
                byte[] bytes = new byte[20];
                Arrays.fill(bytes, (byte) 'A');
                bytes[at] = (byte) value;
                boolean plain = value > ' ' && value < 0x80 && value != '"' && value != '\\';
                assertEquals(plain ? 20 : at, EightBytes.skipPlain(bytes, 0, 20), value + " at " + at);
            }
        }
    }

    @Test
    void findsTheFirstOfMany() {
        Random random = new Random(1);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(12) == 0 ? random.nextInt(256) : '!' + random.nextInt(94));
            }
            int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
            int expected = from;
            while (expected < bytes.length
                    && bytes[expected] > ' '
                    && bytes[expected] != '"'
                    && bytes[expected] != '\\') {
                expected++;
            }
            assertEquals(expected, EightBytes.skipPlain(bytes, from, bytes.length));
        }
    }
}
