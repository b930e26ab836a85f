package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Who has called, and what shall go wrong with whom next. */
final class Visitors {
    private static final int REMEMBERED = 1_000;
    private static final int MAX_BODY = 1024 * 1024;
    private static final Set<String> GENERATION = Set.of(
            "/sdapi/v1/txt2img", "/sdapi/v1/img2img", "/sdapi/v1/extra-single-image", "/sdapi/v1/extra-batch-images");

    private final Deque<ReceivedRequest> requests = new ArrayDeque<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Deque<Fault>> faultsByPath = new HashMap<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final RandomFaults byChance;
    private final List<RequestObserver> observers = new CopyOnWriteArrayList<>();

    Visitors(RandomFaults byChance) {
        this.byChance = byChance;
    }

    /** Remembers the request, and tells the observers of it; they are told again when the visit ends. */
    Visit enter(Request request) {
        var received =
                new ReceivedRequest(request.method(), request.path(), request.headers(), body(request), Instant.now());
        observers.forEach(observer -> observer.came(received));
        remember(received);
        return new Visit(received);
    }

    void observe(RequestObserver observer) {
        observers.add(observer);
    }

    private synchronized void remember(ReceivedRequest request) {
        requests.add(request);
        if (requests.size() > REMEMBERED) {
            requests.remove();
        }
        counts.merge(request.path(), 1, Integer::sum);
        notifyAll();
    }

    synchronized List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    synchronized ReceivedRequest await(String path, int number, Duration atMost)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (counts.getOrDefault(path, 0) < number) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new TimeoutException("%d instead of %d requests of %s within %s"
                        .formatted(counts.getOrDefault(path, 0), number, path, atMost));
            }
            wait(left / 1_000_000 + 1);
        }
        List<ReceivedRequest> same =
                requests.stream().filter(request -> request.path().equals(path)).toList();
        int forgotten = counts.getOrDefault(path, 0) - same.size();
        return same.get(number - 1 - forgotten);
    }

    synchronized void next(Fault... more) {
        faults.addAll(List.of(more));
    }

    synchronized void nextAt(String path, Fault... more) {
        faultsByPath.computeIfAbsent(path, unused -> new ArrayDeque<>()).addAll(List.of(more));
    }

    /** The fault that is this request's; taken, so that it is nobody else's. */
    synchronized @Nullable Fault fault(Request request) {
        boolean file = request.path().startsWith("/file=");
        Deque<Fault> here = faultsByPath.get(file ? "/file=" : request.path());
        Fault own = here == null ? null : here.poll();
        if (own != null || !GENERATION.contains(request.path())) {
            return own;
        }
        Fault next = faults.poll();
        return next == null ? byChance.next() : next;
    }

    private static JsonNode body(Request request) {
        byte[] bytes = request.body().bytes();
        try {
            return bytes.length == 0 || bytes.length > MAX_BODY
                    ? MissingNode.getInstance()
                    : Json.MAPPER.readTree(bytes);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** A request that is being answered, by one thread. */
    final class Visit implements AutoCloseable {
        private final ReceivedRequest request;
        private boolean ended;

        private Visit(ReceivedRequest request) {
            this.request = request;
        }

        /** Just before the client can know that it is over; more than once is once. */
        void end() {
            if (!ended) {
                ended = true;
                observers.forEach(observer -> observer.goes(request));
            }
        }

        @Override
        public void close() {
            end();
        }
    }
}
