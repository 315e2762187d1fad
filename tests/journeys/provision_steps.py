"""Steps of journeys that go on after an approval: a programme, an original, payments."""

from datetime import date, timedelta
from typing import Any

import boto3

from adapters import definitions
from casework.example import example_form
from local.aws import REGION
from local.office import Office
from tests.journeys.steps import apply, clock

CLEANING = {
    "need": "social_household",
    "title": "Уборка",
    "times": 3,
    "per": "week",
    "until": "2027-02-28",
    "why": "Трудно наклоняться",
}
NURSING = CLEANING | {"need": "medical", "title": "Перевязки", "why": "После операции"}
REVIEW_ON = "2026-09-01"
MACHINE = "ServiceProvision"


# ---- programmes ---------------------------------------------------------------------------------


def approved(office: Office) -> str:
    """Recognised as in need; the programme has to be drawn up."""
    office.load_providers()
    number = apply(office)
    office.approve(number)
    return number


def proposed(office: Office) -> str:
    number = approved(office)
    office.propose_programme(number, CLEANING, NURSING, review_on=REVIEW_ON)
    return number


def agreed(office: Office) -> str:
    number = proposed(office)
    office.agree(number)
    return number


def chosen(office: Office, provider: str = "lipa") -> str:
    number = agreed(office)
    office.choose(number, provider)
    return number


def in_hand(office: Office) -> str:
    """Everything is agreed: services may begin."""
    number = chosen(office)
    form_act(office, number)
    return number


def form_act(office: Office, number: str) -> None:
    office.officer.post(f"/applications/{number}/act")
    office.cloud.settle()


def complain(office: Office, number: str, words: str = "Никто не приходит") -> None:
    office.citizen.post(f"/applications/{number}/complaint", {"words": words})
    office.cloud.settle()


def answer_complaint(office: Office, number: str, *, upheld: bool) -> None:
    answer = {"upheld": upheld, "answer": "Мы проверили"}
    office.officer.post(f"/applications/{number}/complaint-review", answer)
    office.cloud.settle()


def awaited(office: Office, number: str) -> str | None:
    return office.citizen.get(f"/applications/{number}/programme")["awaits"]


def provision_states(office: Office, number: str) -> list[str]:
    return office.cloud.execution(number, MACHINE)["states"]


def provision_status(office: Office, number: str) -> str:
    return office.cloud.execution(number, MACHINE)["status"]


def provision_marks(office: Office, number: str) -> list[tuple[str, str, str]]:
    """What the clock did: (who was awaited, mark, when)."""
    kinds = ("provision_marked", "original_marked")
    made = [event for event in office.casebook.load(number).events if event.kind in kinds]
    return [(e.data["awaits"], e.data["mark"], clock(e.at)) for e in made]


# ---- other services -----------------------------------------------------------------------------


def granted(office: Office, service: str, seed: int = 1, **said: Any) -> str:
    """Applied for with an example form, heard by every registry, and approved."""
    number = apply_for(office, service, seed, **said)
    office.approve(number, explanation="Проверено по документам")
    return number


def apply_for(office: Office, service: str, seed: int = 1, **said: Any) -> str:
    number = office.apply(example(office, service, seed=seed, **said), service=service)
    office.cloud.advance(days=1)
    return number


def example(office: Office, service: str, **said: Any) -> dict[str, Any]:
    """A form that may be sent today."""
    return example_form(definitions.service(service), _today(office), **said)


def benefit(office: Office, programme: str = "childcare", **said: Any) -> str:
    born = _today(office) - timedelta(days=100)
    child = {"child_birth_date": f"{born:%d.%m.%Y}"}
    return granted(office, "child-benefits", programme=programme, **(child | said))


def _today(office: Office) -> date:
    return date.fromisoformat(clock(office.cloud.now())[:10])


# ---- payments -----------------------------------------------------------------------------------


def paid(office: Office, number: str) -> list[tuple[str, str, str]]:
    """What the bank has booked: (period, sum, last four digits of the account)."""
    booked = (entry for key, entry in office.bank.book.items() if key.startswith(number))
    return [(b.key.partition("#")[2], b.amount, b.account[-4:]) for b in booked]


def periods(office: Office, number: str) -> list[str]:
    return [period for period, _, _ in paid(office, number)]


def history(office: Office, number: str) -> list[dict[str, Any]]:
    return office.citizen.get(f"/applications/{number}/payments")["history"]


def run_payments(office: Office, name: str) -> str:
    """The day's run once more, by hand; gives its status."""
    client = boto3.client("stepfunctions", REGION)
    machine = office.cloud.outputs["BenefitPayments"]
    client.start_execution(stateMachineArn=machine, name=name, input=f'{{"run": "{name}"}}')
    office.cloud.settle()
    return office.cloud.execution(name, "BenefitPayments")["status"]
