"""An agency's file: noticed in its inbox, and reported when batch_rows.py has taken it in."""

from typing import Any

from adapters.batches import Drop, drop_of
from adapters.clock import now
from casework.batch import report, totals
from functions.intake.batch_report import lines_of
from functions.intake.wiring import agencies, batch_lines, batches, intakes, logger


def receive(event: dict[str, Any], _: Any) -> None:
    """A file appeared (EventBridge): start one execution for it, however often we hear of it."""
    drop = drop_of(event["detail"])
    if drop is None:
        logger.warning("a file outside of inbox/<agency>/<service>/ is left alone")
        return
    batch_lines().begin(drop, now())
    intakes().start(drop.batch, drop._asdict())


def write_report(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """State "Write the report": beside the file, with totals; the agency is told."""
    drop = Drop(**event["drop"])
    readable = event["parts"] > 0
    problems = [] if readable and not event["strays"] else batches().file_problems(drop.batch)
    results = list(batches().results(drop.batch)) if readable else []
    counted = totals(results)
    batches().put_report(drop, report(lines_of(problems, results, counted, readable=readable)))
    batch_lines().end(drop, counted, now(), readable=readable)
    news = {"batch": drop.batch, "report": drop.report_key, "readable": readable, **counted}
    agencies().publish("batch_done", news, agency=drop.agency)
    return {"batch": drop.batch, **counted}
