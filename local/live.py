"""Serve the local cloud over HTTP: the API at one port, S3 for presigned URLs at another."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from moto.server import ThreadedMotoServer
from werkzeug.serving import make_server

from local.cloud import LocalCloud, s3_address

log = logging.getLogger(__name__)

INTERVAL = 0.02  # seconds between two looks for events and for what is due


@contextmanager
def serve(
    cloud: LocalCloud, port: int = 8000, aws_port: int = 0, app: Callable | None = None
) -> Iterator[str]:
    """Real time flows, events are delivered as they come, `cloud.advance` jumps; yields the URL.

    `app` is served in place of the bare front door.
    S3's address is fixed once per process, by OPORA_AWS_PORT; `aws_port` only makes sure of it.
    """
    address = urlsplit(s3_address())
    if aws_port not in (0, address.port):
        raise ValueError(f"Handlers already use S3 at {s3_address()}: set OPORA_AWS_PORT earlier")
    aws = ThreadedMotoServer(address.hostname, address.port, verbose=False)
    http = make_server("127.0.0.1", port, app or cloud.front_door, threaded=True)
    stopped = threading.Event()
    threads = [
        threading.Thread(target=http.serve_forever, args=(INTERVAL,), name="front door"),
        threading.Thread(target=_deliver, args=(cloud, stopped), name="deliveries"),
    ]
    aws.start()
    cloud.clock.flow(True)
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{http.port}"
    finally:
        stopped.set()
        http.shutdown()
        for thread in threads:
            thread.join()
        http.server_close()
        aws.stop()
        cloud.clock.flow(False)


def _deliver(cloud, stopped):
    while not stopped.wait(INTERVAL):
        try:
            cloud.tick()
        except Exception:
            log.exception("Delivery failed; going on")
