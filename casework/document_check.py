"""The expert's check of uploaded documents: which await it, until when, and what comes of it.

A service demands it with a term that runs `until = "documents_checked"` (V1: 24 hours, seed 004).
Each document has that term of its own: from the submission, or from its acceptance if it came
later; one that came while a question stopped the clock, from the answer. Documents that an agency
attests (`held-...`) were seen by people already and need no expert.

The clock says two things of a document: a reminder when two thirds of its hours are gone, and that
they are over. The duty remains: it is judged all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from casework.application import Application, DocumentState, Event, Gap, Happening
from casework.deadline import ClockEvent, Due, Length, OnQuestion, ProvenDue, due, prove
from casework.errors import Conflict, InvalidForm, NotFound, Problem, WrongStage
from casework.ports import NOTHING, Case, Change, Rules
from casework.service import ServiceDefinition, Term

CONFORMING, SUSPECT = "conforming", "suspect"
VERDICTS = (CONFORMING, "nonconforming", "unreadable", SUSPECT)
ORIGINAL_NEEDED = "original_needed"
"""What the applicant is asked for when a document is suspect: nobody is accused in words."""

REMINDER, OVERDUE = "reminder", "overdue"
ATTESTED = "held-"  # how the ids of documents begin whose originals an agency keeps


# ---- which, and until when ----------------------------------------------------------------------


class CheckMark(NamedTuple):
    """A moment at which the clock speaks of those documents."""

    name: str
    at: datetime
    documents: tuple[str, ...]


class Round(NamedTuple):
    """Documents whose hours began together, with the proof of when they end. `met_at`: when the
    last of them was judged, or the application came to its end without; None when some wait."""

    proven: ProvenDue
    met_at: datetime | None


class _Hours(NamedTuple):
    """Since when the hours of a document run, and what has stopped them since."""

    since: datetime
    events: tuple[ClockEvent, ...]


def awaiting(application: Application, service: ServiceDefinition) -> dict[str, DocumentState]:
    """Documents that an expert is to judge, by id."""
    if service.document_check is None or not application.in_work:
        return {}
    return {
        id_: document
        for id_, document in application.documents.items()
        if document.state == "accepted" and document.checked is None and not is_attested(id_)
    }


def is_attested(id_: str) -> bool:
    return id_.startswith(ATTESTED)


def is_awaited(application: Application, service: ServiceDefinition) -> bool:
    """Whether a question to the applicant had better wait for experts who are still in time."""
    waiting = awaiting(application, service).values()
    return any(OVERDUE not in document.check_marks for document in waiting)


def is_late(application: Application) -> bool:
    """Whether a document awaits its verdict after its hours are over."""
    return bool(_late(application))


def late_titles(application: Application, rules: Rules) -> list[str]:
    """What the late documents are called, each once."""
    titles = (rules.service.document(late.kind).title for late in _late(application))
    return list(dict.fromkeys(titles))


def _late(application: Application) -> list[DocumentState]:
    return [
        document
        for document in application.documents.values()
        if OVERDUE in document.check_marks
        and document.state == "accepted"
        and document.checked is None
    ]


def due_of(id_: str, application: Application, rules: Rules) -> Due | None:
    """Until when an expert is to judge the document; none when nobody has to, or its hours have
    not begun: it came while a question stops them."""
    document = awaiting(application, rules.service).get(id_)
    return _due(document, application, rules) if document else None


def first_due(application: Application, rules: Rules) -> datetime | None:
    """The instant at which the first document is due; experts' queues are sorted by it. Hours that
    have not begun are counted from the document's acceptance."""
    documents = awaiting(application, rules.service).values()
    found = (_due(document, application, rules) for document in documents)
    limit = rules.service.document_check.lengths(application.priority).limit if documents else None
    instants = (
        known.due if known else due(limit, document.accepted_at, rules.calendar).due
        for known, document in zip(found, documents, strict=True)
    )
    return min(instants, default=None)


def _due(document: DocumentState, application: Application, rules: Rules) -> Due | None:
    limit = rules.service.document_check.lengths(application.priority).limit
    return _end_of(limit, document, application, rules)


def _end_of(
    length: Length, document: DocumentState, application: Application, rules: Rules
) -> Due | None:
    term = rules.service.document_check
    hours = _hours(document, application, term)
    if hours is None:
        return None
    since, events = hours
    return due(length, since, rules.calendar, events, on_question=term.on_question)


