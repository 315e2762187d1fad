"""Every service there is goes the same five ways on the real machines: approved, asked, late,
refused and withdrawn. Nothing here knows a service by its name except what one cannot begin
without: a free time of a doctor, something granted before, a decision to contest.

All services live through one spring in one office, because its days are what takes time: three
citizens a service, one whose case goes well, one who is kept waiting, one who thinks again.
`make test` takes two whose ways no other journey goes to the end, `make test-long` all.
"""

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from adapters import definitions
from casework.example import example_form
from casework.service import Cause, FieldType, OutcomeKind, ServiceDefinition
from local.office import Caller, Office
from tests.conftest import START
from tests.journeys.steps import MOSCOW, dead_letters, events, marks, refused, stage, told

WELL, KEPT_WAITING, THINKS_AGAIN = "well", "kept waiting", "thinks again"
CITIZENS = (WELL, KEPT_WAITING, THINKS_AGAIN)
EXPLANATION = "Решено по документам"
AT_ONCE = ("child-benefits", "doctor-appointment")
SERVICES = [
    pytest.param(name, marks=() if name in AT_ONCE else pytest.mark.long)
    for name in definitions.services()
]
SPRING = {"days": 46}  # the longest limit is 30 working days, and a public holiday lies in them


class Life:
    """One service in the office. What went wrong on its way is raised by the tests of it alone."""

    def __init__(self, office: Office, service: ServiceDefinition, seed: int) -> None:
        self.office, self.service, self._seed = office, service, seed
        self.numbers: dict[str, str] = {}
        self.seen: dict[str, Any] = {}
        self.failure: Exception | None = None

    @contextmanager
    def unless_it_failed(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.failure = self.failure or error

    def form_of(self, citizen: str, needs: "Beginnings") -> dict[str, Any]:
        place = CITIZENS.index(citizen)
        today = self.office.cloud.now().astimezone(MOSCOW).date()
        chosen = {"notify_by": "email"} | needs.of(self.service, place)
        seed = chosen.pop("seed", self._seed + place)
        return example_form(self.service, today, seed=seed, optional=True, **chosen)

    def notice(self, what: str) -> str:
        """An appeal has words of its own: its ruling is told, not an approval or a refusal."""
        if self.service.outcome.kind is not OutcomeKind.APPEAL or what in ("overdue", "escalated"):
            return what
        return "appeal_" + {"approved": "changed", "refused": "upheld"}.get(what, what)

    @property
    def asked(self) -> str:
        """Who is asked something: what the rules decide at once leaves no time to ask."""
        return KEPT_WAITING if self.service.decided_by_rules else WELL

    @property
    def judges(self) -> tuple[Caller, Caller]:
        """Two officers; those who made a decision do not judge an appeal against it."""
        region = {"custom:region": "RU-MOW"}
        if self.service.outcome.kind is OutcomeKind.APPEAL:
            names = ("third-officer", "fourth-officer")
            return tuple(Caller(self.office.cloud, n, ("officers",), **region) for n in names)
        return self.office.officer, self.office.second_officer

    def decide(self, citizen: str, *, well: bool) -> None:
        """An appeal is ruled on: the decision is changed, or upheld."""
        path, (first, second) = f"/applications/{self.numbers[citizen]}", self.judges
        appeal = self.service.outcome.kind is OutcomeKind.APPEAL
        outcome = ("changed" if well else "upheld") if appeal else "approved" if well else "refused"
        reasons = [] if well else [self.service.refusal_for(Cause.NO_GROUND).code]
        first.post(
            f"{path}/proposal",
            {"outcome": outcome, "reasons": reasons, "explanation": EXPLANATION},
        )
        if appeal or not well:
            assert refused(first, f"{path}/confirmation", {"agrees": True})
            second.post(f"{path}/confirmation", {"agrees": True})
        self.office.cloud.settle()


class Beginnings:
    """What some services cannot begin without: times of a doctor, decisions made before."""

    def __init__(self, office: Office) -> None:
        self._slots = self._published(office)
        self._granted = [self._before(office, "social-service-need", n) for n in (901, 902, 903)]
        self._refused = [self._before(office, "registry-extract-and-subsidy", n) for n in (1, 2, 3)]
        office.cloud.advance(hours=3)
        for _, number in self._granted:
            office.approve(number, EXPLANATION)
        for _, number in self._refused:
            office.propose_refusal(number, "criteria_not_met", explanation=EXPLANATION)
            office.confirm(number)
        office.cloud.advance(minutes=5)
        self._decided = f"{office.cloud.now().astimezone(MOSCOW):%d.%m.%Y}"

    def of(self, service: ServiceDefinition, place: int) -> dict[str, Any]:
        """The chosen values for the citizen at that place."""
        kind, chosen = service.outcome.kind, {}
        if any(field.type is FieldType.SLOT for field in service.fields):
            chosen["slot"] = self._slots[place]
        if kind is OutcomeKind.APPEAL:
            seed, number = self._refused[place]
            chosen |= {"seed": seed, service.outcome.of: number, "decision_date": self._decided}
        elif service.outcome.of:  # who stops one thing changes another
            turn = place if kind is OutcomeKind.STOP else (1, 2, 0)[place]
            seed, number = self._granted[turn]
            chosen |= {"seed": seed, service.outcome.of: number}
        return chosen

    @staticmethod
    def _published(office: Office) -> list[str]:
        timetable = {
            "region": "RU-MOW",
            "speciality": "paediatrician",
            "clinic": "Поликлиника № 1",
            "place": "ул. Садовая, д. 1, каб. 12",
            "doctor": "Иванова А. С.",
            "minutes": 20,
            "starts": [f"2026-05-28T{hour}:00:00+03:00" for hour in ("10", "11", "12")],
        }
        return [slot["id"] for slot in office.agency("lipa").post("/slots", timetable)["slots"]]

    @staticmethod
    def _before(office: Office, service_id: str, seed: int) -> tuple[int, str]:
        service = definitions.service(service_id)
        form = example_form(service, START.date(), seed=seed, notify_by="email")
        return seed, office.apply(form, service=service_id)


# ---- one spring ---------------------------------------------------------------------------------


@contextmanager
def used_for_their_hour() -> Iterator[None]:
    """Nobody signs in anew for each of these hundreds of calls."""
    kept: dict[str, tuple[datetime, str]] = {}
    sign_in = Caller.token

    def token(caller: Caller) -> str:
        now = caller._cloud.now()
        at, known = kept.get(caller.name, (now, ""))
        if not known or now - at > timedelta(minutes=50):
            at, known = kept[caller.name] = now, sign_in(caller)
        return known

    with mock.patch.object(Caller, "token", token):
        yield


@pytest.fixture(scope="module")
def lives(shared_office: Office, request: pytest.FixtureRequest) -> dict[str, Life]:
    """Of the services that this session asks after."""
    cases = [item.callspec for item in request.session.items if item.path == request.path]
    with used_for_their_hour():
        return lived(shared_office, {case.params["life"] for case in cases})


def lived(office: Office, wanted: Set[str]) -> dict[str, Life]:
    office.cloud.reset(start=START)
    office.registries.start_over()
    office.payments.start_over()
    needs = Beginnings(office)
    every = [
        Life(office, service, seed=1000 + 10 * place)
        for place, service in enumerate(definitions.services().values())
        if service.id in wanted
    ]
    _each(every, lambda life: _apply(life, needs))
    office.cloud.advance(hours=3)
    _each(every, _ask)
    office.cloud.advance(hours=3)
    _each(every, _withdraw_and_answer)
    office.cloud.advance(hours=3)
    _each(every, _approve)
    office.cloud.advance(**SPRING)
    _each(every, _refuse)
    office.cloud.advance(minutes=5)
    return {life.service.id: life for life in every}


def _each(lives: list[Life], step: Callable[[Life], None]) -> None:
    for life in lives:
        with life.unless_it_failed():
            if life.failure is None:
                step(life)


def _apply(life: Life, needs: Beginnings) -> None:
    """Those of the others whom the rules would serve at once are doubted by a registry."""
    for citizen in CITIZENS:
        form = life.form_of(citizen, needs)
        if life.service.decided_by_rules and citizen != WELL:
            check = next(c for c in life.service.checks if c.on_mismatch == "review")
            life.office.registries.differ(form["snils"], check.registry, *check.fields)
        life.numbers[citizen] = life.office.apply(form, service=life.service.id)


def _ask(life: Life) -> None:
    number, officer = life.numbers[life.asked], life.judges[0]
    field = next(f for f in life.service.fields if f.type is FieldType.EMAIL)
    gap = {"field": field.name, "code": "unclear"}
    officer.post(f"/applications/{number}/question", {"gaps": [gap]})
    life.office.cloud.settle()
    life.seen["asked"] = stage(life.office, number)


def _withdraw_and_answer(life: Life) -> None:
    life.office.withdraw(life.numbers[THINKS_AGAIN])
    life.office.answer(life.numbers[life.asked], message="Адрес верный")
    life.seen["answered"] = stage(life.office, life.numbers[life.asked])


def _approve(life: Life) -> None:
    if not life.service.decided_by_rules:
        life.decide(WELL, well=True)


def _refuse(life: Life) -> None:
    number = life.numbers[KEPT_WAITING]
    life.seen["late"] = stage(life.office, number)
    life.decide(KEPT_WAITING, well=False)


# ---- what became of them ------------------------------------------------------------------------


@pytest.fixture(params=SERVICES)
def life(lives: dict[str, Life], request: pytest.FixtureRequest) -> Life:
    found = lives[request.param]
    if found.failure:
        raise found.failure
    return found


def notices(life: Life, citizen: str) -> list[str]:
    return [what for what, _ in told(life.office, life.numbers[citizen])]


def outcome(life: Life, citizen: str) -> str:
    return stage(life.office, life.numbers[citizen])


def test_who_is_entitled_is_approved_and_told(life: Life) -> None:
    assert outcome(life, WELL) == "approved"
    assert notices(life, WELL)[:1] == [life.notice("accepted")]
    assert life.notice("approved") in notices(life, WELL)


def test_who_is_asked_answers_and_the_review_goes_on(life: Life) -> None:
    assert life.seen["asked"] == "clarification"
    assert life.seen["answered"] in ("checking", "review")
    assert life.notice("question") in notices(life, life.asked)


def test_who_is_kept_waiting_is_told_so_and_the_duty_remains(life: Life) -> None:
    made = dict(marks(life.office, life.numbers[KEPT_WAITING]))
    assert {"overdue", "escalation"} <= made.keys()
    assert {"overdue", "escalated"} <= set(notices(life, KEPT_WAITING))
    assert life.seen["late"] == "review"


def test_who_is_refused_was_refused_by_two_officers_and_is_told(life: Life) -> None:
    assert outcome(life, KEPT_WAITING) == "refused"
    kinds = events(life.office, life.numbers[KEPT_WAITING])
    assert kinds[kinds.index("proposed") :][:3] == ["proposed", "decided", "issued"]
    assert notices(life, KEPT_WAITING)[-1] == life.notice("refused")


def test_who_thinks_again_withdraws_and_nothing_goes_on(life: Life) -> None:
    number = life.numbers[THINKS_AGAIN]
    assert outcome(life, THINKS_AGAIN) == "withdrawn"
    assert life.office.execution(number)["status"] == "ABORTED"
    assert {"overdue", "escalation"}.isdisjoint(dict(marks(life.office, number)))


def test_every_record_is_whole_and_nothing_lies_about(life: Life) -> None:
    for number in life.numbers.values():
        assert life.office.casebook.sealed_chain(number).broken_at is None
    assert dead_letters(life.office) == []
