package darkroom.camel.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import darkroom.job.AwayException;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Task;
import darkroom.json.Json;
import darkroom.webui.Checkpoint;
import darkroom.webui.Loans;
import darkroom.webui.Quirk;
import darkroom.webui.WebUiErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps loaded what tasks want of one WebUI, where each override of its checkpoint costs two loads ({@link
 * Quirk#LOADS_BACK}), and gives back what it had. Before a task that wants something else than is loaded the option is
 * changed, while nothing is under way there (webui-api, section 5.2); what follows for the same costs nothing. The task says
 * what it wants by itself as well, so that its picture is made with that whatever anybody loads meanwhile.
 *
 * <p>What the WebUI had is written down before it is changed ({@link Loans}). A task that names nothing gets that: it is
 * loaded again for it, or where that can't be done now the task is sent with its name. If somebody loads something else, that
 * is the WebUI's own from then on.
 *
 * <p>One for each WebUI, however many endpoints send to it.
 */
final class CheckpointKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointKeeper.class);

    /** While tasks follow each other it is looked so often whether somebody has loaded something else. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    /** What was seen counts for as long after the last task. */
    private static final Duration STILL_SO = Duration.ofSeconds(2);

    private static final String CHECKPOINTS = "/sdapi/v1/sd-models";
    private static final String VAES = "/sdapi/v1/sd-vae";
    private static final Set<String> ALWAYS_THERE = Set.of("Automatic", "None");
    private static final int MOST_FITTING = 1000;

    private final String url;
    private final LoanFile file;
    private final Duration patience;
    private final ReadWriteLock lock = new ReentrantReadWriteLock(true); // read: a request; write: options change
    private final AtomicInteger underWay = new AtomicInteger();
    private final Set<Map<String, String>> fitting = ConcurrentHashMap.newKeySet(); // wishes for what is loaded
    private volatile Loans loans = Loans.NONE;
    private volatile String version = "";
    private volatile boolean looked;
    private volatile long lastLook;
    private volatile long lastEnd = System.nanoTime();
    private volatile String obstacle = "";
    private volatile Map<String, String> lastSeen = Map.of(); // what the options were
    private volatile long lastBusy = System.nanoTime() - LOOK_EVERY.toNanos();
    private volatile @Nullable WebuiConfiguration access;

    /**
     * That of a WebUI.
     *
     * @param folder where it is written down what is to be given back; null for in memory alone
     * @param patience how long work of others is waited for
     */
    CheckpointKeeper(String url, @Nullable Path folder, Duration patience) {
        this.url = url;
        this.patience = patience;
        this.file = new LoanFile(url, folder);
    }

    /** A request. */
    @FunctionalInterface
    interface Call<T> {
        /**
         * Makes it.
         *
         * @param overrides what the task is to override as well
         */
        T make(Map<String, String> overrides) throws Exception;
    }

    /** The WebUI did not load what it was told to; it has something else loaded. */
    static final class NotLoadedException extends ProblemException {
        private static final long serialVersionUID = 1;

        NotLoadedException(Problem problem) {
            super(problem);
        }
    }

    /**
     * Makes a request for which what the task wants is loaded.
     *
     * @throws NotLoadedException if the WebUI does not load it
     */
    <T> T guard(Backend backend, Task task, Call<T> call) throws Exception {
        Map<String, String> wishes = Loans.wishes(task);
        lookIntoFile();
        boolean keeps = keeps(backend, wishes);
        lock.readLock().lock();
        try {
            if (isSettled(targets(keeps, wishes))) {
                return make(wishes, call);
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            settle(backend, keeps, wishes);
            lock.readLock().lock(); // before the other is given back, so that nobody comes in between
        } finally {
            lock.writeLock().unlock();
        }
        try {
            return make(wishes, call);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Changes options on somebody's order: what they are then is the WebUI's own. */
    <T> T changing(Set<String> options, Callable<T> call) throws Exception {
        lock.writeLock().lock();
        try {
            T answer = call.call();
            Map<String, Loans.Loan> left = new HashMap<>(loans.byOption());
            if (left.keySet().removeAll(options)) {
                write(new Loans(left));
            }
            return answer;
        } finally {
            forget();
            lock.writeLock().unlock();
        }
    }

    /** Whether the WebUI is to be given something back. */
    boolean owes() {
        lookIntoFile();
        return !loans.isEmpty();
    }

    /** What it has as its own, if that is not what its options say now. */
    Optional<String> ownCheckpoint() {
        lookIntoFile();
        return loans.own(Loans.OPTIONS.get(0));
    }

    /** How the WebUI was talked to last; null if it was not. */
    @Nullable
    WebuiConfiguration access() {
        return access;
    }

    /** Somebody is going to talk to it in this way. */
    void talkedTo(WebuiConfiguration how) {
        access = how;
    }

    /** Whether no request is under way, and none was for so long. */
    boolean isIdleFor(Duration time) {
        return underWay.get() == 0 && System.nanoTime() - lastEnd >= time.toNanos();
    }

    /**
     * Gives back what the WebUI had, unless a request is under way.
     *
     * @return whether it has its own again
     */
    boolean giveBack(Backend backend) throws IOException, InterruptedException {
        if (!lock.writeLock().tryLock()) {
            return false;
        }
        try {
            settle(backend, false, Map.of());
            return loans.isEmpty();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean keeps(Backend backend, Map<String, String> wishes) {
        return switch (backend.configuration().getCheckpoint()) {
            case KEEP -> !Quirk.NO_OPTIONS.isOf(backend.dialect());
            case OVERRIDE -> false;
            case AUTOMATIC -> (!wishes.isEmpty() || !loans.isEmpty()) && Quirk.LOADS_BACK.isOf(backend.dialect());
        };
    }

    /** Another process may have changed something. */
    private void lookIntoFile() {
        String now = file.version();
        if (now.equals(version)) {
            return;
        }
        try {
            loans = file.read();
            version = now;
            looked = false;
        } catch (IOException e) {
            LOG.warn("{}: what it is to be given back can't be read: {}", url, e.toString());
        }
    }

    private Map<String, String> targets(boolean keeps, Map<String, String> wishes) {
        Map<String, String> targets = new LinkedHashMap<>(loans.own(keeps ? wishes.keySet() : Set.of()));
        if (keeps) {
            targets.putAll(wishes);
        }
        return targets;
    }

    private boolean isSettled(Map<String, String> targets) {
        if (targets.isEmpty()) {
            return true;
        }
        boolean fresh = looked
                && System.nanoTime() - lastLook < LOOK_EVERY.toNanos()
                && (underWay.get() > 0 || System.nanoTime() - lastEnd < STILL_SO.toNanos());
        return !obstacle.isEmpty() || (fresh && fitting.contains(targets));
    }

    private <T> T make(Map<String, String> wishes, Call<T> call) throws Exception {
        underWay.incrementAndGet();
        try {
            return call.make(loans.own(wishes.keySet()));
        } catch (AwayException e) {
            forget();
            throw e;
        } finally {
            lastEnd = System.nanoTime();
            underWay.decrementAndGet();
        }
    }

    /** It may be another one when it is back. */
    private void forget() {
        looked = false;
        obstacle = "";
    }

    private void settle(Backend backend, boolean keeps, Map<String, String> wishes)
            throws IOException, InterruptedException {
        if (isSettled(targets(keeps, wishes))) {
            return; // somebody else was faster
        }
        try {
            file.hold(() -> change(backend, keeps, wishes));
        } catch (AwayException e) {
            forget();
            throw e;
        }
    }

    /** Holds the lock, and that of the file. */
    private void change(Backend backend, boolean keeps, Map<String, String> wishes)
            throws IOException, InterruptedException {
        lookIntoFile();
        if (!isFree(backend, looked && fitting.contains(targets(keeps, wishes)))) {
            LOG.debug("{} is busy with work of others; its options stay as they are", url);
            return;
        }
        State state = look(backend);
        Map<String, String> targets = targets(keeps, wishes);
        Map<String, String> changes = state.changes(targets);
        if (changes.isEmpty()) {
            fits(state, targets);
            return;
        }
        Loans planned = loans;
        for (Map.Entry<String, String> each : changes.entrySet()) {
            planned = planned.about(each.getKey(), state.now(each.getKey()), each.getValue());
        }
        try {
            write(planned);
        } catch (IOException e) {
            LOG.warn(
                    "{}: its checkpoint is not changed, as it can't be written down what it had: {}",
                    url,
                    e.toString());
            return;
        }
        if (backend.priming().isBusy()) { // another process has sent something before it saw that
            write(planned.settled(state.options(), state.checkpoints()));
            return;
        }
        set(backend, targets, changes);
    }

    /**
     * Waits until nobody else has work there: while a request runs the options are those that it overrides, and would be
     * written down with ours. Who waited in vain just now does not wait again.
     *
     * @param fits whether what is wanted was loaded when it was last looked
     */
    private boolean isFree(Backend backend, boolean fits) throws IOException, InterruptedException {
        boolean patient = !fits && System.nanoTime() - lastBusy >= LOOK_EVERY.toNanos();
        boolean free = patient
                ? backend.priming().awaitIdle(patience)
                : !backend.priming().isBusy();
        if (!free) {
            lastBusy = System.nanoTime();
        }
        if (!free && fits) {
            lastLook = System.nanoTime(); // good enough until later
        }
        return free;
    }

    private void set(Backend backend, Map<String, String> targets, Map<String, String> changes) throws IOException {
        fitting.clear();
        looked = false;
        ObjectNode body = Json.mapper().createObjectNode();
        changes.forEach(body::put);
        LOG.info("{}: loads {}", url, shown(changes));
        String said = "it has";
        try {
            backend.change(body);
        } catch (AwayException e) {
            throw e;
        } catch (ProblemException e) {
            said = e.problem().message() + ", and it has";
            if (said.contains("changing settings is disabled")) {
                obstacle = said;
                LOG.info("{}: its options can't be changed; each task overrides them", url);
            }
        }
        State after = look(backend);
        Map<String, String> missed = after.changes(targets);
        fits(after, targets);
        if (!missed.isEmpty() && obstacle.isEmpty()) {
            Map<String, String> has = new LinkedHashMap<>();
            missed.keySet().forEach(option -> has.put(option, after.now(option)));
            throw new NotLoadedException(Problem.of(
                    ProblemCode.REFUSED_CHECKPOINT,
                    "the WebUI at " + url + " was told to load " + shown(missed) + "; " + said + " " + shown(has),
                    "its log says why it did not load that: the file may be broken, or its memory full"));
        }
    }

    private void fits(State state, Map<String, String> targets) {
        if (state.fits(targets)) {
            if (fitting.size() >= MOST_FITTING) {
                fitting.clear();
            }
            fitting.add(targets);
        }
    }

    /** Finds out what is loaded, and whether somebody has chosen that. */
    private State look(Backend backend) throws IOException {
        State state = new State(backend);
        Loans settled = loans.settled(state.options(), state.checkpoints());
        for (String option : loans.byOption().keySet()) {
            String own = loans.own(option).orElse("");
            if (settled.own(option).isEmpty() && !Checkpoint.isSame(own, state.now(option), state.checkpoints())) {
                LOG.info(
                        "{}: somebody has set {} to {}; it is not given {} back any more",
                        url,
                        option,
                        WebUiErrors.shown(state.now(option)),
                        WebUiErrors.shown(own));
                backend.askWhatIsLoaded();
            }
        }
        if (!settled.equals(loans)) {
            write(settled);
        }
        if (!state.values().equals(lastSeen)) {
            fitting.clear();
        }
        lastSeen = state.values();
        lastLook = System.nanoTime();
        looked = true;
        return state;
    }

    private void write(Loans changed) throws IOException {
        file.write(changed);
        loans = changed;
        version = file.version();
    }

    /** What is loaded, and what could be. */
    private static final class State {
        private final Backend backend;
        private final JsonNode options;
        private final List<Checkpoint> checkpoints;

        State(Backend backend) throws IOException {
            this.backend = backend;
            this.options = backend.options();
            this.checkpoints = Checkpoint.list(backend.json(CHECKPOINTS));
        }

        JsonNode options() {
            return options;
        }

        List<Checkpoint> checkpoints() {
            return checkpoints;
        }

        Map<String, String> values() {
            Map<String, String> values = new LinkedHashMap<>();
            Loans.OPTIONS.forEach(option -> values.put(option, now(option)));
            return values;
        }

        String now(String option) {
            return Loans.value(options, option);
        }

        boolean fits(Map<String, String> targets) {
            return targets.entrySet().stream().allMatch(each -> is(each.getKey(), each.getValue()));
        }

        private boolean is(String option, String target) {
            return Checkpoint.isSame(now(option), target, checkpoints);
        }

        /** What has to be set so that these are loaded, by the WebUI's own names; not what it has none for. */
        Map<String, String> changes(Map<String, String> targets) throws IOException {
            Map<String, String> changes = new LinkedHashMap<>();
            for (Map.Entry<String, String> target : targets.entrySet()) {
                String option = target.getKey();
                if (!now(option).isEmpty() && !is(option, target.getValue())) { // else it could not be given back
                    Optional<String> name = option.equals(Loans.OPTIONS.get(0))
                            ? Checkpoint.meant(target.getValue(), checkpoints).map(Checkpoint::title)
                            : Optional.of(target.getValue()).filter(this::isVae);
                    name.ifPresent(value -> changes.put(option, value));
                }
            }
            return changes;
        }

        private boolean isVae(String name) {
            if (ALWAYS_THERE.contains(name)) {
                return true;
            }
            try {
                for (JsonNode vae : backend.json(VAES)) {
                    if (vae.path("model_name").asText().equals(name)) {
                        return true;
                    }
                }
            } catch (ProblemException | IOException e) {
                LOG.debug("{} does not say which VAEs it has", backend.url(), e);
            }
            return false;
        }
    }

    private static String shown(Map<String, String> values) {
        return WebUiErrors.shown(String.join(", ", values.values()));
    }
}
