"""esdk-obs-python, with its defaults but for endpoint, credentials, signature and certificate authority; retries are off."""

import base64
import hashlib
import os

from dialogue import hold, setting
from obs import (
    ACL,
    AppendObjectContent,
    CompleteMultipartUploadRequest,
    CompletePart,
    DeleteObjectsRequest,
    GetObjectHeader,
    GetObjectRequest,
    Object,
    ObsClient,
    PutObjectHeader,
    SetObjectMetadataHeader,
    Versions,
)

LARGE = 8 << 20

client = ObsClient(
    access_key_id=setting('OBS_ACCESS_KEY_ID'),
    secret_access_key=setting('OBS_SECRET_ACCESS_KEY'),
    server=setting('OBS_ENDPOINT'),
    region=setting('OBS_REGION'),
    signature=setting('OBS_SIGNATURE'),
    path_style=setting('OBS_ADDRESSING') == 'path',
    ssl_verify=setting('OBS_CA'),
    max_retry_count=0,
)


def good(answer):
    """Answers with a fault are returned, not thrown."""
    if answer.status >= 300:
        raise RuntimeError(f'{answer.status} {answer.errorCode}: {answer.errorMessage}')
    return answer


def put(path, bucket, object_key):
    if os.path.getsize(path) <= LARGE:
        good(client.putFile(bucket, object_key, path))
    else:
        good(client.uploadFile(bucket, object_key, path, partSize=LARGE, taskNum=2, enableCheckpoint=False))


def put_stream(path, bucket, object_key):
    with open(path, 'rb') as body:
        good(client.putContent(bucket, object_key, content=body))


def put_checked(path, bucket, object_key, _algorithm):
    with open(path, 'rb') as body:
        content = body.read()
    md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
    good(client.putContent(bucket, object_key, content=content, headers=PutObjectHeader(md5=md5)))


def get(bucket, object_key, path):
    good(client.getObject(bucket, object_key, downloadPath=path))


def range_(bucket, object_key, first, last, path):
    answer = client.getObject(bucket, object_key, downloadPath=path, headers=GetObjectHeader(range=f'{first}-{last}'))
    assert good(answer).status == 206, answer.status


def size(bucket, object_key):
    return [good(client.getObjectMetadata(bucket, object_key)).body.contentLength]


def list_(bucket, prefix):
    return [entry.key for entry in good(client.listObjects(bucket, prefix=prefix)).body.contents]


def link(bucket, object_key):
    return [client.createSignedUrl('GET', bucket, object_key).signedUrl]


def copy(bucket, object_key, to_bucket, to_object_key):
    good(client.copyObject(bucket, object_key, to_bucket, to_object_key))


def remove(bucket, object_key):
    good(client.deleteObject(bucket, object_key))


def remove_all(bucket, prefix):
    doomed = [Object(key=object_key) for object_key in list_(bucket, prefix)]
    body = good(client.deleteObjects(bucket, DeleteObjectsRequest(quiet=False, objects=doomed))).body
    assert len(body.deleted) == len(doomed) and not body.error, body


def parts(path, bucket, object_key, from_bucket, from_object_key):
    upload = good(client.initiateMultipartUpload(bucket, object_key)).body.uploadId
    sent = good(client.uploadPart(bucket, object_key, 1, upload, path, isFile=True)).body.etag
    source = f'{from_bucket}/{from_object_key}'
    copied = good(client.copyPart(bucket, object_key, 2, upload, source)).body.etag
    listed = good(client.listParts(bucket, object_key, upload)).body.parts
    assert [part.partNumber for part in listed] == [1, 2], listed
    done = CompleteMultipartUploadRequest(parts=[CompletePart(1, sent), CompletePart(2, copied)])
    good(client.completeMultipartUpload(bucket, object_key, upload, done))


def append(path, bucket, object_key, position):
    content = AppendObjectContent(content=path, position=int(position), isFile=True)
    return [good(client.appendObject(bucket, object_key, content=content)).body.nextPosition]


def metadata(bucket, object_key, value):
    good(client.setObjectMetadata(bucket, object_key, metadata={'note': value}, headers=SetObjectMetadataHeader(removeUnset=True)))
    header = dict(good(client.getObjectMetadata(bucket, object_key)).header)
    return [header.get('note')]


def acl(bucket, object_key):
    before = good(client.getObjectAcl(bucket, object_key)).body
    good(client.setObjectAcl(bucket, object_key, acl=ACL(owner=before.owner, grants=before.grants)))
    after = good(client.getObjectAcl(bucket, object_key)).body
    return [grant.permission for grant in after.grants]


def encryption(bucket):
    good(client.setBucketEncryption(bucket, 'kms'))
    said = good(client.getBucketEncryption(bucket)).body.encryption
    good(client.deleteBucketEncryption(bucket))
    return [said]


def versions(bucket, prefix):
    """With the version of each; the objects are read by it."""
    found = good(client.listVersions(bucket, version=Versions(prefix=prefix))).body.versions
    return [field for each in found for field in (each.key, each.versionId)]


def get_version(bucket, object_key, version, path):
    good(client.getObject(bucket, object_key, downloadPath=path, getObjectRequest=GetObjectRequest(versionId=version)))


def form(bucket, object_key):
    """The fields of a form as a page would have them."""
    signed = client.createPostSignature(bucket, object_key, formParams={'content-type': 'text/plain'})
    fields = {'key': object_key, 'content-type': 'text/plain', 'policy': signed.policy}
    if client.signature == 'v4':
        # The SDK computes with it, and leaves it out of its answer.
        fields |= {'x-amz-algorithm': 'AWS4-HMAC-SHA256', 'x-amz-credential': signed.credential,
                   'x-amz-date': signed.date, 'x-amz-signature': signed.signature}
    else:
        name = 'AccessKeyId' if client.signature == 'obs' else 'AWSAccessKeyId'
        fields |= {name: signed.accessKeyId, 'signature': signed.signature}
    return [field for pair in fields.items() for field in pair]


def rename(bucket, object_key, name):
    good(client.renameFile(bucket, object_key, name))


def truncate(bucket, object_key, length):
    good(client.truncateFile(bucket, object_key, int(length)))


def modify(path, bucket, object_key, position):
    with open(path, 'rb') as body:
        good(client.modifyFile(bucket, object_key, int(position), content=body.read()))


VERBS = {
    'put': put, 'putStream': put_stream, 'putChecked': put_checked, 'get': get, 'range': range_, 'size': size,
    'list': list_, 'link': link, 'copy': copy, 'remove': remove, 'removeAll': remove_all, 'parts': parts,
    'append': append, 'metadata': metadata, 'acl': acl, 'encryption': encryption, 'versions': versions,
    'getVersion': get_version, 'form': form, 'rename': rename, 'truncate': truncate, 'modify': modify,
}

hold(VERBS)
