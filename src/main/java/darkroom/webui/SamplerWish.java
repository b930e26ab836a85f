package darkroom.webui;

import java.util.List;
import java.util.Locale;

/**
 * A sampler and scheduler as they are asked for. Up to A1111 1.8 they were one name, which later versions still take
 * apart (webui-api, section 2.5): {@code DPM++ 2M Karras}.
 *
 * @param sampler the sampler alone; empty if none was asked for
 * @param scheduler the scheduler; empty if none was asked for
 * @param combined true if the scheduler came as part of the sampler's name
 */
record SamplerWish(String sampler, String scheduler, boolean combined) {
    static final String AUTOMATIC = "Automatic";

    /** Labels, names and aliases of A1111 1.10.1 and Forge, longest first. */
    private static final List<String> SCHEDULERS = List.of(
            "Align Your Steps GITS",
            "Align Your Steps 11",
            "Align Your Steps 32",
            "align_your_steps_GITS",
            "align_your_steps_11",
            "align_your_steps_32",
            "Align Your Steps",
            "align_your_steps",
            "Polyexponential",
            "polyexponential",
            "Exponential",
            "exponential",
            "SGM Uniform",
            "sgm_uniform",
            "SGMUniform",
            "KL Optimal",
            "kl_optimal",
            "Automatic",
            "automatic",
            "Uniform",
            "uniform",
            "Karras",
            "karras",
            "Simple",
            "simple",
            "Normal",
            "normal",
            "DDIM",
            "ddim",
            "Beta",
            "beta",
            "Turbo",
            "turbo");

    /**
     * Reads a wish.
     *
     * @param samplerName {@code sampler_name}, or {@code sampler_index} if that is empty
     * @param schedulerName {@code scheduler}; empty if there is none. It wins over one in the sampler's name.
     */
    static SamplerWish of(String samplerName, String schedulerName) {
        for (String scheduler : SCHEDULERS) {
            if (samplerName.endsWith(" " + scheduler)) {
                String sampler = samplerName.substring(0, samplerName.length() - scheduler.length() - 1);
                return schedulerName.isEmpty()
                        ? new SamplerWish(sampler, scheduler, true)
                        : new SamplerWish(sampler, schedulerName, false);
            }
        }
        return new SamplerWish(samplerName, schedulerName, false);
    }

    /** Whether a sampler that ran is the one asked for. Names are compared without case; SD.Next reads them so. */
    boolean ranWith(String sampler, String whole) {
        return sampler.isEmpty() || same(this.sampler, sampler) || same(whole, sampler);
    }

    /** Whether a schedule type that ran is the one asked for. */
    boolean scheduledWith(String type) {
        if (same(scheduler, type) || same(scheduler, AUTOMATIC)) {
            return true; // automatic is the sampler's own default, and may be reported by that name
        }
        // the WebUI reports a combined name's scheduler as "Automatic" where it is the sampler's own default
        return combined && same(AUTOMATIC, type);
    }

    private static boolean same(String one, String other) {
        return plain(one).equals(plain(other));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_]", "");
    }
}
