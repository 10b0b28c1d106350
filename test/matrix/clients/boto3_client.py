"""One deed of boto3: boto3_client.py VERB ARGUMENT…, settings from the environment."""

import os
import sys

import boto3
from botocore.config import Config

s3 = boto3.client('s3', endpoint_url=os.environ['S3_ENDPOINT'], config=Config(retries={'max_attempts': 0}))


def put(path, bucket, object_key):
    s3.upload_file(path, bucket, object_key)


def put_stream(bucket, object_key):
    s3.upload_fileobj(sys.stdin.buffer, bucket, object_key)


def put_checked(path, bucket, object_key, algorithm):
    # Without the second package an older boto3 knows of CRC32C and can't make it.
    with open(path, 'rb') as body:
        answer = s3.put_object(Bucket=bucket, Key=object_key, Body=body, ChecksumAlgorithm=algorithm)
    assert answer['ResponseMetadata']['HTTPStatusCode'] == 200


def get(bucket, object_key, path):
    s3.download_file(bucket, object_key, path)


def range_(bucket, object_key, first, last, path):
    answer = s3.get_object(Bucket=bucket, Key=object_key, Range=f'bytes={first}-{last}')
    assert answer['ResponseMetadata']['HTTPStatusCode'] == 206
    with open(path, 'wb') as out:
        out.write(answer['Body'].read())


def size(bucket, object_key):
    print(s3.head_object(Bucket=bucket, Key=object_key)['ContentLength'])


def list_(bucket, prefix):
    for page in s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get('Contents', []):
            print(entry['Key'])


def link(bucket, object_key):
    print(s3.generate_presigned_url('get_object', Params={'Bucket': bucket, 'Key': object_key}))


def copy(bucket, object_key, to_bucket, to_object_key):
    s3.copy({'Bucket': bucket, 'Key': object_key}, to_bucket, to_object_key)


def remove(bucket, object_key):
    s3.delete_object(Bucket=bucket, Key=object_key)


def remove_all(bucket, prefix):
    entries = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)['Contents']
    answer = s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': entry['Key']} for entry in entries]})
    assert len(answer['Deleted']) == len(entries) and not answer.get('Errors')


VERBS = {function.__name__.rstrip('_'): function for function in (
    put, put_stream, put_checked, get, range_, size, list_, link, copy, remove, remove_all,
)}

VERBS[sys.argv[1]](*sys.argv[2:])
