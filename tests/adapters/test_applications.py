"""Applications in DynamoDB: nothing is lost, nothing is done twice, and nothing by halves."""

import base64
import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters.applications import (
    ATTEMPTS,
    PAGE,
    Applications,
    Chosen,
    Command,
    Page,
    each_read_once,
    lister_of,
)
from adapters.casebook import open_casebook
from casework import actions
from casework.application import Gap, Happening, Stage, number_from
from casework.errors import (
    AlreadyOpen,
    BadRequest,
    KeyReused,
    NotFound,
    OporaError,
    VersionConflict,
    WrongStage,
)
from casework.ports import Case, Change, Task
from tests.unit.fake_casebook import (
    CITIZEN,
    MONDAY,
    MOSCOW,
    OFFICER,
    SECOND,
    Casebook,
    Life,
    drafted,
    form_of,
    on_review,
    rules,
    submitted,
)

ITEMS_AT_MOST = 100  # of one transaction in DynamoDB
NUMBER = number_from(1)


class Recorder:
    """A DynamoDB client that remembers how many items each transaction had."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.sizes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **given: Any) -> Any:
        self.sizes.append(len(given["TransactItems"]))
        return self._client.transact_write_items(**given)


class Stored(Casebook):
    """The casebook of the unit tests, kept in DynamoDB: the same lives can be lived in it."""

    def __init__(self, applications: Applications) -> None:
        super().__init__()
        self.applications = applications
        self.cases = Cases(applications)

    def create(self, change: Change, actor: str) -> str:
        number = number_from(self.cases.begun + 1)
        self.applications.create(number, change, actor=actor, now=self.now)
        self.cases.begun += 1
        return number

    def change(self, number: str, change: Change, actor: str) -> Case:
        done = self.applications.change(number, lambda _: change, actor=actor, now=self.now)
        assert done.case == self.cases[number], "what is answered is what is stored"
        return done.case


class Cases:
    def __init__(self, applications: Applications) -> None:
        self._applications = applications
        self.begun = 0

    def __getitem__(self, number: str) -> Case:
        return self._applications.load(number)


@pytest.fixture
def client(dynamodb_client: Any) -> Recorder:
    return Recorder(dynamodb_client)


@pytest.fixture
def applications(table: Any, client: Recorder) -> Applications:
    return open_casebook(table.name, client)


@pytest.fixture
def book(applications: Applications) -> Stored:
    return Stored(applications)


def a_draft(n: int = 1, applicant: str = CITIZEN) -> Change:
    return actions.draft(rules(), form_of(n), region=MOSCOW, applicant=applicant)


def a_row(n: int) -> Change:
    """Drafted and registered in one change."""
    held = ("passport", "snils", "income_certificate")
    return actions.submit_row(rules(), form_of(n), held, MONDAY, region=MOSCOW, agency="A")


def typed(income: str) -> Callable[[Case], Change]:
    return lambda case: actions.change(case, rules(), {"income": income}, MONDAY)


def everything(table: Any) -> list[dict[str, Any]]:
    return sorted(table.scan()["Items"], key=lambda item: (item["pk"], item["sk"]))


def pages(read: Callable[[str | None], Page]) -> Iterator[list[str]]:
    """The numbers on each page, to the last one."""
    cursor = None
    while True:
        page = read(cursor)
        yield [item["number"] for item in page.items]
        cursor = page.cursor
        if cursor is None:
            return


def all_of(read: Callable[[str | None], Page]) -> list[str]:
    return list(itertools.chain.from_iterable(pages(read)))


# ---- a case is what its changes made it ---------------------------------------------------------


def whole_life(book: Casebook) -> Case:
    """Every kind of thing that is stored: forms, documents good and bad, texts, holds, verdicts."""
    life = drafted(form_of(income="400000.00"), book)
    life.upload("passport", defect="truncated")
    life.change(email=None, wishes="Помощь по дому")
    life.submit()
    life.all_match()
    life.wait(hours=5)
    life.ask(Gap("unreadable", document="passport"), message="Пришлите паспорт ещё раз")
    life.wait(days=2)
    life.upload("passport")
    life.answer("Вот он", wishes="Уборка и продукты")
    life.all_match()
    life.claim()
    life.propose("refused", "criteria_not_met")
    life.act(SECOND, actions.confirm, rules(), SECOND, False, "Пересчитайте доход", life.now)
    life.propose("refused", "criteria_not_met")
    life.confirm()
    life.issue()
    return life.case


def test_a_whole_life_is_kept_as_the_casebook_in_memory_keeps_it(book):
    stored, remembered = whole_life(book), whole_life(Casebook())
    assert stored == remembered
    assert stored.application.stage is Stage.REFUSED
    assert len({event.kind for event in stored.events}) >= 12


def test_an_instant_comes_back_with_its_microseconds_and_in_utc(book):
    book.now = datetime.fromisoformat("2026-04-06T10:00:00.123456+03:00")
    case = drafted(book=book).case
    assert case.application.drafted_at == datetime(2026, 4, 6, 7, 0, 0, 123456, tzinfo=UTC)


def test_a_number_that_nobody_drew_is_not_found(applications):
    for read in (applications.load, applications.sealed_chain):
        with pytest.raises(NotFound) as raised:
            read("000-000-0000" * 100)
        assert raised.value.code == "unknown_number"
        assert len(raised.value.details["number"]) <= 20


def test_within_one_page_an_application_is_read_once_until_it_changes(applications):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    with each_read_once():
        first = applications.load_once(NUMBER)
        assert applications.load_once(NUMBER) is first
        applications.change(NUMBER, typed("100"), actor=CITIZEN, now=MONDAY)
        second = applications.load_once(NUMBER)
        assert second == applications.load(NUMBER) != first
    with each_read_once():
        assert applications.load_once(NUMBER) is not second
    assert applications.load_once(NUMBER) is not applications.load_once(NUMBER)


def test_an_application_that_nobody_drew_is_not_changed(applications):
    with pytest.raises(NotFound):
        applications.change(NUMBER, typed("1"), actor=CITIZEN, now=MONDAY)


def test_an_action_with_nothing_to_do_writes_nothing(applications, client, table):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    client.sizes.clear()
    done = applications.change(NUMBER, lambda _: Change(), actor=CITIZEN, now=MONDAY)
    assert (done.case, done.repeated, client.sizes) == (applications.load(NUMBER), False, [])


def test_an_action_that_refuses_writes_nothing(applications, client):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    client.sizes.clear()
    with pytest.raises(WrongStage):
        applications.change(NUMBER, lambda c: actions.claim(c, OFFICER), actor=OFFICER, now=MONDAY)
    assert client.sizes == []


def test_only_what_can_be_erased_holds_personal_data(book, table):
    whole_life(book)
    person = form_of(income="400000.00")
    private = [person[name] for name in ("last_name", "snils", "passport", "phone")]
    for item in everything(table):
        if item["sk"].partition("#")[0] in ("EVENT", "META", "OPEN", "COMMAND"):
            assert not [value for value in private if value in json.dumps(item, default=str)]


def test_who_waits_for_an_application_is_known_by_the_last_one_who_said_so(applications):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    assert applications.load(NUMBER).task is None
    applications.put_task(NUMBER, Task("check", "token-1"))
    applications.put_task(NUMBER, Task("decide", "token-2"))
    assert applications.load(NUMBER).task == Task("decide", "token-2")


# ---- two at once --------------------------------------------------------------------------------


def test_a_number_is_drawn_once(applications, table):
    applications.create(NUMBER, a_draft(1), actor=CITIZEN, now=MONDAY)
    before = everything(table)
    with pytest.raises(VersionConflict):
        applications.create(NUMBER, a_draft(2), actor="citizen-2", now=MONDAY)
    assert everything(table) == before


def test_who_comes_second_acts_on_what_the_first_left(applications):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    seen = []

    def second(case: Case) -> Change:
        seen.append(case.application.version)
        if len(seen) == 1:
            applications.change(NUMBER, typed("1"), actor="first", now=MONDAY)
        return typed("2")(case)

    done = applications.change(NUMBER, second, actor="second", now=MONDAY)
    assert seen == [2, 3]
    assert [event.actor for event in done.case.events] == [CITIZEN, CITIZEN, "first", "second"]
    assert done.case.form["income"] == "2"


def test_who_is_always_second_is_told(applications):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    incomes = itertools.count(1)

    def too_slow(case: Case) -> Change:
        applications.change(NUMBER, typed(str(next(incomes))), actor="first", now=MONDAY)
        return typed("0")(case)

    with pytest.raises(VersionConflict):
        applications.change(NUMBER, too_slow, actor="second", now=MONDAY)
    assert applications.load(NUMBER).application.version == 2 + ATTEMPTS


def together(number: int, work: Callable[[int], Any]) -> list[Any]:
    """work(index) in each of `number` threads; what they returned, or the OporaError raised."""
    results: list[Any] = [None] * number

    def run(index: int) -> None:
        begin.wait()
        try:
            results[index] = work(index)
        except OporaError as error:
            results[index] = error

    begin = threading.Barrier(number)
    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_officers_at_once_one_holds_the_application(applications, book):
    number = on_review(book=book).number

    def claim(index: int) -> Any:
        name = f"officer-{index}"
        return applications.change(
            number, lambda case: actions.claim(case, name), actor=name, now=MONDAY
        )

    results = together(6, claim)
    winners = [done for done in results if not isinstance(done, OporaError)]
    assert len(winners) == 1
    assert winners[0].case.application.officer == applications.load(number).application.officer
    assert {error.code for error in results if isinstance(error, OporaError)} <= {
        "claimed_by_another",
        "version_conflict",
    }


def test_whatever_many_write_at_once_is_one_whole_chain(applications):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    results = together(
        6,
        lambda n: applications.change(NUMBER, typed(f"{n + 1}"), actor=f"writer-{n}", now=MONDAY),
    )
    written = [f"writer-{n}" for n, r in enumerate(results) if not isinstance(r, OporaError)]
    case = applications.load(NUMBER)
    assert sorted(event.actor for event in case.events[2:]) == sorted(written)
    assert applications.sealed_chain(NUMBER).broken_at is None


def test_of_many_submissions_at_once_one_is_registered(applications):
    results = together(
        5, lambda n: applications.create(number_from(n), a_row(1), actor="agency:A", now=MONDAY)
    )
    refused = [result for result in results if isinstance(result, AlreadyOpen)]
    assert len(refused) == 4
    assert len(applications.unfinished()) == 1


def test_the_same_command_at_once_is_carried_out_once(applications):
    command = Command.of(CITIZEN, "key-1", request={"income": "1"})

    def create(n: int) -> Any:
        return applications.create(
            number_from(n), a_draft(), actor=CITIZEN, now=MONDAY, command=command
        )

    results = together(5, create)
    assert len({done.case.application.number for done in results}) == 1
    assert sorted(done.repeated for done in results) == [False, True, True, True, True]


# ---- commands -----------------------------------------------------------------------------------


def test_a_repeated_command_answers_as_the_first_time(applications, table):
    command = Command.of(CITIZEN, "key-1", request={"n": 1})
    change = Change(a_draft().happenings, form=form_of(), result={"document": "д-1"})
    first = applications.create(NUMBER, change, actor=CITIZEN, now=MONDAY, command=command)
    before = everything(table)
    again = applications.create(
        number_from(2), change, actor=CITIZEN, now=MONDAY + timedelta(days=1), command=command
    )
    assert (first.repeated, again.repeated) == (False, True)
    assert again.case == first.case
    assert again.result == first.result == {"document": "д-1"}
    assert everything(table) == before


def test_a_repeated_change_is_not_asked_of_the_case_again(applications):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    command = Command.of(CITIZEN, "key-1", request={"income": "1"})
    applications.change(NUMBER, typed("1"), actor=CITIZEN, now=MONDAY, command=command)

    def never(_: Case) -> Change:
        raise AssertionError

    again = applications.change(NUMBER, never, actor=CITIZEN, now=MONDAY, command=command)
    assert again.repeated
    assert again.case.application.version == 3


def test_a_command_carried_out_between_the_look_and_the_write_is_not_carried_out_twice(
    applications,
):
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY)
    command = Command.of(CITIZEN, "key-1", request={"income": "1"})

    def twin_is_faster(case: Case) -> Change:
        applications.change(NUMBER, typed("1"), actor=CITIZEN, now=MONDAY, command=command)
        return typed("1")(case)

    done = applications.change(NUMBER, twin_is_faster, actor=CITIZEN, now=MONDAY, command=command)
    assert done.repeated
    assert applications.load(NUMBER).application.version == 3


def test_a_key_with_another_request_is_refused(applications, table):
    first = Command.of(CITIZEN, "key-1", request={"income": "1"})
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY, command=first)
    before = everything(table)
    other = Command.of(CITIZEN, "key-1", request={"income": "2"})
    with pytest.raises(KeyReused):
        applications.create(number_from(2), a_draft(2), actor=CITIZEN, now=MONDAY, command=other)
    with pytest.raises(KeyReused):
        applications.change(NUMBER, typed("2"), actor=CITIZEN, now=MONDAY, command=other)
    assert everything(table) == before


def test_a_key_belongs_to_whoever_sent_it():
    mine = Command.of("citizen-1", "key", request={})
    assert mine.key != Command.of("citizen-2", "key", request={}).key
    assert mine.key != Command.of("citizen-1k", "ey", request={}).key
    assert mine == Command.of("citizen-1", "key", request={})
    assert Command.of("a", request={"x": 1, "y": 2}) == Command.of("a", request={"y": 2, "x": 1})


def test_a_command_is_remembered_for_a_week_and_a_row_of_a_batch_for_ever(applications, table):
    week = Command.of(CITIZEN, "key-1", request={})
    for_ever = Command.of("agency", "A", "row", request={}, kept=None)
    applications.create(NUMBER, a_draft(), actor=CITIZEN, now=MONDAY, command=week)
    applications.create(number_from(2), a_row(2), actor="a", now=MONDAY, command=for_ever)
    found = {item["pk"]: item for item in everything(table) if item["sk"] == "COMMAND"}
    expires = found[f"COMMAND#{week.key}"]["expires"]
    assert expires == int((MONDAY + timedelta(days=7)).timestamp())
    assert "expires" not in found[f"COMMAND#{for_ever.key}"]


# ---- one open application a person and service --------------------------------------------------


def test_a_second_open_application_is_refused_until_the_first_is_closed(book, applications):
    first, second = submitted(book=book), drafted(book=book)
    with pytest.raises(AlreadyOpen):
        second.submit()
    assert second.application.stage is Stage.DRAFT
    first.withdraw()
    assert second.submit().stage is Stage.CHECKING


def test_every_end_gives_the_hold_back(book, table):
    def holds() -> list[str]:
        return [item["number"] for item in everything(table) if item["sk"] == "OPEN"]

    approved, refused, unanswered = (on_review(form_of(n), book) for n in (1, 2, 3))
    assert len(holds()) == 3
    approved.propose("approved")
    refused.propose("refused", "criteria_not_met", explanation="Доход скрыт")
    assert refused.number in holds(), "a proposed refusal is not the end"
    refused.confirm()
    unanswered.ask(Gap("unclear", field="income"))
    unanswered.wait(days=30)
    unanswered.mark()
    assert holds() == []


def test_a_withdrawn_draft_does_not_free_what_another_application_holds(book):
    live, draft = submitted(book=book), drafted(book=book)
    draft.withdraw()
    with pytest.raises(AlreadyOpen):
        drafted(book=book).submit()
    assert live.application.stage is Stage.CHECKING


def test_nobody_frees_the_hold_of_another(applications, table):
    applications.create(NUMBER, a_row(1), actor="a", now=MONDAY)
    applications.create(number_from(2), a_draft(1), actor=CITIZEN, now=MONDAY)
    before = everything(table)
    taken = a_row(1).holds
    with pytest.raises(VersionConflict):
        applications.change(
            number_from(2),
            lambda _: Change((Happening("withdrawn"),), frees=taken),
            actor=CITIZEN,
            now=MONDAY,
        )
    assert everything(table) == before


# ---- all or nothing -----------------------------------------------------------------------------


def command_is_known(table: Any, command: Command) -> None:
    table.put_item(Item={"pk": f"COMMAND#{command.key}", "sk": "COMMAND"})


def hold_is_taken(table: Any, _: Command) -> None:
    (key,) = a_row(1).holds
    table.put_item(Item={"pk": f"OPEN#{key}", "sk": "OPEN", "number": "x"})


def first_event_is_there(table: Any, _: Command) -> None:
    table.put_item(Item={"pk": f"APP#{NUMBER}", "sk": "EVENT#000001"})


def last_event_is_there(table: Any, _: Command) -> None:
    last = len(a_row(1).happenings)
    table.put_item(Item={"pk": f"APP#{NUMBER}", "sk": f"EVENT#{last:06d}"})


@pytest.mark.parametrize(
    "obstacle", [command_is_known, hold_is_taken, first_event_is_there, last_event_is_there]
)
def test_when_one_condition_fails_nothing_at_all_is_written(
    applications, table, monkeypatch, obstacle
):
    command = Command.of("agency", "A", "row-1", request={})
    obstacle(table, command)
    before = everything(table)
    # Each obstacle appears after the look, so that the transaction itself has to notice it.
    monkeypatch.setattr(applications, "carried_out", lambda _: None)
    try:
        done = applications.create(NUMBER, a_row(1), actor="a", now=MONDAY, command=command)
    except (AlreadyOpen, VersionConflict):
        done = None
    assert done is None
    assert everything(table) == before


def test_the_largest_change_fits_in_one_transaction(applications, client):
    """A resubmission carries every document of the old application, each as two writes."""
    life = Life()
    kinds = itertools.cycle(document.kind for document in life.rules.service.documents)
    for _ in range(actions.DOCUMENTS_AT_MOST):
        life.upload(next(kinds))
    with pytest.raises(OporaError):
        life.upload("passport")
    life.submit()
    life.withdraw()
    change = actions.resubmit(life.case, life.rules)
    command = Command.of(CITIZEN, "key-1", request={})
    done = applications.create(NUMBER, change, actor=CITIZEN, now=MONDAY, command=command)
    assert len(done.case.documents) == actions.DOCUMENTS_AT_MOST
    assert max(client.sizes) <= ITEMS_AT_MOST
    assert applications.load(NUMBER) == done.case


def test_a_row_with_every_document_fits_in_one_transaction(applications, client):
    held = [document.kind for document in rules().service.documents]
    change = actions.submit_row(rules(), form_of(), held, MONDAY, region=MOSCOW, agency="A")
    applications.create(NUMBER, change, actor="a", now=MONDAY)
    assert max(client.sizes) <= ITEMS_AT_MOST


# ---- lists and queues ---------------------------------------------------------------------------


def fill(applications: Applications, count: int) -> list[str]:
    """That many registered applications, one an hour and day, the latest first; their numbers in
    the order of their due days."""
    by_age = []
    for n in range(1, count + 1):
        at = MONDAY + timedelta(days=count - n)
        applications.create(number_from(n), a_row(n), actor="agency:A", now=at)
        by_age.insert(0, (number_from(n)))
    return by_age


def test_the_queue_has_those_first_who_are_promised_first(applications):
    numbers = fill(applications, PAGE * 2 + 3)
    found = list(pages(lambda cursor: applications.queue(MOSCOW, cursor)))
    assert [len(page) for page in found] == [PAGE, PAGE, 3]
    queued = applications.queue(MOSCOW).items
    assert [item["due"] for item in queued] == sorted(item["due"] for item in queued)
    listed = list(itertools.chain.from_iterable(found))
    # Those promised for the same day (receipt before a holiday) stand by their numbers.
    assert sorted(listed) == sorted(numbers)
    days = {item["number"]: item["due"] for item in queued}
    assert listed[:PAGE] == sorted(listed[:PAGE], key=days.__getitem__)


def test_a_filter_finds_the_few_among_the_many_on_whichever_page_they_are(applications):
    numbers = fill(applications, PAGE * 2 + 3)
    mine = {numbers[0], numbers[PAGE + 1], numbers[-1]}
    for number in mine:
        claim = {"actor": OFFICER, "now": MONDAY + timedelta(days=90)}
        applications.change(number, give_up_and_claim, **claim)
        applications.change(number, lambda case: actions.claim(case, OFFICER), **claim)
    for chosen in (Chosen({"officer": OFFICER}), Chosen({"stage": "review"})):
        assert set(all_of(lambda c, chosen=chosen: applications.queue(MOSCOW, c, chosen))) == mine
    nobodys = Chosen({"stage": "review", "officer": "x"})
    assert all_of(lambda c: applications.queue(MOSCOW, c, nobodys)) == []
    held, free = Chosen(present=("officer",)), Chosen(absent=("officer",))
    assert set(all_of(lambda c: applications.queue(MOSCOW, c, held))) == mine
    others = set(numbers) - mine
    assert set(all_of(lambda c: applications.queue(MOSCOW, c, free))) == others


def test_a_queue_until_a_day_has_whatever_is_due_by_then(applications):
    fill(applications, 7)
    days = [item["due"][:10] for item in applications.queue(MOSCOW).items]
    until = date.fromisoformat(days[3])
    due = applications.queue(MOSCOW, None, Chosen(until=until)).items
    assert [item["due"][:10] for item in due] == [day for day in days if day <= days[3]]
    assert applications.queue(MOSCOW, None, Chosen(until=date(2026, 1, 1))).items == []


def give_up_and_claim(case: Case) -> Change:
    return actions.mark(case, rules(), MONDAY + timedelta(days=90))


def test_a_queue_is_of_its_region(applications):
    fill(applications, 2)
    assert applications.queue("RU-SPE") == Page([], None)


def test_only_what_is_in_work_is_in_the_queue(book, applications):
    def queued() -> list[str]:
        return [item["number"] for item in applications.queue(MOSCOW).items]

    life = drafted(book=book)
    assert queued() == []
    life.submit()
    assert queued() == [life.number]
    life.all_match()
    life.propose("approved")
    assert queued() == []
    other = submitted(form_of(2), book)
    other.withdraw()
    assert queued() == []


def test_a_pause_moves_the_application_down_the_queue(book, applications):
    life, other = on_review(form_of(1), book), on_review(form_of(2), book)
    assert applications.queue(MOSCOW).items[0]["number"] == life.number
    life.ask(Gap("unclear", field="income"))
    life.wait(days=3)
    life.answer("Так и есть", wishes="Уборка")
    assert [item["number"] for item in applications.queue(MOSCOW).items] == [
        other.number,
        life.number,
    ]


def test_the_applicant_sees_the_newest_first_page_by_page(applications):
    for n in range(1, PAGE + 8):
        at = MONDAY + timedelta(minutes=n // 2)  # some at the same instant
        applications.create(number_from(n), a_draft(n), actor=CITIZEN, now=at)
    applications.create(number_from(99), a_draft(99, "citizen-2"), actor="citizen-2", now=MONDAY)
    found = list(pages(lambda cursor: applications.listed(CITIZEN, cursor)))
    assert [len(page) for page in found] == [PAGE, 7]
    listed = list(itertools.chain.from_iterable(found))
    assert sorted(listed) == sorted(number_from(n) for n in range(1, PAGE + 8))
    assert listed[0] == number_from(PAGE + 7)
    assert listed[-1] == number_from(1)


def test_an_agency_sees_its_own(applications):
    applications.create(NUMBER, a_row(1), actor="agency:A", now=MONDAY)
    assert [item["number"] for item in applications.listed(lister_of(None, "A")).items] == [NUMBER]
    assert applications.listed(lister_of("A-clerk", "A")).items
    assert applications.listed(lister_of(None, "B")).items == []
    assert applications.listed(lister_of("A", None)).items == []


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def text(value: Any) -> dict[str, Any]:
    return {"S": value}


GOOD_KEY: Mapping[str, Any] = {
    "pk": text(f"APP#{NUMBER}"),
    "sk": text("META"),
    "applicant": text(CITIZEN),
    "drafted_at": text("2026-04-06T07:00:00+00:00"),
}
BAD_CURSORS = {
    "empty": "",
    "not base64": "???",
    "not ASCII": "курсор",
    "not JSON": base64.urlsafe_b64encode(b"\xff{").decode(),
    "deep": base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    "a list": cursor_of([1]),
    "nothing": cursor_of({}),
    "no types": cursor_of({"pk": "x"}),
    "a number": cursor_of({"pk": {"N": "1"}}),
    "no text": cursor_of({**GOOD_KEY, "sk": text(5)}),
    "too few": cursor_of({"pk": text("x"), "sk": text("META")}),
    "an empty text": cursor_of({**GOOD_KEY, "sk": text("")}),
    "of another person": cursor_of({**GOOD_KEY, "applicant": text("citizen-2")}),
    "of another list": cursor_of(
        {"pk": text("x"), "sk": text("META"), "queue": text(MOSCOW), "due": text("2026")}
    ),
}


@pytest.mark.parametrize("cursor", BAD_CURSORS.values(), ids=BAD_CURSORS)
def test_a_cursor_that_is_not_ours_is_refused(applications, cursor):
    with pytest.raises(BadRequest) as raised:
        applications.listed(CITIZEN, cursor)
    assert raised.value.code == "bad_cursor"


def test_a_cursor_of_ours_is_not(applications):
    assert applications.listed(CITIZEN, cursor_of(GOOD_KEY)) == Page([], None)


def test_the_unfinished_are_those_that_are_registered_and_not_at_their_end(book, applications):
    review, decided, issued, withdrawn = (on_review(form_of(n), book) for n in range(1, 5))
    drafted(form_of(5), book)
    for life in (decided, issued):
        life.propose("approved")
    issued.issue()
    withdrawn.withdraw()
    assert sorted(applications.unfinished()) == sorted([review.number, decided.number])


# ---- the chain proves itself --------------------------------------------------------------------


@pytest.fixture
def lived(applications) -> Case:
    """Seven events, the last one by itself."""
    applications.create(NUMBER, a_row(1), actor="agency:A", now=MONDAY)
    return applications.change(NUMBER, actions.ask_registries, actor="system", now=MONDAY).case


def event_key(number: str, sequence: int) -> dict[str, str]:
    return {"pk": f"APP#{number}", "sk": f"EVENT#{sequence:06d}"}


def test_a_chain_that_nobody_touched_is_whole(lived, applications):
    sealed = applications.sealed_chain(NUMBER)
    assert sealed.broken_at is None
    assert [event for event, _ in sealed.events] == list(lived.events)
    assert [stored for _, stored in sealed.events] == [event.hash for event in lived.events]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("data", '{"outcome":"refused"}'),
        ("actor", "somebody-else"),
        ("kind", "withdrawn"),
        ("at", "2020-01-01T00:00:00+00:00"),
        ("hash", "0" * 64),
        ("previous", "0" * 64),
        ("sequence", 99),
    ],
)
def test_whatever_is_edited_in_an_event_is_found(lived, applications, table, attribute, value):
    table.update_item(
        Key=event_key(NUMBER, 3),
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": attribute},
        ExpressionAttributeValues={":value": value},
    )
    assert applications.sealed_chain(NUMBER).broken_at == 3


@pytest.mark.parametrize("back", [0, 1, 3])
def test_a_removed_event_is_found_even_when_it_was_the_last(lived, applications, table, back):
    gone = len(lived.events) - back
    table.delete_item(Key=event_key(NUMBER, gone))
    assert applications.sealed_chain(NUMBER).broken_at == gone


def test_the_whole_history_removed_is_found(lived, applications, table):
    for event in lived.events:
        table.delete_item(Key=event_key(NUMBER, event.sequence))
    assert applications.sealed_chain(NUMBER).broken_at == 1


def test_events_that_changed_places_are_found(lived, applications, table):
    third, fourth = (table.get_item(Key=event_key(NUMBER, n))["Item"] for n in (3, 4))
    table.put_item(Item={**third, "sk": fourth["sk"]})
    table.put_item(Item={**fourth, "sk": third["sk"]})
    assert applications.sealed_chain(NUMBER).broken_at == 3


def test_an_event_added_at_the_end_is_found(lived, applications, table):
    last = table.get_item(Key=event_key(NUMBER, len(lived.events)))["Item"]
    more = len(lived.events) + 1
    table.put_item(Item={**last, **event_key(NUMBER, more), "sequence": more})
    assert applications.sealed_chain(NUMBER).broken_at == more


def test_erased_form_and_documents_leave_the_chain_whole(lived, applications, table):
    for item in everything(table):
        if item["sk"].partition("#")[0] in ("FORM", "DOC", "TEXT"):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    assert applications.sealed_chain(NUMBER).broken_at is None
    case = applications.load(NUMBER)
    assert (case.form, case.documents, case.texts) == ({}, {}, {})
