"""The scans that came with an agency's rows: out of the archive, judged, and into the quarantine.

What is wrong with a scan is told in the report at once; what is good goes the way of every upload:
nobody sees it before the malware scanner's verdict.
"""

from collections.abc import Iterator, Mapping

from adapters.batch_tables import is_workbook, misnamed, read_table
from adapters.batches import Drop
from adapters.documents import Upload
from adapters.inspection.apart import inspect_apart
from adapters.inspection.archive_zip import Archive, is_zip
from casework import batch_scans
from casework.batch import BYTES_AT_MOST, Row, Scan, check_size
from casework.batch_scans import Place
from casework.errors import Problem
from casework.files import ANNOUNCED, UNJUDGED
from casework.ports import Case, DocumentRecord
from casework.service import ServiceDefinition
from functions.intake.wiring import batches, documents


def read(drop: Drop, service: ServiceDefinition) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, or of an archive with their scans; and what else is to be told: files
    that belong to no row, a name that says what the file is not.

    Raises InvalidForm and DefectFound for a file that is not to be read."""
    data = batches().file(drop, BYTES_AT_MOST)
    check_size(data)
    if is_zip(data) and not is_workbook(data):
        return _of_archive(drop, service, Archive(data))
    table = read_table(service, data)
    found = batch_scans.sort(service, table.rows, (), "")
    return found.rows, misnamed(drop.key, table.format) + found.strays


def _of_archive(
    drop: Drop, service: ServiceDefinition, archive: Archive
) -> tuple[list[Row], list[Problem]]:
    files = {file.name: file for file in archive.files}
    name = batch_scans.table_of(files)
    table = read_table(service, archive.unpacked(files[name]))
    found = batch_scans.sort(service, table.rows, files, name)
    scans = _kept(drop.batch, archive, name, found.places)
    told = misnamed(drop.key, "zip") + misnamed(name, table.format) + found.strays
    return batch_scans.with_scans(found.rows, scans), told


def _kept(
    batch: str, archive: Archive, table: str, places: Mapping[str, Place]
) -> Iterator[tuple[int, Scan]]:
    for name, data in archive.read(besides=table):
        if place := places.get(name):
            yield place.row, Scan(place.kind, name, batches().put_scan(batch, data))


def records(row: Row) -> Iterator[DocumentRecord]:
    for position, scan in enumerate(row.scans, start=1):
        file_name = scan.name.rpartition("/")[2]
        yield DocumentRecord(f"scan-{position}", scan.kind, file_name, UNJUDGED)


def defects(batch: str, row: Row, service: ServiceDefinition) -> Iterator[Problem]:
    """What is wrong with the row's scans, each under its name in the archive."""
    for scan in row.scans:
        verdict = inspect_apart(
            batches().scan(batch, scan.sha256),
            declared_type=None,
            file_name=scan.name,
            dpi_at_least=service.document(scan.kind).dpi_at_least,
        )
        if not verdict.accepted:
            yield Problem(scan.name, verdict.defect, verdict.details)


def send(batch: str, row: Row, case: Case) -> None:
    """Into the quarantine with what nobody has judged there: whoever died on the way goes on, and
    a scan that comes again is nothing new."""
    for scan, record in zip(row.scans, records(row), strict=True):
        if case.application.documents[record.id].state == ANNOUNCED:
            upload = Upload(case.application.number, record.id)
            documents().send(upload, batches().scan(batch, scan.sha256), UNJUDGED)
