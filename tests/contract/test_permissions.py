"""Rights beyond those that the walk uses: tests/contract/test_walk.py holds the others."""

import pytest

from tests.permissions import FUNCTIONS, PAGES
from tests.template import FUNCTION, actions, resources, statements


@pytest.mark.parametrize("handler", PAGES, ids=lambda handler: FUNCTIONS[handler][0])
def test_pages_may_no_more_than_the_operations_that_they_ask(handler):
    """And keep sessions. That they may do all they do, tests/pages holds of every page it opens."""
    operations = [s for h, (_, held) in FUNCTIONS.items() if "functions.intake" in h for s in held]
    _, allowed = FUNCTIONS[handler]
    assert [s for s in allowed if s not in operations and s["Sid"] != "KeepSessions"] == []


def test_whoever_answers_a_stream_or_a_rule_may_give_up_into_the_dead_letters():
    for name, properties in resources(FUNCTION).items():
        fails_to = [
            event["Properties"].get("DestinationConfig")
            for event in properties.get("Events", {}).values()
        ]
        if any(fails_to) or "EventInvokeConfig" in properties:
            granted = [s for s in statements(properties) if "sqs:SendMessage" in actions(s)]
            assert "DeadLetters" in str(granted), name
