package darkroom.camel;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What is written to the log meanwhile. Log4j is not there to be compiled against: the classes lack what annotates them. */
final class LogLines implements AutoCloseable, InvocationHandler {
    private static final String LOG4J = "org.apache.logging.log4j.";

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Object logger;
    private final Class<?> type;
    private final Object appender;

    private LogLines(String name) throws ReflectiveOperationException {
        type = Class.forName(LOG4J + "core.Appender");
        logger = Class.forName(LOG4J + "LogManager")
                .getMethod("getLogger", String.class)
                .invoke(null, name);
        appender = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
        logger.getClass().getMethod("addAppender", type).invoke(logger, appender);
    }

    /** Of the classes in a package, from now on. */
    static LogLines of(String name) throws ReflectiveOperationException {
        return new LogLines(name);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws ReflectiveOperationException {
        return switch (method.getName()) {
            case "append" -> {
                Object event = arguments[0];
                Class<?> events = Class.forName(LOG4J + "core.LogEvent");
                Object level = events.getMethod("getLevel").invoke(event);
                Object message = events.getMethod("getMessage").invoke(event);
                Object text = Class.forName(LOG4J + "message.Message")
                        .getMethod("getFormattedMessage")
                        .invoke(message);
                lines.add(level + " " + text);
                yield null;
            }
            case "getName", "toString" -> "lines";
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "isStarted", "ignoreExceptions" -> true;
            case "isStopped" -> false;
            default -> null;
        };
    }

    /** The warnings that say this. */
    List<String> warnings(String what) {
        return at("WARN ", what);
    }

    /** The lines that say this, and that all is as it should be. */
    List<String> infos(String what) {
        return at("INFO ", what);
    }

    private List<String> at(String level, String what) {
        return lines.stream()
                .filter(line -> line.startsWith(level))
                .map(line -> line.substring(level.length()))
                .filter(text -> text.contains(what))
                .toList();
    }

    @Override
    public void close() throws ReflectiveOperationException {
        logger.getClass().getMethod("removeAppender", type).invoke(logger, appender);
    }
}
