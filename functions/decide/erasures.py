"""Consent to data processing is withdrawn: first everything that it ends is ended and the person is
told, then, a quarter of an hour later, everything goes that may go.

By then the notice has left, and no invitation to upload holds any more. What came in the meantime
is swept away by the same work done once more. Each step finds out by itself what is left to do, and
an item in the table (adapters/erasures.py) leads the daily run to whatever a crash left over.
"""

from datetime import datetime, timedelta
from typing import Any

from adapters import definitions
from adapters.casebook import rules_of
from adapters.clock import now
from adapters.documents import UPLOAD_SECONDS
from adapters.queues import ErasureRequest
from adapters.records import each_message
from casework import consent, representation
from casework.application import SYSTEM
from casework.appointments import slot_of
from casework.archive import ERASED, is_archive, number_of, person_of
from casework.errors import OporaError
from casework.notice import reached_by
from casework.ports import Case
from casework.retention import Part
from functions.decide.wiring import (
    applications,
    archives,
    erasures,
    kept,
    logger,
    profiles,
    representations,
    slots,
    threads,
    traces,
)

EASTERNMOST = timedelta(hours=12)  # ahead of UTC: a day begins there first


def take(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """What is to be erased, through a queue."""
    return each_message(event, _take, logger)


def come_by(_: dict[str, Any], __: Any) -> dict[str, int]:
    """Once a day (EventBridge): whatever is kept and may be kept no longer."""
    seen, failed = 0, 0
    for number in kept().due((now() + EASTERNMOST).date()):
        seen += 1
        try:
            _erase(number)
        except OporaError:
            failed += 1  # one that cannot be looked at does not hold up the others
            logger.exception("data were not erased", extra={"number": number})
    return {"seen": seen, "failed": failed}


def _take(body: dict[str, Any]) -> None:
    request = ErasureRequest(**body)
    if request.step == "begin":
        _begin(person_of(request.number))
    elif request.step == "document":
        _erase_taken_out(request.number)
    elif is_archive(request.number):
        _erase_archive(person_of(request.number))
    else:
        _erase(request.number)


# ---- what a withdrawn consent ends --------------------------------------------------------------


def _begin(person: str) -> None:
    """The application that the person is told by goes first: after a crash nobody is told twice."""
    at = consent.withdrawn_at(archives().load(person))
    if at is None:
        return
    cases = [applications().load(number) for number in kept().begun_by(person, at)]
    since = [c.application.consent_withdrawn_at for c in cases]
    reached = [c for c in cases if not c.application.consent_withdrawn_at and _is_reached(c)]
    teller = None if any(noted and noted >= at for noted in since) else next(iter(reached), None)
    for case in sorted(cases, key=lambda case: case is not teller):
        _withdraw(case, person, told=case is teller)
    numbers = [case.application.number for case in cases]
    requests = [ErasureRequest(number, "erase") for number in numbers]
    erasures().send([*requests, ErasureRequest(number_of(person), "erase")], delay=UPLOAD_SECONDS)
    _erase_archive(person)


def _is_reached(case: Case) -> bool:
    return bool(reached_by(case, rules_of(case.application), now()).channels)


def _withdraw(case: Case, person: str, *, told: bool) -> None:
    number, at = case.application.number, now()
    today = rules_of(case.application).calendar.local_day(at)
    kept().look_again(number, today)
    applications().change(
        number,
        lambda case: consent.withdraw(
            case, rules_of(case.application), at, told=told, over=_is_over(case, at)
        ),
        actor=person,
        now=at,
    )


def _is_over(case: Case, at: datetime) -> bool:
    """The time that the form asks for has begun, or is nobody's any more."""
    id_ = slot_of(rules_of(case.application), case.form)
    slot = slots().find(id_) if id_ else None
    return slot is None or slot.begun(at)


# ---- erasing ------------------------------------------------------------------------------------


def _erase(number: str) -> None:
    """Files first, then the transaction that says so, then whatever came in between."""
    at, case = now(), applications().load(number)
    rules, retention = rules_of(case.application), definitions.retention()
    change = consent.erase(case, rules, retention, at)
    if change.happenings:
        _erase_files(case, change.erases)
        erasures().send([ErasureRequest(number, "erase")], delay=UPLOAD_SECONDS)
        case = (
            applications()
            .change(
                number,
                lambda case: consent.erase(case, rules_of(case.application), retention, at),
                actor=SYSTEM,
                now=at,
            )
            .case
        )
    if case.application.erased:
        kept().sweep(number, case.application.erased.what)
        _erase_files(case, case.application.erased.what)
    kept().look_again(number, consent.next_look(case, rules, retention, at))


def _erase_files(case: Case, parts: frozenset[str]) -> None:
    number, spared = case.application.number, _needed_elsewhere(case)
    traces().erase(number, parts, spared)
    if Part.DOCUMENTS in parts:
        keys = {record.vault_key for record in case.documents.values() if record.vault_key}
        traces().erase_kept(keys - spared)


def _needed_elsewhere(case: Case) -> frozenset[str]:
    """Keys of the vault that other applications of the person need: a file that was carried over
    when he applied anew lies there once."""
    person, number = case.application.applicant, case.application.number
    others = kept().begun_by(person, now()) if person else []
    cases = [applications().load(other) for other in others if other != number]
    records = [record for case in cases for record in case.documents.values()]
    return frozenset(record.vault_key for record in records if record.vault_key)


def _erase_taken_out(number: str) -> None:
    """Single files that their owner took out of a draft, or of the archive."""
    if is_archive(number):
        files = archives().load(person_of(number)).archive.files
        traces().erase_documents(number, {f for f, known in files.items() if known.state == ERASED})
        return
    case = applications().load(number)
    spared = _needed_elsewhere(case)
    for document, known in case.application.documents.items():
        if known.state == ERASED:
            traces().erase_document(number, document, spared)
            kept().forget_document(number, document)


def _erase_archive(person: str) -> None:
    number, case = number_of(person), archives().load(person)
    traces().erase_documents(number, set(consent.files_to_erase(case)))
    while consent.erase_archive(case).happenings:
        case = archives().change(person, consent.erase_archive, actor=SYSTEM, now=now()).case
    if case.archive.consent_withdrawn_at is not None:
        archives().forget_contact(person)
        profiles().forget(person)
        _erase_representations(person)
        threads().forget(person)


def _erase_representations(person: str) -> None:
    """Whoever is forgotten acts for nobody, and nobody for him."""
    for case in (
        *representations().of_representative(person),
        *representations().about(person, None),
    ):
        id_ = case.representation.id
        representations().change(
            id_, lambda case: representation.revoke(case, person, None), actor=SYSTEM, now=now()
        )
        if case.proof:
            traces().erase_kept({case.proof.vault_key})
        representations().forget(id_)
