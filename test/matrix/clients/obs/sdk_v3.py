"""huaweicloudsdkobs, with its defaults but for endpoint, credentials and certificate authority. It has the OBS signature only."""

import base64
import hashlib
from urllib.parse import quote

from dialogue import hold, setting
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkobs.v1 import (
    CopyObjectRequest,
    DeleteObject,
    DeleteObjectRequest,
    DeleteObjectsRequest,
    DeleteObjectsRequestBody,
    GetObjectRequest,
    HeadObjectRequest,
    ListObjectsRequest,
    ObsClient,
    PutObjectRequest,
)
from huaweicloudsdkobs.v1.obs_credentials import ObsCredentials

config = HttpConfig.get_default_config()
config.ssl_ca_cert = setting('OBS_CA')
credentials = ObsCredentials(setting('OBS_ACCESS_KEY_ID'), setting('OBS_SECRET_ACCESS_KEY'))
client = (
    ObsClient.new_builder()
    .with_credentials(credentials)
    .with_http_config(config)
    .with_endpoint(setting('OBS_ENDPOINT'))
    .build()
)


def put(path, bucket, object_key, **more):
    with open(path, 'rb') as body:
        client.put_object(PutObjectRequest(bucket_name=bucket, object_key=object_key, stream=body, **more))


def put_checked(path, bucket, object_key, _algorithm):
    with open(path, 'rb') as body:
        md5 = base64.b64encode(hashlib.md5(body.read()).digest()).decode()
    put(path, bucket, object_key, content_md5=md5)


def get(bucket, object_key, path, **more):
    answer = client.get_object(GetObjectRequest(bucket_name=bucket, object_key=object_key, **more))
    with open(path, 'wb') as out:
        answer.consume_download_stream(lambda chunks: [out.write(chunk) for chunk in chunks])
    return answer


def get_all(bucket, object_key, path):
    get(bucket, object_key, path)


def range_(bucket, object_key, first, last, path):
    answer = get(bucket, object_key, path, range=f'bytes={first}-{last}')
    assert answer.status_code == 206, answer.status_code


def size(bucket, object_key):
    answer = client.head_object(HeadObjectRequest(bucket_name=bucket, object_key=object_key))
    return [answer.content_length]


def list_(bucket, prefix):
    answer = client.list_objects(ListObjectsRequest(bucket_name=bucket, prefix=prefix))
    return [entry.key for entry in answer.contents or []]


def copy(bucket, object_key, to_bucket, to_object_key):
    # The caller encodes it.
    source = quote(f'/{bucket}/{object_key}')
    client.copy_object(CopyObjectRequest(bucket_name=to_bucket, object_key=to_object_key, x_obs_copy_source=source))


def remove(bucket, object_key):
    client.delete_object(DeleteObjectRequest(bucket_name=bucket, object_key=object_key))


def remove_all(bucket, prefix):
    doomed = [DeleteObject(key=object_key) for object_key in list_(bucket, prefix)]
    answer = client.delete_objects(DeleteObjectsRequest(
        bucket_name=bucket, delete='', body=DeleteObjectsRequestBody(quiet=False, object=doomed)))
    assert len(answer.deleted) == len(doomed) and not answer.error, answer

VERBS = {
    'put': put, 'putChecked': put_checked, 'get': get_all, 'range': range_, 'size': size, 'list': list_,
    'copy': copy, 'remove': remove, 'removeAll': remove_all,
}

hold(VERBS)
