"""The papers that we issue: which event calls for which, and whether one still holds.

What happened is told by a PDF beside every other word of it: a receipt, a question, a decision with
its reasons, a certificate. A paper is about one event, so its name follows from that event, and the
same event drawn again is the same paper. What a paper says: casework/paper_contents.py.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from casework.application import Application, Event, Happening, PaperState, Stage
from casework.decision import APPROVED
from casework.errors import Conflict, WrongStage
from casework.ports import NOTHING, Case, Change, Rules

DRAWING_KINDS = frozenset({
    "submitted", "asked", "issued", "rebooked", "programme_agreed", "act_formed", "paper_requested",
})  # fmt: skip
"""The events that may call for a paper."""


class Kind(StrEnum):
    RECEIPT = "receipt"  # the application is registered
    REQUEST = "request"  # what is missing, asked for at once
    DECISION = "decision"  # with every reason, and how to contest it
    LEDGER = "ledger"  # the due dates, day by day
    CERTIFICATE = "certificate"  # what the outcome gives a right to, or confirms
    ACT = "act"  # a refusal of service, or the act with a provider
    PROGRAMME = "programme"  # the individual programme of social services
    EXTRACT = "extract"  # from a registry
    TICKET = "ticket"  # to a doctor, or of an attachment to a polyclinic


class Print(StrEnum):
    STANDARD = "standard"
    LARGE = "large"


class Standing(StrEnum):
    HOLDS = "holds"
    APPEALED = "appealed"  # it holds, and an appeal against it is open
    SUPERSEDED = "superseded"  # a later one of its kind, or an original, is in its place
    REVOKED = "revoked"  # what it says was undone, and nothing is in its place yet
    ENDED = "ended"  # what it was for is over


TITLES = {
    Kind.RECEIPT: ("Расписка о приёме заявления", "Receipt"),
    Kind.REQUEST: ("Запрос сведений и документов", "Request for information"),
    Kind.DECISION: ("Решение по заявлению", "Decision"),
    Kind.LEDGER: ("Как посчитан срок", "Ledger of the due date"),
    Kind.CERTIFICATE: ("Документ по решению", "Certificate"),
    Kind.ACT: ("Акт", "Act"),
    Kind.PROGRAMME: ("Индивидуальная программа", "Individual programme"),
    Kind.EXTRACT: ("Выписка", "Extract"),
    Kind.TICKET: ("Талон", "Ticket"),
}
TOLD = {
    Standing.HOLDS: ("Документ действует.", "The document is in force."),
    Standing.APPEALED: (
        "Документ действует, но решение обжалуют: жалобу ещё рассматривают.",
        "The document is in force, but an appeal against the decision is open.",
    ),
    Standing.SUPERSEDED: (
        "Документ больше не действует: вместо него выдан другой.",
        "The document is no longer in force: another was issued in its place.",
    ),
    Standing.REVOKED: (
        "Документ больше не действует: то, о чём в нём сказано, отменено.",
        "The document is no longer in force: what it says was undone.",
    ),
    Standing.ENDED: (
        "Документ больше не действует: то, для чего его выдали, закончилось.",
        "The document is no longer in force: what it was issued for is over.",
    ),
}
_ENGLISH = "en"


class Facts(NamedTuple):
    """What the seal of a paper says. `event`: the place in the history of what it is about."""

    number: str
    event: int
    kind: Kind
    print: Print
    day: date


class Drawn(NamedTuple):
    """A paper as it was put into the vault."""

    facts: Facts
    sha256: str
    size: int
    seal: str | None = None

    @property
    def id(self) -> str:
        return paper_id(self.facts.kind, self.facts.event, self.facts.print)


def title(kind: str, language: str) -> str:
    return _in(TITLES[Kind(kind)], language)


def told_of(standing: str, language: str) -> str:
    """One sentence for whoever has the paper in hand."""
    return _in(TOLD[Standing(standing)], language)


def _in(texts: tuple[str, str], language: str) -> str:
    return texts[language == _ENGLISH]


def paper_id(kind: Kind, event: int, print_: Print) -> str:
    """ "decision-24", "decision-24-large"."""
    return f"{kind}-{event}" if print_ is Print.STANDARD else f"{kind}-{event}-{print_}"


# ---- which ---------------------------------------------------------------------------------------


def papers_of(event: Event, case: Case, rules: Rules) -> tuple[Kind, ...]:
    """What is to be drawn about the event. `case`: as it was when the event happened."""
    return tuple(_papers_of(event, case, rules))


def _papers_of(event: Event, case: Case, rules: Rules) -> Iterator[Kind]:
    if event.kind in _BY_EVENT:
        yield _BY_EVENT[event.kind]
    elif event.kind == "paper_requested":
        yield Kind(event.data["kind"])
    elif event.kind == "issued":
        yield Kind.DECISION
        if case.application.decision.outcome == APPROVED:
            yield from _of_outcome(case, rules)
    elif case.application.issued:  # an appointment was moved
        yield from _of_outcome(case, rules)


_BY_EVENT = {
    "submitted": Kind.RECEIPT,
    "asked": Kind.REQUEST,
    "programme_agreed": Kind.PROGRAMME,
    "act_formed": Kind.ACT,
}


def _of_outcome(case: Case, rules: Rules) -> Iterator[Kind]:
    document = rules.service.outcome_of(case.form).document
    if document:
        yield Kind(document.paper)


def may_be_drawn(case: Case) -> bool:
    """Of what was erased nothing is printed any more, and nothing is put where papers were."""
    return bool(case.form) and not case.application.is_erased("papers")


def request_ledger(case: Case, rules: Rules, now: datetime) -> Change:
    """Draw the due dates day by day, as they stand. Nothing is drawn again on the day on which it
    was asked for, unless something has happened since."""
    if case.application.submitted_at is None:
        raise WrongStage(stage=case.application.stage)
    if not may_be_drawn(case):
        raise Conflict("data_erased")
    if _was_asked_for_today(case, rules, now):
        return NOTHING
    return Change((Happening("paper_requested", {"kind": Kind.LEDGER}),))


def _was_asked_for_today(case: Case, rules: Rules, now: datetime) -> bool:
    told = [event for event in case.events if event.kind != "paper_issued"]
    day = rules.calendar.local_day
    return told[-1].kind == "paper_requested" and day(told[-1].at) == day(now)


def note_issued(case: Case, drawn: Iterable[Drawn]) -> Change:
    """The papers lie in the vault; those that were noted before are not noted again."""
    known = case.application.papers
    return Change(tuple(_issued(paper) for paper in drawn if paper.id not in known))


def _issued(paper: Drawn) -> Happening:
    facts = paper.facts
    data = {"paper": paper.id, "kind": facts.kind, "of": facts.event, "print": facts.print}
    data |= {"sha256": paper.sha256, "size": paper.size, "seal": paper.seal}
    return Happening("paper_issued", data)


# ---- whether it holds ----------------------------------------------------------------------------


def standing(paper: PaperState, application: Application) -> Standing:
    """Whether what the paper says is so now. A receipt says what was, and goes on being true."""
    if any(p.kind == paper.kind and p.of > paper.of for p in application.papers.values()):
        return Standing.SUPERSEDED
    if paper.kind in _STANDING:
        return _STANDING[Kind(paper.kind)](paper, application)
    return _of_decision(paper, application)


def _of_receipt(_: PaperState, application: Application) -> Standing:
    withdrawn = application.stage is Stage.WITHDRAWN
    return Standing.ENDED if withdrawn else Standing.HOLDS


def _of_request(paper: PaperState, application: Application) -> Standing:
    question = application.question
    return Standing.HOLDS if question and question.event == paper.of else Standing.ENDED


def _of_ledger(paper: PaperState, application: Application) -> Standing:
    """A question, an answer or a new beginning has moved the dates since."""
    moments = [*(event.at for event in application.clock), application.reopened_at]
    moved = any(at and at > paper.at for at in moments)
    if moved:
        return Standing.REVOKED
    return Standing.ENDED if application.closed else Standing.HOLDS


def _of_decision(paper: PaperState, application: Application) -> Standing:
    """Of a decision, and of whatever was issued on it."""
    decision = application.decision
    if decision is None or decision.event > paper.of:
        return Standing.REVOKED
    if application.ended_by or application.stage is Stage.WITHDRAWN:
        return Standing.ENDED
    open_appeal = application.appealed_by not in (None, application.upheld_by)
    return Standing.APPEALED if open_appeal else Standing.HOLDS


def _of_certificate(paper: PaperState, application: Application) -> Standing:
    """The electronic one holds until the original is in the person's hands (seeds/000)."""
    original = application.original
    if original and original.handed_over_on:
        return Standing.SUPERSEDED
    return _of_decision(paper, application)


def _of_ticket(paper: PaperState, application: Application) -> Standing:
    if application.slot_lost:
        return Standing.REVOKED
    return _of_decision(paper, application)


def _of_programme(paper: PaperState, application: Application) -> Standing:
    provision = application.provision
    if provision is None or not provision.agreed:
        return Standing.REVOKED
    if provision.ended:
        return Standing.ENDED
    return _of_decision(paper, application)


def _of_act(paper: PaperState, application: Application) -> Standing:
    """With a provider, or of a refusal of service: that is issued with its decision."""
    provision = application.provision
    if provision is None:
        return _of_decision(paper, application)
    if provision.act is None:
        return Standing.REVOKED
    return Standing.ENDED if provision.ended else _of_decision(paper, application)


_STANDING = {
    Kind.RECEIPT: _of_receipt,
    Kind.REQUEST: _of_request,
    Kind.LEDGER: _of_ledger,
    Kind.CERTIFICATE: _of_certificate,
    Kind.TICKET: _of_ticket,
    Kind.PROGRAMME: _of_programme,
    Kind.ACT: _of_act,
}
