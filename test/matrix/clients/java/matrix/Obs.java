package matrix;

import com.obs.services.ObsClient;
import com.obs.services.ObsConfiguration;
import com.obs.services.model.AccessControlList;
import com.obs.services.model.AppendObjectRequest;
import com.obs.services.model.AuthTypeEnum;
import com.obs.services.model.BucketEncryption;
import com.obs.services.model.CompleteMultipartUploadRequest;
import com.obs.services.model.CopyPartRequest;
import com.obs.services.model.DeleteObjectsRequest;
import com.obs.services.model.GetObjectRequest;
import com.obs.services.model.HttpMethodEnum;
import com.obs.services.model.InitiateMultipartUploadRequest;
import com.obs.services.model.KeyAndVersion;
import com.obs.services.model.ListObjectsRequest;
import com.obs.services.model.ListPartsRequest;
import com.obs.services.model.ListVersionsRequest;
import com.obs.services.model.ObjectMetadata;
import com.obs.services.model.ObsObject;
import com.obs.services.model.PartEtag;
import com.obs.services.model.PostSignatureRequest;
import com.obs.services.model.PostSignatureResponse;
import com.obs.services.model.PutObjectRequest;
import com.obs.services.model.SSEAlgorithmEnum;
import com.obs.services.model.SetObjectMetadataRequest;
import com.obs.services.model.TemporarySignatureRequest;
import com.obs.services.model.UploadFileRequest;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;

/** The SDK of OBS, with its defaults but for endpoint, credentials, signature and certificate authority; retries are off. */
public final class Obs implements Deeds {
    private final ObsClient obs;
    private final AuthTypeEnum signature;
    private final String accessKeyId;

    public static void main(String[] args) throws Exception {
        Dialogue.hold(new Obs(System.getenv()));
    }

    private Obs(Map<String, String> env) throws Exception {
        accessKeyId = env.get("OBS_ACCESS_KEY_ID");
        signature = AuthTypeEnum.valueOf(env.get("OBS_SIGNATURE").toUpperCase());
        ObsConfiguration settings = new ObsConfiguration();
        settings.setEndPoint(env.get("OBS_ENDPOINT"));
        settings.setAuthType(signature);
        settings.setAuthTypeNegotiation(signature == AuthTypeEnum.OBS);
        settings.setDefaultBucketLocation(env.get("OBS_REGION"));
        settings.setPathStyle(env.get("OBS_ADDRESSING").equals("path"));
        settings.setMaxErrorRetry(0);
        settings.setValidateCertificate(true);
        settings.setTrustManagerFactory(trust(Path.of(env.get("OBS_CA"))));
        obs = new ObsClient(accessKeyId, env.get("OBS_SECRET_ACCESS_KEY"), settings);
    }

