package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;

import darkroom.schedule.Demand;
import java.util.AbstractList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class UntakenTest {
    private static final Demand CAT = new Demand("", 0, "cat", 1);
    private static final Demand DOG = new Demand("", 0, "dog", 1);

    private static Member with(String checkpoint) {
        return new Member(
                "only",
                "http://only",
                null,
                null,
                1,
                1,
                Set.of(),
                Set.of(checkpoint),
                null,
                null,
                Member.State.ON,
                true);
    }

    @Test
    void theListIsLookedThroughOnceForAllTasksOfALaneForACheckpoint() {
        AtomicInteger looks = new AtomicInteger();
        List<Member> members = new AbstractList<>() {
            @Override
            public Member get(int index) {
                looks.incrementAndGet();
                return with("cat");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        Untaken untaken = new Untaken();
        assertThat(untaken.news(members, CAT)).isEmpty();
        assertThat(untaken.news(members, DOG))
                .hasValueSatisfying(news -> assertThat(news).contains("the checkpoint 'dog'"));
        int before = looks.get();

        assertThat(untaken.news(members, CAT)).isEmpty();
        assertThat(untaken.news(members, DOG)).as("it was said").isEmpty();
        assertThat(looks).hasValue(before);
        assertThat(untaken.news(List.of(with("bird")), DOG)).as("of others").isPresent();
    }
}
