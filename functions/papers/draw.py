"""Draw the papers that an event calls for (through a queue), in both prints.

A paper is named after its event, so whoever dies in between draws the same one again. It lies in
the vault before anybody is told of it, and a paper that cannot be drawn keeps nobody waiting: the
message comes again, and in the end goes to the dead letters.
"""

import hashlib
from typing import Any

from adapters import definitions
from adapters.casebook import rules_of
from adapters.clock import now
from adapters.queues import PaperRequest
from adapters.records import each_message
from adapters.sealed_pdf import sealed
from adapters.typesetting import typeset
from casework import papers
from casework.application import SYSTEM, Event
from casework.appointments import Slot, slot_of
from casework.paper_contents import Source, content
from casework.papers import Drawn, Facts, Kind, Print
from casework.ports import Case, Rules
from casework.seal import Stamped
from functions.papers import wiring
from functions.papers.wiring import applications, logger

WORDS = ("problems", "provision", "statuses")


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_message(event, _draw, logger)


def _draw(body: dict[str, Any]) -> None:
    request = PaperRequest(**body)
    known = applications().load(request.number)
    issued = {paper.of for paper in known.application.papers.values()}
    if request.event in issued or not papers.may_be_drawn(known):
        return
    case = applications().load_as_of(request.number, request.event)
    event, rules = case.events[-1], rules_of(case.application)
    drawn = [
        _drawn(kind, print_, event, case, rules)
        for kind in papers.papers_of(event, case, rules)
        for print_ in Print
    ]
    applications().change(
        request.number, lambda now_: papers.note_issued(now_, drawn), actor=SYSTEM, now=now()
    )


def _drawn(kind: Kind, print_: Print, event: Event, case: Case, rules: Rules) -> Drawn:
    day = rules.calendar.local_day(event.at)
    facts = Facts(event.number, event.sequence, kind, print_, day)
    words = {name: definitions.texts(name) for name in WORDS}
    page, slot = wiring.settings.check_page, _slot(kind, case, rules)
    told = content(Source(facts, event.at, case, rules, words, page, slot))
    document = typeset(kind, told, print_)
    seal = wiring.seal_key().seal(_stamped(facts, page, document))
    pdf = sealed(document, seal)
    drawn = Drawn(facts, hashlib.sha256(pdf).hexdigest(), len(pdf), seal.text)
    wiring.papers().keep(event.number, drawn.id, drawn.sha256, pdf)
    return drawn


def _stamped(facts: Facts, page: str, document: bytes) -> Stamped:
    sha256 = hashlib.sha256(document).hexdigest()
    return Stamped(page, *facts, len(document), sha256)


def _slot(kind: Kind, case: Case, rules: Rules) -> Slot | None:
    """The time that a ticket is for."""
    id_ = slot_of(rules, case.form) if kind is Kind.TICKET else None
    return wiring.slots().find(id_) if id_ else None
