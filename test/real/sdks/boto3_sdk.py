"""Does with boto3 what its users do by default, and prints a line for each thing that worked."""

import io
import os
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

PART = 5 << 20
BUCKET = os.environ["S3_BUCKET"]
TRANSFER = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)


def client(endpoint):
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=endpoint, config=config)


def same(name, got, body):
    if got != body:
        raise SystemExit(f"{name}: {len(got)} other bytes came back than the {len(body)} that went")
    print(name)


def multipart(s3, key, body, extra):
    s3.upload_fileobj(io.BytesIO(body), BUCKET, key, ExtraArgs=extra, Config=TRANSFER)
    got = io.BytesIO()
    s3.download_fileobj(BUCKET, key, got)
    return got.getvalue()


def main():
    body = os.urandom(2 * PART + 12345)
    s3 = client(os.environ["S3_ENDPOINT"])
    same("multipart", multipart(s3, "boto3-multipart", body, {}), body)
    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        got = multipart(s3, f"boto3-{algorithm}", body, {"ChecksumAlgorithm": algorithm})
        same(f"multipart {algorithm}", got, body)
    flaky = client(os.environ["S3_FLAKY_ENDPOINT"])
    same("retries", multipart(flaky, "boto3-retries", body, {}), body)
    s3.copy({"Bucket": BUCKET, "Key": "boto3-multipart"}, BUCKET, "boto3-copy", Config=TRANSFER)
    same("copy in parts", s3.get_object(Bucket=BUCKET, Key="boto3-copy")["Body"].read(), body)
    s3.get_object_attributes(Bucket=BUCKET, Key="boto3-multipart", ObjectAttributes=["ETag", "ObjectSize"])
    print("list header")
    params = {"Bucket": BUCKET, "Key": "boto3-multipart", "ResponseContentType": "text/x-link"}
    with urllib.request.urlopen(s3.generate_presigned_url("get_object", Params=params)) as answer:
        if answer.headers["Content-Type"] != "text/x-link":
            raise SystemExit("link: the type of the link did not come back")
        same("link", answer.read(), body)


main()
