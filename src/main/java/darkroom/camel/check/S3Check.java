package darkroom.camel.check;

import darkroom.check.Finding;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.component.aws2.s3.AWS2S3Configuration;
import org.apache.camel.component.aws2.s3.AWS2S3Endpoint;
import org.apache.camel.component.aws2.s3.client.AWS2S3ClientFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * {@code aws2-s3:}: the bucket is there, for these keys. It is asked for its first object: unlike a look at the bucket
 * itself (HeadBucket) a refusal has a body then, which tells a wrong key from one that may not list, and need not.
 */
final class S3Check implements EndpointCheck {
    private static final int REDIRECT = 301;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final Set<String> WRONG_KEYS = Set.of(
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "InvalidClientTokenId");

    /** Camel asks for the bucket at the start of an endpoint, unless this option, which is for sources, has a value. */
    static void quieten(Endpoint endpoint, boolean evenToCreate) {
        AWS2S3Configuration options = ((AWS2S3Endpoint) endpoint).getConfiguration();
        if (options.getFileName() == null && (evenToCreate || !options.isAutoCreateBucket())) {
            options.setFileName("-");
        }
    }

    @Override
    public Finding examine(Endpoint endpoint, Side side) throws Exception {
        AWS2S3Configuration options = ((AWS2S3Endpoint) endpoint).getConfiguration();
        String bucket = options.getBucketName();
        S3Client given = options.getAmazonS3Client();
        S3Client client = given == null ? AWS2S3ClientFactory.getS3Client(options) : given;
        try {
            client.listObjectsV2(request -> request.bucket(bucket).maxKeys(1));
            return side.ok("the bucket is there");
        } catch (AwsServiceException e) {
            return refused(side, bucket, options.isAutoCreateBucket(), e);
        } finally {
            if (given == null) {
                client.close();
            }
        }
    }

    private static Finding refused(Side side, String bucket, boolean create, AwsServiceException e)
            throws UnusableException {
        String code = e.awsErrorDetails() == null
                ? ""
                : String.valueOf(e.awsErrorDetails().errorCode());
        if (WRONG_KEYS.contains(code)) {
            throw new UnusableException("the keys are refused (" + code + ")", "correct accessKey and secretKey");
        }
        if (e.statusCode() == NOT_FOUND && create && side.sends()) {
            return side.warning("there is no bucket " + bucket + "; it will be made", "set autoCreateBucket: false");
        }
        if (e.statusCode() == NOT_FOUND) {
            throw new UnusableException("there is no bucket " + bucket, "make it, or correct its name in the route");
        }
        if (e.statusCode() == REDIRECT) {
            throw new UnusableException("the bucket is in another region", "correct region in the route");
        }
        if (e.statusCode() == FORBIDDEN && side.sends()) {
            return side.warning(
                    "the bucket may not be listed with these keys (" + code + "), which delivering does not need",
                    "nothing; or have a test picture delivered: darkroom check --deliver");
        }
        if (e.statusCode() == FORBIDDEN) {
            throw new UnusableException(
                    "the bucket may not be listed with these keys (" + code + ")", "grant s3:ListBucket");
        }
        throw e;
    }

    @Override
    public String remedy() {
        return "is the storage there? see uriEndpointOverride, region and the keys in the route";
    }
}
