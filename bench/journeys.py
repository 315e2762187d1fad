"""What one application uses by its journey, from draft to end, and what a million cost."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import boto3

from adapters import definitions
from bench.aws_bill import AWS_CALL_SECONDS, Bill, billed
from bench.table import Row, Target
from casework.example import example_form
from local.aws import REGION
from local.office import Office, form_of
from local.people import person

LIFECYCLES = 20
MOST = Target("ours", "most", 12)
"""State transitions of one life (design.md)."""

# Dollars per million: the first two from knowledge.md, the others AWS's list for us-east-1, 2025.
TRANSITIONS, API_REQUESTS = 25.0, 3.50
WRITE_UNITS, READ_UNITS = 0.625, 0.125
INVOCATIONS, GIGABYTE_SECONDS = 0.20, 13.33  # arm64
LEAN, NAIVE = 137.0, 953.0
"""knowledge.md's designs of 5 and of 30 transitions, without messages and malware scans."""


def rows(office: Office) -> Iterator[Row]:
    cloud = office.cloud
    for name, journey in JOURNEYS.items():
        cloud.reset()
        with billed(cloud) as bill:
            number = journey(office)
        used = cloud.transitions(number, "ApplicationReview")
        yield from _usage(name, used, bill)
        yield _price(name, used, bill)
    yield from _appeals(office)
    yield from _after_approval(office)
    yield from _payments(office)
    cloud.reset()
    yield from _lifecycles(office)


# ---- the journeys: each from draft to end, and gives the number ---------------------------------


def approve_at_once(office: Office, n: int = 1) -> str:
    number = _in_review(office, n)
    office.approve(number)
    return number


def ask_and_answer(office: Office) -> str:
    number = _in_review(office)
    office.ask(number, {"code": "unclear", "field": "income"}, message="Уточните доход.")
    office.cloud.advance(days=1)
    office.answer(number, form={"income": "190000"})
    office.cloud.advance(minutes=1)  # the changed income is checked again
    office.approve(number)
    return number


def refuse(office: Office) -> str:
    number = _in_review(office, income="3000000")
    office.propose_refusal(number, "criteria_not_met")
    office.confirm(number)
    return number


def miss_the_deadline(office: Office) -> str:
    """Reminder, overdue and escalation are marked; the duty remains."""
    number = _in_review(office)
    office.cloud.advance(days=50)
    office.approve(number)
    return number


def withdraw(office: Office) -> str:
    number = _in_review(office)
    office.withdraw(number)
    return number


def _in_review(office: Office, n: int = 1, **known: str) -> str:
    number = office.apply(form_of(person(n), **known))
    office.cloud.advance(minutes=1)  # every registry has replied
    return number


JOURNEYS: dict[str, Callable[[Office], str]] = {
    "approved at once": approve_at_once,
    "question asked and answered": ask_and_answer,
    "refused, with a second officer": refuse,
    "overdue, then approved": miss_the_deadline,
    "withdrawn in review": withdraw,
}


# ---- appeals, and what follows an approval -------------------------------------------------------


def _appeals(office: Office) -> Iterator[Row]:
    """Billed transitions of appeal_review, from its first state to its last."""
    for name, asked in (("answered at once", False), ("with a question", True)):
        office.cloud.reset()
        used = office.cloud.transitions(_appeal(office, asked=asked), "AppealReview")
        yield Row(f"an appeal {name}: transitions", used, "", 5, "lean design", MOST)


def _appeal(office: Office, *, asked: bool) -> str:
    contested = refuse(office)
    office.cloud.advance(minutes=1)  # the refusal reaches the applicant
    day = office.show(contested)["decision"]["at"][:10]
    told = {
        "contested": contested,
        "decision_date": ".".join(reversed(day.split("-"))),
        "snils": form_of(person(1))["snils"],
    }
    form = example_form(definitions.service("appeal"), office.cloud.now().date(), **told)
    number = office.apply(form, service="appeal")
    path = f"/applications/{number}"
    if asked:
        gap = {"code": "unclear", "field": "points"}
        office.supervisor.post(f"{path}/question", {"gaps": [gap]})
        office.cloud.settle()
        office.answer(number, message="Доход посчитан дважды")
    ruling = {"outcome": "changed", "explanation": "Доход посчитан дважды"}
    office.supervisor.post(f"{path}/proposal", ruling)
    office.cloud.settle()
    office.third_officer.post(f"{path}/confirmation", {"agrees": True})
    office.cloud.settle()
    return number


