"""`opora demo`: journeys on the real state machines, unattended. The first eight walk one service
(V1) through everything a review can come to; five more, on request, show what other services add.

Each journey says what it expects; whatever differs is printed, and the exit status is 1.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from adapters import definitions
from adapters.deliveries import Deliveries
from casework.example import example_form
from local import people
from local.agency_file import sample
from local.aws import REGION
from local.cloud import LocalCloud
from local.office import Caller, Office, Refused, form_of
from opora.timeline import print_timeline

# A Monday before the May holidays of 2026: every journey crosses weekends, 1, 9 and 11 May.
BEGIN = datetime(2026, 4, 27, 7, 0, tzinfo=UTC)
QUICK = timedelta(minutes=5)

Journey = Callable[["Stage"], None]
JOURNEYS: dict[int, tuple[str, Journey]] = {}
OF_ONE_REVIEW = range(1, 9)


def demo(numbers: Sequence[int]) -> int:
    """Play those of the journeys; exit status 1 when anything differed."""
    started = time.perf_counter()
    print("Starting the local cloud ...", file=sys.stderr)
    with LocalCloud(start=BEGIN) as cloud:
        stage = Stage(Office(cloud))
        for number, (title, walk) in JOURNEYS.items():
            if number in numbers:
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
        self.office.payments.start_over()
        self.office.bank.start_over()
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

    def form(self, service: str, **chosen: Any) -> dict[str, Any]:
        """An invented person's, as `opora services template` shows it; `chosen` replaces."""
        return example_form(definitions.service(service), self.cloud.now().date(), **chosen)

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
        _refusal(on.office.officer, f"/applications/{number}/confirmation", {"agrees": True}),
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


def _refusal(who: Caller, path: str, body: dict[str, Any]) -> tuple[int, str] | None:
    """How the API refuses that request: status and code; None when it carries it out."""
    try:
        who.post(path, body)
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


@journey(8, "An agency's file in cp1251: 100 rows, 10 bad, 5 repeated; dropped twice")
def batch(on: Stage) -> None:
    data = sample(good=85, bad=10, repeated=5)
    first = on.office.report(on.office.drop("A", "april.csv", data))
    on.cloud.advance(days=9)  # over 1 May and a weekend: all are with their officers by now
    second = on.office.report(on.office.drop("A", "april.csv", data))
    on.cloud.advance_to(on.cloud.now() + QUICK)
    print("\n".join(f"       {line}" for line in first.splitlines()[85:98]))
    on.expect(
        "first report",
        _totals(first),
        {"строк": 100, "принято": 85, "принято ранее": 5, "с ошибками": 10},
    )
    on.expect(
        "second report",
        _totals(second),
        {"строк": 100, "принято": 0, "принято ранее": 90, "с ошибками": 10},
    )
    numbers = on.office.casebook.unfinished()
    on.expect("applications", len(numbers), 85)
    on.expect("citizens told", len({phone for phone, _ in on.cloud.sms}), 85)
    on.timeline(numbers[0])
    on.expect("the agency was told", len(on.cloud.published("AgenciesTopic")), 2)


def _totals(report: str) -> dict[str, int]:
    lines = (line.split(";") for line in report.split("\r\n\r\n", maxsplit=1)[0].splitlines())
    return {name: int(count) for name, count in lines}


# ---- fees, appointments, appeals, and what follows an approval ----------------------------------


@journey(9, "A fee: nothing is submitted before it is paid; paid twice, one sum goes back")
def fee_paid(on: Stage) -> None:
    form = on.form("disability-certificate", certificate_type="duplicate", hand_over="mfc")
    number = on.office.draft(form, service="disability-certificate")
    lacking = [problem["code"] for problem in on.office.show(number)["problems"]]
    on.expect("what keeps it from being submitted", lacking, ["fee_unpaid"])
    page = on.office.citizen.post(f"/applications/{number}/payment")["url"]
    first, second = on.office.payments.pay(page), on.office.payments.pay(page)
    on.cloud.settle()
    receipts = on.office.show(number)["fee"]["receipts"]
    on.expect("receipts", [r["state"] for r in receipts], ["paid", "refunded"])
    on.expect("went back", list(on.office.payments.given_back) == [second] != [first], True)
    on.office.submit(number)
    on.cloud.advance(days=2)
    on.office.approve(number)
    on.timeline(number)
    on.ended(number, "approved")


@journey(10, "A doctor's appointment: two want one slot, the second is told what is free nearby")
def appointment(on: Stage) -> None:
    slot, next_one = _published(on, "2026-04-29T10:00:00+03:00", "2026-04-29T10:20:00+03:00")
    first, second = (_wants(on, slot, person) for person in (1, 2))
    on.office.submit(first)
    refusal = _refusal(on.office.citizen, f"/applications/{second}/submission", {})
    on.expect("the second", refusal, (409, "slot_taken_others_free"))
    on.office.citizen.patch(f"/applications/{second}", {"form": {"slot": next_one}})
    on.office.submit(second)
    on.cloud.advance(minutes=5)
    on.timeline(second)
    on.ended(second, "approved")  # by the rules: no officer was asked
    tickets = [on.office.show(n)["appointment"]["starts"][11:16] for n in (first, second)]
    on.expect("tickets", tickets, ["10:00", "10:20"])
    on.office.withdraw(first)
    free = on.office.citizen.get("/slots?speciality=therapist&region=RU-MOW")["slots"]
    on.expect("cancelled, the time is free again", [s["id"] for s in free], [slot])


