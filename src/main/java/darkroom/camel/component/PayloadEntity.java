package darkroom.camel.component;

import darkroom.webui.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A payload as an HTTP body: written straight to the connection, with its length in the header. */
final class PayloadEntity extends AbstractHttpEntity {
    private final Payload payload;

    PayloadEntity(Payload payload) {
        super(ContentType.APPLICATION_JSON, null, false);
        this.payload = payload;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public long getContentLength() {
        return payload.contentLength();
    }

    @Override
    public InputStream getContent() throws IOException {
        throw new IOException("a payload is written, not read");
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        payload.writeTo(out);
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {
        // its files are not held open
    }
}
