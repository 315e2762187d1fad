"""What holds of every page that any test here opens."""

from collections.abc import Iterator

import pytest

from local.office import Office
from tests.permissions import FUNCTIONS, NEEDED, PAGES
from tests.template import actions


@pytest.fixture(autouse=True)
def permitted(shared_office: Office) -> Iterator[None]:
    """Each page does only what its function may."""
    shared_office.cloud.calls.clear()
    yield
    for handler in PAGES:
        granted = {action for s in FUNCTIONS[handler][1] for action in actions(s)}
        needed = {a for h, call in shared_office.cloud.calls if h == handler for a in NEEDED[call]}
        assert needed <= granted, handler
