"""The part of the API about a person's own archive of documents, and about whom he trusts with
them. Nobody else sees an archive, the office neither: only the copy that is put to a request to act
for another."""

import secrets
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from adapters.sealed_table import Done
from adapters.vault import SHOWN_SECONDS, key_of_copy
from casework import archive_actions, grants, identifiers, reuse
from casework.archive import (
    ArchiveCase,
    ArchiveChange,
    ArchiveRecord,
    Contact,
    Paper,
    Trusted,
    document_of,
    version_of,
)
from casework.archive_actions import Kind
from casework.errors import InvalidForm, InvalidValue, NotFound, Problem, WrongStage
from casework.files import ACCEPTED
from casework.ports import Case, Change, DocumentRecord
from functions.intake import archive_bodies as bodies
from functions.intake import archive_show as show
from functions.intake import bodies as application_bodies
from functions.intake.access import acted, api, seen
from functions.intake.http import CITIZEN, Request
from functions.intake.wiring import archives, documents, looks, vault

OWNER = frozenset({CITIZEN})
ONE = "/archive/documents/{document}"


# ---- documents ----------------------------------------------------------------------------------


@api.operation("GET", "/archive", "The person's own documents", bodies.ArchiveView, roles=OWNER)
def show_archive(request: Request) -> dict[str, Any]:
    case = _own(request)
    return show.archive(case, _today(case, request.now), request.language)


@api.operation("GET", ONE, "A document with its versions", bodies.ArchivedView, roles=OWNER)
def show_archived(request: Request, document: str) -> dict[str, Any]:
    return _shown(_own(request), document, request)


@api.operation(
    "POST",
    "/archive/documents",
    "Announce a document for the archive; the answer says where to post the file",
    bodies.ArchiveUploadView,
    roles=OWNER,
    body=bodies.NewArchived,
    status=201,
)
def announce_archived(request: Request) -> dict[str, Any]:
    new: bodies.NewArchived = request.body
    return _announced(request, uuid.uuid4().hex, new.kind, new.region)


@api.operation(
    "POST",
    f"{ONE}/versions",
    "Announce a newer version of a document",
    bodies.ArchiveUploadView,
    roles=OWNER,
    body=bodies.NewFile,
    status=201,
)
def announce_version(request: Request, document: str) -> dict[str, Any]:
    kind = _kind_of(_own(request), document)
    return _announced(request, document, kind.value, None)


def _announced(request: Request, document: str, kind: str, region: str | None) -> dict[str, Any]:
    new: bodies.NewFile = request.body
    region, salt = region or request.person.region, secrets.token_hex(16)

    def act(case: ArchiveCase) -> ArchiveChange:
        file = case.archive.next_file(document)
        paper = Paper(**new.paper.model_dump()) if new.paper else _paper_before(case, file)
        named = (file, kind, new.file_name or _named(kind, paper, new), new.content_type)
        return archive_actions.announce(
            case,
            definitions.archive_kinds(),
            ArchiveRecord(*named, paper=paper, salt=salt),
            region=region,
            today=_day(case.archive.region or region, request.now),
        )

    done = _changed(request, act)
    file = done.result["file"]
    return {
        "document": _shown(done.case, document_of(file), request),
        **documents().invitation(done.case.archive.number, file, new.content_type, new.then),
    }


def _named(kind: str, paper: Paper, new: bodies.NewFile) -> str:
    """Of a kind that there is not, nothing is kept."""
    known = definitions.archive_kinds().get(kind)
    name = archive_actions.suggested_name
    return name(known, paper.number, new.content_type) if known else ""


def _paper_before(case: ArchiveCase, file: str) -> Paper:
    before = case.archive.documents.get(document_of(file), [])
    return case.documents[before[-1]].paper if before else Paper()


