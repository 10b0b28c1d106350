"""Multipart uploads piece by piece: pins_client.py CHECK ARGUMENT…, settings from the environment."""

import json
import os
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(signature_version='s3v4', retries={'max_attempts': 0})
s3 = boto3.client('s3', endpoint_url=os.environ['S3_ENDPOINT'], config=config)
direct = boto3.client(
    's3',
    endpoint_url=os.environ['DIRECT_ENDPOINT'],
    config=config,
    aws_access_key_id=os.environ['CEPH_ACCESS_KEY'],
    aws_secret_access_key=os.environ['CEPH_SECRET_KEY'],
)
BUCKET = 'sealed'


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def remember(object_key, upload_id):
    known = recall()
    with open('uploads.json', 'w') as file:
        json.dump({**known, object_key: upload_id}, file)


def recall():
    try:
        return json.loads(read('uploads.json'))
    except FileNotFoundError:
        return {}


def named(object_key, upload_id):
    return {'Bucket': BUCKET, 'Key': object_key, 'UploadId': upload_id}


def listed(object_key):
    """The id of the one upload of an object, as a list of the proxy has it."""
    uploads = s3.list_multipart_uploads(Bucket=BUCKET, Prefix=object_key).get('Uploads', [])
    (upload,) = [upload for upload in uploads if upload['Key'] == object_key]
    # Of names that are encoded, which Ceph does without saying so, the ids are the same.
    encoded = s3.list_multipart_uploads(Bucket=BUCKET, EncodingType='url').get('Uploads', [])
    assert upload['UploadId'] in [upload['UploadId'] for upload in encoded], encoded
    return upload['UploadId']


def end(upload):
    parts = s3.list_parts(**upload)
    assert parts['UploadId'] == upload['UploadId'], parts['UploadId']
    chosen = [{'ETag': part['ETag'], 'PartNumber': part['PartNumber']} for part in parts['Parts']]
    s3.complete_multipart_upload(**upload, MultipartUpload={'Parts': chosen})


def refused(code, says, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        got = error.response['Error']
        assert got['Code'] == code and says in got['Message'], got
        return
    raise AssertionError(f'{call.__name__} {arguments} was not refused')


def begin(object_key, first):
    upload_id = s3.create_multipart_upload(Bucket=BUCKET, Key=object_key)['UploadId']
    remember(object_key, upload_id)
    s3.upload_part(**named(object_key, upload_id), PartNumber=1, Body=read(first))


def go_on(object_key, second):
    upload = named(object_key, recall()[object_key])
    s3.upload_part(**upload, PartNumber=2, Body=read(second))
    end(upload)


def resume(object_key, second):
    """As a registry does that has lost its id."""
    found = listed(object_key)
    assert found == recall()[object_key], f'{found} is not {recall()[object_key]}'
    upload = named(object_key, found)
    s3.upload_part(**upload, PartNumber=2, Body=read(second))
    end(upload)


def pages():
    made = set()
    for object_key in ['page/a+b', 'page/a+b', 'page/c d', 'page/ü']:
        made.add((object_key, s3.create_multipart_upload(Bucket=BUCKET, Key=object_key)['UploadId']))
    pages = s3.get_paginator('list_multipart_uploads').paginate(
        Bucket=BUCKET, Prefix='page/', PaginationConfig={'PageSize': 1}
    )
    found = [(upload['Key'], upload['UploadId']) for page in pages for upload in page.get('Uploads', [])]
    assert len(found) == 4 and set(found) == made, found
    for object_key, upload_id in made:
        s3.abort_multipart_upload(**named(object_key, upload_id))


def begun_in_plain(body):
    raw = direct.create_multipart_upload(Bucket=BUCKET, Key='plain')['UploadId']
    for upload in [named('plain', listed('plain')), named('plain', raw)]:
        refused('NoSuchUpload', 'begun in plain', s3.upload_part, **upload, PartNumber=1, Body=read(body))
        parts = {'Parts': [{'ETag': 'e', 'PartNumber': 1}]}
        refused('NoSuchUpload', 'begun in plain', s3.complete_multipart_upload, **upload, MultipartUpload=parts)
    s3.abort_multipart_upload(**named('plain', listed('plain')))


def begun_elsewhere(body):
    key = {'SSECustomerAlgorithm': 'AES256', 'SSECustomerKey': read(os.environ['SSEC_KEY_FILE'])}
    raw = direct.create_multipart_upload(Bucket=BUCKET, Key='elsewhere', **key)['UploadId']
    upload = named('elsewhere', raw)
    s3.upload_part(**upload, PartNumber=1, Body=read(body))
    end(upload)
    assert s3.get_object(Bucket=BUCKET, Key='elsewhere')['Body'].read() == read(body)


def leave(object_key):
    s3.create_multipart_upload(Bucket=BUCKET, Key=object_key)
    time.sleep(2)


globals()[sys.argv[1]](*sys.argv[2:])
