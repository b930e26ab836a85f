package darkroom.sandbox;

import java.awt.Color;
import java.util.List;

/**
 * The colours of a scene, each 0xRRGGBB.
 *
 * @param zenith the sky above
 * @param sky the sky half-way down
 * @param horizon where the sky ends, and what distance fades into
 * @param light sun or moon, and what they shine on
 * @param near the land in front
 * @param veil northern lights and clouds
 */
record Palette(int zenith, int sky, int horizon, int light, int near, int veil) {
    private static final List<Palette> ALL = List.of(
            new Palette(0x0B1026, 0x1F2A5A, 0x5B6FA8, 0xF4F1DE, 0x070A16, 0x4FD1A5), // a night in the north
            new Palette(0x2B1B4D, 0x8C3B7B, 0xF7A072, 0xFFE3B3, 0x1A1029, 0xF9C6A0), // after sunset
            new Palette(0x14344F, 0x3F7C91, 0xF3D9B1, 0xFFF3D6, 0x0C2230, 0xF6E7CF), // early morning
            new Palette(0x3A0F2B, 0xB23A48, 0xFCB97D, 0xFFE8C2, 0x1D0715, 0xF28482), // red desert
            new Palette(0x07202B, 0x0F5257, 0x9FC9A8, 0xEAF6E9, 0x04151A, 0x62E0B5), // green sea
            new Palette(0x1B2A49, 0x4F6D9A, 0xD8C3D9, 0xFFF6F0, 0x101A30, 0xE7D0E2), // winter afternoon
            new Palette(0x120B2E, 0x3D1F73, 0xC05ACB, 0xFDE2FF, 0x0A0619, 0x7CE7F2), // violet night
            new Palette(0x1F3D3A, 0x6F9A8D, 0xE9E6C4, 0xFFF9E0, 0x0F221C, 0xEEF0D8), // forest in haze
            new Palette(0x0A2342, 0x2CA5A0, 0xF8E9A1, 0xFFFCEB, 0x06172D, 0xF7C59F), // southern coast
            new Palette(0x2A1E1A, 0x8A5A44, 0xF2C894, 0xFFEBD0, 0x160E0B, 0xE0A679)); // amber

    /** The palette that these words always have: one of a few, a little out of its hue. */
    static Palette of(String words) {
        var dice = new Noise(words.hashCode() * 0x9E3779B97F4A7C15L);
        Palette chosen = ALL.get((int) (dice.choice(0) * ALL.size()));
        float turn = (float) dice.choice(1, -0.035, 0.035);
        return new Palette(
                turned(chosen.zenith, turn),
                turned(chosen.sky, turn),
                turned(chosen.horizon, turn),
                turned(chosen.light, turn),
                turned(chosen.near, turn),
                turned(chosen.veil, turn));
    }

    private static int turned(int colour, float turn) {
        float[] hsb = Color.RGBtoHSB((colour >> 16) & 0xFF, (colour >> 8) & 0xFF, colour & 0xFF, null);
        return Color.HSBtoRGB(hsb[0] + turn, hsb[1], hsb[2]) & 0xFFFFFF;
    }
}