@api.operation(
    "PATCH",
    ONE,
    "Say what stands on the paper, or give its file another name",
    bodies.ArchivedView,
    roles=OWNER,
    body=bodies.ArchivedChange,
)
def describe_archived(request: Request, document: str) -> dict[str, Any]:
    given, salt = request.body, secrets.token_hex(16)
    said = given.model_dump(exclude_unset=True, exclude={"version", "file_name"})
    if missing := [name for name in ("number", "issuer") if name in said and said[name] is None]:
        said |= dict.fromkeys(missing, "")

    def act(case: ArchiveCase) -> ArchiveChange:
        file = _newest(case, document, given.version)
        known = case.documents[file]
        paper, name = known.paper._replace(**said), given.file_name or known.file_name
        today = _today(case, request.now)
        return archive_actions.describe(case, file, paper, name, salt=salt, today=today)

    return _shown(_changed(request, act).case, document, request)


@api.operation(
    "DELETE", ONE, "Erase a document with all its versions", bodies.ErasedView, roles=OWNER
)
def erase_archived(request: Request, document: str) -> dict[str, Any]:
    _changed(request, lambda case: archive_actions.erase(case, document))
    return {"erased": True}


@api.operation(
    "POST",
    f"{ONE}/look",
    "Look at one's own document, or download it: an address for a minute",
    bodies.LookView,
    roles=OWNER,
    body=bodies.Look,
)
def look_at_archived(request: Request, document: str) -> dict[str, Any]:
    asked: bodies.Look = request.body

    def act(case: ArchiveCase) -> ArchiveChange:
        file = case.file(document, asked.version)
        return grants.look_at_own(_kept(case, file), asked.how)

    done = _changed(request, act)
    if done.repeated:  # what was erased between the two is not shown again
        act(done.case)
    return _address(done, asked.how, request.now)


# ---- from applications, and into them -----------------------------------------------------------


@api.operation(
    "POST",
    "/archive/from-application",
    "Keep in the archive what an application accepted",
    bodies.ArchivedView,
    roles=OWNER,
    body=bodies.KeptFromApplication,
    status=201,
)
def keep_from_application(request: Request) -> dict[str, Any]:
    asked: bodies.KeptFromApplication = request.body
    source = seen(asked.number, request.person)
    record, known = reuse.keepable(source, asked.document)
    id_ = asked.archived or reuse.document_for(_own(request).archive, record.id, asked.kind)
    region, salt = source.application.region, secrets.token_hex(16)

    def act(case: ArchiveCase) -> ArchiveChange:
        file = _kept_before(case, id_, known.sha256) or case.archive.next_file(id_)
        if asked.archived:
            _kind_of(case, id_)
        kept = ArchiveRecord(
            file,
            asked.kind,
            record.called,
            record.content_type,
            key_of_copy(record.vault_key, case.archive.number, file),
            paper=Paper(**asked.paper.model_dump()),
            salt=salt,
        )
        change = archive_actions.keep(
            case,
            definitions.archive_kinds(),
            kept,
            known,
            number=asked.number,
            region=region,
            today=_day(case.archive.region or region, request.now),
        )
        if change.happenings:
            vault().copy(record.vault_key, kept.vault_key)
        return change

    return _shown(_changed(request, act).case, id_, request)


def _kept_before(case: ArchiveCase, document: str, sha256: str | None) -> str | None:
    """The same bytes in the same document are kept once."""
    files = case.archive.documents.get(document, ())
    return next((file for file in files if case.archive.files[file].sha256 == sha256), None)


@api.operation(
    "POST",
    "/applications/{number}/documents/from-archive",
    "Use a document of the archive, without a new upload",
    application_bodies.ApplicationView,
    roles=OWNER,
    body=bodies.FromArchive,
    status=201,
)
def take_from_archive(request: Request, number: str) -> dict[str, Any]:
    asked: bodies.FromArchive = request.body
    target, own = seen(number, request.person), _own(request)
    file = own.file(asked.document, asked.version)
    record = _for_application(target, own, file, asked.kind, request.now)
    known = own.archive.files[file]

    def act(case: Case) -> Change:
        rules = rules_of(case.application)
        change = reuse.take(case, rules, record, known, file, asked.replaces)
        if change.happenings:
            vault().copy(own.documents[file].vault_key, record.vault_key)
        return change

    return acted(request, number, act)


