"""The fields of a POST object form, a line each for curl's -F: form_fields.py 2|4 BUCKET OBJECT_KEY [SECONDS [FIELD=VALUE…]].

The policy is made and signed with Python's own library, as a web site would that shows the form. Each field has to be
exactly as it is here, and the file has to be of up to 1 GiB.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import sys

version, bucket, object_key = sys.argv[1:4]
seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 60
access_key, secret_key = os.environ['AWS_ACCESS_KEY_ID'], os.environ['AWS_SECRET_ACCESS_KEY']
now = datetime.datetime.now(datetime.timezone.utc)
day, stamp = now.strftime('%Y%m%d'), now.strftime('%Y%m%dT%H%M%SZ')

fields = {'key': object_key} | dict(pair.split('=', 1) for pair in sys.argv[5:])
if version == '4':
    scope = [day, 'us-east-1', 's3', 'aws4_request']
    fields['x-amz-algorithm'] = 'AWS4-HMAC-SHA256'
    fields['x-amz-credential'] = '/'.join([access_key, *scope])
    fields['x-amz-date'] = stamp
conditions = [{'bucket': bucket}, ['content-length-range', 1, 1 << 30], *({name: value} for name, value in fields.items())]
expiration = (now + datetime.timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%SZ')
policy = base64.b64encode(json.dumps({'expiration': expiration, 'conditions': conditions}).encode())
fields['policy'] = policy.decode()
if version == '4':
    key = b'AWS4' + secret_key.encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    fields['x-amz-signature'] = hmac.new(key, policy, hashlib.sha256).hexdigest()
else:
    fields['AWSAccessKeyId'] = access_key
    fields['signature'] = base64.b64encode(hmac.new(secret_key.encode(), policy, hashlib.sha1).digest()).decode()
for name, value in fields.items():
    print(f'{name}={value}')
