package darkroom.schedule.simulation;

import darkroom.schedule.Demand;
import darkroom.schedule.Learnt;
import darkroom.schedule.Scheduler;
import darkroom.schedule.Worker;
import java.util.ArrayList;
import java.util.List;

/**
 * Darkroom's own scheduler, as the service has it, which is told no more of how fast backends are than their weights, and asks them
 * what they have loaded where there are several.
 */
final class OurDispatcher implements Dispatcher {
    private static final String OWN = "(what it loads by itself)";

    private final Scheduler<Integer> scheduler;
    private final List<Worker> workers = new ArrayList<>();
    private final Learnt[] learnt;
    private final String own;
    private final int numberOfOwn;
    private final Work work;
    private final Scenario scenario;

    OurDispatcher(Scenario scenario, List<Backend> backends, Work work) {
        scheduler = new Scheduler<>(scenario.policy());
        this.work = work;
        this.scenario = scenario;
        learnt = new Learnt[backends.size()];
        own = backends.size() > 1 ? OWN : "";
        numberOfOwn = work.own();
        for (Backend backend : backends) {
            learnt[backend.index()] = Learnt.nothing(backend.kind().weight());
            Worker worker = backend.newWorker(learnt[backend.index()]);
            scheduler.learn(worker, learnt[backend.index()]);
            scheduler.own(worker, own);
            workers.add(worker);
        }
    }

    @Override
    public int add(int task, double since) {
        String lane = work.lanes().get(work.lane(task));
        scheduler.add(
                task,
                new Demand(lane, scenario.priority(lane), work.models().get(work.model(task)), work.seconds(task)),
                since);
        return NONE;
    }

    @Override
    public int next(int backend, double now) {
        return scheduler.next(workers.get(backend), now).orElse(NONE);
    }

    @Override
    public void finished(int backend) {
        scheduler.finished(workers.get(backend));
    }

    @Override
    public void answered(int backend, int task, double seconds, int before) {
        Worker worker = workers.get(backend);
        learn(
                backend,
                worker,
                learnt[backend].answered(work.seconds(task), seconds, model(before), model(work.model(task))));
    }

    private String model(int number) {
        return number == numberOfOwn ? own : work.models().get(number);
    }

    private void learn(int backend, Worker worker, Learnt now) {
        learnt[backend] = now;
        boolean loads = now.loads() > 0 && differ(now.switchSeconds(), worker.switchSeconds());
        if (loads || differ(now.speed(), worker.speed())) {
            scheduler.learn(worker, now); // takes its time, with millions of tasks
        }
    }

    private static boolean differ(double a, double b) {
        return Math.abs(a - b) > 1e-6 * b;
    }

    @Override
    public double speed(int backend) {
        return workers.get(backend).speed();
    }

    @Override
    public void join(int backend) {
        scheduler.loaded(workers.get(backend), "");
        scheduler.join(workers.get(backend));
    }

    @Override
    public void leave(int backend, double now) {
        Worker worker = workers.get(backend);
        scheduler.leave(worker);
        learn(backend, worker, learnt[backend].earlier());
    }

    @Override
    public long size() {
        return scheduler.size();
    }
}
