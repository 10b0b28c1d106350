package matrix;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.HttpMethod;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.CopyObjectRequest;
import com.amazonaws.services.s3.model.DeleteObjectsRequest;
import com.amazonaws.services.s3.model.GetObjectRequest;
import com.amazonaws.services.s3.model.ListObjectsV2Result;
import com.amazonaws.services.s3.model.ObjectMetadata;
import com.amazonaws.services.s3.model.S3ObjectSummary;
import com.amazonaws.services.s3.transfer.TransferManager;
import com.amazonaws.services.s3.transfer.TransferManagerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** The first SDK, which takes an ETag for an MD5 and compares it; no more is made of it. */
public final class Sdk1 implements Deeds {
    private final AmazonS3 s3;
    private final TransferManager transfers;

    public static void main(String[] args) throws IOException {
        Dialogue.hold(new Sdk1(System.getenv()));
    }

    private Sdk1(Map<String, String> env) {
        var credentials = new BasicAWSCredentials(env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY"));
        s3 = AmazonS3ClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(env.get("S3_ENDPOINT"), env.get("AWS_REGION")))
                .withCredentials(new AWSStaticCredentialsProvider(credentials))
                .withPathStyleAccessEnabled(true)
                .withClientConfiguration(new ClientConfiguration().withMaxErrorRetry(0))
                .build();
        transfers = TransferManagerBuilder.standard()
                .withS3Client(s3)
                .withMultipartUploadThreshold(LARGE)
                .withMultipartCopyThreshold(LARGE)
                .withMultipartCopyPartSize(LARGE)
                .build();
    }

    @Override
    public void put(Path file, Place to) throws Exception {
        if (Files.size(file) <= LARGE) s3.putObject(to.bucket(), to.objectKey(), file.toFile());
        else transfers.upload(to.bucket(), to.objectKey(), file.toFile()).waitForCompletion();
    }

    @Override
    public void putStream(InputStream body, Place to) {
        s3.putObject(to.bucket(), to.objectKey(), body, new ObjectMetadata());
    }

    @Override
    public void get(Place from, Path file) throws Exception {
        if (size(from) <= LARGE) save(read(from), file);
        else transfers.download(read(from), file.toFile()).waitForCompletion();
    }

    @Override
    public void range(Place from, long first, long last, Path file) throws IOException {
        save(read(from).withRange(first, last), file);
    }

    @Override
    public long size(Place of) {
        return s3.getObjectMetadata(of.bucket(), of.objectKey()).getContentLength();
    }

    @Override
    public List<String> list(String bucket, String prefix) {
        ListObjectsV2Result page = s3.listObjectsV2(bucket, prefix);
        if (page.isTruncated()) throw new IllegalStateException("there is another page");
        return page.getObjectSummaries().stream().map(S3ObjectSummary::getKey).toList();
    }

    @Override
    public String link(Place to) {
        Date end = Date.from(Instant.now().plusSeconds(600));
        return s3.generatePresignedUrl(to.bucket(), to.objectKey(), end, HttpMethod.GET).toString();
    }

    @Override
    public void copy(Place from, Place to) throws Exception {
        var request = new CopyObjectRequest(from.bucket(), from.objectKey(), to.bucket(), to.objectKey());
        if (size(from) <= LARGE) s3.copyObject(request);
        else transfers.copy(request).waitForCompletion();
    }

    @Override
    public void remove(Place at) {
        s3.deleteObject(at.bucket(), at.objectKey());
    }

    /** Throws where an object could not be deleted. */
    @Override
    public void removeAll(String bucket, String prefix) {
        String[] doomed = list(bucket, prefix).toArray(String[]::new);
        s3.deleteObjects(new DeleteObjectsRequest(bucket).withKeys(doomed));
    }

    private void save(GetObjectRequest request, Path file) throws IOException {
        Files.deleteIfExists(file);
        try (InputStream body = s3.getObject(request).getObjectContent()) {
            Files.copy(body, file);
        }
    }

    private static GetObjectRequest read(Place from) {
        return new GetObjectRequest(from.bucket(), from.objectKey());
    }
}
