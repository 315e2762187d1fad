"""What journeys are told with: a morning to begin on, a day to wait for, and what can be read of a
case when it has gone its way. All instants are written as people in the region read their clocks.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import boto3

from adapters.deliveries import Deliveries, State
from local import people
from local.aws import REGION, Backends
from local.office import Caller, Office, Refused, form_of

MOSCOW = ZoneInfo("Europe/Moscow")
INSIDE = ("operators", "agency")  # topics; everything else reaches the applicant
LOW_INCOME = form_of(people.MOTHER)
TOO_MUCH_INCOME = form_of(people.MOTHER, income="900000")
UNREADABLE_PASSPORT = {"document": "passport", "code": "unreadable"}
UNCLEAR_INCOME = {"field": "income", "code": "unclear"}


# ---- when ---------------------------------------------------------------------------------------


def instant(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    """ "2026-03-02 09:00" on the region's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def clock(at: datetime | str, zone: ZoneInfo = MOSCOW) -> str:
    """The same the other way round, to the minute."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def begin(office: Office, text: str, zone: ZoneInfo = MOSCOW) -> None:
    office.cloud.reset(start=instant(text, zone))
    office.registries.start_over()
    office.scanner.start_over()
    office.bank.start_over()
    office.experts_at_work = True


def wait_until(office: Office, text: str, zone: ZoneInfo = MOSCOW) -> None:
    office.cloud.advance_to(instant(text, zone))


def apply(office: Office, form: dict[str, Any] = LOW_INCOME, region: str = "RU-MOW") -> str:
    """Applied, and heard by all registries and experts: it is with the officers."""
    number = office.apply(form, region)
    office.cloud.advance(minutes=5)
    return number


# ---- how far one may have come ------------------------------------------------------------------


def on_check(office: Office) -> str:
    office.registries.behave("taxes", down_until=instant("2030-01-01 00:00"))
    return apply(office)


def in_clarification(office: Office) -> str:
    number = apply(office)
    office.ask(number, UNCLEAR_INCOME)
    return number


def in_confirmation(office: Office) -> str:
    number = apply(office, TOO_MUCH_INCOME)
    office.propose_refusal(number, "criteria_not_met")
    return number


# ---- what became of it --------------------------------------------------------------------------


def stage(office: Office, number: str) -> str:
    return office.casebook.load(number).application.stage.value


def events(office: Office, number: str) -> list[str]:
    """But for the papers: they are drawn while the case goes on, and may be late."""
    kinds = [event.kind for event in office.casebook.load(number).events]
    return [kind for kind in kinds if kind != "paper_issued"]


def papers(office: Office, number: str) -> list[str]:
    """Those that were issued, in order."""
    return sorted(office.casebook.load(number).application.papers)


def marks(office: Office, number: str, zone: ZoneInfo = MOSCOW) -> list[tuple[str, str]]:
    """What the clock did: (mark, when)."""
    made = [event for event in office.casebook.load(number).events if event.kind == "marked"]
    return [(event.data["mark"], clock(event.at, zone)) for event in made]


def happened(office: Office, number: str, kind: str, zone: ZoneInfo = MOSCOW) -> list[str]:
    """When events of that kind happened."""
    made = office.casebook.load(number).events
    return [clock(event.at, zone) for event in made if event.kind == kind]


def due_days(office: Office, number: str) -> tuple[str, str]:
    """The promised day and the limit of the decision, as the citizen's page shows them."""
    terms = {(t["name"], t["kind"]): t["due_day"] for t in office.show(number)["terms"]}
    return terms["decision", "promise"], terms["decision", "limit"]


def deliveries(office: Office, number: str) -> list[Any]:
    table = office.cloud.outputs["Applications"]
    return Deliveries(boto3.client("dynamodb", REGION), table).of(number)


def told(office: Office, number: str, zone: ZoneInfo = MOSCOW) -> list[tuple[str, str]]:
    """What the applicant was told, and when."""
    sent = [d for d in deliveries(office, number) if d.state is State.SENT]
    return [(d.template, clock(d.at, zone)) for d in sent if d.channel not in INSIDE]


def told_inside(office: Office, number: str) -> list[tuple[str, str]]:
    """What operators and the agency were told: (who, what)."""
    return [(d.channel, d.template) for d in deliveries(office, number) if d.channel in INSIDE]


def states(office: Office, number: str) -> list[str]:
    return office.execution(number)["states"]


def running(office: Office) -> list[str]:
    """Executions that have not come to their end; what was approved is provided for months."""
    provisions = office.cloud.outputs["ServiceProvision"]
    machines = Backends().step_functions.state_machines
    ending = (machine for machine in machines if machine.arn != provisions)
    executions = (execution for machine in ending for execution in machine.executions)
    return [e.name for e in executions if e.status == "RUNNING"]


def dead_letters(office: Office) -> list[str]:
    queue = office.cloud.outputs["DeadLetters"].split("/")[-1]
    return [message.body for message in Backends().sqs.queues[queue]._messages]


def refused(who: Caller, path: str, body: dict[str, Any] | None = None) -> tuple[int, str] | None:
    """How the API refuses that request; None when it carries it out."""
    try:
        who.post(path, body)
    except Refused as answer:
        return answer.status, answer.code
    return None


def ends(office: Office, number: str, outcome: str, execution: str = "SUCCEEDED") -> None:
    """The end is lawful, and nothing is left over."""
    assert stage(office, number) == outcome
    assert office.execution(number)["status"] == execution
    assert running(office) == []
    assert office.casebook.sealed_chain(number).broken_at is None
    assert office.casebook.unfinished() == []
    assert dead_letters(office) == []
    assert office.cloud.dropped == []
