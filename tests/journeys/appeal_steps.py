"""Steps of journeys that end in an appeal: a refusal that was received, the appeal, the ruling."""

from typing import Any

from adapters import definitions
from casework.example import example_form
from local.office import Caller, Office
from tests.journeys.steps import TOO_MUCH_INCOME, apply, clock, instant

SERVICE = "appeal"
BY_EMAIL = TOO_MUCH_INCOME | {"notify_by": "email"}
WORDS = "Доход посчитан дважды"


def third(office: Office) -> Caller:
    return Caller(office.cloud, "third-officer", ("officers",), **{"custom:region": "RU-MOW"})


def fourth(office: Office) -> Caller:
    return office.supervisor


def refused_application(office: Office, form: dict[str, Any] = BY_EMAIL) -> str:
    """Refused by two officers, and the applicant has been told."""
    number = apply(office, form)
    office.propose_refusal(number, "criteria_not_met")
    office.confirm(number)
    office.cloud.advance(minutes=1)
    return number


def appeal_form(office: Office, contested: str, **said: Any) -> dict[str, Any]:
    case = office.casebook.load(contested)
    told = {
        "contested": contested,
        "decision_date": clock(case.application.decision.at)[:10],
        "snils": case.form["snils"],
        "notify_by": "email",
        "email": case.form.get("email", "citizen@example.com"),
    }
    today = office.cloud.now().astimezone(instant("2026-01-01 00:00").tzinfo).date()
    return example_form(definitions.service(SERVICE), today, **(told | said))


def drafted_appeal(office: Office, contested: str, **said: Any) -> str:
    return office.draft(appeal_form(office, contested, **said), service=SERVICE)


def file_appeal(office: Office, contested: str, **said: Any) -> str:
    number = drafted_appeal(office, contested, **said)
    office.submit(number)
    return number


def propose_ruling(office: Office, number: str, ruling: str, *reasons: str) -> None:
    proposal = {"outcome": ruling, "reasons": list(reasons), "explanation": WORDS}
    third(office).post(f"/applications/{number}/proposal", proposal)
    office.cloud.settle()


def confirm_ruling(office: Office, number: str, agrees: bool = True) -> None:
    given = {"agrees": agrees, "explanation": None if agrees else "Посмотрите ещё раз"}
    fourth(office).post(f"/applications/{number}/confirmation", given)
    office.cloud.settle()


def rule(office: Office, number: str, ruling: str, *reasons: str) -> None:
    propose_ruling(office, number, ruling, *reasons)
    confirm_ruling(office, number)
    office.cloud.advance(minutes=1)


def ask_for_information(office: Office, number: str) -> None:
    asked = {"gaps": [{"code": "unclear", "field": "points"}]}
    third(office).post(f"/applications/{number}/question", asked)
    office.cloud.settle()
