"""The part of the API about acting in the name of another person: proposed by the representative,
agreed to by that person or by an officer, ended by either."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from adapters import definitions
from adapters.sealed_table import Done
from adapters.vault import key_of_copy
from casework import form, identifiers
from casework.accounts import check_may_agree
from casework.archive import ArchiveCase
from casework.errors import InvalidForm, InvalidValue, NotFound, Problem
from casework.files import ACCEPTED
from casework.representation import (
    Known,
    Proof,
    Proposal,
    RepresentationCase,
    RepresentationChange,
    State,
    accept,
    concerns,
    decide,
    number_of,
    propose,
    revoke,
)
from functions.intake import representation_bodies as shapes
from functions.intake.access import api
from functions.intake.http import CITIZEN, OFFICE, STAFF, Person, Request
from functions.intake.wiring import accounts, archives, looks, representations, vault

OWNER = frozenset({CITIZEN})
ONE = "/representations/{representation}"
LOOK_SECONDS = 300
NAMES = ("last_name", "first_name", "patronymic", "birth_date", "snils")
OVER = (State.DECLINED, State.REVOKED, State.EXPIRED)


@api.operation(
    "GET",
    "/representations",
    "In whose names the person acts, who acts in his, and by what rights one can",
    shapes.RepresentationList,
    roles=OWNER,
)
def list_representations(request: Request) -> dict[str, Any]:
    person, language = request.person, request.language
    own = representations().of_representative(person.id)
    about = representations().about(person.id, person.phone)
    return {
        "own": [_shown(case, request) for case in own],
        "about_me": [_shown(case, request) for case in about],
        "kinds": [
            {
                "kind": kind.kind,
                "title": kind.title[language],
                "proof": kind.proof[language],
                "attorney": kind.attorney,
            }
            for kind in definitions.representation().kinds
        ],
    }


@api.operation(
    "POST",
    "/representations",
    "Ask to act in the name of another person",
    shapes.RepresentationView,
    roles=OWNER,
    body=shapes.NewRepresentation,
    status=201,
)
def propose_representation(request: Request) -> dict[str, Any]:
    new: shapes.NewRepresentation = request.body
    person, today = request.person, request.now.date()
    id_ = uuid.uuid4().hex
    known = _known(new, today)
    proof, source = _proof(person, new.proof, id_)
    said = Proposal(new.kind, known, proof, new.by_attorney, new.notarised, new.until)
    others = sum(
        case.representation.state_on(today) not in OVER
        for case in representations().of_representative(person.id)
    )

    def act(case: RepresentationCase) -> RepresentationChange:
        change = propose(
            case,
            definitions.representation(),
            said,
            representative=person.id,
            own_phone=person.phone,
            others=others,
            today=today,
        )
        if proof and change.happenings:
            vault().copy(source, proof.vault_key)
        return change

    return _shown(_carried_out(request, id_, act).case, request)


def _known(new: shapes.NewRepresentation, today: date) -> Known:
    """Of the represented person, as a profile keeps it. Raises InvalidForm."""
    fields = [field for field in definitions.profile().fields if field.name in NAMES]
    told = new.person.model_dump(exclude_none=True)
    checked, problems = form.check_fields(tuple(fields), told, today)
    problems = [Problem(f"person.{p.field}", p.code, p.details) for p in problems]
    try:
        phone = identifiers.phone(new.phone) if new.phone else None
        own_name = " ".join(map(identifiers.name, new.own_name.split()))
    except InvalidValue as error:
        where = "phone" if error.code.startswith("phone") else "own_name"
        raise InvalidForm([*problems, Problem(where, error.code, error.details)]) from None
    if problems:
        raise InvalidForm(problems)
    return Known(form.to_json(checked), own_name, phone)


def _proof(person: Person, document: str | None, id_: str) -> tuple[Proof | None, str]:
    """The newest good file of a document of the archive, and where it lies there. An officer sees a
    copy: the archive stays its owner's alone."""
    if document is None:
        return None, ""
    case: ArchiveCase = archives().load(person.id)
    file = case.archive.current(document)
    if file is None or case.archive.files[file].state != ACCEPTED:
        raise InvalidForm([Problem("proof", "unknown_archived")])
    record = case.documents[file]
    key = key_of_copy(record.vault_key, number_of(id_), "proof")
    return Proof(record.called, record.content_type, key), record.vault_key


@api.operation(
    "GET",
    ONE,
    "By what right one person acts in the name of another",
    shapes.RepresentationView,
    roles=OWNER | OFFICE,
)
def show_representation(request: Request, representation: str) -> dict[str, Any]:
    case, person = representations().load(representation[:60]), request.person
    if not (person.is_staff or concerns(case, person.id, person.phone)):
        raise NotFound("unknown_representation")
    if person.is_staff:
        looks().note(case.representation.id, person.id, request.now, "representation")
    return _shown(case, request)