    private static TrustManagerFactory trust(Path ca) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(ca)) {
            store.setCertificateEntry("matrix", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    @Override
    public void put(Path file, Place to) throws IOException {
        if (Files.size(file) <= LARGE) {
            obs.putObject(to.bucket(), to.objectKey(), file.toFile());
            return;
        }
        UploadFileRequest upload = new UploadFileRequest(to.bucket(), to.objectKey(), file.toString(), LARGE, 2);
        obs.uploadFile(upload);
    }

    @Override
    public void putStream(InputStream body, Place to) {
        obs.putObject(to.bucket(), to.objectKey(), body);
    }

    @Override
    public void putChecked(Path file, Place to, String checksum) throws Exception {
        byte[] md5 = MessageDigest.getInstance(checksum).digest(Files.readAllBytes(file));
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentMd5(Base64.getEncoder().encodeToString(md5));
        PutObjectRequest request = new PutObjectRequest(to.bucket(), to.objectKey(), file.toFile());
        request.setMetadata(metadata);
        obs.putObject(request);
    }

    @Override
    public void get(Place from, Path file) throws IOException {
        save(read(from), file);
    }

    @Override
    public void range(Place from, long first, long last, Path file) throws IOException {
        GetObjectRequest request = read(from);
        request.setRangeStart(first);
        request.setRangeEnd(last);
        save(request, file);
    }

    @Override
    public long size(Place of) {
        return obs.getObjectMetadata(of.bucket(), of.objectKey()).getContentLength();
    }

    @Override
    public List<String> list(String bucket, String prefix) {
        ListObjectsRequest request = new ListObjectsRequest(bucket);
        request.setPrefix(prefix);
        return obs.listObjects(request).getObjects().stream().map(ObsObject::getObjectKey).toList();
    }

    @Override
    public String link(Place to) {
        TemporarySignatureRequest request = new TemporarySignatureRequest(HttpMethodEnum.GET, 300);
        request.setBucketName(to.bucket());
        request.setObjectKey(to.objectKey());
        return obs.createTemporarySignature(request).getSignedUrl();
    }

    @Override
    public void copy(Place from, Place to) {
        obs.copyObject(from.bucket(), from.objectKey(), to.bucket(), to.objectKey());
    }

    @Override
    public void remove(Place at) {
        obs.deleteObject(at.bucket(), at.objectKey());
    }

    @Override
    public void removeAll(String bucket, String prefix) {
        KeyAndVersion[] doomed = list(bucket, prefix).stream().map(KeyAndVersion::new).toArray(KeyAndVersion[]::new);
        var answer = obs.deleteObjects(new DeleteObjectsRequest(bucket, false, doomed));
        if (answer.getDeletedObjectResults().size() != doomed.length)
            throw new IllegalStateException(answer.getErrorResults().toString());
    }

    @Override
    public List<String> more(String[] said) throws Exception {
        return switch (said[0]) {
            case "parts" -> parts(new File(said[1]), new Place(said[2], said[3]), new Place(said[4], said[5]));
            case "append" -> append(new File(said[1]), new Place(said[2], said[3]), Long.parseLong(said[4]));
            case "metadata" -> metadata(new Place(said[1], said[2]), said[3]);
            case "acl" -> acl(new Place(said[1], said[2]));
            case "encryption" -> encryption(said[1]);
            case "versions" -> versions(said[1], said[2]);
            case "getVersion" -> {
                GetObjectRequest request = read(new Place(said[1], said[2]));
                request.setVersionId(said[3]);
                save(request, Path.of(said[4]));
                yield List.of();
            }
            case "form" -> form(new Place(said[1], said[2]));
            case "rename" -> {
                obs.renameObject(said[1], said[2], said[3]);
                yield List.of();
            }
            case "truncate" -> {
                obs.truncateObject(said[1], said[2], Long.parseLong(said[3]));
                yield List.of();
            }
            case "modify" -> {
                obs.modifyObject(said[2], said[3], Long.parseLong(said[4]), new File(said[1]));
                yield List.of();
            }
            default -> Deeds.super.more(said);
        };
    }

    private List<String> parts(File file, Place to, Place from) {
        var begin = new InitiateMultipartUploadRequest(to.bucket(), to.objectKey());
        String upload = obs.initiateMultipartUpload(begin).getUploadId();
        String sent = obs.uploadPart(to.bucket(), to.objectKey(), upload, 1, file).getEtag();
        String copied = obs.copyPart(new CopyPartRequest(
                        upload, from.bucket(), from.objectKey(), to.bucket(), to.objectKey(), 2))
                .getEtag();
        List<Integer> listed = obs.listParts(new ListPartsRequest(to.bucket(), to.objectKey(), upload))
                .getMultipartList().stream()
                .map(part -> part.getPartNumber())
                .toList();
        if (!listed.equals(List.of(1, 2))) throw new IllegalStateException("the parts " + listed + " are listed");
        List<PartEtag> parts = List.of(new PartEtag(sent, 1), new PartEtag(copied, 2));
        obs.completeMultipartUpload(
                new CompleteMultipartUploadRequest(to.bucket(), to.objectKey(), upload, new java.util.ArrayList<>(parts)));
        return List.of();
    }

    private List<String> append(File file, Place to, long position) {
        AppendObjectRequest request = new AppendObjectRequest();
        request.setBucketName(to.bucket());
        request.setObjectKey(to.objectKey());
        request.setFile(file);
        request.setPosition(position);
        return List.of(Long.toString(obs.appendObject(request).getNextPosition()));
    }

    private List<String> metadata(Place of, String note) {
        SetObjectMetadataRequest request = new SetObjectMetadataRequest(of.bucket(), of.objectKey());
        request.addUserMetadata("note", note);
        request.setRemoveUnset(true);
        obs.setObjectMetadata(request);
        return List.of(String.valueOf(obs.getObjectMetadata(of.bucket(), of.objectKey()).getUserMetadata("note")));
    }

    private List<String> acl(Place of) {
        AccessControlList before = obs.getObjectAcl(of.bucket(), of.objectKey());
        obs.setObjectAcl(of.bucket(), of.objectKey(), before);
        return Arrays.stream(obs.getObjectAcl(of.bucket(), of.objectKey()).getGrantAndPermissions())
                .map(grant -> grant.getPermission().getPermissionString())
                .toList();
    }

    private List<String> encryption(String bucket) {
        obs.setBucketEncryption(bucket, new BucketEncryption(SSEAlgorithmEnum.KMS));
        BucketEncryption said = obs.getBucketEncryption(bucket);
        obs.deleteBucketEncryption(bucket);
        return List.of(said.getSseAlgorithm().getCode());
    }

    private List<String> versions(String bucket, String prefix) {
        ListVersionsRequest request = new ListVersionsRequest(bucket);
        request.setPrefix(prefix);
        return Arrays.stream(obs.listVersions(request).getVersions())
                .flatMap(each -> Stream.of(each.getKey(), each.getVersionId()))
                .toList();
    }

    private List<String> form(Place to) {
        PostSignatureRequest request = new PostSignatureRequest(300, to.bucket(), to.objectKey());
        request.setFormParams(Map.of("content-type", "text/plain"));
        PostSignatureResponse answer = obs.createPostSignature(request);
        List<String> fields = List.of("key", to.objectKey(), "content-type", "text/plain", "policy", answer.getPolicy());
        List<String> signed = switch (signature) {
            case OBS -> List.of("AccessKeyId", accessKeyId, "signature", answer.getSignature());
            case V2 -> List.of("AWSAccessKeyId", accessKeyId, "signature", answer.getSignature());
            case V4 -> {
                var v4 = (com.obs.services.model.V4PostSignatureResponse) answer;
                yield List.of("x-amz-algorithm", v4.getAlgorithm(), "x-amz-credential", v4.getCredential(),
                        "x-amz-date", v4.getDate(), "x-amz-signature", v4.getSignature());
            }
        };
        return Stream.concat(fields.stream(), signed.stream()).toList();
    }

    private void save(GetObjectRequest request, Path file) throws IOException {
        try (InputStream body = obs.getObject(request).getObjectContent()) {
            Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static GetObjectRequest read(Place from) {
        return new GetObjectRequest(from.bucket(), from.objectKey());
    }
}
