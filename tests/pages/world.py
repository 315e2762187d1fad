"""An office in the midst of its work, so that every page has something to show: applications that
have come differently far, people's archives and letters, agencies' files, visits in mid-step.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from local.agency_file import row, written
from local.office import SERVICE, Office, form_of
from local.people import MOTHER, person, snils_for
from tests.journeys import provision_steps
from tests.journeys.account_steps import code_in
from tests.journeys.appeal_steps import file_appeal, refused_application
from tests.journeys.archive_steps import look, put_in, trust
from tests.journeys.steps import TOO_MUCH_INCOME, UNCLEAR_INCOME, UNREADABLE_PASSPORT, apply
from tests.journeys.test_appointments import booked, publish
from tests.journeys.test_redrive import stop
from tests.pages.visitor import Visitor

PEOPLE = ("nobody", "citizen", "officer", "expert", "supervisor", "agency", "auditor")
"""Of a page that several may open, the first one is shown what it is for."""

CASE, DESK = "/cabinet/applications/{number}", "/office/applications/{number}"
CHILD = {
    "last_name": "Образцов",
    "first_name": "Семён",
    "birth_date": "01.02.2016",
    "snils": snils_for(501),
}


class World(NamedTuple):
    """`parameters`: what stands for each parameter of a path, unless `places` names others for
    that very path; `filed`: the agency's own application; `midway`: the cookie of a visit that is
    in the midst of signing up, of signing in, of recovering access and of asking for it."""

    office: Office
    parameters: Mapping[str, str]
    places: Mapping[str, list[Mapping[str, str]]]
    filed: str
    midway: str

    def addresses(self, path: str, who: str) -> list[str]:
        """All that a person of that name opens of a page; what shows most goes first."""
        own = {"number": self.filed} if who == "agency" else {}
        places = self.places.get(path, [{}])
        return list(
            dict.fromkeys(path.format(**{**self.parameters, **place, **own}) for place in places)
        )


def busy_office(office: Office) -> World:
    office.enrol()
    office.load_providers()
    document = put_in(office, office.citizen)
    grant = trust(office.citizen, office.relative, document)
    look(office.relative, grant, document)
    trust(office.relative, office.citizen, put_in(office, office.relative))
    letter = office.citizen.post("/support", {"topic": "documents", "text": "Какой нужен скан?"})
    answer = {"text": "Любой, но читаемый.", "version": letter["version"]}
    office.officer.post(f"/support/{letter['number']}/answer", answer)
    cases = dict(_cases(office))
    filed, batch = _batch(office)
    midway = _midway(office)
    (asked,) = office.officer.get("/access-requests")["requests"]
    parameters = {
        "number": cases["review"],
        "document": document,
        "service": "social-service-need",
        "section": "address",
        "batch": batch,
        "entry": asked["number"],
        "representation": _representation(office, document),
        "token": "t" * 40,
        "kind": "passport",
        "machine": "application_review",
        "name": cases["review"],
    }
    places = {path: list(places) for path, places in _places(cases, letter["number"], office)}
    return World(office, parameters, places, filed, midway)


def _cases(office: Office) -> Iterator[tuple[str, str]]:
    """How far it has come, and its number."""
    slot, _ = publish(office, "2026-03-03 10:00", "2026-03-03 10:20")
    yield "booked", booked(office, slot)
    yield "benefit", provision_steps.benefit(office)
    certificate = provision_steps.granted(office, "disability-certificate")
    yield "certificate", certificate
    office.cloud.advance(days=20)  # the benefit is paid
    yield from _programmes(office)
    refused = refused_application(office)
    yield "refused", refused
    yield "appeal", file_appeal(office, refused)
    yield "draft", office.draft(provision_steps.example(office, SERVICE, family=2))
    yield "unpaid", _unpaid(office)
    asked = apply(office, form_of(person(42)))
    office.ask(asked, UNCLEAR_INCOME, UNREADABLE_PASSPORT, message="За какой год доход?")
    yield "asked", asked
    stuck = apply(office, form_of(person(43)))
    stop(office, stuck)
    yield "stuck", stuck
    proposed = apply(office, TOO_MUCH_INCOME | {"snils": snils_for(44)})
    office.propose_refusal(proposed, "criteria_not_met")
    yield "proposed", proposed
    paused = apply(office, form_of(person(46)))
    _pause(office, paused)
    yield "paused", paused
    office.experts_at_work = False
    yield "unjudged", apply(office, form_of(person(45)))
    office.experts_at_work = True
    yield "review", apply(office, form_of(person(47)))


def _programmes(office: Office) -> Iterator[tuple[str, str]]:
    agreed = provision_steps.in_hand(office)
    provision_steps.complain(office, agreed)
    yield "programme", agreed
    unprogrammed = apply(office, form_of(person(48)))
    office.approve(unprogrammed)
    yield "approved", unprogrammed


def _unpaid(office: Office) -> str:
    service, kind = "disability-certificate", {"certificate_type": "duplicate"}
    return office.draft(provision_steps.example(office, service, **kind), service=service)


def _pause(office: Office, number: str) -> None:
    words = "Ждём решения суда по вашему спору с органом опеки."
    told = {"reason": "court", "until": "2026-04-30", "words": words}
    office.officer.post(f"/applications/{number}/pause", told)


def _batch(office: Office) -> tuple[str, str]:
    """The number of a row, and the batch."""
    office.drop("A", "march.csv", written([row(33), row(34, snils="1")]))
    clerk = office.people["agency"]
    (batch,) = clerk.get("/batches")["batches"]
    (filed,) = clerk.get("/applications")["applications"]
    return filed["number"], batch["batch"]


def _representation(office: Office, proof: str) -> str:
    proposal = {"kind": "parent", "person": CHILD, "own_name": "Образцова Мария", "proof": proof}
    return office.citizen.post("/representations", proposal)["representation"]


def _midway(office: Office) -> str:
    visitor, phone = Visitor(office.cloud), "+79991234567"
    visitor.submit(visitor.open("/cabinet/sign-up"), {"phone": phone})
    known = {"login": office.citizen.phone, "password": office.password}
    visitor.submit(visitor.open("/cabinet/sign-in"), known)
    visitor.submit(visitor.open("/cabinet/recovery"), {"login": office.citizen.phone})
    said = {name: MOTHER[name] for name in ("last_name", "first_name", "birth_date", "snils")}
    said |= {"phone": "+79991234568", "consents_to_processing": "yes"}
    page = visitor.submit(visitor.open("/cabinet/access"), said)
    visitor.submit(page, {"code": code_in(office)}, "Продолжить")
    return visitor.cookie


def _places(
    cases: Mapping[str, str], letter: str, office: Office
) -> Iterator[tuple[str, list[Mapping[str, str]]]]:
    def of(*far: str, **more: str) -> list[Mapping[str, str]]:
        return [{"number": cases[each], **more} for each in far]

    everywhere = ("asked", "paused", "refused", "appeal", "programme", "benefit")
    everywhere = (*everywhere, "review", "booked", "certificate", "proposed", "unjudged")
    yield CASE, of(*everywhere)
    yield f"{CASE}/history", of("refused", "programme")
    yield f"{CASE}/term/{{name}}/{{kind}}", of("review", "asked", name="decision", kind="limit")
    yield f"{CASE}/answer", of("asked")
    yield f"{CASE}/decision", of("refused", "approved")
    yield f"{CASE}/appeal-term", of("refused")
    yield f"{CASE}/appointment", of("booked")
    for rest in ("programme", "providers", "complaint"):
        yield f"{CASE}/{rest}", of("programme")
    yield f"{CASE}/payments", of("benefit")
    for rest in ("form", "documents", "documents/{kind}"):
        yield f"{CASE}/{rest}", of("draft")
    yield f"{CASE}/check", of("draft", "unpaid")
    yield f"{CASE}/fee", of("unpaid")
    yield f"{CASE}/form/{{name}}", list(_questions(office, cases["draft"]))
    family = {"number": cases["draft"], "name": "family"}
    yield f"{CASE}/form/{{name}}/{{member}}", [family | {"member": m} for m in ("1", "new")]
    part = family | {"member": "1", "part": "relationship"}
    yield f"{CASE}/form/{{name}}/{{member}}/{{part}}", [part]
    for room in ("cabinet", "office"):
        yield f"/{room}/support/{{number}}", [{"number": letter}]
    yield DESK, of("unjudged", *everywhere, "stuck", "approved")
    yield f"{DESK}/confirmation", of("proposed")
    yield f"{DESK}/programme", of("programme", "approved")
    yield f"{DESK}/programme/new", of("approved")
    yield f"{DESK}/original", of("certificate")
    yield f"{DESK}/payments", of("benefit")
    yield f"{DESK}/stop", of("programme")
    document = office.show(cases["unjudged"])["documents"][0]["id"]
    yield "/office/document-checks/{number}/{document}", of("unjudged", document=document)
    machines = {"application_review": "stuck", "service_provision": "programme"}
    machines |= {"appeal_review": "appeal"}
    yield (
        "/office/executions/{machine}/{name}",
        [{"machine": machine, "name": cases[far]} for machine, far in machines.items()],
    )


def _questions(office: Office, number: str) -> Iterator[Mapping[str, str]]:
    """The first page of each type of question."""
    sections = office.citizen.get(f"/applications/{number}/form")["sections"]
    pages = [page for section in sections for page in section["pages"]]
    first = {page["questions"][0]["type"]: page["id"] for page in reversed(pages)}
    return ({"number": number, "name": name} for name in first.values())
