package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/** Everything that one running server has exactly one of. */
record Engine(
        SandboxSettings settings,
        ServerPaths paths,
        Options options,
        Checkpoints checkpoints,
        Samplers samplers,
        Scripts scripts,
        Progress progress,
        Tasks tasks,
        Gpu gpu,
        Painter painter,
        PictureFormat format,
        PictureReader reader,
        OutputFolder outputs,
        ObjectNode lists,
        ObjectNode openApi) {

    static Engine start(SandboxSettings settings, Path dataFolder) {
        var paths = new ServerPaths(settings.serverRoot(), dataFolder);
        var options = new Options(settings, dataFolder.resolve("config.json"));
        var format = new PictureFormat(options, settings.pictureBytes());
        ObjectNode lists = Json.resource("lists.json");
        settings.extensions().forEach(extension -> extension.install(lists));
        settings.lists().forEach(lists::set);
        var checkpoints = new Checkpoints(settings, options);
        JsonNode samplers = lists.path("/sdapi/v1/samplers");
        return new Engine(
                settings,
                paths,
                options,
                checkpoints,
                new Samplers(samplers, lists.path("/sdapi/v1/schedulers")),
                new Scripts(lists.path("/sdapi/v1/script-info"), lists.path("/sdapi/v1/scripts")),
                new Progress(options),
                new Tasks(),
                new Gpu(() -> checkpoints.used().fileName(), settings.gpuPixels()),
                new Painter(settings.plainPictures()),
                format,
                new PictureReader(options),
                new OutputFolder(options, paths, format),
                lists,
                OpenApi.document(settings));
    }

    /**
     * Makes a checkpoint the loaded one, which takes its time unless it is that already. By the holder of the lock.
     *
     * @throws ApiError if it is one that can't be loaded; then the other one still is
     */
    void load(Checkpoint checkpoint) throws InterruptedException {
        if (!checkpoints.isLoaded(checkpoint)) {
            gpu.spend(settings.timePerLoad());
            if (!settings.canLoad(checkpoint)) {
                throw ApiError.python(
                        "SafetensorError", "Error while deserializing header: InvalidHeaderDeserialization");
            }
            checkpoints.load(checkpoint);
        }
    }
}
