"""An object of Ceph's under an SSE-C key, past the proxy: direct_client.py get|put KEY-FILE BUCKET OBJECT-KEY FILE.

curl can't do this one: up to 7.88 it sorts `…-customer-key` behind `…-customer-key-MD5`, and signs wrongly.
"""

import os
import sys

import boto3
from botocore.config import Config

operation, key_file, bucket, object_key, path = sys.argv[1:]
with open(key_file, 'rb') as file:
    target = {
        'Bucket': bucket,
        'Key': object_key,
        'SSECustomerAlgorithm': 'AES256',
        'SSECustomerKey': file.read(),
    }
s3 = boto3.client(
    's3',
    endpoint_url=os.environ['DIRECT_ENDPOINT'],
    region_name='us-east-1',
    aws_access_key_id=os.environ['CEPH_ACCESS_KEY'],
    aws_secret_access_key=os.environ['CEPH_SECRET_KEY'],
    config=Config(signature_version='s3v4', retries={'max_attempts': 0}),
)
if operation == 'put':
    with open(path, 'rb') as body:
        s3.put_object(**target, Body=body)
else:
    with open(path, 'wb') as out:
        out.write(s3.get_object(**target)['Body'].read())
