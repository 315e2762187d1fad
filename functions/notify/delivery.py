"""Deliver one notice: by the channel of choice, and when that fails by the next.

A channel that somebody began and did not end may have carried the message: it is not used twice,
the next one is. So nothing is lost, and no channel says anything twice.
"""

from typing import Any

from adapters import definitions
from adapters.casebook import rules_of
from adapters.clock import now
from adapters.deliveries import Delivery, State
from adapters.messages import Undeliverable
from adapters.queues import DeliveryRequest
from adapters.records import each_message
from casework import appeals
from casework.application import SYSTEM
from casework.archive import is_archive
from casework.errors import Unavailable
from casework.notice import Audience, Channel, Contact, is_outdated, reached_by, words
from casework.ports import Case, Rules
from casework.representation import is_filed_for
from casework.support import is_thread
from functions.notify import archive, support
from functions.notify.channels import wanted
from functions.notify.wiring import (
    applications,
    deliveries,
    letters,
    logger,
    mail,
    profiles,
    settings,
    sms,
    topic,
)


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_message(event, _deliver, logger)


def _deliver(body: dict[str, Any]) -> None:
    request = DeliveryRequest(**body)
    if is_archive(request.number):
        _tell(request, archive.prepared(request, now()))
        return
    if is_thread(request.number):
        _tell(request, support.prepared(request))
        return
    case = applications().load(request.number)
    if is_outdated(request.template, case.application):
        return
    if request.audience == Audience.APPLICANT:
        _tell_applicant(request, case)
    else:
        _tell_topic(request, case)


def _tell_topic(request: DeliveryRequest, case: Case) -> None:
    delivery = Delivery(request.number, request.event, request.template, request.audience)
    if deliveries().begin(delivery, _at()) is State.SENT:
        return
    application = case.application
    tags = {"agency": application.agency} if request.audience == Audience.AGENCY else {}
    topic(Audience(request.audience)).publish(
        request.template,
        {
            "number": request.number,
            "event": f"{request.number}.{request.event}",
            "title": definitions.texts("notices")[request.template]["operators"],
            "stage": application.stage,
            "region": application.region,
        },
        **tags,
    )
    deliveries().end(delivery, State.SENT, request.audience, _at())


def _tell_applicant(request: DeliveryRequest, case: Case) -> None:
    rules = rules_of(case.application)
    contact = _reached_by(request, case, rules)
    if not contact.channels:
        return  # a draft does not say how, or the person does not want it: the cabinet tells it
    texts = definitions.texts("notices")[request.template]
    clocks = {name: told["ru"] for name, told in definitions.texts("statuses")["clock"].items()}
    mends = {code: told["ru"] for code, told in definitions.texts("problems").items()}
    filled = words(case, rules, settings.cabinet_url, clocks, mends)
    told = {name: text.format_map(filled).strip() for name, text in texts.items()}
    _note_receipt(_carried(request, contact, told), case)


def _reached_by(request: DeliveryRequest, case: Case, rules: Rules) -> Contact:
    """By the latest contact data, and by the channel that the person has chosen for such news. What
    somebody files in the name of another goes as the form says."""
    person = case.application.applicant
    if person is None or is_filed_for(case):
        return reached_by(case, rules, now())
    contact = reached_by(case, rules, now(), profiles().load(person))
    return wanted(contact, person, request.template)


def _tell(request: DeliveryRequest, prepared: tuple[Contact, dict[str, str]] | None) -> None:
    if prepared:
        _carried(request, *prepared)


def _carried(request: DeliveryRequest, contact: Contact, told: dict[str, str]) -> Delivery:
    """By the first channel that carries it. Raises Unavailable when none is left."""
    for channel in contact.channels:
        delivery = Delivery(request.number, request.event, request.template, channel)
        state = deliveries().begin(delivery, _at())
        usable = state is State.NEW or channel is Channel.LETTER
        if state is State.SENT or (usable and _send(delivery, contact, told)):
            return delivery
    raise Unavailable("no_channel_left")


def _note_receipt(delivery: Delivery, case: Case) -> None:
    """What went out about a decision proves its receipt from the moment it did, also when it is
    noted later by whoever comes after a crash."""
    if case.events[delivery.event - 1].kind != "issued" or delivery.channel == Channel.LETTER:
        return
    at = deliveries().ended_at(delivery)
    applications().change(
        delivery.number,
        lambda case: appeals.note_notice(case, delivery.event, delivery.channel, at),
        actor=SYSTEM,
        now=now(),
    )


def _send(delivery: Delivery, contact: Contact, told: dict[str, str]) -> bool:
    """Whether the message went out. What may succeed later is tried again by the queue."""
    try:
        detail = _SENDERS[Channel(delivery.channel)](delivery, contact, told)
    except Unavailable:
        deliveries().forget(delivery)
        raise
    except Undeliverable as error:
        logger.warning("channel failed", extra={"channel": delivery.channel, "code": error.code})
        deliveries().end(delivery, State.FAILED, error.code, _at())
        return False
    deliveries().end(delivery, State.SENT, detail, _at())
    return True


def _by_sms(_: Delivery, contact: Contact, told: dict[str, str]) -> str:
    return sms().send(contact.phone, told["sms"])


def _by_email(_: Delivery, contact: Contact, told: dict[str, str]) -> str:
    return mail().send(contact.email, told["subject"], told["body"])


def _by_letter(delivery: Delivery, contact: Contact, told: dict[str, str]) -> str:
    return letters().send(delivery.name, contact.address, told["subject"], told["body"])


_SENDERS = {Channel.SMS: _by_sms, Channel.EMAIL: _by_email, Channel.LETTER: _by_letter}


def _at() -> str:
    return now().isoformat()
