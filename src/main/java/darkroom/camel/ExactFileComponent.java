package darkroom.camel;

import java.io.File;
import java.util.Map;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.spi.annotations.Component;

/** Camel's {@code file:}, which also knows folders that were written as <code>{{path:FOLDER}}</code>. */
@Component("file")
final class ExactFileComponent extends FileComponent {
    @Override
    protected GenericFileEndpoint<File> buildFileEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        return super.buildFileEndpoint(uri, ExactPath.read(remaining), parameters);
    }
}
