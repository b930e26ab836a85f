package darkroom.webui;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import darkroom.json.FewTokens;
import darkroom.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A list that a WebUI gives of what it has (webui-api, section 1.5): where, and what is kept of it.
 *
 * @param <T> what it is read into
 */
public final class Listing<T> {
    static final Listing<Names> STYLES = names("prompt-styles");
    static final Listing<Names> LORAS = names("loras");
    static final Listing<Names> SAMPLERS = notEmpty("samplers");
    static final Listing<Names> SCHEDULERS = new Listing<>("schedulers", Listing::schedulers);
    static final Listing<Names> UPSCALERS = notEmpty("upscalers");
    static final Listing<Names> LATENT_MODES = names("latent-upscale-modes");
    static final Listing<Names> VAES = names("sd-vae");
    static final Listing<Names> MODULES = names("sd-modules");
    static final Listing<List<Checkpoint>> CHECKPOINTS = new Listing<>("sd-models", Listing::checkpoints);
    static final Listing<List<Script>> SCRIPT_INFO = new Listing<>("script-info", Listing::scripts);
    static final Listing<ScriptNames> SCRIPTS = new Listing<>("scripts", Listing::scriptNames);

    /** The fields that it documents for each call. */
    static final Listing<CallFields> FIELDS = new Listing<>("/openapi.json", Listing::fields);

    /** What sd-webui-controlnet and adetailer list on their own. */
    static final Listing<Members> CONTROLNET_MODELS = members("/controlnet/model_list", "model_list");

    static final Listing<Members> CONTROLNET_MODULES = members("/controlnet/module_list", "module_list");
    static final Listing<Members> CONTROLNET_MODULES_AS_SHOWN =
            members("/controlnet/module_list?alias_names=true", "module_list");
    static final Listing<Members> ADETAILER_MODELS = members("/adetailer/v1/ad_model", "ad_model");

    private static final int MOST_TOKENS = 1_000_000;

    private final String path;
    private final Reader<T> reader;

    private interface Reader<T> {
        T read(InputStream list) throws IOException;
    }

    private Listing(String name, Reader<T> reader) {
        this.path = name.startsWith("/") ? name : "/sdapi/v1/" + name;
        this.reader = reader;
    }

    /** Where the WebUI gives it. */
    public String path() {
        return path;
    }

    /**
     * Reads it.
     *
     * @throws IOException if it is something else, or says nothing about what the WebUI has
     */
    public T read(InputStream list) throws IOException {
        return reader.read(list);
    }

    private static CallFields fields(InputStream list) throws IOException {
        JsonNode api = Json.mapper().readTree(few(list));
        if (api == null || !api.path("paths").isObject()) {
            throw new IOException("there is no description");
        }
        Map<String, Set<String>> fields = new HashMap<>();
        api.path("paths").properties().forEach(call -> {
            JsonNode schema = call.getValue().at("/post/requestBody/content/application~1json/schema");
            String reference = schema.path("$ref").asText();
            JsonNode model = reference.startsWith("#/") ? api.at(reference.substring(1)) : schema;
            if (model.path("properties").isObject()
                    && !model.path("additionalProperties").asBoolean()) {
                Set<String> names = new LinkedHashSet<>();
                model.path("properties").fieldNames().forEachRemaining(names::add);
                fields.put(call.getKey(), names);
            }
        });
        return new CallFields(fields);
    }

    private static Listing<Members> members(String path, String member) {
        return new Listing<>(path, in -> {
            JsonNode answer = Json.mapper().readTree(few(in));
            if (answer == null || !answer.path(member).isArray()) {
                throw new IOException("there is no list");
            }
            Set<String> names = new LinkedHashSet<>();
            answer.path(member).forEach(name -> names.add(name.asText()));
            Set<String> needing = new LinkedHashSet<>();
            answer.path("module_detail").properties().forEach(detail -> {
                if (detail.getValue().path("model_free").isBoolean()
                        && !detail.getValue().path("model_free").booleanValue()) {
                    needing.add(detail.getKey());
                }
            });
            return new Members(names, needing);
        });
    }

    private static List<Script> scripts(InputStream list) throws IOException {
        return present(Json.mapper().readValue(few(list), Script[].class), script -> script.name() != null);
    }

    private static ScriptNames scriptNames(InputStream list) throws IOException {
        ScriptNames names = Json.mapper().readValue(few(list), ScriptNames.class);
        if (names == null) {
            throw new IOException("there is no list");
        }
        return names;
    }

    /** Without what says nothing. */
    private static <E> List<E> present(E @Nullable [] entries, Predicate<E> named) throws IOException {
        if (entries == null) {
            throw new IOException("there is no list");
        }
        return Arrays.stream(entries)
                .filter(entry -> entry != null && named.test(entry))
                .toList();
    }