def _hours(document: DocumentState, application: Application, term: Term) -> _Hours | None:
    """None while they have not begun."""
    since, questions = max(document.accepted_at, application.begun_at), _questions(application)
    if term.on_question is OnQuestion.RUN_ON:
        return _Hours(since, ())
    for asked_at, answered_at in questions:
        if asked_at <= since and answered_at is None:
            return None
        if asked_at <= since < answered_at:
            since = answered_at
    events = [
        ClockEvent(kind, at)
        for asked_at, answered_at in questions
        if asked_at >= since
        for kind, at in (("asked", asked_at), ("answered", answered_at))
        if at is not None
    ]
    return _Hours(since, tuple(events))


def _questions(application: Application) -> list[tuple[datetime, datetime | None]]:
    """When each question of this review that touches a clock was asked and answered."""
    events = [event for event in application.clock if event.at >= application.begun_at]
    asked = [event.at for event in events if event.kind == "asked"]
    answered = [event.at for event in events if event.kind == "answered"]
    return list(zip(asked, [*answered, None], strict=False))


# ---- the clock ----------------------------------------------------------------------------------


def marks_to_come(application: Application, rules: Rules) -> list[CheckMark]:
    """What the clock has yet to say of documents; nothing of those whose hours stand still."""
    grouped: dict[tuple[str, datetime], list[str]] = {}
    for id_, document in awaiting(application, rules.service).items():
        for name, length in _lengths(application, rules):
            end = _end_of(length, document, application, rules)
            if end and not end.paused and name not in document.check_marks:
                grouped.setdefault((name, end.due), []).append(id_)
    return [CheckMark(name, at, tuple(ids)) for (name, at), ids in grouped.items()]


