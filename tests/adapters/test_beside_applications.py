"""What lies in the table beside applications: notes about people, signatures, stray money; and
drafts in the order in which the clock has something to say of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from adapters.applications import Applications
from adapters.casebook import open_casebook
from casework import actions, drafts
from casework.application import SYSTEM, Happening, number_from
from casework.errors import AlreadyOpen
from casework.fees import Received
from casework.ports import Change, Note, Signature, Signed
from tests.unit.fake_casebook import CITIZEN, MONDAY, MOSCOW, form_of, rules

SIGNED = Signed(Signature("identity_provider", CITIZEN, MONDAY, "0" * 64, "seal"), '{"act":"x"}')


@pytest.fixture
def applications(dynamodb_client, table) -> Applications:
    return open_casebook(table.name, dynamodb_client)


def draft(applications: Applications, n: int, now: datetime = MONDAY) -> str:
    begun = actions.draft(rules(), form_of(n), region=MOSCOW, applicant=CITIZEN)
    number = number_from(n)
    applications.create(number, begun, actor=CITIZEN, now=now)
    return number


def note(number: str, days: int = 0) -> Note:
    return Note("violation", "key", number, MONDAY + timedelta(days=days))


def change(applications: Applications, number: str, **what) -> None:
    told = Change((Happening("changed", {"form": "0" * 64}),), **what)
    applications.change(number, lambda _: told, actor=CITIZEN, now=MONDAY)


def come_by(applications: Applications, number: str, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    applications.change(
        number, lambda case: drafts.come_by(case, rules(), at), actor=SYSTEM, now=at
    )


class TestNotes:
    def test_notes_are_found_by_their_key_the_oldest_first(self, applications):
        first, second = draft(applications, 1), draft(applications, 2)
        change(applications, first, notes=(note(first, days=5),))
        change(applications, second, notes=(note(second),))
        assert applications.notes("violation", "key") == [note(second), note(first, days=5)]
        assert applications.notes("support", "key") == []
        assert applications.notes("violation", "another") == []

    def test_the_same_note_twice_is_one(self, applications):
        number = draft(applications, 1)
        for _ in range(2):
            change(applications, number, notes=(note(number),))
        assert len(applications.notes("violation", "key")) == 1

    def test_what_is_forgotten_is_gone_and_may_be_forgotten_again(self, applications):
        number = draft(applications, 1)
        change(applications, number, notes=(note(number),))
        for _ in range(2):
            change(applications, number, forgets=(note(number, days=9),))
        assert applications.notes("violation", "key") == []

    def test_a_note_is_written_with_its_event_or_not_at_all(self, applications):
        """Another application holds the key: nothing of the change is stored."""
        first, second = draft(applications, 1), draft(applications, 2)
        change(applications, first, holds=("k",))
        with pytest.raises(AlreadyOpen):
            change(applications, second, holds=("k",), notes=(note(second),))
        assert applications.notes("violation", "key") == []


def test_who_holds_a_key_is_named_to_the_office(applications):
    first, second = draft(applications, 1), draft(applications, 2)
    change(applications, first, holds=("k",))
    with pytest.raises(AlreadyOpen) as refusal:
        change(applications, second, holds=("k",))
    assert refusal.value.details == {"key": "k", "number": first}


class TestSignatures:
    def test_a_signature_is_kept_under_its_event_exactly_as_it_was(self, applications):
        number = draft(applications, 1)
        change(applications, number, signed=SIGNED)
        sequence = applications.load(number).application.version
        assert applications.signatures(number) == {sequence: SIGNED}

    def test_it_is_under_the_first_of_several_happenings(self, applications):
        number = draft(applications, 1)
        told = Change((Happening("withdrawn"), Happening("violation_lifted")), signed=SIGNED)
        applications.change(number, lambda _: told, actor=CITIZEN, now=MONDAY)
        events = applications.load(number).events
        (sequence,) = applications.signatures(number)
        assert events[sequence - 1].kind == "withdrawn"

    def test_where_nothing_was_signed_there_is_none(self, applications):
        assert applications.signatures(draft(applications, 1)) == {}


class TestDraftsInTheirOrder:
    def test_a_draft_is_found_when_its_day_has_come_and_not_before(self, applications):
        number = draft(applications, 1)  # on the 6th of April: reminded of on the 28th of June
        assert list(applications.drafts_due(date(2026, 6, 27))) == []
        assert list(applications.drafts_due(date(2026, 6, 28))) == [number]

    def test_many_drafts_are_read_page_by_page_the_oldest_first(self, applications):
        begun = [draft(applications, n, MONDAY + timedelta(minutes=n)) for n in range(1, 61)]
        assert sorted(applications.drafts_due(date(2026, 7, 1))) == sorted(begun)

    def test_what_was_said_moves_it_to_its_next_day_and_then_out(self, applications):
        number = draft(applications, 1)
        for day in (date(2026, 6, 28), date(2026, 7, 5)):
            assert list(applications.drafts_due(day)) == [number]
            come_by(applications, number, day)
            assert list(applications.drafts_due(day)) == []
        assert applications.load(number).application.stage == "expired"

    def test_a_draft_is_in_no_officers_queue(self, applications):
        draft(applications, 1)
        assert applications.queue(MOSCOW).items == []


def test_money_that_belongs_to_nobody_is_on_record(applications, table):
    sum_ = Received("what", "t-1", Decimal("500.00"), "RUB")
    for state, stands in (
        ("refund_due", True), ("refund_due", True), ("refunded", True), ("refund_due", False),
        ("refunded", True),
    ):  # fmt: skip
        assert applications.put_stray(sum_, state, MONDAY) is stands
    (kept,) = table.scan()["Items"]
    assert (kept["pk"], kept["amount"], kept["state"]) == ("STRAY#t-1", "500.00", "refunded")
