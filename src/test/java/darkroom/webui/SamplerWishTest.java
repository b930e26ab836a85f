package darkroom.webui;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of webui-api, section 2.5. */
final class SamplerWishTest {
    @ParameterizedTest
    @CsvSource({
        "DPM++ 2M Karras,,DPM++ 2M,Automatic,true",
        "DPM++ 2M Karras,,DPM++ 2M,Karras,true",
        "DPM++ 2M Karras,Exponential,DPM++ 2M,Exponential,true",
        "DPM++ 2M Karras,Exponential,DPM++ 2M,Karras,false",
        "DPM++ 2M SDE Karras,,DPM++ 2M SDE,Karras,true",
        "DPM++ 2M SDE Exponential,,DPM++ 2M SDE,Automatic,true",
        "DPM++ 2M SGMUniform,,DPM++ 2M,SGM Uniform,true",
        "DPM++ 2M,karras,DPM++ 2M,Karras,true",
        "DPM++ 2M,sgm_uniform,DPM++ 2M,SGM Uniform,true",
        "DPM++ 2M,KARRAS,DPM++ 2M,Automatic,false",
        "DPM++ 2M,bogus,DPM++ 2M,Automatic,false",
        "Euler a,automatic,Euler a,Automatic,true",
        "DPM++ 2M,Automatic,DPM++ 2M,Karras,true",
        "k_euler,,DPM++ 2M,Automatic,false",
        "euler a,,Euler a,Automatic,true",
        "DPM++ 2M Karras,,DPM++ 2M Karras,Automatic,true"
    })
    void aWishIsHeldAgainstWhatRan(String sampler, String scheduler, String ran, String type, boolean asWished) {
        SamplerWish wish = SamplerWish.of(sampler, scheduler == null ? "" : scheduler);

        boolean same = wish.ranWith(ran, sampler) && (wish.scheduler().isEmpty() || wish.scheduledWith(type));
        assertThat(same).isEqualTo(asWished);
    }
}
