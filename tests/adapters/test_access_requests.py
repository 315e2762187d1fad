"""Requests of people about their accounts wait by their due time, until they are answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.access_requests import AccessRequests, new_number
from casework.access_requests import ACCESS, AccessRequest, Answer
from casework.errors import NotFound

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _request(asked_at=NOW):
    return AccessRequest(new_number(), ACCESS, asked_at, "+79991234567", {"words": "Пустите"})


def test_the_first_due_waits_first_and_the_answered_ones_do_not_wait(dynamodb_client, table):
    requests = AccessRequests(dynamodb_client, table.name)
    late, early = _request(NOW + timedelta(hours=1)), _request()
    for request in (late, early, early):
        requests.put(request)
    assert list(requests.awaiting()) == [early, late]
    answer = Answer("granted", NOW, "officer", "", "video")
    changed = requests.change(early.number, lambda r: replace(r, answer=answer, account="a"))
    assert requests.load(early.number) == changed
    assert (changed.answer, changed.account) == (answer, "a")
    assert list(requests.awaiting()) == [late]
    with pytest.raises(NotFound):
        requests.load("0000")


def test_who_was_slower_acts_on_the_newer_one(dynamodb_client, table):
    requests = AccessRequests(dynamodb_client, table.name)
    request = _request()
    requests.put(request)
    seen = []

    def act(known):
        seen.append(known.account)
        if len(seen) == 1:
            requests.change(request.number, lambda r: replace(r, account="first"))
        return replace(known, phone="+7")

    assert requests.change(request.number, act).account == "first"
    assert seen == ["", "first"]
