"""A casebook in memory, and the people who act on it: whole lives of applications without AWS.

It keeps what adapters/applications.py keeps and refuses what that refuses, so that a life lived
here is a life that can be lived there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters import definitions
from adapters.queues import RegistryReply
from casework import actions, document_check, files, form
from casework.application import SYSTEM, Application, Event, Gap, apply, chain, number_from
from casework.errors import AlreadyOpen
from casework.files import FileState, Inspection, Move, Scan
from casework.ports import Case, Change, DocumentRecord, Rules
from casework.review import Next, next_step
from local.people import birth_certificate_for, inn_for, passport_for, phone_for, snils_for

SERVICE = "social-service-need"
MOSCOW = "RU-MOW"
MONDAY = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)  # 10:00 in Moscow, far from any holiday
CITIZEN, OFFICER, SECOND = "citizen-1", "officer-1", "officer-2"
EXPERT = "expert-1"
DEFECTS = {
    code: defect["verdict"] for code, defect in definitions.texts("document_defects").items()
}
"""Which verdict each defect belongs to."""

# The limit for one person in 2026: 18 939 x 1.5 = 28 408.50 a month.
WITHIN_THE_LIMIT, ABOVE_THE_LIMIT = "340902.00", "400000.00"


def rules(region: str = MOSCOW) -> Rules:
    return definitions.rules(SERVICE, region)


def form_of(n: int = 1, **known: Any) -> dict[str, Any]:
    """A good form of a person of working age with a modest income; None takes a field away."""
    good = {
        "last_name": "Образцова",
        "first_name": "Мария",
        "patronymic": "Ивановна",
        "birth_date": "14.03.1985",
        "snils": snils_for(n),
        "inn": inn_for(n),
        "passport": passport_for(n),
        "phone": phone_for(n),
        "email": f"citizen.{n}@example.com",
        "notify_by": "email",
        "postcode": "101000",
        "registration_address": "г. Примерск, ул. Садовая, д. 7, кв. 12",
        "lives_at_registration": True,
        "category": "low_income",
        "emergency": False,
        "income": WITHIN_THE_LIMIT,
        "consents_to_processing": True,
        "confirms_truth": True,
    }
    return {name: value for name, value in (good | known).items() if value is not None}


def member(relationship: str = "child", n: int = 1, **known: Any) -> dict[str, Any]:
    """A member of the family; a child of school age unless said otherwise."""
    good = {
        "relationship": relationship,
        "last_name": "Образцов",
        "first_name": "Семён",
        "birth_date": "29.02.2016",
        "status": "student",
        "disabled": False,
        "birth_certificate": birth_certificate_for(n) if relationship == "child" else None,
        "income": "0",
    }
    return {name: value for name, value in (good | known).items() if value is not None}


@dataclass
class Casebook:
    """Every application by its number; `held`: who holds the duplicate keys; `now`: the clock."""

    now: datetime = MONDAY
    cases: dict[str, Case] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    def create(self, change: Change, actor: str) -> str:
        number = number_from(len(self.cases) + 1)
        self._write(Case(Application(number), {}), change, actor)
        return number

    def change(self, number: str, change: Change, actor: str) -> Case:
        return self._write(self.cases[number], change, actor)

    def _write(self, case: Case, change: Change, actor: str) -> Case:
        if not change.happenings:
            return case
        number = case.application.number
        if set(change.holds) & set(self.held):
            raise AlreadyOpen()
        self.held |= dict.fromkeys(change.holds, number)
        for key in change.frees:
            if self.held.get(key) == number:
                del self.held[key]
        events = chain(case.application, change.happenings, self.now, actor)
        application = case.application
        for event in events:
            application = apply(application, event)
        self.cases[number] = Case(
            application,
            case.form if change.form is None else change.form,
            (*case.events, *events),
            {**case.documents, **{record.id: record for record in change.documents}},
            {**case.texts, **change.texts},
        )
        return self.cases[number]


class Life:
    """One application and everybody who acts on it. Each act gives what it then is."""

    experts_at_work = True

    def __init__(self, raw: dict[str, Any] | None = None, book: Casebook | None = None) -> None:
        self.rules = rules()
        self.book = book or Casebook()
        begun = actions.draft(
            self.rules, form_of() if raw is None else raw, region=MOSCOW, applicant=CITIZEN
        )
        self.number = self.book.create(begun, CITIZEN)
        self._uploads = 0

    # ---- what is there ----

    @property
    def case(self) -> Case:
        return self.book.cases[self.number]

    @property
    def application(self) -> Application:
        return self.case.application

    @property
    def events(self) -> tuple[Event, ...]:
        return self.case.events

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    @property
    def now(self) -> datetime:
        return self.book.now

    def next(self) -> Next:
        return next_step(self.application, self.rules, self.now).next

    def wait(self, **time: float) -> None:
        self.book.now += timedelta(**time)

    def wait_until(self, at: datetime) -> None:
        self.book.now = at

    def act(self, actor: str, act: Callable[..., Change], *given: Any, **more: Any) -> Application:
        return self.book.change(self.number, act(self.case, *given, **more), actor).application

    # ---- the applicant ----

    def upload(self, kind: str, defect: str | None = None, replaces: str | None = None) -> str:
        id_ = self.announce(kind, replaces)
        self.inspect(id_, defect)
        self.scan(id_)
        self._experts_judge()
        return id_

    def announce(self, kind: str, replaces: str | None = None) -> str:
        self._uploads += 1
        record = DocumentRecord(f"d{self._uploads}", kind, f"{kind}.pdf", "application/pdf")
        self.act(CITIZEN, actions.announce_document, self.rules, record, replaces)
        return record.id

    def inspect(self, id_: str, defect: str | None = None, etag: str = "1") -> Application:
        found = Inspection(etag, "0" * 64, 1000, "application/pdf", defect)
        return self._move(id_, lambda file: files.inspect(file, found))

    def scan(self, id_: str, verdict: str = "clean", etag: str = "1") -> Application:
        return self._move(id_, lambda file: files.scan(file, Scan(etag, verdict)))

    def miss_verdict(self, id_: str) -> Application:
        return self._move(id_, lambda file: files.try_again(file, self.now))

    def _move(self, id_: str, act: Callable[[FileState], Move]) -> Application:
        def act_and_release(file: FileState) -> Move:
            return files.released(file, act(file), "0" * 64, self.now)

        return self.act(SYSTEM, actions.move_document, id_, act_and_release, f"vault/{id_}")

    def upload_what_is_needed(self) -> None:
        for problem in self.lacking():
            self.upload(problem.details["kind"])

    def lacking(self) -> list[Any]:
        facts, _ = form.check_form(self.rules.service, self.case.form, self.now.date())
        return actions.document_problems(self.application, self.rules, facts, self.now)

    def change(self, **raw: Any) -> Application:
        return self.act(CITIZEN, actions.change, self.rules, raw, self.now)

    def submit(self, *, experts_at_work: bool = True) -> Application:
        """Experts judge every document at once, and find it good, if they are at work."""
        self.experts_at_work = experts_at_work
        self.act(CITIZEN, actions.submit, self.rules, self.now)
        self._experts_judge()
        return self.application

    def answer(self, message: str | None = None, **raw: Any) -> Application:
        return self.act(CITIZEN, actions.answer, self.rules, raw, message, self.now)

    def withdraw(self) -> Application:
        return self.act(CITIZEN, actions.withdraw, self.rules, self.now)

    # ---- the registries ----

    def ask_registries(self) -> Application:
        return self.act(SYSTEM, actions.ask_registries)

    def reply(self, check: str, *fields: str, about: str | None = None) -> Application:
        """`fields`: those that differ; none is a match. `about`: digest of the form asked about."""
        outcome = "mismatched" if fields else "matched"
        asked_about = about or self.application.form
        reply = RegistryReply(self.number, check, asked_about, outcome, fields)
        return self.act(SYSTEM, actions.note_replies, self.rules, [reply])

    def all_match(self) -> Application:
        self.ask_registries()
        for check in self.application.open_checks:
            self.reply(check)
        return self.application

    # ---- experts ----

    def judge(
        self, id_: str, verdict: str = "conforming", *defects: str, **more: Any
    ) -> Application:
        """`more`: officer, note."""
        officer, note = more.get("officer", EXPERT), more.get("note")
        return self.act(
            officer, document_check.check, self.rules, officer, id_, verdict, defects, note, DEFECTS
        )

    def _experts_judge(self) -> None:
        if self.experts_at_work:
            for id_ in document_check.awaiting(self.application, self.rules.service):
                self.judge(id_)

    # ---- officers and the clock ----

    def ask(self, *gaps: Gap, message: str | None = None) -> Application:
        return self.act(OFFICER, actions.ask, self.rules, OFFICER, gaps, message)

    def ask_by_system(self) -> Application:
        return self.act(SYSTEM, actions.ask_by_system, self.rules)

    def claim(self, officer: str = OFFICER) -> Application:
        return self.act(officer, actions.claim, officer)

    def release(self, officer: str = OFFICER, **more: Any) -> Application:
        return self.act(officer, actions.release, officer, **more)

    def propose(
        self,
        outcome: str = "approved",
        *reasons: str,
        explanation: str | None = None,
        officer: str = OFFICER,
    ) -> Application:
        return self.act(
            officer, actions.propose, self.rules, officer, outcome, reasons, explanation, self.now
        )

    def confirm(
        self, agrees: bool = True, explanation: str | None = None, officer: str = SECOND
    ) -> Application:
        return self.act(
            officer, actions.confirm, self.rules, officer, agrees, explanation, self.now
        )

    def mark(self) -> Application:
        return self.act(SYSTEM, actions.mark, self.rules, self.now)

    def issue(self) -> Application:
        return self.act(SYSTEM, actions.issue, self.rules, self.now)


def drafted(raw: dict[str, Any] | None = None, book: Casebook | None = None) -> Life:
    """A draft with every document it needs."""
    life = Life(raw, book)
    life.upload_what_is_needed()
    return life


def submitted(raw: dict[str, Any] | None = None, book: Casebook | None = None) -> Life:
    life = drafted(raw, book)
    life.submit()
    return life


def on_review(raw: dict[str, Any] | None = None, book: Casebook | None = None) -> Life:
    life = submitted(raw, book)
    life.all_match()
    return life


def in_clarification(*gaps: Gap, raw: dict[str, Any] | None = None) -> Life:
    life = on_review(raw)
    life.ask(*(gaps or (Gap("unclear", field="income"),)))
    return life


def in_confirmation() -> Life:
    life = on_review(form_of(income=ABOVE_THE_LIMIT))
    life.propose("refused", "criteria_not_met")
    return life


def approved() -> Life:
    life = on_review()
    life.propose("approved")
    return life


def refused() -> Life:
    life = in_confirmation()
    life.confirm()
    return life


def withdrawn() -> Life:
    life = on_review()
    life.withdraw()
    return life


AT_STAGE: dict[str, Callable[[], Life]] = {
    "draft": drafted,
    "checking": submitted,
    "clarification": in_clarification,
    "review": on_review,
    "confirmation": in_confirmation,
    "approved": approved,
    "refused": refused,
    "withdrawn": withdrawn,
}