def _published(on: Stage, *starts: str) -> list[str]:
    timetable = {
        "region": "RU-MOW",
        "speciality": "therapist",
        "clinic": "Поликлиника № 1",
        "place": "ул. Садовая, д. 1, каб. 12",
        "doctor": "Иванова А. С.",
        "minutes": 20,
        "starts": list(starts),
    }
    published = on.office.agency("A").post("/slots", timetable)
    return [slot["id"] for slot in published["slots"]]


def _wants(on: Stage, slot: str, person: int) -> str:
    form = on.form("doctor-appointment", seed=person, speciality="therapist", slot=slot)
    return on.office.draft(form, service="doctor-appointment")


@journey(11, "An appeal: two other officers change the refusal, and the case is approved")
def appealed(on: Stage) -> None:
    form = form_of(people.MOTHER, income="900000", notify_by="email")
    contested = on.office.apply(form)
    on.cloud.advance(days=6)
    on.office.propose_refusal(contested, "criteria_not_met")
    on.office.confirm(contested)
    on.cloud.advance(days=9)
    decision = on.office.show(contested)["decision"]
    on.expect("may be appealed until", decision["appeal_until"]["due_day"], "2026-06-02")
    told = {"contested": contested, "decision_date": "03.05.2026", "snils": form["snils"]}
    number = on.office.apply(on.form("appeal", **told), service="appeal")
    ruling = {"outcome": "changed", "explanation": "Доход посчитан дважды"}
    proposal = f"/applications/{number}/proposal"
    refusal = _refusal(on.office.officer, proposal, ruling)
    on.expect("who refused may not rule on it", refusal, (403, "had_part_in_decision"))
    on.office.supervisor.post(proposal, ruling)
    on.cloud.advance(days=1)
    on.office.third_officer.post(f"/applications/{number}/confirmation", {"agrees": True})
    on.cloud.advance(minutes=5)
    on.timeline(number)
    on.timeline(contested)
    on.ended(contested, "approved")
    superseded = [old["outcome"] for old in on.office.show(contested)["superseded"]]
    on.expect("decisions that are history", superseded, ["refused"])


@journey(12, "A programme: agreed and signed, a provider compared and chosen, services recorded")
def programme(on: Stage) -> None:
    on.office.load_providers()
    number = on.office.apply(form_of(people.MOTHER))
    on.cloud.advance(days=1)
    on.office.approve(number)
    cleaning = {"need": "social_household", "title": "Уборка", "times": 3, "per": "week"}
    on.office.propose_programme(
        number,
        cleaning | {"until": "2026-10-31", "why": "Трудно наклоняться"},
        review_on="2026-09-01",
    )
    on.cloud.advance(days=2)
    on.office.agree(number)
    for row in on.office.citizen.get(f"/applications/{number}/providers")["providers"]:
        offered = row["provider"]
        print(f"       {offered['title']}: {row['a_month']} ₽ a month, rated {offered['rating']}")
    on.office.choose(number, "lipa")
    on.office.officer.post(f"/applications/{number}/act")
    on.cloud.advance(days=3)
    on.office.record(number, 1, "started", "2026-05-01")
    on.cloud.advance(days=20)
    on.office.record(number, 1, "ended", "2026-05-22", "Дом убран, помощь больше не нужна")
    on.timeline(number)
    on.ended(number, "approved")
    provision = on.cloud.execution(number, "ServiceProvision")
    on.expect("provision", provision["status"], "SUCCEEDED")
    on.expect("billed transitions", on.cloud.transitions(number, "ServiceProvision") <= 12, True)


@journey(13, "Paid monthly for two months: the bank refuses the second once, and each is paid once")
def paid_monthly(on: Stage) -> None:
    form = on.form("care-for-disabled")
    number = on.office.apply(form, service="care-for-disabled")
    on.cloud.advance(days=1)
    on.office.approve(number)
    amount = on.office.show(number)["decision"]["assessment"]["amount"]
    for line in amount["working"]:
        print(f"       {line}")
    on.cloud.advance_to(datetime(2026, 5, 20, tzinfo=UTC))
    account = on.office.casebook.load(number).texts["order_1"]["account"]
    on.office.bank.refuses[account] = "account_closed"
    on.cloud.advance_to(datetime(2026, 6, 1, 12, tzinfo=UTC))
    on.office.bank.refuses.clear()
    on.cloud.advance_to(datetime(2026, 6, 10, tzinfo=UTC))
    on.timeline(number)
    shown = on.office.citizen.get(f"/applications/{number}/payments")["history"]
    paid = {month["period"]: month["state"] for month in shown}
    on.expect("paid", paid, {"2026-05": "paid", "2026-06": "paid"})
    booked = [key.partition("#")[2] for key in on.office.bank.book]
    on.expect("in the bank's own book", booked, ["2026-05", "2026-06"])
    on.expect("told", list(on.told(number)), ["accepted", "approved", "payment_failed"])
