"""An agency's file: noticed in its inbox, and reported when batch_rows.py has taken it in."""

from typing import Any

from adapters.batches import Drop, drop_of
from adapters.clock import now
from casework.batch import judged_together, report, totals
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
    """State "Write the report": beside the file, with totals; the agency is told. Of a dry run
    nothing else is left."""
    drop = Drop(**event["drop"])
    if not drop.dry_run:
        return {"batch": drop.batch, **_report(drop, event)}
    # Whoever died while forgetting finds no results any more: it was reported then.
    counted = batch_lines().load(drop.batch).totals or _report(drop, event)
    batches().forget(drop)
    return {"batch": drop.batch, **counted}


def _report(drop: Drop, event: dict[str, Any]) -> dict[str, int]:
    readable = event["parts"] > 0
    problems = [] if readable and not event["strays"] else batches().file_problems(drop.batch)
    results = list(batches().results(drop.batch)) if readable else []
    if drop.dry_run:
        results = list(judged_together(results))
    counted = totals(results)
    lines = lines_of(problems, results, counted, readable=readable, dry_run=drop.dry_run)
    batches().put_report(drop, report(lines))
    news = {"batch": drop.batch, "report": drop.report_key, "dry_run": drop.dry_run}
    agencies().publish("batch_done", news | {"readable": readable, **counted}, agency=drop.agency)
    batch_lines().end(drop, counted, now(), readable=readable)
    return counted
