"""One S3 call by boto3: boto3_client.py OPERATION ARGUMENT…, settings from the environment."""

import io
import os
import sys

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client(
    's3',
    endpoint_url=os.environ['S3_ENDPOINT'],
    config=Config(signature_version=os.environ['S3_SIGNATURE'], retries={'max_attempts': 0}),
)


def put(path, bucket, object_key):
    s3.upload_file(path, bucket, object_key)


def get(bucket, object_key, path):
    s3.download_file(bucket, object_key, path)


def size(bucket, object_key):
    print(s3.head_object(Bucket=bucket, Key=object_key)['ContentLength'])


def range_(bucket, object_key, first, last, path):
    answer = s3.get_object(Bucket=bucket, Key=object_key, Range=f'bytes={first}-{last}')
    assert answer['ResponseMetadata']['HTTPStatusCode'] == 206
    with open(path, 'wb') as out:
        out.write(answer['Body'].read())


def list_(bucket, prefix):
    for page in s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get('Contents', []):
            print(entry['Key'])


def delete(bucket, object_key):
    s3.delete_object(Bucket=bucket, Key=object_key)


def delete_many(bucket, prefix):
    entries = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)['Contents']
    objects = [{'Key': entry['Key']} for entry in entries]
    answer = s3.delete_objects(Bucket=bucket, Delete={'Objects': objects})
    assert len(answer['Deleted']) == len(objects) and not answer.get('Errors')


def copy(bucket, object_key, to_bucket, to_object_key):
    s3.copy_object(CopySource={'Bucket': bucket, 'Key': object_key}, Bucket=to_bucket, Key=to_object_key)


def stream(bucket, object_key):
    body = b'streamed ' * 10000
    s3.put_object(
        Bucket=bucket, Key=object_key, Body=io.BytesIO(body), ContentType='text/x-test', Metadata={'colour': 'blue'}
    )
    answer = s3.get_object(Bucket=bucket, Key=object_key)
    assert answer['Body'].read() == body
    assert answer['ContentType'] == 'text/x-test' and answer['Metadata'] == {'colour': 'blue'}


def presign(bucket, object_key, operation='get_object'):
    print(s3.generate_presigned_url(operation, Params={'Bucket': bucket, 'Key': object_key}, ExpiresIn=60))


def list_folders(bucket, prefix):
    answer = s3.list_objects(Bucket=bucket, Prefix=prefix, Delimiter='/')
    assert prefix + 'small' in [entry['Key'] for entry in answer['Contents']], answer


def abort(bucket, object_key):
    upload = s3.create_multipart_upload(Bucket=bucket, Key=object_key)['UploadId']
    target = {'Bucket': bucket, 'Key': object_key, 'UploadId': upload}
    s3.upload_part(**target, PartNumber=1, Body=b'part')
    assert len(s3.list_parts(**target)['Parts']) == 1
    s3.abort_multipart_upload(**target)


def part_copy(bucket, object_key, to_bucket, to_object_key):
    upload = s3.create_multipart_upload(Bucket=to_bucket, Key=to_object_key)['UploadId']
    target = {'Bucket': to_bucket, 'Key': to_object_key, 'UploadId': upload}
    try:
        part = s3.upload_part_copy(**target, PartNumber=1, CopySource={'Bucket': bucket, 'Key': object_key})
    except Exception:
        s3.abort_multipart_upload(**target)
        raise
    parts = [{'PartNumber': 1, 'ETag': part['CopyPartResult']['ETag']}]
    s3.complete_multipart_upload(**target, MultipartUpload={'Parts': parts})


def managed_copy(bucket, object_key, to_bucket, to_object_key):
    parts = TransferConfig(multipart_threshold=24 << 20, multipart_chunksize=24 << 20)
    s3.copy({'Bucket': bucket, 'Key': object_key}, to_bucket, to_object_key, Config=parts)


def copy_semantics(bucket, object_key):
    def described(name):
        head = s3.head_object(Bucket=bucket, Key=name)
        tags = s3.get_object_tagging(Bucket=bucket, Key=name)['TagSet']
        return head['ContentType'], head.get('CacheControl'), head['Metadata'], {tag['Key']: tag['Value'] for tag in tags}

    source = {'Bucket': bucket, 'Key': object_key}
    etag = s3.put_object(
        **source, Body=b'described', ContentType='text/x-test', CacheControl='no-store', Metadata={'a': 'b'}, Tagging='t=u%20v'
    )['ETag']
    to = {'Bucket': bucket, 'Key': object_key + '-copy'}
    answer = s3.copy_object(**to, CopySource=source, CopySourceIfMatch=etag)
    head = s3.head_object(**to)
    assert answer['CopyObjectResult']['ETag'] == head['ETag'], (answer, head)
    assert described(to['Key']) == ('text/x-test', 'no-store', {'a': 'b'}, {'t': 'u v'}), described(to['Key'])
    replaced = {'MetadataDirective': 'REPLACE', 'Metadata': {'c': 'd'}, 'ContentType': 'text/y'}
    s3.copy_object(**source, CopySource=source, **replaced, TaggingDirective='REPLACE', Tagging='x=y')
    assert described(object_key) == ('text/y', None, {'c': 'd'}, {'x': 'y'}), described(object_key)
    assert s3.get_object(**source)['Body'].read() == b'described'
    for condition in ({'CopySourceIfMatch': '"other"'}, {'CopySourceIfNoneMatch': etag}):
        try:
            s3.copy_object(Bucket=bucket, Key=object_key + '-never', CopySource=source, **condition)
            raise AssertionError(condition)
        except ClientError as error:
            assert error.response['ResponseMetadata']['HTTPStatusCode'] == 412, error


OPERATIONS = {'range': range_, 'list': list_}
OPERATIONS |= {f.__name__: f for f in (put, get, size, delete, delete_many, copy, stream, presign, list_folders, abort)}
OPERATIONS |= {f.__name__: f for f in (part_copy, managed_copy, copy_semantics)}

OPERATIONS[sys.argv[1]](*sys.argv[2:])
