package darkroom.camel.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.fileupload.FileItemIterator;
import org.apache.commons.fileupload.FileItemStream;
import org.apache.commons.fileupload.FileUpload;
import org.apache.commons.fileupload.FileUploadBase;
import org.apache.commons.fileupload.FileUploadException;
import org.apache.commons.fileupload.MultipartStream;
import org.apache.commons.fileupload.UploadContext;
import org.jspecify.annotations.Nullable;

/**
 * A {@code multipart/form-data} body (RFC 7578) taken apart: the part {@code job}, and pictures by the names that the job
 * may call them by.
 */
final class Multipart {
    private static final String JOB = "job";
    private static final int MOST_PARTS = 100;
    private static final int MOST_HEADER = 8 * 1024;

    private final Path job;
    private final Map<String, Path> pictures;

    private Multipart(Path job, Map<String, Path> pictures) {
        this.job = job;
        this.pictures = pictures;
    }

    /** The prompt file. */
    Path job() {
        return job;
    }

    /** The pictures. */
    Map<String, Path> pictures() {
        return pictures;
    }

    /**
     * Takes a body apart.
     *
     * @param contentType with the boundary
     * @param folder empty; the parts go there, each picture under its own name
     */
    static Multipart of(Path body, String contentType, Path folder) throws IOException, RefusedException {
        FileUpload upload = new FileUpload();
        upload.setPartHeaderSizeMax(MOST_HEADER);
        Path job = null;
        Map<String, Path> pictures = new LinkedHashMap<>();
        try (InputStream in = Files.newInputStream(body)) {
            FileItemIterator parts = upload.getItemIterator(new Body(in, contentType, Files.size(body)));
            while (parts.hasNext()) {
                FileItemStream part = parts.next();
                if (pictures.size() >= MOST_PARTS) {
                    throw wrong("there are more than " + MOST_PARTS + " parts");
                }
                if (JOB.equals(part.getFieldName())) {
                    if (job != null) {
                        throw wrong("there are two parts 'job'");
                    }
                    job = copy(part, folder.resolveSibling("job.json"));
                } else {
                    String name = nameOf(part);
                    if (pictures.put(name, folder.resolve(name)) != null) {
                        throw wrong("there are two pictures '" + name + "'");
                    }
                    copy(part, folder.resolve(name));
                }
            }
        } catch (FileUploadBase.FileUploadIOException
                | FileUploadException
                | MultipartStream.MalformedStreamException e) {
            throw broken(e);
        } catch (org.apache.commons.fileupload.InvalidFileNameException e) {
            throw wrong("a file name has a NUL in it");
        } catch (Cut e) {
            throw broken(e.getCause());
        }
        if (job == null) {
            throw wrong("there is no part 'job'");
        }
        return new Multipart(job, pictures);
    }

    /** The name of a file that was sent along is not a path here, whatever stands in it. */
    private static String nameOf(FileItemStream part) throws RefusedException {
        String name = part.getName() == null ? part.getFieldName() : part.getName();
        if (name == null || !PictureName.isOne(name)) {
            throw wrong("the name of a part can't be that of a file");
        }
        return name;
    }

    private static Path copy(FileItemStream part, Path file) throws IOException, Cut {
        try (InputStream in = new Guarded(part.openStream())) {
            Files.copy(in, file);
        }
        return file;
    }

    private static RefusedException wrong(String detail) {
        return new RefusedException(
                Refusal.WRONG_PARTS,
                detail,
                "send one part 'job' with the JSON, and each picture as a part with a simple file name, by which the"
                        + " JSON names it: curl -F 'job=@job.json' -F 'picture=@sketch.png'");
    }

    private static RefusedException broken(@Nullable Throwable e) {
        return new RefusedException(
                Refusal.BROKEN_REQUEST,
                "the parts can't be told apart: " + (e == null ? "" : e.getMessage()),
                "look at the boundary in Content-Type; it stands before each part, and at the end with -- behind it");
    }

    /** The body is cut off within a part. */
    private static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1;

        Cut(Throwable cause) {
            super(cause);
        }
    }

    /** Tells what is wrong with the body from what is wrong with the disk. */
    private static final class Guarded extends FilterInputStream {
        Guarded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw new Cut(e);
            }
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            try {
                return super.read(bytes, from, length);
            } catch (IOException e) {
                throw new Cut(e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } catch (IOException e) {
                throw new Cut(e);
            }
        }
    }

    private record Body(InputStream in, String contentType, long bytes) implements UploadContext {
        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public String getContentType() {
            return contentType;
        }

        @Override
        @Deprecated
        public int getContentLength() {
            return (int) Math.min(bytes, Integer.MAX_VALUE);
        }

        @Override
        public long contentLength() {
            return bytes;
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }
    }
}
