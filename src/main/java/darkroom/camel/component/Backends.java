package darkroom.camel.component;

import darkroom.webui.MountedOutputs;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/** How some options talk to each WebUI of a {@link Pool}. */
final class Backends extends ServiceSupport {
    private final Pool pool;
    private final WebuiConfiguration options;
    private final Function<WebuiConfiguration, Backend> maker;
    private final Map<Member.Access, Backend> known = new HashMap<>();
    private final Runnable asking = this::ask;

    Backends(Pool pool, WebuiConfiguration options, Function<WebuiConfiguration, Backend> maker) {
        this.pool = pool;
        this.options = options;
        this.maker = maker;
    }

    Pool pool() {
        return pool;
    }

    /** One of them, ready to be talked to. */
    synchronized Backend of(Member member) {
        Backend backend = known.get(member.access());
        if (backend == null) {
            forgetTheGone();
            backend = maker.apply(member.on(options));
            backend.tellOwnCheckpoint((own, loaded) -> pool.own(member.name(), own, loaded), this::areSeveral);
            known.put(member.access(), backend);
        }
        ServiceHelper.startService(backend);
        return backend;
    }

    private void forgetTheGone() {
        Set<Member.Access> there = pool.members().stream().map(Member::access).collect(Collectors.toSet());
        Iterator<Map.Entry<Member.Access, Backend>> entries = known.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Member.Access, Backend> entry = entries.next();
            if (!there.contains(entry.getKey()) && entry.getValue().interrupts().isIdle()) {
                ServiceHelper.stopService(entry.getValue());
                entries.remove();
            }
        }
    }

    /** All of them that are there now. */
    List<Backend> all() {
        return pool.members().stream().map(this::of).toList();
    }

    /** The name of the one at an address. */
    Optional<String> named(String url) {
        return at(url).map(Member::name);
    }

    private Optional<Member> at(String url) {
        return pool.members().stream()
                .filter(member -> member.url().equals(url))
                .findFirst();
    }

    /** Where the outputs of the one at an address are mounted; null if they are not. */
    @Nullable
    MountedOutputs outputsOf(String url) {
        return at(url).map(member -> member.on(options).mountedOutputs()).orElse(null);
    }

    private boolean areSeveral() {
        return pool.members().size() > 1;
    }

    /** Each is asked at once what it has loaded, where there are several to choose from: it decides what it is given. */
    @Override
    protected void doStart() {
        pool.follow(asking);
    }

    private void ask() {
        if (areSeveral()) {
            all();
        }
    }

    @Override
    protected synchronized void doStop() {
        pool.forget(asking);
        ServiceHelper.stopService(known.values());
        known.clear();
    }
}
