package darkroom.schedule.simulation;

import darkroom.schedule.Demand;
import darkroom.schedule.Scheduler;
import darkroom.schedule.Worker;
import java.util.ArrayList;
import java.util.List;

/** Darkroom's own scheduler, as the service has it. */
final class OurDispatcher implements Dispatcher {
    private final Scheduler<Integer> scheduler;
    private final List<Worker> workers = new ArrayList<>();
    private final Work work;
    private final Scenario scenario;

    OurDispatcher(Scenario scenario, List<Backend> backends, Work work) {
        scheduler = new Scheduler<>(scenario.policy());
        this.work = work;
        this.scenario = scenario;
        backends.forEach(backend -> workers.add(backend.newWorker()));
    }

    @Override
    public int add(int task, double since) {
        String lane = work.lanes().get(work.lane(task));
        Scenario.LaneShare share = scenario.lanes().get(lane);
        scheduler.add(
                task,
                new Demand(
                        lane,
                        share == null ? 0 : share.priority(),
                        work.models().get(work.model(task)),
                        work.seconds(task)),
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
    public void join(int backend) {
        scheduler.loaded(workers.get(backend), "");
        scheduler.join(workers.get(backend));
    }

    @Override
    public void leave(int backend, double now) {
        scheduler.leave(workers.get(backend));
    }

    @Override
    public long size() {
        return scheduler.size();
    }
}
