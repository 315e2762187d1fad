"""Requests to be let in again, and for a video call."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.access_requests import ACCESS, GRANTED, REFUSED, VIDEO_CALL, AccessRequest, answered
from casework.errors import InvalidForm, WrongStage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _request(kind=ACCESS, account=""):
    return AccessRequest("1", kind, NOW, "+79991234567", {"last_name": "Образцова"}, account)


def _answered(request, outcome=GRANTED, **said):
    told = {"account": "", "reason": "", "checked_by": "", "by": "officer", "now": NOW, **said}
    return answered(request, outcome, **told)


def test_the_office_has_a_day():
    request = _request()
    assert not request.is_late(NOW + timedelta(hours=23, minutes=59))
    assert request.is_late(NOW + timedelta(hours=24))
    refused = _answered(request, REFUSED, reason="scan_unreadable")
    assert not refused.is_late(NOW + timedelta(days=3))


def _missing(request, outcome, **said):
    with pytest.raises(InvalidForm) as found:
        _answered(request, outcome, **said)
    return {(problem.field, problem.code) for problem in found.value.problems}


def test_nobody_is_let_in_unseen_or_into_no_account():
    needed = {("account", "required"), ("checked_by", "required")}
    assert _missing(_request(), GRANTED) == needed
    assert _missing(_request(), REFUSED) == {("reason", "required")}
    by_papers = {"checked_by": "documents"}
    assert _missing(_request(VIDEO_CALL, "a"), GRANTED, **by_papers) == {
        ("checked_by", "only_by_video")
    }
    granted = _answered(_request(), account="a", **by_papers)
    assert (granted.account, granted.answer.checked_by) == ("a", "documents")


def test_a_request_is_answered_once_and_its_account_stays():
    granted = _answered(_request(VIDEO_CALL, "own"), account="another", checked_by="video")
    assert granted.account == "own"
    with pytest.raises(WrongStage, match="already_answered"):
        _answered(granted, REFUSED, reason="did_not_come")
