package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A card that has room for so many pixels. */
@Timeout(30)
final class GpuTest {
    private static final long ROOM = 2 * 64 * 64;

    @ParameterizedTest
    @CsvSource({
        "2,1,64,false,200",
        "2,3,64,false,200",
        "3,1,64,false,500",
        "1,1,88,false,200",
        "1,1,96,false,500",
        "1,1,64,true,500",
        "2,1,32,true,200"
    })
    void whatHasNoRoomIsRefused(int batch, int times, int side, boolean hires, int status) throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults().withGpuPixels(ROOM))) {
            var client = new Client(webUi);
            Client.Answer answer = client.post("/sdapi/v1/txt2img", """
                    {"prompt":"fox","steps":1,"seed":5,"batch_size":%d,"n_iter":%d,"width":%d,"height":%d,
                     "enable_hr":%b,"denoising_strength":0.5}""".formatted(batch, times, side, side, hires));

            assertThat(answer.status()).isEqualTo(status);
            if (status == 500) {
                assertThat(answer.json().get("error").asText()).isEqualTo("OutOfMemoryError");
                assertThat(answer.json().get("errors").asText()).startsWith("CUDA out of memory. Tried to allocate ");
            }
            JsonNode cuda = client.get("/sdapi/v1/memory").json().get("cuda");
            assertThat(cuda.at("/system/total").asLong()).isPositive();
            assertThat(cuda.at("/events/oom").asInt()).isEqualTo(status == 500 ? 1 : 0);
            assertThat(client.post("/sdapi/v1/txt2img", "{\"steps\":1,\"width\":64,\"height\":64}")
                            .status())
                    .as("the next one is as well as ever")
                    .isEqualTo(200);
        }
    }

    @Test
    void withoutALimitThereIsNoCard() throws Exception {
        try (var webUi = SandboxWebUi.start(SandboxSettings.defaults())) {
            assertThat(new Client(webUi)
                            .get("/sdapi/v1/memory")
                            .json()
                            .at("/cuda/error")
                            .asText())
                    .isEqualTo("unavailable");
        }
    }
}
