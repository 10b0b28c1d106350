"""What must not work, tried with boto3: adversary_client.py CHECK ARGUMENT…, settings from the environment."""

import os
import ssl
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ['S3_ENDPOINT']
session = boto3.session.Session()
s3 = session.client(
    's3', endpoint_url=ENDPOINT, config=Config(signature_version='s3v4', retries={'max_attempts': 0})
)
# What the provider row of Ceph lists; Ceph itself then judges the body.
LISTED = {'PutObjectAcl', 'PutObjectTagging', 'PutObjectRetention', 'PutObjectLegalHold'}
ODD_KEYS = ['odd//key', 'odd/./key', 'odd/../key', '/odd/key', 'odd\\key', 'odd/..', 'odd/key/', 'odd/%2e%2e/key', 'odd+key odd']


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        got = error.response['Error']['Code']
        assert got == code, f'wanted {code}, got {got}'
        return
    raise AssertionError(f'{call.__name__} {arguments} was not refused')


def raw(method, path, body):
    """A signed request with exactly this path and query; its status."""
    return asked(method, path, body)[0]


def asked(method, path, body=b''):
    """The same; its status and what came back."""
    request = AWSRequest(method=method, url=ENDPOINT + path, data=body, headers={'Host': ENDPOINT.split('//')[1]})
    S3SigV4Auth(session.get_credentials().get_frozen_credentials(), 's3', 'us-east-1').add_auth(request)
    context = ssl.create_default_context(cafile=os.environ['AWS_CA_BUNDLE'])
    sent = urllib.request.Request(ENDPOINT + path, body or None, dict(request.headers.items()), method=method)
    try:
        with urllib.request.urlopen(sent, context=context) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def sub_resources(path, marker):
    body = (marker + ' ').encode() * 400
    with open(path, encoding='ascii') as lines:
        for number, line in enumerate(lines):
            name, method, query = line.split()
            status = raw(method, f'/sealed/adversary/sub-{number}?{query}', body)
            print(name, method, query, status)
            if name == 'CreateMultipartUpload':
                continue
            assert status >= 400 if name in LISTED else status == 501, f'{line}: {status}'
    kept = [entry['Key'] for entry in s3.list_objects_v2(Bucket='sealed', Prefix='adversary/sub-').get('Contents', [])]
    assert kept == [], kept


def other_meanings(path):
    """Queries and paths that mean something else to Ceph: lines of METHOD SHAPE LISTED QUERY."""
    with open(path, encoding='ascii') as lines:
        rows = [line.split() for line in lines]
    for number, (method, shape, listed, query) in enumerate(rows):
        bucket = f'meanings-{number}'
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key='hidden-key', Body=b'hidden-content')
        if method == 'DELETE':
            # Ceph deletes empty buckets only.
            s3.delete_object(Bucket=bucket, Key='hidden-key')
        path = f'/{bucket}/hidden-key' if shape == 'object' else f'/{bucket}'
        status, answer = asked(method, f'{path}?{query}', b'<Unknown/>' if method == 'PUT' else b'')
        print(method, shape, query, status)
        assert b'hidden' not in answer.replace(b'/hidden-key</Resource>', b''), answer
        assert status < 500 or status == 501, status
        assert listed == 'yes' or method == 'GET' or status == 501, status
        assert raw('HEAD', f'/{bucket}', b'') == 200, f'{method} ?{query} deleted the bucket'
    for path in ('/admin/metadata/user?key=one', '/admin/metadata/user', '/admin/user?uid=one', '/swift/v1', '/auth/v1.0'):
        status, answer = asked('GET', path)
        assert status in (400, 501) and b'secret_key' not in answer, f'{path}: {status}'
    copied = {'Bucket': 'open', 'Key': 'adversary/copied', 'CopySource': 'admin/metadata/user'}
    refused('InvalidBucketName', s3.copy_object, **copied)


