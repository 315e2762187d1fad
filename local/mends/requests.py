"""Every request to moto, whichever service: what never changes is worked out once."""

import functools
from collections.abc import Iterator
from unittest import mock

from moto.core import responses


def patches() -> Iterator:
    yield remembering("method_names_from_class")
    yield remembering("camelcase_to_underscores")


def remembering(name):
    """moto lists the methods of a service and spells its operation anew for each request."""
    return mock.patch.object(responses, name, functools.cache(getattr(responses, name)))
