"""Writes and reads objects until SIGTERM, without retries; then prints how many, and what failed."""

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

BUCKET = os.environ["BUCKET"]
CLIENTS = 4
running = True


def end(*_):
    global running
    running = False


signal.signal(signal.SIGTERM, end)


def client():
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=20)
    return boto3.session.Session().client("s3", endpoint_url=os.environ["ENDPOINT"], config=config)


def work(number):
    s3, done, failed = client(), 0, []
    # What was there before the test of the day: it has to stay readable.
    s3.put_object(Bucket=BUCKET, Key=f"load/{number}/first", Body=b"first")
    while running:
        name, body = f"load/{number}/{done % 20}", os.urandom(2000)
        try:
            s3.put_object(Bucket=BUCKET, Key=name, Body=body)
            if s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() != body:
                failed.append("other bytes")
            if s3.get_object(Bucket=BUCKET, Key=f"load/{number}/first")["Body"].read() != b"first":
                failed.append("other bytes of the first")
        except Exception as error:  # every failure counts
            failed.append(f"{type(error).__name__}: {error}"[:200])
        done += 1
        time.sleep(0.05)
    return done, failed


with ThreadPoolExecutor(CLIENTS) as pool:
    print("started", flush=True)
    results = list(pool.map(work, range(CLIENTS)))

print(json.dumps({"rounds": sum(done for done, _ in results), "failed": [one for _, all in results for one in all]}))
sys.exit(0)
