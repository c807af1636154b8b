"""An S3-compatible store behind a socket, gone after the test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import requests

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def bucket_server(name: str) -> Iterator[str]:
    """Serve an empty bucket; yields the address, with credentials in the environment."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    # Every server of a process knows the buckets of those before it.
    requests.post(f"{endpoint}/moto-api/reset", timeout=10).raise_for_status()
    with patch.dict(os.environ, CREDENTIALS):
        client = boto3.client("s3", endpoint_url=endpoint)
        client.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        client.close()
        yield endpoint
    server.stop()
