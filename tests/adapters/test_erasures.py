"""Items of applications that are erased, and the day on which the clock looks at what is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from boto3.dynamodb.conditions import Key

from adapters.application_items import part_of
from adapters.applications import ROOM, Applications
from adapters.erasures import Erasures
from casework.application import Happening
from casework.ports import Change, DocumentRecord
from casework.retention import Part

NUMBER, PERSON = "123-456-7897", "somebody"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DRAFTED = {
    "service": "social-service-need", "service_version": 1, "region": "RU-MOW",
    "applicant": PERSON, "agency": None, "previous": None,
}  # fmt: skip


@pytest.fixture
def applications(dynamodb_client, table) -> Applications:
    return Applications(dynamodb_client, table.name, lambda _: None)


@pytest.fixture
def erasures(dynamodb_client, table, applications) -> Erasures:
    return Erasures(dynamodb_client, table.name, applications)


@pytest.fixture
def kinds(table):
    """kinds(): what lies under the application."""

    def found() -> list[str]:
        items = table.query(KeyConditionExpression=Key("pk").eq(f"APP#{NUMBER}"))["Items"]
        return sorted({item["sk"].partition("#")[0] for item in items})

    return found


def begin(applications: Applications, number: str = NUMBER, at: datetime = AT) -> None:
    begun = Change((Happening("drafted", DRAFTED),), form={"last_name": "Иванова"})
    applications.create(number, begun, actor=PERSON, now=at)


def say(applications: Applications, change: Change) -> None:
    applications.change(NUMBER, lambda _: change, actor=PERSON, now=AT)


def erased(*parts: Part, **form: str) -> Change:
    data = {"what": sorted(parts), "kept": []}
    happenings = (Happening("data_erased", data),)
    return Change(happenings, form=form or None, erases=frozenset(parts))


def test_the_items_go_with_the_event_that_says_so(applications, kinds):
    begin(applications)
    record = DocumentRecord("d", "passport", "Иванова.jpg", "image/jpeg")
    announced = Happening("document_announced", {"document": "d", "kind": "passport"})
    texts = {"answer": "Я", "order_1": {"amount": "1"}}
    say(applications, Change((announced,), documents=(record,), texts=texts))
    say(applications, erased(Part.DOCUMENTS, Part.WORDS))
    case = applications.load(NUMBER)
    assert (case.documents, case.texts) == ({}, {"order_1": {"amount": "1"}})
    assert case.form
    say(applications, erased(Part.DOCUMENTS, Part.WORDS, last_name="И"))
    assert applications.load(NUMBER).form == {"last_name": "И"}
    say(applications, erased(*Part))
    assert kinds() == ["EVENT", "META"]
    assert applications.sealed_chain(NUMBER).broken_at is None


def test_what_the_transaction_has_no_room_for_is_swept_afterwards(applications, erasures, kinds):
    begin(applications)
    for place in range(3):
        texts = {f"order_{place}_{n}": "x" for n in range(ROOM // 2)}
        say(applications, Change((Happening("claimed"),), texts=texts))
    say(applications, erased(*Part))
    assert "TEXT" in kinds()
    erasures.sweep(NUMBER, frozenset(Part))
    assert kinds() == ["EVENT", "META"]


def test_a_day_to_look_again_is_found_when_it_has_come(applications, erasures):
    begin(applications)
    erasures.look_again(NUMBER, TODAY)
    assert list(erasures.due(TODAY - timedelta(days=1))) == []
    assert list(erasures.due(TODAY)) == [NUMBER]
    erasures.look_again(NUMBER, TODAY + timedelta(days=30))
    assert list(erasures.due(TODAY)) == []
    erasures.look_again(NUMBER, None)
    erasures.look_again(NUMBER, None)
    assert list(erasures.due(TODAY + timedelta(days=60))) == []


def test_what_a_person_had_begun_by_then_newest_first(applications, erasures):
    numbers = [f"123-456-{place:04d}" for place in range(30)]
    for place, number in enumerate(numbers):
        begin(applications, number, AT + timedelta(minutes=place))
    assert erasures.begun_by(PERSON, AT + timedelta(minutes=27)) == numbers[27::-1]
    assert erasures.begun_by("somebody else", AT + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("sk", "part"),
    [
        ("FORM", Part.FORM),
        ("DOC#0123", Part.DOCUMENTS),
        ("SIGNATURE#000003", Part.SIGNATURES),
        ("TEXT#000003#assessment", Part.DECISION),
        ("TEXT#000003#transfer_2026-05", Part.PAYMENTS),
        ("EVENT#000001", None),
        ("META", None),
        ("TASK", None),
        ("NOTICE#000001#accepted#sms", None),
        ("RETENTION", None),
    ],
)
def test_an_item_belongs_to_a_part(sk, part):
    assert part_of(sk) is part