def odd_keys(marker):
    for object_key in ODD_KEYS:
        s3.put_object(Bucket='sealed', Key=object_key, Body=f'{marker} {object_key}'.encode())
    for object_key in ODD_KEYS:
        body = s3.get_object(Bucket='sealed', Key=object_key)['Body'].read()
        assert body == f'{marker} {object_key}'.encode(), object_key
    listed = {entry['Key'] for entry in s3.list_objects_v2(Bucket='sealed')['Contents']}
    assert set(ODD_KEYS) <= listed, set(ODD_KEYS) - listed


def permissions(path):
    with open(path, 'rb') as file:
        body = file.read()
    mine = {'Bucket': 'sealed', 'Key': 'mine/object'}
    foreign = {'Bucket': 'sealed', 'Key': 'boto3/small'}
    s3.put_object(**mine, Body=body)
    assert s3.get_object(**mine)['Body'].read() == body
    assert [e['Key'] for e in s3.list_objects_v2(Bucket='sealed', Prefix='mine/')['Contents']] == ['mine/object']
    for call in (s3.get_object, s3.head_bucket, s3.list_objects_v2):
        refused('403' if call == s3.head_bucket else 'AccessDenied', call, Bucket='open', **({'Key': 'x'} if call == s3.get_object else {}))
    refused('AccessDenied', s3.get_object, **foreign)
    refused('AccessDenied', s3.get_object, Bucket='sealed', Key='boto3/does-not-exist')
    refused('AccessDenied', s3.put_object, Bucket='sealed', Key='mine', Body=b'')
    refused('AccessDenied', s3.delete_object, **mine)
    refused('AccessDenied', s3.delete_objects, Bucket='sealed', Delete={'Objects': [{'Key': 'mine/object'}, {'Key': 'boto3/small'}]})
    refused('AccessDenied', s3.list_objects_v2, Bucket='sealed')
    refused('AccessDenied', s3.list_objects_v2, Bucket='sealed', Prefix='boto3/')
    refused('AccessDenied', s3.create_multipart_upload, **foreign)
    refused('AccessDenied', s3.put_bucket_versioning, Bucket='sealed', VersioningConfiguration={'Status': 'Enabled'})
    refused('AccessDenied', s3.put_bucket_policy, Bucket='sealed', Policy='{}')
    refused('AccessDenied', s3.delete_bucket, Bucket='sealed')
    assert s3.get_object(**mine)['Body'].read() == body


def buckets():
    names = [bucket['Name'] for bucket in s3.list_buckets()['Buckets']]
    assert names == ['sealed'], names


def put(bucket, object_key, path):
    with open(path, 'rb') as file:
        s3.put_object(Bucket=bucket, Key=object_key, Body=file.read())


def unproven_copy(path):
    with open(path, 'rb') as file:
        body = file.read()
    write = {'Bucket': 'sealed', 'Key': 'adversary/after', 'Body': body}
    s3.put_object(**write)
    source = {'Bucket': 'open', 'Key': 'adversary/plain'}
    refused('InternalError', s3.copy_object, Bucket='sealed', Key='adversary/copied', CopySource=source)
    # What Ceph stored in plain is taken away again, so that the search of its pools means something.
    s3.delete_object(Bucket='sealed', Key='adversary/copied')
    refused('ServiceUnavailable', s3.copy_object, Bucket='sealed', Key='adversary/copied', CopySource=source)
    # A probe is made at once, and frees what is no copy.
    for _ in range(8):
        try:
            s3.put_object(**write)
            break
        except ClientError as error:
            assert error.response['Error']['Code'] == 'ServiceUnavailable', error
        time.sleep(1)
    else:
        raise AssertionError('no probe passed')
    left = s3.list_objects_v2(Bucket='sealed', Prefix='.ssec-proxy-probe')
    assert left['KeyCount'] == 0, left


globals()[sys.argv[1]](*sys.argv[2:])
