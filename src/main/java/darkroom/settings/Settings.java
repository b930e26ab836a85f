package darkroom.settings;

import darkroom.files.Keep;
import darkroom.job.ContactSheet;
import darkroom.job.Convert;
import darkroom.job.Destination;
import darkroom.job.OutOfMemory;
import darkroom.job.Save;
import darkroom.job.Sidecar;
import darkroom.job.Suggestion;
import darkroom.output.OutputName;
import darkroom.secret.SecretFile;
import darkroom.secret.Secrets;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What this installation is set to. A value is taken from the first that has it: the command line, Java's system
 * properties, the environment, the properties file, the default. Nothing is started with a wrong one.
 */
public final class Settings {
    private static final String PREFIX = "darkroom.";
    private static final String VARIABLES = "DARKROOM_";

    /** What the start script sets, and what Kubernetes sets for a service of the name "darkroom". */
    private static final Pattern FOREIGN_VARIABLES =
            Pattern.compile("DARKROOM_(HOME|CONFIG|SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_.*)");

    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
    private static final Pattern DURATIONS = Pattern.compile("(\\s*\\d+\\s*(ms|s|m|h|d))+\\s*|0");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(B|KB|MB|GB)?", Pattern.CASE_INSENSITIVE);

    /** The folders that Darkroom writes in; the drop folder first. */
    public static final List<Setting> FOLDERS = List.of(
            Setting.DROP,
            Setting.WORK,
            Setting.OUTPUTS,
            Setting.DONE,
            Setting.FAILED,
            Setting.CANCELLED,
            Setting.HELD,
            Setting.OUTBOX,
            Setting.INTAKE);

    /** Far from where anything that counts nanoseconds, or quarters of bytes, would overflow. */
    private static final Duration LONGEST = Duration.ofDays(10_000);

    private static final long LARGEST = 1_000_000L << 30;

    /** Without a pause something would be tried, or looked at, without end. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    private static final Pattern SHARES = Pattern.compile(
            "[^,=]+=(0*[1-9]\\d{0,5}|\\d{1,6}[.]\\d{0,5}[1-9])(\\s*,[^,=]+=(0*[1-9]\\d{0,5}|\\d{1,6}[.]\\d{0,5}[1-9]))*");
    private static final String DEFAULT = "the default";
    private static final String LENIENT = "lenient";
    private static final String REFUSE = "refuse";
    private static final Pattern COUNTS = Pattern.compile("[0-9]{1,9}");

    private static final Pattern CAMELS_OWN = Pattern.compile("\\{\\{|}}|\\$(simple)?\\{|\\\\");

    private final Map<Setting, String> values;
    private final Map<String, String> others;
    private final Map<Setting, String> origins;

    private Settings(Map<Setting, String> values, Map<String, String> others, Map<Setting, String> origins) {
        this.values = values;
        this.others = others;
        this.origins = origins;
    }

    /**
     * Where values come from.
     *
     * @param home the installed folder: the routes and presets that are not set count from here
     * @param working where the command was given: other relative paths count from here
     * @param file the properties file; null if there is none
     * @param environment the environment
     * @param system Java's system properties
     * @param commandLine what was said on the command line
     */
    public record Sources(
            Path home,
            Path working,
            @Nullable Path file,
            Map<String, String> environment,
            Map<String, String> system,
            Map<Setting, String> commandLine) {}

    /**
     * Reads the settings.
     *
     * @throws SettingsException with everything that is wrong with them
     */
    public static Settings load(Sources sources) throws SettingsException {
        return new Loader(sources).load();
    }

    /** A path, absolute. */
    public Path path(Setting setting) {
        return Path.of(text(setting));
    }

    /** A list of paths, each absolute. */
    public List<Path> paths(Setting setting) {
        return words(setting).stream().map(Path::of).toList();
    }

