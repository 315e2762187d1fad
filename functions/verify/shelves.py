"""Where uploaded files belong: each shelf knows its own, and what is said of them is written there.

A shelf is chosen by the key of the upload. Whatever is done to a file is done in
functions/verify/documents.py, once for all of them.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.documents import Upload
from adapters.inspection import ACCEPTED
from casework import actions, archive_actions
from casework.application import SYSTEM
from casework.archive import is_archive, person_of
from casework.archive_actions import TAKEN_BY_ARCHIVE
from casework.errors import NotFound
from casework.files import FileState, Move
from functions.verify.wiring import applications, archives


class Expected(NamedTuple):
    """An announced file: how it stands, and what is said and demanded of it. `over`: nobody needs
    it any more."""

    file: FileState
    content_type: str
    file_name: str
    dpi_at_least: int | None = None
    over: bool = False
    allowed: frozenset[str] = ACCEPTED


class Shelf(Protocol):
    def expected(self, upload: Upload) -> Expected | None:
        """The file that was announced under this key; None when none was."""

    def move(
        self, upload: Upload, act: Callable[[FileState], Move], vault_key: str | None
    ) -> FileState:
        """Write down what `act` says of the file as it stands, all or nothing; gives the file as
        it stands then. `vault_key`: where it lies, should it be accepted."""


class Applications:
    """Documents of applications: `uploads/<number>/<document>`."""

    def expected(self, upload: Upload) -> Expected | None:
        try:
            case = applications().load(upload.number)
        except NotFound:
            return None
        record = case.documents.get(upload.document)
        if record is None:
            return None
        needed = rules_of(case.application).service.document(record.kind)
        return Expected(
            case.application.documents[upload.document],
            record.content_type,
            record.file_name,
            needed.dpi_at_least,
            over=case.application.closed,
        )

    def move(
        self, upload: Upload, act: Callable[[FileState], Move], vault_key: str | None
    ) -> FileState:
        done = applications().change(
            upload.number,
            lambda case: actions.move_document(case, upload.document, act, vault_key),
            actor=SYSTEM,
            now=now(),
        )
        return done.case.application.documents[upload.document]


class Archives:
    """Files of people's archives: `uploads/archive.<person>/<document>.<version>`."""

    def expected(self, upload: Upload) -> Expected | None:
        case = archives().load(person_of(upload.number))
        record = case.documents.get(upload.document)
        if record is None:
            return None
        return Expected(
            case.archive.files[upload.document],
            record.content_type,
            record.file_name,
            over=not case.archive.is_open,
            allowed=TAKEN_BY_ARCHIVE,
        )

    def move(
        self, upload: Upload, act: Callable[[FileState], Move], vault_key: str | None
    ) -> FileState:
        done = archives().change(
            person_of(upload.number),
            lambda case: archive_actions.move_file(case, upload.document, act, vault_key),
            actor=SYSTEM,
            now=now(),
        )
        return done.case.archive.files[upload.document]


def shelf_of(upload: Upload) -> Shelf:
    return Archives() if is_archive(upload.number) else Applications()
