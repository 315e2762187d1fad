"""Clients of AWS: one a service and process, made when it is first needed.

Each costs tens of milliseconds of a cold start, so a function makes only those it uses.
"""

import threading
from functools import cache
from typing import Any

import boto3

_making = threading.Lock()  # boto3's default session must not make two clients at once


def client(service: str) -> Any:
    with _making:
        return _made(service)


@cache
def _made(service: str) -> Any:
    return boto3.client(service)
