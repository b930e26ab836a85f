package darkroom.camel.component;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The requests of ours that are under way at one WebUI, in the order of their sending. While it is being interrupted none of
 * them counts as answered: an interrupt hits whatever it works on when it arrives, and what it hits is answered with 200 and
 * an unfinished picture (webui-api, section 4.3).
 */
final class UnderWay {
    private final Set<Request> requests = new LinkedHashSet<>();
    private boolean interrupting;

    /** A request. */
    static final class Request {
        private final String task;
        private final String id;
        private final boolean ownId;
        private final BooleanSupplier cancelled;
        private volatile boolean interrupted;
        private volatile boolean suspect;
        private volatile boolean atWork;
        private volatile boolean stalled;
        private volatile Runnable connection = () -> {};
        private boolean said;
        private long nextTry = System.nanoTime();

        /**
         * A request.
         *
         * @param task which task it is for
         * @param id what the WebUI calls it
         * @param ownId whether that name is one that nobody else can have
         * @param cancelled whether its job was cancelled
         */
        Request(String task, String id, boolean ownId, BooleanSupplier cancelled) {
            this.task = task;
            this.id = id;
            this.ownId = ownId;
            this.cancelled = cancelled;
        }

        String task() {
            return task;
        }

        String id() {
            return id;
        }

        boolean hasOwnId() {
            return ownId;
        }

        boolean isCancelled() {
            return cancelled.getAsBoolean();
        }

        /** Whether it was interrupted, and that because it was cancelled. */
        boolean isInterrupted() {
            return interrupted;
        }

        void setInterrupted() {
            interrupted = true;
        }

        /** Whether an interrupt that was meant for another may have hit it. */
        boolean isSuspect() {
            return suspect;
        }

        void setSuspect() {
            suspect = true;
        }

        /** Whether the WebUI has come to work on it, as far as is known here: it works in the order of sending. */
        boolean isAtWork() {
            return atWork;
        }

        void setAtWork() {
            atWork = true;
        }

        /** Whether the WebUI did not get on with it: whatever is answered yet does not count. */
        boolean isStalled() {
            return stalled;
        }

        void setStalled() {
            stalled = true;
        }

        /** Says how its connection is cut. */
        void setConnection(Runnable cut) {
            connection = cut;
        }

        /** Cuts its connection, whatever is under way on it. */
        void giveUp() {
            connection.run();
        }

        /** Whether it is time to try to interrupt it; then not again before {@code pause} is over. */
        boolean isDue(long pause) {
            if (System.nanoTime() - nextTry < 0) {
                return false;
            }
            nextTry = System.nanoTime() + pause;
            return true;
        }

        /** Whether this is the first time that it is asked. */
        boolean isUnsaid() {
            boolean first = !said;
            said = true;
            return first;
        }
    }

    synchronized void begin(Request request) {
        requests.add(request);
        if (requests.size() == 1) {
            request.setAtWork();
        }
    }

    /**
     * A request was answered, or has failed. Then it is the turn of the next one, unless it failed without an answer: the
     * WebUI may be gone, and the others have no part in it.
     */
    synchronized void end(Request request, boolean answered) {
        end(request);
        if (answered) {
            requests.stream().findFirst().ifPresent(Request::setAtWork);
        }
    }

    /** Waits for an interrupt to be over, which may have been what ended it. */
    private void end(Request request) {
        boolean stopped = false;
        while (interrupting) {
            try {
                wait();
            } catch (InterruptedException e) {
                stopped = true; // an interrupt of the WebUI takes no longer than its timeouts
            }
        }
        requests.remove(request);
        if (stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** From here to {@link #closeInterrupt} no request ends. False if somebody else interrupts just now. */
    synchronized boolean openInterrupt() {
        boolean free = !interrupting;
        interrupting = true;
        return free;
    }

    synchronized void closeInterrupt() {
        interrupting = false;
        notifyAll();
    }

    synchronized boolean contains(Request request) {
        return requests.contains(request);
    }

    synchronized boolean isFirst(Request request) {
        return requests.stream().findFirst().filter(request::equals).isPresent();
    }

    synchronized List<Request> others(Request request) {
        List<Request> others = new ArrayList<>(requests);
        others.remove(request);
        return others;
    }
}