def _lengths(application: Application, rules: Rules) -> Iterator[tuple[str, Length]]:
    limit = rules.service.document_check.lengths(application.priority).limit
    yield REMINDER, limit.model_copy(update={"amount": max(1, limit.amount * 2 // 3)})
    yield OVERDUE, limit


def marked(application: Application, rules: Rules, now: datetime) -> tuple[Happening, ...]:
    """What the clock has reached by now and nobody has recorded. Whoever is told that the hours
    are over is not reminded of them as well."""
    reached = [mark for mark in marks_to_come(application, rules) if mark.at <= now]
    late = {id_ for mark in reached if mark.name == OVERDUE for id_ in mark.documents}
    happenings = []
    for mark in sorted(reached, key=lambda mark: mark.at):
        documents = [id_ for id_ in mark.documents if mark.name == OVERDUE or id_ not in late]
        if documents:
            data = {"mark": mark.name, "documents": documents}
            happenings.append(Happening("document_check_marked", data))
    return tuple(happenings)


def rounds(application: Application, rules: Rules, as_of: datetime) -> list[Round]:
    """Every stretch of the term in this review, the first to begin first. A document that went
    before anybody judged it has none."""
    term = rules.service.document_check
    limit = term.lengths(application.priority).limit
    together: dict[_Hours, list[DocumentState]] = {}
    for id_, document in application.documents.items():
        if _counts(document, application) and not is_attested(id_):
            hours = _hours(document, application, term)
            if hours is not None:
                together.setdefault(hours, []).append(document)
    return [
        Round(
            prove(
                limit,
                since,
                rules.calendar,
                events,
                on_question=term.on_question,
                as_of=as_of,
            ),
            _met_at(documents) or application.closed_at,
        )
        for (since, events), documents in sorted(together.items(), key=lambda item: item[0].since)
    ]


def _counts(document: DocumentState, application: Application) -> bool:
    known = document.checked_by_expert
    if known is None:
        return document.state == "accepted"
    return known.at >= application.begun_at  # judged before an appeal: no work of this review


def _met_at(documents: Iterable[DocumentState]) -> datetime | None:
    verdicts = [document.checked_by_expert for document in documents]
    return max(verdict.at for verdict in verdicts) if all(verdicts) else None


# ---- verdicts -----------------------------------------------------------------------------------


def check(
    case: Case,
    rules: Rules,
    officer: str,
    id_: str,
    verdict: str,
    defects: Iterable[str],
    note: str | None,
    known: Mapping[str, str],
) -> Change:
    """An expert's verdict on a document. `known`: which verdict each code of a defect belongs to.

    Raises NotFound, WrongStage, InvalidForm, and Conflict when another officer was faster or the
    applicant has replaced the document. The same verdict by the same officer changes nothing.
    """
    application, defects = case.application, tuple(defects)
    if rules.service.document_check is None:
        raise WrongStage("no_document_check")
    document = _uploaded(application, id_)
    if (found := document.checked_by_expert) is not None:
        if (found.officer, found.verdict, found.defects) == (officer, verdict, defects):
            return NOTHING
        raise Conflict("document_already_checked")
    if not application.in_work:
        raise WrongStage(stage=application.stage)
    _must_be_accepted(document)
    if problems := list(_verdict_problems(verdict, defects, note, known)):
        raise InvalidForm(problems)
    data = {"document": id_, "kind": document.kind, "verdict": verdict, "defects": list(defects)}
    texts = {note_name(id_): note} if note else {}
    return Change((Happening("document_checked", data),), texts=texts)


def look(case: Case, id_: str) -> Change:
    """An officer is shown the file: one that was accepted, also if an expert rejected it since."""
    document = _uploaded(case.application, id_)
    if document.checked is None or document.state == "erased":
        _must_be_accepted(document)
    if case.documents[id_].vault_key is None:  # the scanner found it dangerous in the end
        raise WrongStage("document_not_accepted")
    return Change((Happening("document_looked", {"document": id_}),))


def note_name(id_: str) -> str:
    """The name of the text in which an expert wrote to the applicant about the document."""
    return f"check_{id_}"


def _uploaded(application: Application, id_: str) -> DocumentState:
    if id_ not in application.documents:
        raise NotFound("no_such_document")
    if is_attested(id_):
        raise WrongStage("document_attested")
    return application.documents[id_]


def _must_be_accepted(document: DocumentState) -> None:
    if document.state == "replaced":
        raise Conflict("document_replaced")
    if document.state != "accepted":
        raise WrongStage("document_not_accepted")


def _verdict_problems(
    verdict: str, defects: tuple[str, ...], note: str | None, known: Mapping[str, str]
) -> Iterator[Problem]:
    own = [code for code, of in known.items() if of == verdict]
    if verdict == CONFORMING:
        given = (("defects", defects), ("note", note))
        yield from (Problem(name, "not_applicable") for name, value in given if value)
    elif not defects:
        yield Problem("defects", "too_few", {"at_least": 1})
    elif set(defects) - set(own):
        yield Problem("defects", "not_in_list", {"options": ", ".join(own)})


def told_defects(document: DocumentState) -> tuple[str, ...]:
    """The codes of what an expert found, as the applicant is told them."""
    found = document.checked_by_expert
    if found is None:
        return ()
    return (ORIGINAL_NEEDED,) if found.verdict == SUSPECT else found.defects


OFFICERS = frozenset({"officer", "second_officer"})


def told_data(event: Event) -> dict[str, Any]:
    """What the applicant is shown of an event's data: not who in the office it is about; of a
    document that is suspect, only what is asked for."""
    data = {name: value for name, value in event.data.items() if name not in OFFICERS}
    if event.kind == "document_checked" and data["verdict"] == SUSPECT:
        del data["verdict"]
        data["defects"] = [ORIGINAL_NEEDED]
    return data


# ---- what comes of them -------------------------------------------------------------------------


def gaps(application: Application) -> tuple[Gap, ...]:
    """What the experts found wrong, nobody asked about, and the applicant has not mended."""
    found = (
        Gap(code, document=document.kind)
        for document in application.documents.values()
        if document.may_be_asked_about and not _is_mended(document, application)
        for code in told_defects(document)
    )
    return tuple(dict.fromkeys(found))


def notes(case: Case) -> str | None:
    """What the experts wrote about what is to be asked, as one text."""
    asked = {gap.document for gap in gaps(case.application)}
    written = (
        case.texts.get(note_name(id_))
        for id_, document in case.application.documents.items()
        if document.kind in asked and document.may_be_asked_about
    )
    return "\n".join(filter(None, written)) or None


def _is_mended(document: DocumentState, application: Application) -> bool:
    """Whether another one of the kind came after the verdict."""
    return any(
        other.state == "accepted" and other.accepted_in > document.checked_by_expert.event
        for other in application.documents.values()
        if other.kind == document.kind
    )


def must_be_conforming(application: Application, rules: Rules, kinds: Iterable[str]) -> None:
    """Raises WrongStage when a kind that is needed has no document that an expert found good."""
    if rules.service.document_check is None:
        return
    good = {
        document.kind
        for id_, document in application.documents.items()
        if document.state == "accepted" and (document.checked == CONFORMING or is_attested(id_))
    }
    lacking = [rules.service.document(kind).title for kind in kinds if kind not in good]
    if lacking:
        raise WrongStage("documents_unchecked", titles="; ".join(lacking))
