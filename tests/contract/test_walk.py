"""One walk through everything (tests/walk.py) shows that a function may do what it does and nothing
that it never does, and that a person's data stay where they are kept: no message, history, log or
letter to nobody has them. The person of the walk is like nobody else, so any trace would be found.
"""

import json
import re

import pytest

from local.office import Office
from tests.conftest import start_over
from tests.permissions import BY_OTHERS, FUNCTIONS, NEEDED, PAGES
from tests.template import actions
from tests.walk import Walk, walk

# Items that can be erased.
MAY_HOLD = ("FORM", "DOC#", "TEXT#", "SIGNATURE#", "GRANT#", "CONTACT", "PROFILE", "MESSAGE#",
            "PERSON", "PROOF", "ACCOUNT", "FLOW", "REQUEST", "IDENTITY", "SESSION")  # fmt: skip


@pytest.fixture(scope="module")
def walked(shared_office: Office) -> Walk:
    """Its record; read it, and do not ask the cloud."""
    start_over(shared_office)
    return walk(shared_office)


# ---- rights ------------------------------------------------------------------------------------


@pytest.mark.parametrize("handler", FUNCTIONS, ids=lambda handler: FUNCTIONS[handler][0])
def test_a_function_may_do_what_it_does(walked, handler):
    _, allowed = FUNCTIONS[handler]
    granted = {action for statement in allowed for action in actions(statement)}
    needed = {a for h, operation in walked.calls if h == handler for a in NEEDED[operation]}
    assert needed
    assert needed <= granted


@pytest.mark.parametrize(
    "handler", sorted(FUNCTIONS.keys() - PAGES), ids=lambda handler: FUNCTIONS[handler][0]
)
def test_a_function_does_what_it_may(walked, handler):
    """Each statement is used; rights that come in one statement are given together."""
    _, allowed = FUNCTIONS[handler]
    used = {a for h, operation in walked.calls if h == handler for a in NEEDED[operation]}
    idle = {s["Sid"] for s in allowed if not used & set(actions(s))} - BY_OTHERS
    assert not idle


def test_every_function_takes_part_in_the_walk(walked):
    assert {handler for handler, _ in walked.calls} == set(FUNCTIONS)


# ---- personal data -----------------------------------------------------------------------------


def _leaks(walked, texts):
    """(secret, text around it); digits are looked for without what is written between them."""
    found = []
    for text in texts:
        bare = re.sub(r"[\s()+-]", "", text)
        for secret in walked.secrets:
            plain = re.sub(r"[\s()+-]", "", secret)
            escaped = json.dumps(secret)[1:-1]
            if secret in text or escaped in text or plain in bare:
                found.append((secret, text[:300]))
    return found


def test_the_walk_leaves_traces_everywhere(walked):
    """Else the tests below would prove nothing."""
    for heard in (
        walked.payloads,
        walked.logs,
        walked.histories,
        walked.sms,
        walked.published,
        walked.dead_letters,
    ):
        assert heard
    kinds = {item["sk"]["S"].partition("#")[0] for item in walked.items}
    assert kinds == {
        "META", "EVENT", "FORM", "DOC", "TEXT", "TASK", "NOTICE", "OPEN", "COMMAND", "NOTE",
        "STRAY", "SIGNATURE", "PROVIDER", "SLOT", "GRANT", "CONTACT", "CODE", "SENDINGS",
        "PROFILE", "THREAD", "MESSAGE", "REPRESENTATION", "PERSON", "PROOF",
        "WATCH", "OUTCOME", "BOARD", "LOOK", "PRESENT", "VIEW", "BATCH", "OFFICE",
        "ACCOUNT", "ACT", "LOGIN", "OWNER", "FLOW", "REQUEST", "IDENTITY", "SESSION",
        "ATTEMPTS", "ENDED", "MEMBER",
    }  # fmt: skip


def test_the_search_finds_what_is_there(walked):
    kept = [json.dumps(i, ensure_ascii=False) for i in walked.items if _may_hold(i)]
    assert {secret for secret, _ in _leaks(walked, kept)} == set(walked.secrets)


def test_no_execution_carries_personal_data(walked):
    assert _leaks(walked, walked.histories) == []


def test_no_event_message_or_answer_of_a_function_carries_personal_data(walked):
    assert _leaks(walked, walked.payloads) == []


def test_no_dead_letter_carries_personal_data(walked):
    assert _leaks(walked, walked.dead_letters) == []


def test_no_log_tells_personal_data(walked):
    assert _leaks(walked, walked.logs) == []


def test_no_topic_is_told_personal_data(walked):
    assert _leaks(walked, walked.published) == []


def test_an_sms_may_be_read_over_the_shoulder(walked):
    assert _leaks(walked, walked.sms) == []


def _may_hold(item):
    return item["sk"]["S"].startswith(MAY_HOLD)


def test_what_cannot_be_erased_holds_no_personal_data(walked):
    kept = [json.dumps(i, ensure_ascii=False) for i in walked.items if not _may_hold(i)]
    assert _leaks(walked, kept) == []