    /** Words with commas between them. */
    public List<String> words(Setting setting) {
        return Arrays.stream(text(setting).split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The weights of lanes, by their names. */
    public Map<String, Double> shares(Setting setting) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (String share : words(setting)) {
            String[] pair = share.split("=", -1);
            shares.put(pair[0].strip(), Double.parseDouble(pair[1].strip()));
        }
        return shares;
    }

    /** A length of time. */
    public Duration duration(Setting setting) {
        return durationOf(text(setting));
    }

    /** A size in bytes. */
    public long bytes(Setting setting) {
        return bytesOf(text(setting));
    }

    /** How much of something is kept. */
    public Keep keep(Setting setting) {
        Keep keep = Keep.ALL;
        for (String word : words(setting)) {
            if (DURATIONS.matcher(word).matches()) {
                keep = new Keep(durationOf(word), keep.count(), keep.bytes());
            } else if (COUNTS.matcher(word).matches()) {
                keep = new Keep(keep.age(), Long.parseLong(word), keep.bytes());
            } else {
                keep = new Keep(keep.age(), keep.count(), bytesOf(word));
            }
        }
        return keep;
    }

    /** A number. */
    public int number(Setting setting) {
        return Integer.parseInt(text(setting));
    }

    /** Yes or no. */
    public boolean isTrue(Setting setting) {
        return Boolean.parseBoolean(text(setting));
    }

    /** A value as text: paths are absolute, all else as it was given. */
    public String text(Setting setting) {
        return values.getOrDefault(setting, "");
    }

    /** Who says what a value is, such as {@code environment variable DARKROOM_WEBUIS}; empty if nobody does. */
    public Optional<String> saidBy(Setting setting) {
        return Optional.ofNullable(origins.get(setting)).filter(origin -> !DEFAULT.equals(origin));
    }

    /**
     * Everything that routes may use as <code>{{name}}</code>: Darkroom's own settings, with lengths of time in
     * milliseconds and sizes in bytes, and whatever else the properties file holds.
     */
    public Properties forRoutes() {
        Properties properties = new Properties();
        properties.putAll(others);
        for (Setting setting : Setting.values()) {
            properties.put(
                    setting.key(),
                    switch (setting.kind()) {
                        case DURATION, PAUSE -> Long.toString(duration(setting).toMillis());
                        case SIZE -> Long.toString(bytes(setting));
                        default -> text(setting);
                    });
        }
        for (Setting setting : Setting.values()) {
            if (setting.isSecret()) {
                properties.remove(setting.key()); // a route has no use for it, and could log it
            }
        }
        return properties;
    }

    /** What nobody is shown: passwords and tokens of Darkroom's own, and those that the properties file holds for routes. */
    public List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            String value = text(setting);
            if (setting.isSecret() && !value.isEmpty()) {
                secrets.add(value);
                secrets.add(value.substring(value.indexOf(':') + 1));
                secrets.add(Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
            }
        }
        others.forEach((name, value) -> {
            if (Secrets.isSecret(name, value)) {
                secrets.add(value);
            }
        });
        return secrets;
    }

    /** The same, with all folders that are written in below another one. */
    public Settings withData(Path data) {
        Map<Setting, String> moved = new EnumMap<>(values);
        moved.put(Setting.DATA, data.toString());
        for (Setting folder : FOLDERS) {
            moved.put(folder, data.resolve(folder.fallback()).toString());
        }
        return new Settings(moved, others, origins);
    }

    private static Duration durationOf(String text) {
        Duration sum = Duration.ZERO;
        Matcher parts = DURATION.matcher(text);
        while (parts.find()) {
            long n = Long.parseLong(parts.group(1));
            sum = sum.plus(
                    switch (parts.group(2)) {
                        case "ms" -> Duration.ofMillis(n);
                        case "s" -> Duration.ofSeconds(n);
                        case "m" -> Duration.ofMinutes(n);
                        case "h" -> Duration.ofHours(n);
                        default -> Duration.ofDays(n);
                    });
        }
        return sum;
    }