def _for_application(
    target: Case, own: ArchiveCase, file: str, kind: str, now: datetime
) -> DocumentRecord:
    """What the file is in the application. Raises InvalidForm with why it cannot be there."""
    rules = rules_of(target.application)
    needed = rules.service.document(kind)
    if needed is None:
        options = ", ".join(document.kind for document in rules.service.documents)
        raise InvalidForm([Problem("kind", "not_in_list", {"options": options})])
    paper_kind = definitions.archive_kinds()[own.documents[file].kind]
    today = rules.calendar.local_day(now)
    usable = archive_actions.usable(own, file, paper_kind, needed, today)
    id_ = reuse.document_for(own.archive, file, kind)
    key = key_of_copy(usable.vault_key, target.application.number, id_)
    return DocumentRecord(id_, kind, usable.called, usable.content_type, key)


# ---- grants -------------------------------------------------------------------------------------


@api.operation(
    "GET", "/archive/grants", "Whom the person trusts with documents", bodies.GrantList, roles=OWNER
)
def list_grants(request: Request) -> dict[str, Any]:
    case = _own(request)
    return {"grants": show.grants(case, _today(case, request.now))}


@api.operation(
    "POST",
    "/archive/grants",
    "Let somebody look at documents, or download them, until a day",
    bodies.GrantList,
    roles=OWNER,
    body=bodies.NewGrant,
    status=201,
    confirmed_by_code=True,
)
def grant_documents(request: Request) -> dict[str, Any]:
    new: bodies.NewGrant = request.body
    trusted = _trusted(new)
    id_ = uuid.uuid4().hex

    def act(case: ArchiveCase) -> ArchiveChange:
        return grants.grant(
            case,
            id_,
            new.documents,
            new.may,
            new.until,
            trusted,
            own_phone=request.person.phone,
            today=_today(case, request.now),
        )

    case = _changed(request, act).case
    return {"grants": show.grants(case, _today(case, request.now))}


def _trusted(new: bodies.NewGrant) -> Trusted:
    """Names and phone as they are kept. Raises InvalidForm."""
    problems: list[Problem] = []
    name = _checked("name", _full_name, new.name, problems)
    own_name = _checked("own_name", _full_name, new.own_name, problems)
    phone = _checked("phone", identifiers.phone, new.phone, problems)
    if problems:
        raise InvalidForm(problems)
    return Trusted(name, phone, own_name, secrets.token_hex(16))


def _checked(field: str, read: Callable[[str], str], text: str, problems: list[Problem]) -> str:
    try:
        return read(text)
    except InvalidValue as error:
        problems.append(Problem(field, error.code, error.details))
        return ""


def _full_name(text: str) -> str:
    return " ".join(identifiers.name(part) for part in text.split())


@api.operation(
    "DELETE",
    "/archive/grants/{grant}",
    "Trust no longer: at once, and without a code",
    bodies.GrantList,
    roles=OWNER,
)
def revoke_grant(request: Request, grant: str) -> dict[str, Any]:
    case = _changed(request, lambda case: grants.revoke(case, grant)).case
    return {"grants": show.grants(case, _today(case, request.now))}


@api.operation(
    "GET",
    "/archive/log",
    "Who did what with the documents, the latest first",
    bodies.LogView,
    roles=OWNER,
)
def show_archive_log(request: Request) -> dict[str, Any]:
    case, chain = _own(request), archives().sealed_chain(request.person.id)
    return show.log(case, chain, looks().told_to(request.person.id), request.language)


# ---- what others granted ------------------------------------------------------------------------


@api.operation(
    "GET",
    "/archive/granted",
    "What others let the person look at",
    bodies.GrantedList,
    roles=OWNER,
)
def list_granted(request: Request) -> dict[str, Any]:
    lines = []
    for owner, ids in _granted(request).items():
        case = archives().load(owner)
        open_now = grants.open_to(case, _reader(request), _today(case, request.now))
        lines += [show.granted(case, id_) for id_ in open_now if id_ in ids]
    return {"granted": lines}


