package darkroom.schedule.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Outcomes for people to compare. */
public final class Table {
    private static final String ROW = "%-12s %6s %9s %8s %10s %12s | %-10s %8s %8s %8s %8s %8s %10s%n";

    private Table() {}

    /** One line for each contender, and one for each of its lanes if there are several. */
    public static String of(List<Outcome> outcomes) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                ROW,
                "",
                "busy",
                "of bound",
                "loading",
                "switches",
                "makespan s",
                "wait s",
                "mean",
                "p50",
                "p95",
                "p99",
                "max",
                "over limit"));
        for (Outcome outcome : outcomes) {
            List<Object> left = new ArrayList<>(List.of(
                    outcome.contender(),
                    share(outcome.busyShare()),
                    share(outcome.ofBound()),
                    share(outcome.loadingShare()),
                    outcome.switches(),
                    number(outcome.makespan())));
            row(table, left, "all", outcome.waits());
            if (outcome.lanes().size() > 1) {
                outcome.lanes().forEach((lane, waits) -> row(table, List.of("", "", "", "", "", ""), lane, waits));
            }
        }
        return table.toString();
    }

    private static void row(StringBuilder table, List<Object> left, String name, Outcome.Waits waits) {
        List<Object> cells = new ArrayList<>(left);
        cells.add(name.isEmpty() ? "(no lane)" : name);
        cells.addAll(List.of(
                number(waits.mean()),
                number(waits.p50()),
                number(waits.p95()),
                number(waits.p99()),
                number(waits.max()),
                waits.overLimit()));
        table.append(String.format(Locale.ROOT, ROW, cells.toArray()));
    }

    private static String share(double share) {
        return String.format(Locale.ROOT, "%.4f", share);
    }

    private static String number(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}