@api.operation(
    "POST",
    f"{ONE}/acceptance",
    "Agree that the other person acts in one's name",
    shapes.RepresentationView,
    roles=OWNER,
    confirmed_by_code=True,
)
def accept_representation(request: Request, representation: str) -> dict[str, Any]:
    person = request.person

    def act(case: RepresentationCase) -> RepresentationChange:
        accepted = accept(case, person.id, person.phone, request.now.date())
        named = case.known.values.get("snils", "")
        check_may_agree(accounts().find(person.id), accounts().confirmed_with(named))
        return accepted

    return _changed(request, representation, act)


@api.operation(
    "DELETE",
    ONE,
    "End it, or refuse: either of the two may, at any time and without a code",
    shapes.RepresentationView,
    roles=OWNER,
)
def revoke_representation(request: Request, representation: str) -> dict[str, Any]:
    person = request.person
    return _changed(request, representation, lambda case: revoke(case, person.id, person.phone))


# ---- the office ----------------------------------------------------------------------------------


@api.operation(
    "GET",
    "/representations/queue",
    "Proofs that an officer is to look at, the first due first",
    shapes.RepresentationQueue,
    roles=OFFICE,
)
def list_representation_queue(request: Request) -> dict[str, Any]:
    return {"representations": [_shown(case, request) for case in representations().queue()]}


@api.operation(
    "POST",
    f"{ONE}/look",
    "Look at the proof: an address for five minutes",
    shapes.ProofView,
    roles=OFFICE,
)
def look_at_proof(request: Request, representation: str) -> dict[str, Any]:
    case = representations().load(representation)
    proof, found = case.proof, case.representation
    if proof is None:
        raise NotFound("no_such_document")
    # It is from the representative's archive, whose log says so.
    by, owner = request.person.id, found.representative
    looks().note(found.id, by, request.now, "proof", owner=owner)
    # Addresses are logged on their way: a file's own name may name its owner.
    name = f"proof.{proof.content_type.rpartition('/')[2]}"
    url = vault().address(
        proof.vault_key, name, proof.content_type, download=False, seconds=LOOK_SECONDS
    )
    return {"url": url, "file_name": proof.file_name, "seconds": LOOK_SECONDS}


@api.operation(
    "POST",
    f"{ONE}/confirmation",
    "Confirm the right to act in the other's name, or decline it with the reason",
    shapes.RepresentationView,
    roles=STAFF,
    body=shapes.RepresentationDecision,
)
def confirm_representation(request: Request, representation: str) -> dict[str, Any]:
    told: shapes.RepresentationDecision = request.body
    earlier = _earlier(representations().load(representation))

    def act(case: RepresentationCase) -> RepresentationChange:
        return decide(
            case,
            request.person.id,
            earlier,
            confirms=told.confirms,
            words=told.words,
            today=request.now.date(),
        )

    return _changed(request, representation, act)


def _earlier(case: RepresentationCase) -> str | None:
    """Under which id the same representative acted for the same person before: his applications
    stay together."""
    mine = representations().of_representative(case.representation.representative)
    known = (each.representation.represented for each in mine if _same_person(each, case))
    return next((person for person in known if person), None)


def _same_person(one: RepresentationCase, other: RepresentationCase) -> bool:
    told = (case.known.values.get("snils") if case.known else None for case in (one, other))
    first, second = told
    return first is not None and first == second


# ---- shared --------------------------------------------------------------------------------------


def _changed(
    request: Request, id_: str, act: Callable[[RepresentationCase], RepresentationChange]
) -> dict[str, Any]:
    representations().load(id_[:60])
    return _shown(_carried_out(request, id_, act).case, request)


def _carried_out(
    request: Request, id_: str, act: Callable[[RepresentationCase], RepresentationChange]
) -> Done:
    return representations().change(
        id_, act, actor=request.person.id, now=request.now, command=request.command
    )


def _shown(case: RepresentationCase, request: Request) -> dict[str, Any]:
    known, found = case.known, case.representation
    person, texts = request.person, definitions.representation()
    return {
        "representation": found.id,
        "kind": found.kind,
        "kind_title": texts.kind(found.kind).title[request.language],
        "role": _role(case, person),
        "state": found.state_on(request.now.date()),
        "awaits": found.awaits,
        "by_attorney": found.by_attorney,
        "until": found.until,
        "proposed_at": found.proposed_at,
        "review_due": found.review_due(texts),
        "person": known.values if known else None,
        "representative_name": known.own_name if known else None,
        "words": known.words if known else None,
        "has_proof": case.proof is not None,
    }


def _role(case: RepresentationCase, person: Person) -> str:
    if case.representation.representative == person.id:
        return "representative"
    return "officer" if person.is_staff else "represented"