@api.operation(
    "POST",
    "/archive/granted/{grant}/look",
    "Look at a document that somebody granted, or download it: an address for a minute",
    bodies.LookView,
    roles=OWNER,
    body=bodies.GrantedLook,
    confirmed_by_code=True,
)
def look_at_granted(request: Request, grant: str) -> dict[str, Any]:
    asked: bodies.GrantedLook = request.body
    owner = next((owner for owner, ids in _granted(request).items() if grant in ids), None)
    if owner is None:
        raise NotFound("unknown_grant")

    def act(case: ArchiveCase) -> ArchiveChange:
        today = _today(case, request.now)
        return grants.look(case, grant, asked.document, asked.how, _reader(request), today)

    done = archives().change(
        owner, act, actor=request.person.id, now=request.now, command=request.command
    )
    if done.repeated:  # an address is given once: between the two the grant may have been revoked
        act(done.case)
    return _address(done, asked.how, request.now)


def _granted(request: Request) -> dict[str, set[str]]:
    """Grants kept for the person's phone, by their owners."""
    found: dict[str, set[str]] = {}
    if request.person.phone:
        for owner, id_ in archives().granted_to(request.person.phone):
            found.setdefault(owner, set()).add(id_)
    return found


def _reader(request: Request) -> grants.Reader:
    return grants.Reader(request.person.id, request.person.phone)


# ---- shared -------------------------------------------------------------------------------------


def _own(request: Request) -> ArchiveCase:
    case = archives().load(request.person.id)
    _keep_contact(request, case)
    return case


def _changed(request: Request, act: Callable[[ArchiveCase], ArchiveChange]) -> Done:
    person = request.person.id
    done = archives().change(person, act, actor=person, now=request.now, command=request.command)
    _keep_contact(request, done.case)
    return done


def _keep_contact(request: Request, case: ArchiveCase) -> None:
    """How the owner is reached is kept as the last token says it."""
    contact = Contact(request.person.phone, request.person.email)
    if case.archive.is_open and case.contact != contact:
        archives().put_contact(request.person.id, contact)


def _shown(case: ArchiveCase, document: str, request: Request) -> dict[str, Any]:
    if document not in case.archive.documents:
        raise NotFound("unknown_archived")
    return show.archived(case, document, _today(case, request.now), request.language)


def _kind_of(case: ArchiveCase, document: str) -> Kind:
    files = case.archive.documents.get(document)
    if not files:
        raise NotFound("unknown_archived")
    return definitions.archive_kinds()[case.archive.files[files[-1]].kind]


def _newest(case: ArchiveCase, document: str, version: int | None) -> str:
    files = case.archive.documents.get(document, [])
    wanted = [file for file in files if version in (None, version_of(file))]
    if not wanted:
        raise NotFound("unknown_archived")
    return wanted[-1]


def _kept(case: ArchiveCase, file: str) -> str:
    """A file that was found good: there is nothing else to look at. Raises WrongStage."""
    if case.archive.files[file].state != ACCEPTED:
        raise WrongStage("file_not_accepted")
    return file


def _address(done: Done, how: str, now: datetime) -> dict[str, Any]:
    record = done.case.documents[done.result["file"]]
    download = how == grants.DOWNLOAD
    # Addresses are logged on their way, and the name that a file was given may name its owner.
    named = archive_actions.suggested_name(
        definitions.archive_kinds()[record.kind], "", record.content_type
    )
    return {
        "url": vault().address(record.vault_key, named, record.content_type, download=download),
        "file_name": record.called,
        "valid_until": now + timedelta(seconds=SHOWN_SECONDS),
    }


def _today(case: ArchiveCase, now: datetime) -> date:
    return _day(case.archive.region, now)


def _day(region: str | None, now: datetime) -> date:
    """Of an archive that was never opened nothing depends on the day."""
    return calendar_for(region).local_day(now) if region else now.date()