def _after_approval(office: Office) -> Iterator[Row]:
    """Billed transitions of service_provision, from the first to the last of its states."""
    for name, days, bound in (("nobody late", 0, 12), ("one wait cut after 30 days", 31, 15)):
        office.cloud.reset()
        used = office.cloud.transitions(_programme(office, days), "ServiceProvision")
        target = Target("ours", "most", bound)
        yield Row(f"a programme, {name}: transitions", used, "", 12, "six waits", target)


def _programme(office: Office, days: int) -> str:
    """From approval to its end; services go on for so many days."""
    number = approve_at_once(office)
    office.load_providers()
    until = f"{office.cloud.now().date() + timedelta(days=90)}"
    line = {"need": "social_household", "title": "Уборка", "times": 1, "per": "week"}
    office.propose_programme(number, line | {"until": until, "why": "Нужна"}, review_on=until)
    office.agree(number)
    office.choose(number, "lipa")
    office.officer.post(f"/applications/{number}/act")
    office.record(number, 1, "started", f"{office.cloud.now().date()}")
    office.cloud.advance(days=days)
    office.record(number, 1, "ended", f"{office.cloud.now().date()}", "Сделано")
    return number


def _payments(office: Office) -> Iterator[Row]:
    """Billed transitions of a day's run of benefit_payments."""
    office.cloud.reset(start=datetime(2026, 4, 6, 7, tzinfo=UTC))
    yield Row("a day, nobody paid: transitions", _run(office, "nobody"), "", 3, "floor: one query")
    form = example_form(definitions.service("care-for-disabled"), date(2026, 4, 6))
    number = office.apply(form, service="care-for-disabled")
    office.cloud.advance(days=1)
    office.approve(number)
    office.cloud.advance_to(datetime(2026, 5, 1, 2, tzinfo=UTC))
    used = _run(office, "somebody")
    yield Row("a day, one paid: transitions", used, "", 3, "the day nobody is paid", MOST)


def _run(office: Office, name: str) -> int:
    client = boto3.client("stepfunctions", REGION)
    machine = office.cloud.outputs["BenefitPayments"]
    client.start_execution(stateMachineArn=machine, name=name, input=f'{{"run": "{name}"}}')
    office.cloud.settle()
    return office.cloud.transitions(name, "BenefitPayments")


# ---- what they use ------------------------------------------------------------------------------


def _usage(name: str, transitions: int, bill: Bill) -> Iterator[Row]:
    target = MOST if name == "approved at once" else None
    yield Row(f"{name}: transitions", transitions, "", 5, "lean design", target)
    yield Row(
        f"{name}: DynamoDB write units",
        bill.write_units,
        "",
        len(bill.items),
        "items written once each",
        note=f"with indexes; {bill.read_units:.0f} read units; {bill.invocations} invocations "
        f"({bill.api_requests} by the API), {bill.aws_calls} AWS calls",
    )


def _price(name: str, transitions: int, bill: Bill) -> Row:
    """Against the leanest design we know. Without messages, S3, SQS, logs, KMS, malware scans."""
    parts = {
        "transitions": transitions * TRANSITIONS,
        "writes": bill.write_units * WRITE_UNITS,
        "reads": bill.read_units * READ_UNITS,
        "API": bill.api_requests * API_REQUESTS,
        "Lambda": bill.invocations * INVOCATIONS + bill.gigabyte_seconds * GIGABYTE_SECONDS,
    }
    told = ", ".join(f"{part} ${dollars:,.0f}" for part, dollars in parts.items())
    return Row(
        f"{name}: a million cost",
        sum(parts.values()),
        "$",
        LEAN,
        f"lean design (naive: ${NAIVE:,.0f})",
        note=f"{told}; Lambda assumes {AWS_CALL_SECONDS * 1000:.0f} ms an AWS call",
    )


def _lifecycles(office: Office) -> Iterator[Row]:
    """Against the CPU of our own handlers in them: the rest is moto, botocore and the gateway."""
    approve_at_once(office)  # what is made once is made now
    with billed(office.cloud) as bill:
        start = time.process_time()
        for n in range(2, LIFECYCLES + 2):
            approve_at_once(office, n)
        whole = time.process_time() - start
    yield Row(
        "lifecycles on the local cloud, draft to approval",
        LIFECYCLES / whole,
        "/s",
        LIFECYCLES / bill.own_cpu,
        "our handlers in them alone",
        note=f"{LIFECYCLES} in turn, three scans of A4 at 300 dpi judged in each",
    )