    private static long bytesOf(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException(text);
        }
        String unit = size.group(2) == null ? "B" : size.group(2).toUpperCase(Locale.ROOT);
        return Math.multiplyExact(
                Long.parseLong(size.group(1)),
                switch (unit) {
                    case "KB" -> 1L << 10;
                    case "MB" -> 1L << 20;
                    case "GB" -> 1L << 30;
                    default -> 1L;
                });
    }

    /** Collects values and complaints. */
    private static final class Loader {
        private static final String ENVIRONMENT = "environment variable ";
        private static final String EXAMPLE_URL =
                "use an address such as http://127.0.0.1:7860, without user, query or fragment";

        private final Sources sources;
        private final Map<Setting, String> values = new EnumMap<>(Setting.class);
        private final Map<String, String> others = new TreeMap<>();
        private final Map<Setting, String> origins = new EnumMap<>(Setting.class);
        private final List<String> problems = new ArrayList<>();

        Loader(Sources sources) {
            this.sources = sources;
        }

        Settings load() throws SettingsException {
            for (Setting setting : Setting.values()) {
                set(setting, setting.fallback(), DEFAULT);
            }
            file();
            sources.environment().forEach(this::variable);
            sources.system().forEach((key, value) -> {
                if (key.startsWith(PREFIX)) {
                    keyed(key, value, "-D" + key);
                }
            });
            sources.commandLine().forEach((setting, value) -> set(setting, value, "the command line"));
            if (LENIENT.equals(values.get(Setting.CHECK))) {
                relax();
            }
            values.keySet().forEach(this::check);
            if (problems.isEmpty()) {
                absolute();
                plain();
                apart();
                mounted();
                guarded();
            }
            if (!problems.isEmpty()) {
                throw new SettingsException(problems);
            }
            return new Settings(values, others, origins);
        }

        private void file() {
            Path file = sources.file();
            if (file == null) {
                return;
            }
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                problems.add(file + ": can't be read (" + e.getMessage() + ")");
                return;
            }
            properties.forEach((key, value) -> {
                String name = key.toString();
                if (name.startsWith(PREFIX)) {
                    keyed(name, value.toString().strip(), file.toString());
                } else {
                    others.put(name, value.toString().strip());
                }
            });
        }

        private void variable(String name, String value) {
            if (!name.startsWith(VARIABLES) || FOREIGN_VARIABLES.matcher(name).matches()) {
                return;
            }
            for (Setting setting : Setting.values()) {
                if (setting.variable().equals(name)) {
                    boolean elsewhere = value.isBlank() && setting.isSecret() && inFile(setting);
                    if (!elsewhere) { // compose files hand on empty ones
                        set(setting, value.strip(), ENVIRONMENT + name);
                    }
                    return;
                }
                if (setting.isSecret() && setting.fileVariable().equals(name)) {
                    secretFile(setting, value.strip());
                    return;
                }
            }
            List<String> variables = Setting.keys().stream()
                    .map(key -> Setting.of(key).orElseThrow().variable())
                    .toList();
            problems.add(ENVIRONMENT + name + " is not a setting" + didYouMean(name, variables));
        }

        private boolean inFile(Setting setting) {
            return !sources.environment()
                    .getOrDefault(setting.fileVariable(), "")
                    .isBlank();
        }

        /** The convention of container images: what is too secret for the environment is in a file that it names. */
        private void secretFile(Setting setting, String file) {
            String origin = ENVIRONMENT + setting.fileVariable();
            if (!sources.environment().getOrDefault(setting.variable(), "").isBlank()) {
                problems.add(origin + " and " + setting.variable() + " are both set; use one of them");
            } else if (!file.isEmpty()) {
                try {
                    set(setting, SecretFile.read(sources.working().resolve(file)), origin);
                } catch (IOException e) {
                    problems.add(origin + ": " + e.getMessage());
                } catch (InvalidPathException e) {
                    problems.add(origin + ": use a path that can be written in this locale (" + e.getReason() + ")");
                }
            }
        }

        /** What nobody says about a check follows from what is said about all of them. */
        private void relax() {
            for (Setting setting : Setting.values()) {
                if (setting.kind() == Setting.Kind.LEVEL
                        && DEFAULT.equals(origins.get(setting))
                        && REFUSE.equals(setting.fallback())) {
                    set(setting, "warn", Setting.CHECK.key() + "=" + LENIENT);
                }
            }
        }

        private void keyed(String key, String value, String origin) {
            Setting.of(key)
                    .ifPresentOrElse(
                            setting -> set(setting, value, origin),
                            () -> problems.add(
                                    origin + ": '" + key + "' is not a setting" + didYouMean(key, Setting.keys())));
        }

        private static String didYouMean(String word, List<String> known) {
            return Suggestion.closest(word, known)
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse("; config/application.properties lists them all");
        }

        private void set(Setting setting, String value, String origin) {
            values.put(setting, value);
            origins.put(setting, origin);
        }

        private void check(Setting setting) {
            String value = text(setting);
            String expected = switch (setting.kind()) {
                case URLS -> urlsProblem(value);
                case SHARES -> sharesProblem(value);
                case AUTH -> value.isEmpty() || value.indexOf(':') > 0 ? "" : "use user:password";
                case TOKEN -> value.matches("[!-~]*") ? "" : "use letters, digits and signs, without a space";
                case COUNT -> value.matches("[1-9]\\d{0,7}") ? "" : "use a whole number from 1 to 99999999";
                case LIMIT ->
                    value.matches("0|[1-9]\\d{0,5}") ? "" : "use a whole number from 1 up, or 0 for no such limit";
                case PORT ->
                    value.matches("\\d{1,5}") && Integer.parseInt(value) < 65536
                            ? ""
                            : "use a port from 1 to 65535, or 0 for none";
                case DURATION -> durationProblem(value, Duration.ZERO);
                case PAUSE -> durationProblem(value, SHORTEST_PAUSE);
                case SIZE -> sizeProblem(value);
                case STRICTNESS -> value.matches("strict|lenient") ? "" : "use strict or lenient";
                case LEVEL -> value.matches("refuse|warn|off") ? "" : "use refuse, warn or off";
                case SAVE -> Save.of(value).isPresent() ? "" : Suggestion.of(value, Save.words());
                case OUT_OF_MEMORY ->
                    OutOfMemory.of(value).isPresent() ? "" : Suggestion.of(value, OutOfMemory.words());
                case CHECKPOINT -> value.matches("automatic|keep|override") ? "" : "use automatic, keep or override";
                case GIVE_BACK -> value.matches("never|pause|stop") ? "" : "use never, pause or stop";
                case CONVERT ->
                    Convert.of(value).isPresent()
                            ? ""
                            : "use none, or jpeg, webp or avif with a quality or 'lossless', and 'keep', such as jpeg:90 or"
                                    + " webp:lossless:keep";
                case SIDECAR -> Sidecar.of(value).isPresent() ? "" : Suggestion.of(value, Sidecar.words());
                case CONTACT_SHEET ->
                    ContactSheet.of(value).isPresent()
                            ? ""
                            : "use true, false, columns such as 6, or columns and the width of each, such as 6x256, up to "
                                    + ContactSheet.MOST_COLUMNS + " and " + ContactSheet.MOST_WIDTH;
                case ON_OFF -> value.matches("on|off") ? "" : "use on or off";
                case TAKE -> value.matches("copy|move|link|leave") ? "" : "use copy, move, link or leave";
                case DESTINATIONS -> destinationsProblem(value);
                case ENDS -> value.matches("all|any|local") ? "" : "use all, any or local";
                case SOURCE -> sourceProblem(value);
                case YES_NO -> value.matches("true|false") ? "" : "use true or false";
                case REGEX -> regexProblem(value);
                case PATH -> pathProblem(value, true);
                case NAME_LENGTH -> value.matches("[4-9]\\d|1\\d\\d|200") ? "" : "use a whole number from 40 to 200";
                case NAME_PATTERN -> String.join("; ", OutputName.problems(value));
                case OPTIONAL_PATH, PATHS -> pathProblem(value, false);
                case ENDPOINT -> value.matches("[\\w.+-]+:.+") ? "" : "use an endpoint such as " + setting.fallback();
                case KEEP -> keepProblem(value);
                case TEXT -> "";
            };
            if (!expected.isEmpty()) {
                problems.add(
                        origins.get(setting) + ": '" + setting.key() + "'" + shown(setting, value) + "; " + expected);
            }
        }

        private static String pathProblem(String value, boolean needed) {
            try {
                return Path.of(value).toString().isEmpty() && needed ? "use a path" : "";
            } catch (InvalidPathException e) {
                return "use a path that can be written in this locale (" + e.getReason() + ")";
            }
        }

        private static String destinationsProblem(String value) {
            return Arrays.stream(value.split(",", -1))
                            .map(String::strip)
                            .allMatch(name -> name.isEmpty() || Destination.isName(name))
                    ? ""
                    : "use names of destinations, with commas between them; they have letters, digits, _ and - alone";
        }

        /** As CloudEvents have it: a URI reference, not empty. It says itself to everybody, so it holds no secret. */
        private static String sourceProblem(String value) {
            String example = "use a URI such as /darkroom or https://example.org/darkroom, without user or password";
            try {
                URI uri = new URI(value);
                return value.isEmpty() || uri.getRawUserInfo() != null ? example : "";
            } catch (URISyntaxException e) {
                return example;
            }
        }

        private static String regexProblem(String value) {
            try {
                Pattern.compile(value);
                return "";
            } catch (PatternSyntaxException e) {
                return "use a regular expression (" + e.getDescription() + ")";
            }
        }

        /** Without a password, wherever somebody has put it. */
        private static String shown(Setting setting, String value) {
            return switch (setting.kind()) {
                case AUTH, TOKEN -> "";
                case URLS, SOURCE -> " is '" + value.replaceFirst("^(\\w+://)?.*@", "$1…@") + "'";
                case ENDPOINT -> " is '" + value.replaceFirst("[?].*", "?…") + "'";
                default -> " is '" + value + "'";
            };
        }

        private static String durationProblem(String value, Duration least) {
            if (!DURATIONS.matcher(value).matches()) {
                return "use a length of time such as 500ms, 10s, 1h";
            }
            try {
                Duration duration = durationOf(value);
                return duration.compareTo(least) < 0
                        ? "use at least " + least.toMillis() + "ms"
                        : duration.compareTo(LONGEST) > 0 ? "use at most " + LONGEST.toDays() + "d" : "";
            } catch (ArithmeticException | NumberFormatException e) {
                return "use at most " + LONGEST.toDays() + "d";
            }
        }

        private static String keepProblem(String value) {
            for (String word : value.split(",", -1)) {
                String one = word.strip();
                String problem = one.isEmpty() || COUNTS.matcher(one).matches()
                        ? ""
                        : DURATIONS.matcher(one).matches() ? durationProblem(one, Duration.ZERO) : sizeProblem(one);
                if (!problem.isEmpty()) {
                    return problem
                            + ", a time such as 30d, a number such as 1000, or several of them with commas between";
                }
            }
            return "";
        }

        private static String sizeProblem(String value) {
            if (!SIZE.matcher(value).matches()) {
                return "use a size such as 64MB";
            }
            try {
                return bytesOf(value) <= LARGEST ? "" : "use at most " + (LARGEST >> 30) + "GB";
            } catch (ArithmeticException | NumberFormatException e) {
                return "use at most " + (LARGEST >> 30) + "GB";
            }
        }

        private static String urlsProblem(String value) {
            return Arrays.stream(value.split(",", -1))
                    .map(String::strip)
                    .map(Loader::urlProblem)
                    .filter(problem -> !problem.isEmpty())
                    .findFirst()
                    .orElse("");
        }

        private static String sharesProblem(String value) {
            return value.isEmpty() || SHARES.matcher(value).matches()
                    ? ""
                    : "use lanes with the weight of each, such as campaign=3,nightly=0.5";
        }

        private static String urlProblem(String value) {
            try {
                URI uri = URI.create(value);
                boolean web = ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                        && uri.getHost() != null
                        && uri.getQuery() == null
                        && uri.getFragment() == null;
                if (web && uri.getUserInfo() != null) {
                    return "leave the user out, and put user:password into '" + Setting.WEBUI_AUTH.key() + "'";
                }
                if (web && (uri.getPort() == 0 || uri.getPort() > 65535)) {
                    return "use a port from 1 to 65535";
                }
                return web ? "" : EXAMPLE_URL;
            } catch (IllegalArgumentException e) {
                return EXAMPLE_URL;
            }
        }

        private void absolute() {
            if (isDefault(Setting.WEBUIS) && !isDefault(Setting.WEBUI_URL)) {
                values.put(Setting.WEBUIS, ""); // whoever names one means that one
            }
            Path data = sources.working()
                    .resolve(text(Setting.DATA))
                    .toAbsolutePath()
                    .normalize();
            values.put(Setting.DATA, data.toString());
            for (Setting folder : List.of(Setting.ROUTES, Setting.PRESETS, Setting.WILDCARDS, Setting.WEBUIS)) {
                if (text(folder).isEmpty()) {
                    continue;
                }
                Path base = isDefault(folder) ? sources.home() : sources.working();
                values.put(
                        folder,
                        base.resolve(text(folder)).toAbsolutePath().normalize().toString());
            }
            for (Setting folder : FOLDERS) {
                Path base = isDefault(folder) ? data : sources.working();
                values.put(
                        folder,
                        base.resolve(text(folder)).toAbsolutePath().normalize().toString());
            }
            List<String> folders = new ArrayList<>();
            for (String folder : text(Setting.PICTURES_FOLDERS).split(",", -1)) {
                if (!folder.isBlank()) {
                    folders.add(sources.working()
                            .resolve(folder.strip())
                            .toAbsolutePath()
                            .normalize()
                            .toString());
                }
            }
            values.put(Setting.PICTURES_FOLDERS, String.join(",", folders));
            for (Setting folder : List.of(Setting.WEBUI_OUTPUTS, Setting.SECRETS)) {
                if (!text(folder).isEmpty()) {
                    values.put(
                            folder,
                            sources.working()
                                    .resolve(text(folder))
                                    .toAbsolutePath()
                                    .normalize()
                                    .toString());
                }
            }
            values.put(
                    Setting.WEBUI_URL,
                    Arrays.stream(text(Setting.WEBUI_URL).split(",", -1))
                            .map(url -> url.strip().replaceAll("/+$", ""))
                            .collect(Collectors.joining(",")));
        }

        /** Camel reads something into a few names, and there is no way to tell it not to. */
        private void plain() {
            List<Setting> named = new ArrayList<>(FOLDERS);
            named.add(0, Setting.DATA);
            for (Setting folder : named) {
                Matcher meaning = CAMELS_OWN.matcher(text(folder));
                if (meaning.find() && (folder == Setting.DATA || !isDefault(folder))) {
                    problems.add(origins.get(folder) + ": '" + folder.key() + "' is " + text(folder) + ", and '"
                            + meaning.group() + "' means something to Camel; use a folder without that in its name");
                }
            }
        }

        private void mounted() {
            if (text(Setting.SAVE).equals(Save.MOUNTED.word())
                    && text(Setting.WEBUI_OUTPUTS).isEmpty()) {
                problems.add("'darkroom.save' is 'mounted', and 'darkroom.webui.outputs' does not say where the outputs"
                        + " folder of the WebUI is mounted here");
            }
        }

        /** A port that others can reach needs somebody at the door. */
        private void guarded() {
            boolean own = text(Setting.INTAKE_HOST).matches("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");
            boolean open = text(Setting.INTAKE_TOKEN).isEmpty()
                    && text(Setting.INTAKE_AUTH).isEmpty();
            if (!text(Setting.INTAKE_PORT).equals("0") && !own && open) {
                problems.add("'" + Setting.INTAKE_HOST.key() + "' is " + text(Setting.INTAKE_HOST)
                        + ", which others can reach, and nobody would be asked who he is; set '"
                        + Setting.INTAKE_TOKEN.key() + "' or '" + Setting.INTAKE_AUTH.key() + "', or use 127.0.0.1");
            }
            if (!text(Setting.INTAKE_PORT).equals("0")
                    && text(Setting.INTAKE_PORT).equals(text(Setting.HEALTH_PORT))) {
                problems.add("'" + Setting.INTAKE_PORT.key() + "' and '" + Setting.HEALTH_PORT.key() + "' are both "
                        + text(Setting.INTAKE_PORT) + "; use a port for each");
            }
        }

        /** Files move between these folders; two uses of one would make a file move in a circle. */
        private void apart() {
            List<Setting> folders = new ArrayList<>(FOLDERS);
            folders.addAll(List.of(Setting.ROUTES, Setting.PRESETS));
            for (int i = 0; i < folders.size(); i++) {
                for (int j = i + 1; j < folders.size(); j++) {
                    if (text(folders.get(i)).equals(text(folders.get(j)))) {
                        problems.add("'" + folders.get(i).key() + "' and '"
                                + folders.get(j).key() + "' are the same folder, " + text(folders.get(i))
                                + "; use one for each");
                    }
                }
            }
            Path drop = Path.of(text(Setting.DROP));
            for (Setting folder : FOLDERS.subList(1, FOLDERS.size())) {
                if (drop.startsWith(text(folder))) {
                    problems.add("'darkroom.drop', " + drop + ", is inside '" + folder.key() + "', " + text(folder)
                            + "; what is moved there would be dropped again");
                }
            }
        }

        private boolean isDefault(Setting setting) {
            return DEFAULT.equals(origins.get(setting));
        }

        private String text(Setting setting) {
            return values.getOrDefault(setting, "");
        }
    }
}
