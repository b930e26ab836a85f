package darkroom.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the names that requests have, the old ones among them. */
final class SamplersTest {
    private static final ObjectNode LISTS = Json.resource("lists.json");
    private static final Samplers SAMPLERS =
            new Samplers(LISTS.get("/sdapi/v1/samplers"), LISTS.get("/sdapi/v1/schedulers"));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "DPM++ 2M Karras, -, DPM++ 2M, Automatic",
                "DPM++ SDE Karras, -, DPM++ SDE, Automatic",
                "DPM++ 2M SDE Karras, -, DPM++ 2M SDE, Karras",
                "DPM++ 2M SDE Exponential, -, DPM++ 2M SDE, Automatic",
                "Euler a Karras, -, Euler a, Karras",
                "LMS Karras, -, LMS, Karras",
                "DPM++ 2M SGMUniform, -, DPM++ 2M, SGM Uniform",
                "Euler, beta, Euler, Beta",
                "Euler, Beta, Euler, Beta",
                "Euler, BETA, Euler, Automatic",
                "euler a, -, DPM++ 2M, Automatic",
                "k_euler, -, DPM++ 2M, Automatic",
                "Bogus, -, DPM++ 2M, Automatic",
                "-, -, DPM++ 2M, Automatic"
            })
    void unknownAndOldNamesBecomeSomethingWithoutAWord(String name, String scheduler, String sampler, String label) {
        assertThat(SAMPLERS.resolve(name, scheduler, true)).isEqualTo(new Samplers.Choice(sampler, label));
    }

    @ParameterizedTest
    @CsvSource({
        "DPM++ 2M, Automatic, Karras",
        "DPM++ 2M SDE, Automatic, Exponential",
        "DPM++ 2M, Exponential, Exponential",
        "Euler, Karras, Karras",
        "Euler, Automatic, ",
        "DDIM, Karras, "
    })
    void theScheduleThatIsUsedIsSaidIfItIsOne(String sampler, String scheduler, String label) {
        assertThat(SAMPLERS.scheduleLabel(sampler, scheduler)).isEqualTo(label);
    }
}
