package darkroom.camel.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What any Camel application sees of the component that has the jar. */
final class WebuiComponentTest {
    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void optionsAreTyped() {
        WebuiEndpoint endpoint = context.getEndpoint(
                "webui:generate?url=https://gpu/a&inFlight=3&responseTimeout=5000&checks=size=warn&authUsername=me&authPassword=RAW(p&w)",
                WebuiEndpoint.class);

        assertThat(endpoint.getConfiguration())
                .extracting(
                        WebuiConfiguration::getUrl,
                        WebuiConfiguration::getInFlight,
                        WebuiConfiguration::getResponseTimeout,
                        WebuiConfiguration::getChecks,
                        WebuiConfiguration::getAuthPassword)
                .containsExactly("https://gpu/a", 3, 5000L, "size=warn", "p&w");
        assertThat(endpoint.toString()).doesNotContain("p&w");
    }

    @Test
    void theComponentsOptionsAreWhereEndpointsBegin() {
        WebuiConfiguration options = new WebuiConfiguration();
        options.setUrl("http://gpu:7860");
        context.getComponent("webui", WebuiComponent.class).setConfiguration(options);

        assertThat(context.getEndpoint("webui:generate", WebuiEndpoint.class)
                        .getConfiguration()
                        .getUrl())
                .isEqualTo("http://gpu:7860");
        assertThat(context.getEndpoint("webui:generate?url=http://b", WebuiEndpoint.class)
                        .getConfiguration()
                        .getUrl())
                .isEqualTo("http://b");
        assertThat(options.getUrl()).isEqualTo("http://gpu:7860");
    }

    @ParameterizedTest
    @CsvSource({
        "webui:generate?urll=http://a,urll",
        "webui:generate?inFlight=many,many",
        "webui:paint,paint",
        "webui:generate?url=http://u:p@h,authPassword",
        "webui:generate?checks=sampler,sampler",
        "webui:generate?checks=sampler=loud,LOUD"
    })
    void aMistakeIsNoticedWhenTheRouteIsLoaded(String uri, String word) {
        assertThatThrownBy(() -> context.getEndpoint(uri)).hasStackTraceContaining(word);
    }

    @Test
    void aListNeedNotBeThereUnlessSomebodyHasNamedIt() {
        WebuiConfiguration options = new WebuiConfiguration();
        options.setUrl("http://gpu:7860");
        options.setBackends("/none/webuis.yaml");
        WebuiComponent component = context.getComponent("webui", WebuiComponent.class);
        component.setConfiguration(options);
        component.requireList("environment variable DARKROOM_WEBUIS");

        assertThatThrownBy(component::states)
                .isInstanceOf(WebuiListException.class)
                .hasMessage(
                        "/none/webuis.yaml: there is no such file, and environment variable DARKROOM_WEBUIS names it"
                                + " as 'darkroom.webuis'; write the list there, correct the path, or leave the setting out to use"
                                + " 'darkroom.webui.url', http://gpu:7860");

        WebuiComponent fresh = new WebuiComponent();
        fresh.setCamelContext(context);
        fresh.setConfiguration(options);
        assertThat(fresh.states()).extracting(WebuiState::name).containsExactly("http://gpu:7860");
    }

    @Test
    void thereIsNothingToConsume() {
        assertThatThrownBy(() -> context.getEndpoint("webui:generate").createConsumer(exchange -> {}))
                .hasMessageContaining("use it in 'to'");
    }

    /** If this fails, options were changed and src/generated was not; CONTRIBUTING.md says how it is written. */
    @Test
    void whatIsGeneratedKnowsEveryOption() {
        Set<String> options = Arrays.stream(WebuiConfiguration.class.getDeclaredFields())
                .map(Field::getName)
                .filter(name -> !name.startsWith("$"))
                .collect(Collectors.toCollection(TreeSet::new));
        options.add("lazyStartProducer");

        assertThat(new TreeSet<>(new WebuiEndpointUriFactory().propertyNames())).isEqualTo(options);
        assertThat(new WebuiEndpointUriFactory().secretPropertyNames())
                .containsExactlyInAnyOrder("authUsername", "authPassword");
    }
}
