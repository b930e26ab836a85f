package darkroom.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostPathsTest {
    @TempDir
    Path home;

    @Test
    void whereThingsAreOnThisMachineIsKeptToItself() {
        Path data = home.resolve("my data");
        HostPaths paths = new HostPaths(data);

        assertThat(paths.hide("move " + data.resolve("outbox/shop/dead") + " back into " + data.resolve("outbox/shop")))
                .isEqualTo("move outbox/shop/dead back into outbox/shop");
        assertThat(paths.hide("AccessDeniedException: " + home.resolve("other/a.png") + ", is it mounted?"))
                .isEqualTo("AccessDeniedException: …/a.png, is it mounted?");
        assertThat(paths.hide("'/init_images/0' of /sdapi/v1/txt2img at http://127.0.0.1:7860/tmp/x: and/or 1/2"))
                .isEqualTo("'/init_images/0' of /sdapi/v1/txt2img at http://127.0.0.1:7860/tmp/x: and/or 1/2");
        assertThat(paths.hide("C:\\Users\\me\\cat.png is not there")).isEqualTo("…/cat.png is not there");
    }
}
