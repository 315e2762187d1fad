"""What moto 5.2.5 gets wrong for this application: one module per service, one function per fault.

Each function says which behaviour of AWS it restores. `tests/local/test_moto_still_needs.py` shows
each fault on bare moto, and fails when moto mends it: then the function can go.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from local.mends import dynamodb, letters, queues, redrive, requests, step_functions, virtual_waits


@contextmanager
def mended(clock) -> Iterator[None]:
    with ExitStack() as applied:
        for patch in (
            *virtual_waits.patches(clock),
            *step_functions.patches(),
            *redrive.patches(),
            *requests.patches(),
            *dynamodb.patches(),
            *queues.patches(),
            *letters.patches(),
        ):
            applied.enter_context(patch)
        yield
