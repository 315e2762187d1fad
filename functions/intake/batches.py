"""An agency's file: noticed in its inbox, split into parts, taken in row by row, reported."""

from dataclasses import replace
from typing import Any

from adapters import definitions
from adapters.applications import Command
from adapters.batches import Drop, drop_of
from adapters.clock import now
from casework import actions
from casework.batch import BYTES_AT_MOST, Row, RowResult, read_rows, report, totals
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
from functions.intake.applicants import check_bars, filing_day
from functions.intake.batch_report import lines_of
from functions.intake.wiring import (
    agencies,
    applications,
    batches,
    create_application,
    intakes,
    logger,
)

ROWS_A_PART = 50


def receive(event: dict[str, Any], _: Any) -> None:
    """A file appeared (EventBridge): start one execution for it, however often we hear of it."""
    drop = drop_of(event["detail"])
    if drop is None:
        logger.warning("a file outside of inbox/<agency>/<service>/ is left alone")
        return
    intakes().start(drop.batch, drop._asdict())


def split(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """State "Split the file into parts". A file that cannot be read has no parts."""
    drop = Drop(**event)
    try:
        service = definitions.service(drop.service)
        rows = read_rows(service, batches().file(drop, BYTES_AT_MOST))
    except (InvalidForm, NotFound) as error:
        problems = getattr(error, "problems", None) or [Problem("", error.code, error.details)]
        batches().put_file_problems(drop.batch, list(problems))
        return {"drop": event, "parts": 0, "manifest": ""}
    manifest, parts = batches().put_parts(drop.batch, rows, ROWS_A_PART)
    return {"drop": event, "parts": parts, "manifest": manifest}


def take_in(event: dict[str, Any], _: Any) -> dict[str, int]:
    """State "Take in one part": each row becomes an application, or its problems are noted."""
    rows = batches().part(event["part"])
    results = [_take_in(row, event["batch"], event["service"], event["agency"]) for row in rows]
    batches().put_results(event["part"], results)
    return {"rows": len(rows)}


def _take_in(row: Row, batch: str, service: str, agency: str) -> RowResult:
    command = Command.of("agency", agency, service, row.digest, request=row.digest, kept=None)
    # Kept with the command, so that a second attempt at this part knows its own rows again.
    origin = {"batch": batch, "row": row.repeats or row.row}
    at = now()
    try:
        if row.problems:
            raise InvalidForm(row.problems)
        rules = definitions.rules(service, row.region)
        check_bars(rules, row.form, agency, at)
        change = actions.submit_row(
            rules, row.form, row.documents or (), at, region=row.region, agency=agency
        )
        done = create_application(
            replace(change, result=origin),
            actor=f"agency:{agency}",
            now=at,
            command=command,
        )
    except AlreadyOpen as error:
        return RowResult(row.row, "rejected", problems=(_open_already(error, agency),))
    except (InvalidForm, InvalidValue, NotAllowed, SlotTaken) as error:
        return RowResult(row.row, "rejected", problems=_problems(error))
    first = row.repeats is None and done.result == origin
    return RowResult(row.row, "accepted" if first else "repeated", done.case.application.number)


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


def write_report(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """State "Write the report": beside the file, with totals; the agency is told."""
    drop = Drop(**event["drop"])
    problems = () if event["parts"] else batches().file_problems(drop.batch)
    results = list(batches().results(drop.batch)) if event["parts"] else []
    counted = totals(results)
    batches().put_report(drop, report(lines_of(problems, results, counted)))
    news = {"batch": drop.batch, "report": drop.report_key, "readable": not problems, **counted}
    agencies().publish("batch_done", news, agency=drop.agency)
    return {"batch": drop.batch, **counted}
