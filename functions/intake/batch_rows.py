"""An agency's file split into parts, and each part taken in row by row (state_machines/
batch_intake.asl.json)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters import definitions
from adapters.applications import Command
from adapters.batches import Drop
from adapters.clock import now
from adapters.inspection.verdict import DefectFound
from casework import actions
from casework.batch import Claim, Row, RowResult
from casework.batch_scans import in_parts
from casework.errors import (
    AlreadyOpen,
    InvalidForm,
    InvalidValue,
    NotAllowed,
    NotFound,
    OporaError,
    Problem,
    SlotTaken,
)
from casework.ports import Change
from functions.intake.applicants import check_bars, filing_day
from functions.intake.batch_scans import defects, read, records, send
from functions.intake.wiring import applications, batches, create_application


def split(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """State "Split the file into parts". A file that cannot be read has no parts."""
    drop = Drop(**event)
    try:
        rows, told = read(drop, definitions.service(drop.service))
    except (InvalidForm, NotFound, DefectFound) as error:
        problems = getattr(error, "problems", None) or [Problem("", error.code, error.details)]
        batches().put_file_problems(drop.batch, list(problems))
        return {"drop": event, "parts": 0, "strays": 0, "manifest": ""}
    if told:
        batches().put_file_problems(drop.batch, told)
    manifest, parts = batches().put_parts(drop.batch, in_parts(rows))
    return {"drop": event, "parts": parts, "strays": len(told), "manifest": manifest}


def take_in(event: dict[str, Any], _: Any) -> dict[str, int]:
    """State "Take in one part": each row becomes an application, or its problems are noted; of a
    dry run it is only noted which."""
    drop = Drop(**event["drop"])
    rows = batches().part(event["part"])
    results = [_judged(row, drop) for row in rows]
    batches().put_results(event["part"], results)
    return {"rows": len(rows)}


def _judged(row: Row, drop: Drop) -> RowResult:
    command = Command.of(
        "agency", drop.agency, drop.service, row.digest, request=row.digest, kept=None
    )
    at = now()
    try:
        change = _change(row, drop, at)
        act = _try_out if drop.dry_run else _take_in
        return act(row, drop, change, at, command)
    except AlreadyOpen as error:
        return RowResult(row.row, "rejected", problems=(_open_already(error, drop.agency),))
    except (InvalidForm, InvalidValue, NotAllowed, SlotTaken) as error:
        return RowResult(row.row, "rejected", problems=_problems(error))


def _change(row: Row, drop: Drop, at: datetime) -> Change:
    if row.problems:
        raise InvalidForm(row.problems)
    rules = definitions.rules(drop.service, row.region)
    check_bars(rules, row.form, drop.agency, at)
    return actions.submit_row(
        rules,
        row.form,
        row.documents or (),
        at,
        scans=records(row),
        defects=defects(drop.batch, row, rules.service),
        region=row.region,
        agency=drop.agency,
    )


def _take_in(row: Row, drop: Drop, change: Change, at: datetime, command: Command) -> RowResult:
    # Kept with the command, so that a second attempt at this part knows its own rows again.
    origin = {"batch": drop.batch, "row": row.repeats or row.row}
    done = create_application(
        replace(change, result=origin), actor=f"agency:{drop.agency}", now=at, command=command
    )
    send(drop.batch, row, done.case)
    first = row.repeats is None and done.result == origin
    return RowResult(row.row, "accepted" if first else "repeated", done.case.application.number)


def _try_out(row: Row, _: Drop, change: Change, at: datetime, command: Command) -> RowResult:
    """What would become of the row if the file were taken in now. Nothing is written."""
    done = applications().check_create(change, row.region, now=at, command=command)
    if done:
        return RowResult(row.row, "repeated", done.case.application.number)
    claim = Claim(row.repeats or row.row, change.holds)
    return RowResult(row.row, "repeated" if row.repeats else "accepted", claim=claim)


def _open_already(error: AlreadyOpen, agency: str) -> Problem:
    """The agency's own earlier application is named, and that its filing date stands."""
    number = error.details.get("number")
    earlier = applications().load(number).application if number else None
    if earlier is None or earlier.agency != agency:
        return Problem("", AlreadyOpen.code)
    filed = {"number": number, "filed": filing_day(earlier)}
    return Problem("", "already_open_yours", filed)


def _problems(error: OporaError) -> tuple[Problem, ...]:
    if isinstance(error, (InvalidForm, SlotTaken)):
        return error.problems
    return (Problem("region" if error.code == "unknown_region" else "", error.code, error.details),)
