package darkroom.camel.component;

import darkroom.schedule.Demand;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What no WebUI takes, by its lanes and checkpoints: that waits until one does, and is said once of each. */
final class Untaken {
    private static final int MOST = 1000;

    private final Set<Asked> asked = new HashSet<>();
    private final Set<String> said = new HashSet<>();
    private List<Member> listed = List.of();

    /** What decides who takes a task. */
    private record Asked(String lane, String model) {}

    /**
     * What a task waits for, in words, unless that was said before of these WebUIs. They are looked at once for all tasks of a lane
     * for a checkpoint.
     *
     * @return empty as well if one of them takes it, however it is just now
     */
    synchronized Optional<String> news(List<Member> members, Demand demand) {
        if (!members.equals(listed) || asked.size() >= MOST) {
            listed = members;
            asked.clear();
            said.clear();
        }
        if (!asked.add(new Asked(demand.lane(), demand.model()))) {
            return Optional.empty();
        }
        return what(members, demand)
                .filter(said::add)
                .map(what -> "no WebUI in webuis.yaml (darkroom.webuis) takes " + what
                        + "; then it goes on, without a restart");
    }

    private static Optional<String> what(List<Member> members, Demand demand) {
        if (members.stream().anyMatch(member -> member.takes(demand.lane(), demand.model()))) {
            return Optional.empty();
        }
        boolean byLane = members.stream().noneMatch(member -> member.takes(demand.lane(), ""));
        if (byLane && demand.lane().isEmpty()) {
            return Optional.of("what is in no lane; leave lanes: out at one of them");
        }
        String lane = "the lane '" + demand.lane() + "'";
        if (byLane) {
            return Optional.of(lane + "; add it to the lanes: of one, or leave them out there");
        }
        String checkpoint =
                "the checkpoint '" + demand.model().lines().findFirst().orElse("") + "'";
        if (members.stream().noneMatch(member -> member.takesCheckpoint(demand.model()))) {
            return Optional.of(checkpoint + "; add it to the checkpoints: of one that has it, or leave them out there");
        }
        String both = demand.lane().isEmpty() ? checkpoint + " for what is in no lane" : lane + " and " + checkpoint;
        return Optional.of(
                both + "; add what is missing to the lanes: or checkpoints: of one, or leave them out there");
    }
}
