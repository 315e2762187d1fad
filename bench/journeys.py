"""What one application uses by its journey, from draft to end, and what a million cost."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from bench.aws_bill import AWS_CALL_SECONDS, Bill, billed
from bench.table import Row, Target
from local.office import Office, form_of
from local.people import person

LIFECYCLES = 20

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
    cloud.reset()
    yield from _after_approval(office)
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


# ---- what follows an approval ------------------------------------------------------------------


def _after_approval(office: Office) -> Iterator[Row]:
    """Billed transitions of service_provision, from the first to the last of its states."""
    number = approve_at_once(office)
    office.load_providers()
    until = f"{office.cloud.now().date() + timedelta(days=90)}"
    line = {"need": "social_household", "title": "Уборка", "times": 1, "per": "week"}
    office.propose_programme(number, line | {"until": until, "why": "Нужна"}, review_on=until)
    office.agree(number)
    office.choose(number, "lipa")
    office.officer.post(f"/applications/{number}/act")
    today = f"{office.cloud.now().date()}"
    office.record(number, 1, "started", today)
    office.record(number, 1, "ended", today, "Сделано")
    used = office.cloud.transitions(number, "ServiceProvision")
    target = Target("ours", "most", 12)
    yield Row("a programme, nobody late: transitions", used, "", 12, "six waits", target)


# ---- what they use ------------------------------------------------------------------------------


def _usage(name: str, transitions: int, bill: Bill) -> Iterator[Row]:
    target = Target("ours", "most", 12) if name == "approved at once" else None
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
