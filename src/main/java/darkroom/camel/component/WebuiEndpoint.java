package darkroom.camel.component;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Make pictures with a Stable Diffusion WebUI (AUTOMATIC1111's API and its cousins).
 *
 * <p>In: a task as a JSON document. Out: a {@link Generated}, whose pictures are in files and were held against the task.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "webui",
        title = "Stable Diffusion WebUI",
        syntax = "webui:operation",
        producerOnly = true,
        category = {Category.AI, Category.HTTP},
        headersClass = WebuiConstants.class)
public class WebuiEndpoint extends DefaultEndpoint {
    @UriParam
    private final WebuiConfiguration configuration;

    /** An endpoint with options of its own. */
    public WebuiEndpoint(String uri, WebuiComponent component, WebuiConfiguration configuration) {
        super(uri, component);
        this.configuration = configuration;
    }

    @Override
    public Producer createProducer() {
        WebuiComponent component = (WebuiComponent) getComponent();
        return new WebuiProducer(this, component.backends(configuration), configuration, component.window());
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("webui: can't be consumed from; use it in 'to'");
    }

    public WebuiConfiguration getConfiguration() {
        return configuration;
    }
}
