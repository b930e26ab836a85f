package darkroom.schedule.simulation;

import java.util.SplittableRandom;

/** What is drawn, the same for a seed on every Java. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed, long stream) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + stream);
    }

    double uniform() {
        return random.nextDouble();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Times between events that have nothing to do with each other. */
    double exponential(double mean) {
        return -mean * StrictMath.log(1 - random.nextDouble());
    }

    /** Log-normal. */
    double amount(Scenario.Amount amount) {
        if (amount.variation() == 0) {
            return amount.mean();
        }
        double variance = StrictMath.log(1 + amount.variation() * amount.variation());
        double normal = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
                * StrictMath.cos(2 * Math.PI * random.nextDouble());
        return amount.mean() * StrictMath.exp(StrictMath.sqrt(variance) * normal - variance / 2);
    }

    /** The index of the first sum that is above a drawn part of the last one. */
    int oneOf(double[] sums) {
        double drawn = random.nextDouble() * sums[sums.length - 1];
        int i = 0;
        while (i < sums.length - 1 && sums[i] <= drawn) {
            i++;
        }
        return i;
    }

    static double[] sums(double[] shares) {
        double[] sums = new double[shares.length];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += shares[i];
            sums[i] = sum;
        }
        return sums;
    }
}
