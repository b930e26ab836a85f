package darkroom.camel.component;

import darkroom.check.Finding;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether WebUIs can be asked for pictures. All are asked at the same time and none is waited for for long: one that accepts
 * connections and never answers tells nothing about the others.
 */
public final class WebuiReach {
    private final WebuiComponent component;
    private final Duration patience;
    private final ExecutorService threads;
    private Map<Member, Question> questions = Map.of();

    /**
     * What one is asked.
     *
     * @param asked when, of {@link System#nanoTime}
     * @param worked whether nothing was wrong when it was asked before
     */
    private record Question(Future<Optional<Finding>> answer, long asked, boolean worked) {
        long secondsAgo() {
            return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - asked);
        }
    }

    /**
     * Nobody is asked yet.
     *
     * @param component whose own WebUIs they are; its context ends the threads
     * @param patience how long all of them together are waited for
     */
    public WebuiReach(WebuiComponent component, Duration patience) {
        this.component = component;
        this.patience = patience;
        this.threads = component.getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "webui-reach");
    }

    /**
     * Whether each can be asked for pictures now. One that worked before and is slow to say it is believed to work until the
     * question itself fails: it may be loading.
     *
     * @return what is wrong, by the names of all WebUIs, as a warning if jobs can go there; empty for one at which nothing is
     */
    public synchronized Map<String, Optional<Finding>> look() throws InterruptedException {
        Map<Member, Question> asked = new LinkedHashMap<>();
        for (Member member : component.forQuestions().pool().members()) {
            asked.put(member, question(member));
        }
        questions = new HashMap<>(asked);
        Map<String, Optional<Finding>> found = new LinkedHashMap<>();
        for (Map.Entry<Member, Question> one : asked.entrySet()) {
            found.put(one.getKey().name(), answer(one.getKey(), one.getValue()));
        }
        return found;
    }

    /** A new one, unless it still owes an answer to the one before. */
    private Question question(Member member) throws InterruptedException {
        Question before = questions.get(member);
        if (before != null && !before.answer().isDone()) {
            return before;
        }
        boolean worked = before != null && answer(member, before).isEmpty();
        return new Question(threads.submit(() -> WebuiCheck.reach(component, member)), System.nanoTime(), worked);
    }

    private Optional<Finding> answer(Member member, Question question) throws InterruptedException {
        long left = patience.toNanos() - (System.nanoTime() - question.asked());
        try {
            return question.answer().get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            String silent = "does not answer (nothing for " + question.secondsAgo() + " s";
            return Optional.of(
                    question.worked()
                            ? Finding.warning(
                                    member.url(), "it " + silent + "; it did before)", "it may be loading a checkpoint")
                            : Finding.error(
                                    member.url(),
                                    "the WebUI at " + member.url() + " " + silent + ")",
                                    "its log may say why; start it again if it hangs"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("it could not be asked: " + e.getCause(), e);
        }
    }
}
