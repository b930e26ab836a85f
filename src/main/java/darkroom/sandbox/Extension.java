package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** An extension that a sandbox WebUI may have installed. */
public enum Extension {
    /** sd-webui-controlnet 1.1.455, with a few preprocessors and models and three units. */
    CONTROLNET("ControlNet", 3) {
        @Override
        void addLists(ObjectNode lists) {
            ArrayNode models = Json.array();
            ControlNet.MODELS.forEach(models::add);
            lists.putObject("/controlnet/model_list").set("model_list", models);
            ObjectNode answer = lists.putObject("/controlnet/module_list");
            ArrayNode modules = answer.putArray("module_list");
            ObjectNode details = answer.putObject("module_detail");
            ControlNet.MODULES.forEach(module -> {
                modules.add(module);
                details.putObject(module)
                        .put("model_free", module.startsWith("reference_"))
                        .putArray("sliders");
            });
            lists.putObject("/controlnet/version").put("version", 3);
        }

        @Override
        UnitRun run(JsonNode args, Engine engine, Asked asked, List<Picture> init) {
            return new ControlNet(args, engine, asked, init);
        }
    },
    /** adetailer 25.3.0, with the models that it has from the start and four units. It finds no faces in what is drawn. */
    ADETAILER("ADetailer", 2 + 4) {
        @Override
        void addLists(ObjectNode lists) {
            ArrayNode models = Json.array();
            ADetailer.MODELS.forEach(models::add);
            lists.putObject("/adetailer/v1/ad_model").set("ad_model", models);
            lists.putObject("/adetailer/v1/version").put("version", ADetailer.VERSION);
        }

        @Override
        UnitRun run(JsonNode args, Engine engine, Asked asked, List<Picture> init) {
            return new ADetailer(args);
        }
    };

    private final String title;
    private final int arguments;

    Extension(String title, int arguments) {
        this.title = title;
        this.arguments = arguments;
    }

    /** The name of its script. */
    String script() {
        return title.toLowerCase(Locale.ROOT);
    }

    /** What it does to a job before the first batch: it looks at its arguments, and says what it will do. */
    abstract UnitRun run(JsonNode args, Engine engine, Asked asked, List<Picture> init);

    abstract void addLists(ObjectNode lists);

    /** Lists its script for both tabs, and what it has itself. */
    void install(ObjectNode lists) {
        for (boolean img2img : List.of(false, true)) {
            ((ArrayNode) lists.path("/sdapi/v1/scripts").path(img2img ? "img2img" : "txt2img")).add(script());
            ObjectNode info = ((ArrayNode) lists.path("/sdapi/v1/script-info"))
                    .addObject()
                    .put("name", script())
                    .put("is_alwayson", true)
                    .put("is_img2img", img2img);
            ArrayNode args = info.putArray("args");
            for (int i = 0; i < arguments; i++) {
                args.addObject().put("label", "");
            }
        }
        addLists(lists);
    }

    /** Its arguments, as many as it takes; the rest is cut off. */
    JsonNode arguments(JsonNode alwaysOn) {
        ArrayNode args = Json.array();
        alwaysOn.properties().forEach(entry -> {
            if (entry.getKey().equalsIgnoreCase(script())) {
                entry.getValue().path("args").forEach(args::add);
            }
        });
        while (args.size() > arguments) {
            args.remove(arguments);
        }
        return args;
    }
}
