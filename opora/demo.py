"""`opora demo`: one service walked through eight journeys on the real state machines, unattended.

Each journey says what it expects; whatever differs is printed, and the exit status is 1.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from adapters.deliveries import Deliveries
from local import people
from local.agency_file import sample
from local.aws import REGION
from local.cloud import LocalCloud
from local.office import Office, Refused, form_of
from opora.timeline import print_timeline

# A Monday before the May holidays of 2026: every journey crosses weekends, 1, 9 and 11 May.
BEGIN = datetime(2026, 4, 27, 7, 0, tzinfo=UTC)
QUICK = timedelta(minutes=5)

Journey = Callable[["Stage"], None]
JOURNEYS: dict[int, tuple[str, Journey]] = {}


def demo(only: Sequence[int]) -> int:
    started = time.perf_counter()
    print("Starting the local cloud ...", file=sys.stderr)
    with LocalCloud(start=BEGIN) as cloud:
        stage = Stage(Office(cloud))
        for number, (title, walk) in JOURNEYS.items():
            if not only or number in only:
                stage.play(number, title, walk)
    seconds = time.perf_counter() - started
    if stage.differences:
        print(f"\n{len(stage.differences)} difference(s):")
        for difference in stage.differences:
            print(f"  {difference}")
    else:
        print(f"\nEverything went as it should, in {seconds:.0f} s.")
    return 1 if stage.differences else 0


class Stage:
    """The office a journey plays in, and the notebook of what differed."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.cloud = office.cloud
        self.differences: list[str] = []
        self._deliveries = Deliveries(
            boto3.client("dynamodb", REGION), office.cloud.outputs["Applications"]
        )

    def play(self, number: int, title: str, walk: Journey) -> None:
        print(f"\n{number}. {title}")
        self.cloud.reset(start=BEGIN)
        self.office.registries.start_over()
        self._journey = number
        try:
            walk(self)
        except Refused as refused:
            self.differences.append(f"journey {number}: refused unexpectedly, {refused}")

    def expect(self, what: str, actual: Any, expected: Any) -> None:
        good = actual == expected
        print(f"  {'ok  ' if good else 'DIFF'} {what}: {actual}")
        if not good:
            self.differences.append(
                f"journey {self._journey}: {what} is {actual!r}, not {expected!r}"
            )

    def timeline(self, number: str) -> None:
        print_timeline(self.office.casebook.load(number), self._deliveries)

    def told(self, number: str) -> dict[str, str]:
        """When (UTC, to the minute) the applicant was told what."""
        return {
            told.template: told.at[:16]
            for told in self._deliveries.of(number)
            if told.channel not in ("operators", "agency")
        }

    def ended(self, number: str, stage: str, status: str = "SUCCEEDED") -> None:
        self.expect("stage", self.office.show(number)["stage"], stage)
        self.expect("execution", self.office.execution(number)["status"], status)

    def ledger(self, number: str, kind: str = "promise") -> list[dict[str, Any]]:
        shown = self.office.show(number)["terms"]
        return next(t["ledger"] for t in shown if (t["name"], t["kind"]) == ("decision", kind))


def journey(number: int, title: str) -> Callable[[Journey], Journey]:
    def register(walk: Journey) -> Journey:
        JOURNEYS[number] = (title, walk)
        return walk

    return register


@journey(1, "Approved at once, in time")
def approved(on: Stage) -> None:
    number = on.office.apply(form_of(people.MOTHER))
    on.cloud.advance(days=9)  # over 1 May and a weekend
    on.office.approve(number)
    on.timeline(number)
    on.ended(number, "approved")
    on.expect("told", list(on.told(number)), ["accepted", "approved"])
    on.expect("billed transitions", on.cloud.transitions(number, "ApplicationReview") <= 12, True)


@journey(2, "A document is missing: one question, answered, approved; the clock stood still")
def asked_and_answered(on: Stage) -> None:
    number = on.office.apply(form_of(people.MOTHER))
    on.cloud.advance(days=2)
    before = on.office.show(number)["terms"][0]["due_day"]
    on.office.ask(number, {"document": "income_certificate", "code": "unreadable"})
    on.cloud.advance(days=6)  # over 1 May and a weekend
    on.office.upload(number, "income_certificate")
    on.office.answer(number, message="Прилагаю новую справку")
    after = on.office.show(number)["terms"][0]["due_day"]
    on.cloud.advance(days=2)
    on.office.approve(number)
    on.timeline(number)
    on.ended(number, "approved")
    on.expect("promised day moved", (before, after), ("2026-05-27", "2026-06-02"))
    stopped = [day for day in on.ledger(number) if day["code"] in ("paused", "answered")]
    on.expect("days the clock stood still", len(stopped), 6)
    on.expect("told", list(on.told(number)), ["accepted", "question", "approved"])


