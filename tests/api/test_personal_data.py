"""A person's data stay where they are kept: no message, history, log or letter to nobody has them.

The person of the walk (tests/walk.py) is like nobody else, so that any trace would be found.
"""

import json
import logging
import re

import pytest

from local.office import form_of
from local.people import person
from tests.api.people import NEW, check_problem

# Items that can be erased.
MAY_HOLD = ("FORM", "DOC#", "TEXT#", "SIGNATURE#", "GRANT#", "CONTACT", "PROFILE", "MESSAGE#",
            "PERSON", "PROOF", "ACCOUNT", "FLOW", "REQUEST", "IDENTITY", "SESSION")  # fmt: skip


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
        "ATTEMPTS", "ENDED",
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


@pytest.fixture
def heard(caplog):
    caplog.set_level(logging.DEBUG, logger="opora")
    return caplog


def test_a_failure_of_ours_is_logged_without_the_form(office, heard, monkeypatch):
    """Whatever goes wrong while an answer is made, its traceback must not quote the answer."""
    from functions.intake import show  # noqa: PLC0415

    secret = form_of(person(5))
    number = office.citizen.post("/applications", NEW | {"form": secret})["number"]
    monkeypatch.setattr(show, "_lacking", lambda case, *_: [case.form])
    answer = office.cloud.request("GET", f"/applications/{number}", token=office.citizen.token())
    check_problem(answer, 500, "error")
    assert "ValidationError" in heard.text
    assert not [v for v in (secret["last_name"], secret["snils"]) if v in heard.text]
