"""What an officer can do with an application as it stands: what a page of the console offers, and
nothing that the action itself would refuse. What documents and letters say, only the actions see.
"""

from enum import StrEnum

from casework.application import Application, Stage
from casework.benefit import Benefit, State
from casework.original import Step
from casework.pauses import MAY_BE_PAUSED
from casework.provision import Awaited


class OfficeWay(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    ASK = "ask"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    PAUSE = "pause"
    RESUME = "resume"
    ESCALATE = "escalate"
    NOTE_LETTER = "note_letter"
    PROPOSE_PROGRAMME = "propose_programme"
    FORM_ACT = "form_act"
    RECORD_SERVICE = "record_service"
    REVIEW_COMPLAINT = "review_complaint"
    MAKE_ORIGINAL_READY = "make_original_ready"
    HAND_OVER_ORIGINAL = "hand_over_original"
    ORDER_PAYMENT = "order_payment"
    CLAIM_BACK = "claim_back"
    STOP = "stop"


RULING = frozenset({OfficeWay.CLAIM, OfficeWay.ASK, OfficeWay.PROPOSE, OfficeWay.CONFIRM})
"""What only officers do who had no part in a contested decision."""


def office_ways(
    application: Application, officer: str, *, supervisor: bool, had_part: bool = False
) -> tuple[OfficeWay, ...]:
    """Nobody acts for the office on what he filed himself. `had_part`: of an appeal, in the
    contested decision."""
    if application.applicant == officer or application.submitted_at is None:
        return ()
    ways = (*_in_work(application, officer, supervisor), *_after(application))
    return tuple(way for way, is_open in ways if is_open and not (had_part and way in RULING))


def _in_work(
    application: Application, officer: str, supervisor: bool
) -> tuple[tuple[OfficeWay, bool], ...]:
    holder, stage, proposal = application.officer, application.stage, application.proposal
    free, paused = holder in (None, officer), application.pause is not None
    return (
        (OfficeWay.CLAIM, application.in_work and holder is None),
        (OfficeWay.RELEASE, holder == officer or (holder is not None and supervisor)),
        (OfficeWay.ASK, stage is Stage.REVIEW and free and not paused),
        (OfficeWay.PROPOSE, stage is Stage.REVIEW and free and not paused),
        (OfficeWay.PAUSE, stage in MAY_BE_PAUSED and free and not paused),
        (OfficeWay.RESUME, paused and free),
        (OfficeWay.ESCALATE, application.in_work and free and not application.escalated_by),
        (OfficeWay.CONFIRM, stage is Stage.CONFIRMATION and proposal.officer != officer),
        (OfficeWay.NOTE_LETTER, application.issued and application.received is None),
    )


def _after(application: Application) -> tuple[tuple[OfficeWay, bool], ...]:
    provision, original = application.provision, application.original
    awaits = provision.awaits if provision else None
    step = original.awaits if original else None
    benefit = application.benefit
    return (
        (OfficeWay.PROPOSE_PROGRAMME, awaits is not None),
        (OfficeWay.FORM_ACT, awaits is Awaited.ACT),
        (OfficeWay.RECORD_SERVICE, awaits is Awaited.SERVICES),
        (OfficeWay.REVIEW_COMPLAINT, awaits is Awaited.COMPLAINT),
        (OfficeWay.MAKE_ORIGINAL_READY, step is Step.ORIGINAL),
        (OfficeWay.HAND_OVER_ORIGINAL, step is Step.HANDOVER),
        (OfficeWay.ORDER_PAYMENT, benefit is not None and _is_paid(benefit)),
        (OfficeWay.CLAIM_BACK, benefit is not None and _can_be_claimed(benefit)),
        (OfficeWay.STOP, application.is_granted),
    )


def _is_paid(benefit: Benefit) -> bool:
    return not benefit.is_over and not benefit.paused_on


def _can_be_claimed(benefit: Benefit) -> bool:
    paid = {period for period, t in benefit.transfers.items() if t.state is State.PAID}
    return bool(paid - benefit.claimed)