@journey(3, "The question is not answered: reminded, refused on the eighth working day")
def unanswered(on: Stage) -> None:
    number = on.office.apply(form_of(people.MOTHER, notify_by="email"))
    on.cloud.advance(days=1)
    on.office.ask(number, {"document": "passport", "code": "incomplete"})
    on.cloud.advance(days=20)
    on.timeline(number)
    on.ended(number, "refused")
    at = on.told(number)
    # Asked on 28 April; 1 to 3, 9 to 11 May are off: the 5th working day is 6 May, the 7th 8 May.
    on.expect("reminded", at["question_reminder"], "2026-05-06T06:00")
    on.expect("refused", at["refused"], "2026-05-08T21:00")
    letter = on.cloud.emails[-1][2]
    on.expect("the appeal is explained", "обжаловать решение в течение 30 дней" in letter, True)


@journey(4, "The officer is silent: reminder, overdue, escalation; decided late, the duty remained")
def overdue(on: Stage) -> None:
    number = on.office.apply(form_of(people.MOTHER))
    on.cloud.advance(days=50)
    on.office.approve(number)
    on.timeline(number)
    on.ended(number, "approved")
    marks = [e.data["mark"] for e in on.office.casebook.load(number).events if e.kind == "marked"]
    on.expect("marks of the clock", marks, ["reminder", "overdue", "escalation"])
    citizen = [text for _, text in on.cloud.sms]
    on.expect("the citizen was told four times", len(citizen), 4)


@journey(5, "Refused for the family's income: second officer, counterfactual")
def refused(on: Stage) -> None:
    number = on.office.apply(form_of(people.MOTHER, income="900000", notify_by="email"))
    on.cloud.advance(days=6)
    on.office.propose_refusal(number, "criteria_not_met")
    on.expect(
        "same officer confirms",
        _refusal(on.office.officer, number),
        (403, "second_officer_needed"),
    )
    on.cloud.advance(days=1)
    on.office.confirm(number)
    on.timeline(number)
    on.ended(number, "refused")
    turn = on.office.show(number)["decision"]["assessment"]["counterfactual"][0]
    print(f"       {turn['text']}")
    on.expect("income, and what it may be", (turn["value"], turn["to"]), ("75000.00", "28408.50"))
    on.expect("the letter tells it", turn["text"] in on.cloud.emails[-1][2], True)


def _refusal(officer: Any, number: str) -> tuple[int, str] | None:
    try:
        officer.post(f"/applications/{number}/confirmation", {"agrees": True})
    except Refused as answer:
        return answer.status, answer.code
    return None


@journey(6, "A registry is down for three days, another differs in one field; mended and approved")
def registry_down(on: Stage) -> None:
    on.office.registries.behave("taxes", down_until=BEGIN + timedelta(days=3))
    on.office.registries.differ(people.MOTHER["snils"], "residence", "registration_address")
    number = on.office.apply(form_of(people.MOTHER))
    on.cloud.advance(days=3, hours=5)
    shown = on.office.show(number)
    on.expect(
        "asked about", [gap["field"] for gap in shown["question"]["gaps"]], ["registration_address"]
    )
    on.cloud.advance(days=4)  # over 1 May and a weekend
    on.office.registries.differ(people.MOTHER["snils"], "residence")
    on.office.answer(number, form={"registration_address": "г. Примерск, ул. Лесная, д. 3"})
    on.cloud.advance(minutes=5)
    on.office.approve(number)
    on.timeline(number)
    on.ended(number, "approved")


@journey(7, "Withdrawn in mid-review: nothing more is said")
def withdrawn(on: Stage) -> None:
    number = on.office.apply(form_of(people.MOTHER))
    on.cloud.advance(days=5)
    on.office.withdraw(number)
    said = len(on.cloud.sms)
    on.cloud.advance(days=60)
    on.timeline(number)
    on.ended(number, "withdrawn", "ABORTED")
    on.expect("notices after the withdrawal", len(on.cloud.sms) - said, 0)


@journey(8, "An agency's file in cp1251: 200 rows, 20 bad, 10 repeated; dropped twice")
def batch(on: Stage) -> None:
    data = sample(good=170, bad=20, repeated=10)
    first = on.office.report(on.office.drop("A", "april.csv", data))
    on.cloud.advance(days=9)  # over 1 May and a weekend: all are with their officers by now
    second = on.office.report(on.office.drop("A", "april.csv", data))
    on.cloud.advance_to(on.cloud.now() + QUICK)
    print("\n".join(f"       {line}" for line in first.splitlines()[170:183]))
    on.expect(
        "first report",
        _totals(first),
        {"строк": 200, "принято": 170, "принято ранее": 10, "с ошибками": 20},
    )
    on.expect(
        "second report",
        _totals(second),
        {"строк": 200, "принято": 0, "принято ранее": 180, "с ошибками": 20},
    )
    numbers = on.office.casebook.unfinished()
    on.expect("applications", len(numbers), 170)
    on.expect("citizens told", len({phone for phone, _ in on.cloud.sms}), 170)
    on.timeline(numbers[0])
    on.expect("the agency was told", len(on.cloud.published("AgenciesTopic")), 2)


def _totals(report: str) -> dict[str, int]:
    lines = (line.split(";") for line in report.split("\r\n\r\n", maxsplit=1)[0].splitlines())
    return {name: int(count) for name, count in lines}
