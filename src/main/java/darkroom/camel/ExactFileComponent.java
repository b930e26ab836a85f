package darkroom.camel;

import java.io.File;
import java.util.Map;
import org.apache.camel.Component;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.FileEndpointConfigurer;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.spi.PropertyConfigurer;

/** Camel's {@code file:}, which also knows folders that were written as <code>{{path:FOLDER}}</code>, and drop folders. */
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
        GenericFileEndpoint<File> plain = super.buildFileEndpoint(uri, ExactPath.read(remaining), parameters);
        FileEndpoint endpoint = new Folder(uri, this);
        endpoint.setFile(((FileEndpoint) plain).getFile());
        endpoint.setConfiguration(plain.getConfiguration());
        return endpoint;
    }

    /** A folder; one whose filter knows prompt files is looked into lane by lane. */
    private static final class Folder extends FileEndpoint {
        Folder(String uri, Component component) {
            super(uri, component);
        }

        @Override
        protected FileConsumer newFileConsumer(Processor processor, GenericFileOperations<File> operations) {
            return getFilter() instanceof PromptFileFilter prompts
                    ? new DropConsumer(this, processor, operations, createGenericFileStrategy(), prompts)
                    : super.newFileConsumer(processor, operations);
        }
    }
}