    private static JsonParser few(InputStream list) throws IOException {
        return new FewTokens(Json.mapper().createParser(list), MOST_TOKENS);
    }

    /** One that is always the same length has none but what is there. */
    private static Listing<Names> names(String name) {
        return new Listing<>(name, Names::read);
    }

    /** A cousin answers an empty list where it has none to give (webui-api, section 8.2). */
    private static Listing<Names> notEmpty(String name) {
        return new Listing<>(name, in -> {
            Names names = Names.read(in);
            if (names.names().isEmpty()) {
                throw new IOException(name + " is empty");
            }
            return names;
        });
    }

    /** SD.Next means something else by the word, and its entries have no label. */
    private static Names schedulers(InputStream list) throws IOException {
        Names names = Names.read(list);
        if (names.labels().isEmpty()) {
            throw new IOException("schedulers without labels");
        }
        return names;
    }

    private static List<Checkpoint> checkpoints(InputStream list) throws IOException {
        JsonNode models = Json.mapper().readTree(few(list));
        List<Checkpoint> checkpoints = models == null ? List.of() : Checkpoint.list(models);
        if (checkpoints.isEmpty()) {
            throw new IOException("no checkpoints");
        }
        return checkpoints;
    }

    /**
     * The names in a list.
     *
     * @param names what each is called first of all
     * @param labels by what else it may be called anywhere
     * @param aliases what A1111 takes in some places only
     */
    record Names(Set<String> names, Set<String> labels, Set<String> aliases) {

        @JsonIgnoreProperties(ignoreUnknown = true) // the metadata of a LoRA may be very long
        private record Entry(
                @Nullable String name,
                @JsonProperty("model_name") @Nullable String modelName,
                @Nullable String label,
                @Nullable String alias,
                @Nullable List<String> aliases) {}

        private static Names read(InputStream list) throws IOException {
            Names names = new Names(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
            for (Entry entry : present(Json.mapper().readValue(few(list), Entry[].class), entry -> true)) {
                add(names.names, entry.name == null ? entry.modelName : entry.name);
                add(names.labels, entry.label);
                add(names.labels, entry.alias);
                if (entry.aliases != null) {
                    entry.aliases.forEach(alias -> add(names.aliases, alias));
                }
            }
            return names;
        }

        private static void add(Set<String> names, @Nullable String name) {
            if (name != null) {
                names.add(name);
            }
        }

        /** Names and labels: all by which a thing may be called anywhere. */
        Set<String> all() {
            Set<String> all = new LinkedHashSet<>(names);
            all.addAll(labels);
            return all;
        }
    }

    /** The names of fields by the path of the call that takes them; calls that take any are not there. */
    record CallFields(Map<String, Set<String>> byPath) {}

    /**
     * What an extension has.
     *
     * @param names models may have a hash behind them, {@code canny [d14c016b]}
     * @param needingModels preprocessors that do nothing without a model, as far as the extension says so
     */
    record Members(Set<String> names, Set<String> needingModels) {
        private static final Pattern HASH = Pattern.compile(" \\[[0-9a-f]{6,64}]$");

        /** As it is listed: of that name, or else the only one of that name but for case and hash. */
        Optional<String> find(String name) {
            if (names.contains(name)) {
                return Optional.of(name);
            }
            List<String> alike = names.stream()
                    .filter(one -> one.equalsIgnoreCase(name) || plain(one).equalsIgnoreCase(name))
                    .toList();
            return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
        }

        /** Without hashes. */
        List<String> plain() {
            return names.stream().map(Members::plain).toList();
        }

        static String plain(String name) {
            return HASH.matcher(name).replaceFirst("");
        }
    }

    /** A script, and how many arguments it takes. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Script(
            String name,
            @JsonProperty("is_alwayson") boolean alwaysOn,
            @JsonProperty("is_img2img") boolean img2img,
            List<Argument> args) {

        @JsonIgnoreProperties(ignoreUnknown = true)
        record Argument() {}

        Script {
            args = args == null ? List.of() : args;
        }

        /** Case does not count, neither here nor at the WebUI. */
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** The scripts of both tabs; some of them say nothing more about themselves. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record ScriptNames(
            @Nullable List<String> txt2img, @Nullable List<String> img2img) {
        /** A name in the case in which it is listed; empty if it is not. */
        Optional<String> as(String name, boolean isImg2img) {
            List<String> names = isImg2img ? img2img : txt2img;
            return names == null
                    ? Optional.empty()
                    : names.stream().filter(name::equalsIgnoreCase).findFirst();
        }

        /** In lower case. */
        List<String> of(boolean isImg2img) {
            List<String> names = isImg2img ? img2img : txt2img;
            List<String> lower = new ArrayList<>();
            if (names != null) {
                names.stream().filter(Objects::nonNull).forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
            }
            return lower;
        }
    }
}
