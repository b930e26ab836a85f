package darkroom.camel;

import java.io.File;
import java.util.Map;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.FileEndpointConfigurer;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.spi.PropertyConfigurer;

/** Camel's {@code file:}, which also knows folders that were written as <code>{{path:FOLDER}}</code>. */
final class ExactFileComponent extends FileComponent {
    private final PropertyConfigurer options = new FileEndpointConfigurer();

    /** Camel finds them by an annotation, from which its generator would make a second file: component. */
    @Override
    public PropertyConfigurer getEndpointPropertyConfigurer() {
        return options;
    }

    @Override
    protected GenericFileEndpoint<File> buildFileEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        return super.buildFileEndpoint(uri, ExactPath.read(remaining), parameters);
    }
}
