"""Carry what has happened to an application into its execution (the table's stream)."""

from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.documents import UPLOAD_SECONDS
from adapters.queues import ErasureRequest
from adapters.records import each_application_of_events
from casework import appeals
from casework.application import SYSTEM, Application, Stage
from casework.archive import is_archive
from casework.errors import AlreadyOpen, SlotTaken
from casework.ports import Case, Task
from casework.review import Next, must_leave, next_step
from functions.decide.wiring import (
    applications,
    erasures,
    logger,
    payments,
    provisions,
    reviews,
    reviews_of,
)

BEGINNINGS = {"submitted", "decision_superseded"}


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_application_of_events(event, _carry, logger)


def _must_ask_anew(task: Task, application: Application) -> bool:
    """The form was corrected while registries were being asked about the old one: leave the wait,
    come back to it, and ask about the new one."""
    return task.purpose == Next.CHECK and any(c.state == "due" for c in application.checks.values())


def _may_be_decided(task: Task, kinds: set[str]) -> bool:
    """What kept the rules from deciding by themselves is mended: come back and let them."""
    return task.purpose == Next.DECIDE and "rebooked" in kinds


def _carry(number: str, kinds: set[str]) -> None:
    """Start, stop or wake the execution, whichever the application as it is now calls for."""
    if "consent_withdrawn" in kinds and is_archive(number):
        erasures().send([ErasureRequest(number, "begin")])
        return
    if "document_erased" in kinds:
        taken_out = ErasureRequest(number, "document")
        erasures().send([taken_out])
        erasures().send([taken_out], delay=UPLOAD_SECONDS)  # it may still be under way to us
    if is_archive(number):
        return
    case = applications().load(number)
    application, task = case.application, case.task
    if "fee_refund_due" in kinds:
        for transaction, fee in application.fees.going_back().items():
            payments().give_back(fee.payment, transaction, fee.amount, fee.currency)
    if application.submitted_at is None:
        return  # a draft: nothing runs for it
    if application.contests:
        _tell_contested(case)
    if application.stage is Stage.WITHDRAWN:
        reviews_of(application).stop(application.execution, "withdrawn by the applicant")
        return
    if "decision_superseded" in kinds:
        for name in application.past_executions:  # what was provided on the old decision ends
            provisions().stop(name, "the decision was superseded")
    at = now()
    step = next_step(application, rules_of(application), at)
    if kinds & BEGINNINGS:
        reviews_of(application).start_review(number, step, application.execution)
    over = task and (must_leave(task, step, at) or _must_ask_anew(task, application))
    if over or (task and _may_be_decided(task, kinds)):
        reviews().wake(task.token, number, step)


def _tell_contested(appeal: Case, *, hold: bool = True, book: bool = True) -> None:
    """What an appeal brings about, where the contested decision stands; what is told there already
    is not told again."""
    try:
        _bring_about(appeal, hold=hold, book=book)
    except AlreadyOpen:  # the person has applied anew by now: both go on
        _tell_contested(appeal, hold=False, book=book)
    except SlotTaken:  # by somebody else, or it is over: the person chooses another time
        _tell_contested(appeal, hold=hold, book=False)


def _bring_about(appeal: Case, **takes: bool) -> None:
    applications().change(
        appeal.application.contests,
        lambda case: appeals.consequences(
            appeal, appeals.Contested(case, rules_of(case.application)), **takes
        ),
        actor=SYSTEM,
        now=now(),
    )
