package matrix;

import static software.amazon.awssdk.awscore.retry.AwsRetryStrategy.doNotRetry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.BlockingInputStreamAsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** What is small goes by S3Client, what is large by S3TransferManager over the S3AsyncClient in Java, with parts. */
public final class Sdk2 implements Deeds {
    private final S3Client s3;
    private final S3AsyncClient async;
    private final S3TransferManager transfers;
    private final S3Presigner presigner;

    public static void main(String[] args) throws IOException {
        Dialogue.hold(new Sdk2(System.getenv()));
    }

    private Sdk2(Map<String, String> env) {
        URI endpoint = URI.create(env.get("S3_ENDPOINT"));
        Region region = Region.of(env.get("AWS_REGION"));
        var credentials = StaticCredentialsProvider.create(
                AwsBasicCredentials.create(env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY")));
        s3 = S3Client.builder()
                .endpointOverride(endpoint)
                .region(region)
                .credentialsProvider(credentials)
                .forcePathStyle(true)
                .overrideConfiguration(settings -> settings.retryStrategy(doNotRetry()))
                .build();
        async = S3AsyncClient.builder()
                .endpointOverride(endpoint)
                .region(region)
                .credentialsProvider(credentials)
                .forcePathStyle(true)
                .overrideConfiguration(settings -> settings.retryStrategy(doNotRetry()))
                .multipartEnabled(true)
                .build();
        transfers = S3TransferManager.builder().s3Client(async).build();
        presigner = S3Presigner.builder()
                .endpointOverride(endpoint)
                .region(region)
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
    }

    @Override
    public void put(Path file, Place to) throws IOException {
        if (Files.size(file) <= LARGE) s3.putObject(write(to).build(), RequestBody.fromFile(file));
        else transfers.uploadFile(upload -> upload.putObjectRequest(write(to).build()).source(file)).completionFuture().join();
    }

    @Override
    public void putStream(InputStream body, Place to) {
        BlockingInputStreamAsyncRequestBody request = AsyncRequestBody.forBlockingInputStream(null);
        CompletableFuture<?> done = async.putObject(write(to).build(), request);
        request.writeInputStream(body);
        done.join();
    }

    @Override
    public void putChecked(Path file, Place to, String checksum) {
        var algorithm = ChecksumAlgorithm.fromValue(checksum);
        s3.putObject(write(to).checksumAlgorithm(algorithm).build(), RequestBody.fromFile(file));
    }

    @Override
    public void get(Place from, Path file) throws IOException {
        if (size(from) <= LARGE) save(read(from).build(), file);
        else transfers.downloadFile(download -> download.getObjectRequest(read(from).build()).destination(file)).completionFuture().join();
    }

    @Override
    public void range(Place from, long first, long last, Path file) throws IOException {
        save(read(from).range("bytes=" + first + "-" + last).build(), file);
    }

    @Override
    public long size(Place of) {
        return s3.headObject(head -> head.bucket(of.bucket()).key(of.objectKey())).contentLength();
    }

    @Override
    public List<String> list(String bucket, String prefix) {
        return s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    @Override
    public String link(Place to) {
        return presigner.presignGetObject(link -> link.signatureDuration(Duration.ofMinutes(10))
                        .getObjectRequest(read(to).build()))
                .url()
                .toString();
    }

    @Override
    public void copy(Place from, Place to) {
        CopyObjectRequest request = CopyObjectRequest.builder()
                .sourceBucket(from.bucket())
                .sourceKey(from.objectKey())
                .destinationBucket(to.bucket())
                .destinationKey(to.objectKey())
                .build();
        if (size(from) <= LARGE) s3.copyObject(request);
        else transfers.copy(copy -> copy.copyObjectRequest(request)).completionFuture().join();
    }

    @Override
    public void remove(Place at) {
        s3.deleteObject(delete -> delete.bucket(at.bucket()).key(at.objectKey()));
    }

    @Override
    public void removeAll(String bucket, String prefix) {
        List<ObjectIdentifier> doomed = list(bucket, prefix).stream()
                .map(objectKey -> ObjectIdentifier.builder().key(objectKey).build())
                .toList();
        DeleteObjectsResponse answer =
                s3.deleteObjects(delete -> delete.bucket(bucket).delete(which -> which.objects(doomed)));
        if (answer.hasErrors()) throw new IllegalStateException(answer.errors().get(0).toString());
    }

    private void save(GetObjectRequest request, Path file) throws IOException {
        try (InputStream body = s3.getObject(request, ResponseTransformer.toInputStream())) {
            Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static PutObjectRequest.Builder write(Place to) {
        return PutObjectRequest.builder().bucket(to.bucket()).key(to.objectKey());
    }

    private static GetObjectRequest.Builder read(Place from) {
        return GetObjectRequest.builder().bucket(from.bucket()).key(from.objectKey());
    }
}
