package darkroom.camel;

import darkroom.camel.RouteFiles.Item;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What has to be built anew.
 *
 * @param isEverything whether it is all there is
 * @param routes else the ids of the routes
 * @param templates and of the templates
 */
record RouteChange(boolean isEverything, Set<String> routes, Set<String> templates) {
    private static final Set<String> ONE_BY_ONE = Set.of("route", "templatedRoute", "routeTemplate");
    private static final String TEMPLATE = "routeTemplate";

    static RouteChange between(RouteFiles before, RouteFiles after) {
        Map<String, Item> old = byKey(before.items());
        Map<String, Item> now = byKey(after.items());
        Set<String> keys = new LinkedHashSet<>(old.keySet());
        keys.addAll(now.keySet());
        Set<String> routes = new LinkedHashSet<>();
        Set<String> templates = new LinkedHashSet<>();
        boolean everything = old.size() != before.items().size()
                || now.size() != after.items().size();
        for (String key : keys) {
            Item was = old.get(key);
            Item is = now.get(key);
            if (was == null || is == null || !was.canonical().equals(is.canonical())) {
                Item either = Objects.requireNonNull(is == null ? was : is);
                everything |= !ONE_BY_ONE.contains(either.type()) || either.id().isEmpty();
                (either.type().equals(TEMPLATE) ? templates : routes).add(either.id());
            }
        }
        everything |= hasAnchors(before) || hasAnchors(after);
        addMadeFrom(templates, before, routes);
        addMadeFrom(templates, after, routes);
        boolean none = routes.isEmpty() && templates.isEmpty();
        return none ? new RouteChange(false, Set.of(), Set.of()) : new RouteChange(everything, routes, templates);
    }

    private static Map<String, Item> byKey(List<Item> items) {
        Map<String, Item> byKey = new LinkedHashMap<>();
        items.forEach(item -> byKey.put(item.key(), item));
        return byKey;
    }

    private static void addMadeFrom(Set<String> templates, RouteFiles files, Set<String> routes) {
        for (Item item : files.items()) {
            if (templates.contains(item.template())) {
                routes.add(item.id());
            }
        }
    }

    /** An item that borrows from another can't be loaded alone. */
    private static boolean hasAnchors(RouteFiles files) {
        return files.items().stream().anyMatch(item -> item.text().matches("(?s).*(^|\\s)[&*][\\w-]+(\\s.*|$)"));
    }

    boolean isNone() {
        return !isEverything && routes.isEmpty() && templates.isEmpty();
    }

    boolean loads(Item item) {
        return (item.type().equals(TEMPLATE) ? templates : routes).contains(item.id());
    }

    @Override
    public String toString() {
        Set<String> all = new HashSet<>(routes);
        all.addAll(templates);
        return isEverything
                ? "all routes"
                : String.join(", ", all.stream().sorted().toList());
    }
}
