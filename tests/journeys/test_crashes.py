"""Every handler dies before and after every AWS call it makes; the end is the same each time.

People try again with the same Idempotency-Key, Step Functions, streams, queues and Lambda try again
by themselves, all in virtual time. What may differ from the journey nobody died in:

- when things happened, by the minutes that trying again takes;
- a message that was begun and not ended goes out by the next channel, since nobody knows whether
  the first one carried it: so every notice arrives, and no channel says anything twice;
- a topic may say the same again, with the same event id in it;
- a file is inspected and scanned at once, and papers are drawn beside everything else: what is said
  of them may stand at another place of the history;
- a scanner that was asked again may answer before anybody writes down that it was late;
- a paper is sealed by chance, so one that was drawn and not noted lies beside the one that counts.
"""

import json
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any
from unittest import mock

import boto3
import pytest

from adapters import definitions
from adapters.archives import Archives
from adapters.deliveries import State
from adapters.issued_papers import PREFIX as PAPERS
from adapters.issued_papers import paper_key
from adapters.malware import INFECTED
from casework.archive import person_of
from casework.example import example_form
from casework.retention import Part
from local import people
from local.agency_file import row, written
from local.aws import REGION, Backends
from local.office import SERVICE, Caller, Office, Refused, form_of, needed_documents
from local.users import PASSWORD
from tests.journeys.appeal_steps import appeal_form, confirm_ruling, propose_ruling
from tests.journeys.archive_steps import PDF, put_in
from tests.journeys.provision_steps import CLEANING, REVIEW_ON, form_act
from tests.journeys.steps import (
    INSIDE,
    UNCLEAR_INCOME,
    begin,
    dead_letters,
    deliveries,
    instant,
    stage,
)
from tests.signing import signed_pdf, signer
from tests.template import FUNCTION, resources
from tests.variants import sampled

HANDLERS = {
    "functions.intake.api.handler",
    "functions.intake.account_api.handler",
    "functions.intake.cabinet_api.handler",
    "functions.intake.identity_api.handler",
    "functions.intake.office_api.handler",
    "functions.intake.oversight_api.handler",
    "functions.intake.batches.receive",
    "functions.intake.batch_rows.split",
    "functions.intake.batch_rows.take_in",
    "functions.intake.batches.write_report",
    "functions.verify.documents.judge",
    "functions.verify.documents.take_verdict",
    "functions.verify.scans.look_again",
    "functions.verify.signatures.check",
    "functions.verify.registries.check",
    "functions.verify.registries.take_replies",
    "functions.decide.review.await_people",
    "functions.decide.review.mark_deadline",
    "functions.decide.review.issue_outcome",
    "functions.decide.progress.handler",
    "functions.decide.provision.begin",
    "functions.decide.provision.mark",
    "functions.decide.payments.begin",
    "functions.decide.payments.list_due",
    "functions.decide.payments.pay_part",
    "functions.decide.payments.take_answers",
    "functions.decide.drafts.come_by",
    "functions.decide.sentinel.watch",
    "functions.decide.archives.remind_of_papers",
    "functions.decide.erasures.take",
    "functions.decide.erasures.come_by",
    "functions.notify.events.handler",
    "functions.notify.delivery.handler",
    "functions.papers.draw.handler",
}
PAGES = {"functions.portal.citizen.handler", "functions.portal.office.handler"}
"""They carry out the operations of the API, which die above, and nothing but sessions is theirs."""
START = "2026-04-27 10:00"
IN_ANY_ORDER = {"document_inspected", "document_scanned", "signature_checked", "paper_issued"}
CODE = r"[0-9]{6}(?= — код)"  # by chance
LATE_SCANS = {"document_scan_delayed", "document_scan_ended"}


# ---- the journeys -------------------------------------------------------------------------------


def _meanwhile(office: Office) -> None:
    """Longer than any way of trying again takes for once, shorter than anybody's term."""
    office.cloud.advance(minutes=15)


def _experts_judge(office: Office, number: str, *unreadable: str) -> None:
    """All that has come to them by now; of these kinds they can read nothing."""
    office.expert.get("/document-checks")
    for document in office.show(number)["documents"]:
        if document["awaits_expert"]:
            bad = document["kind"] in unreadable
            verdict = ("unreadable", "text_blurred") if bad else ("conforming",)
            office.judge(number, document["id"], *verdict)
    _meanwhile(office)


def refused_after_a_question(office: Office) -> None:
    """Uploads, an expert who cannot read one and a registry that contradicts, an officer's
    question, an answer, two officers; in the end the consent to data processing is withdrawn."""
    form = form_of(people.MOTHER, income="900000")
    office.registries.differ(form["snils"], "residence", "registration_address")
    put_in(office, office.citizen)
    begun = {"service": SERVICE, "region": "RU-MOW", "form": form}
    number = office.citizen.post("/applications", begun)["number"]
    for kind in ("passport", "snils", "income_certificate"):
        office.upload(number, kind)
        _meanwhile(office)
    office.citizen.post(f"/applications/{number}/submission")
    _meanwhile(office)
    _experts_judge(office, number, "passport")
    office.registries.differ(form["snils"], "residence")
    office.upload(number, "passport")
    _meanwhile(office)
    office.answer(number, message="Я живу здесь")
    _meanwhile(office)
    _experts_judge(office, number)
    office.ask(number, UNCLEAR_INCOME)
    _meanwhile(office)
    office.answer(number, form={"income": "890000"})
    _meanwhile(office)
    office.propose_refusal(number, "criteria_not_met")
    _meanwhile(office)
    office.confirm(number)
    _meanwhile(office)
    office.citizen.post(f"/applications/{number}/resubmission")
    _withdraw_consent(office)
    for _ in range(4):  # erasing waits, and whoever died on the way is followed late
        _meanwhile(office)


def _withdraw_consent(office: Office) -> None:
    """Whoever gets no code in a minute asks for another."""
    path, told = "/consent/withdrawal", len(office.cloud.sms)
    office.citizen.post(path, key="consent")
    if len(office.cloud.sms) == told:
        office.cloud.advance(minutes=1)
    office.citizen.confirmed("POST", path, key="consent")


def left_to_the_clock(office: Office) -> None:
    """A file of two: nobody answers for one, nobody decides the other until he is overdue. A signed
    paper of a citizen, which the scanner had to be asked about again, ends meanwhile."""
    office.scanner.behave(silent_until=instant(START) + timedelta(minutes=5))
    put_in(office, office.citizen, signed_pdf(signer(), PDF), paper={"valid_until": "2026-06-10"})
    rows = [row(1, notify_by="email"), row(2, notify_by="letter")]
    office.drop("A", "april.csv", written(rows))
    _meanwhile(office)
    numbers = {office.casebook.load(n).form["snils"]: n for n in office.casebook.unfinished()}
    office.ask(numbers[rows[0]["snils"]], UNCLEAR_INCOME)
    _paused(office, numbers[rows[1]["snils"]])
    office.cloud.advance(days=50)
    office.approve(numbers[rows[1]["snils"]])
    _meanwhile(office)


def _paused(office: Office, number: str) -> None:
    """And taken up again the day after."""
    path, until = f"/applications/{number}", (office.cloud.now() + timedelta(days=9)).date()
    pause = {"reason": "court", "until": f"{until}", "words": "Ждём суда"}
    office.officer.post(f"{path}/pause", pause)
    office.cloud.advance(days=1)
    office.officer.post(f"{path}/resumption")
    _meanwhile(office)


def withdrawn(office: Office) -> None:
    """And a dangerous file; the inspection has long found it good when the scanner speaks."""
    office.scanner.behave(after=timedelta(minutes=10), says=INFECTED)
    put_in(office, office.citizen)
    letter = office.citizen.post("/support", {"topic": "other", "text": "Где мой файл?"})
    office.drop("A", "april.csv", written([row(1)]))
    _meanwhile(office)
    (number,) = office.casebook.unfinished()
    office.agency("A").post(f"/applications/{number}/withdrawal")
    office.officer.post(f"/support/{letter['number']}/answer", {"text": "Он опасен."})
    _forgotten_password(office)
    _meanwhile(office)


def _forgotten_password(office: Office) -> None:
    """And remembered in the end, so the same again. Whoever gets no code in five minutes asks for
    another."""
    path, told = "/account/recovery", len(office.cloud.sms)
    login = {"login": office.citizen.phone}
    flow = office.citizen.post(path, login)["flow"]
    if len(office.cloud.sms) == told:
        office.cloud.advance(minutes=5)
        flow = office.citizen.post(path, login)["flow"]
    office.citizen.post(f"{path}/code", {"flow": flow, "code": office.citizen.code()})
    office.citizen.post(f"{path}/password", {"flow": flow, "password": PASSWORD})


def _registered(office: Office, service: str, form: dict[str, Any]) -> str:
    begun = {"service": service, "region": "RU-MOW", "form": form}
    number = office.citizen.post("/applications", begun)["number"]
    for kind in needed_documents(office.show(number)):
        office.upload(number, kind)
        _meanwhile(office)
    office.citizen.post(f"/applications/{number}/submission")
    _meanwhile(office)
    _experts_judge(office, number)
    return number


def paid_and_appealed(office: Office) -> None:
    """A benefit is paid, contested, decided anew, and stopped."""
    form = example_form(
        definitions.service("child-benefits"),
        office.cloud.now().date(),
        programme="childcare",
        child_birth_date="01.02.2026",
    )
    number = _registered(office, "child-benefits", form)
    office.cloud.advance(days=1)
    office.approve(number, explanation="Проверено")
    office.cloud.advance(days=3)
    appeal = _registered(office, "appeal", appeal_form(office, number))
    propose_ruling(office, appeal, "sent_back")
    _meanwhile(office)
    confirm_ruling(office, appeal)
    _meanwhile(office)
    office.third_officer.post(
        f"/applications/{number}/proposal", {"outcome": "approved", "explanation": "Проверено"}
    )
    office.cloud.advance(days=35)
    stop = {"reason": "moved", "since": f"{office.cloud.now():%Y-%m-%d}"}
    office.officer.post(f"/applications/{number}/stop", stop)
    _meanwhile(office)
    assert sorted(office.bank.book) == [f"{number}#2026-05", f"{number}#2026-06"]


def provided(office: Office) -> None:
    """A programme that waits for the person beyond all reminders, and its one service."""
    office.load_providers()
    number = _registered(office, SERVICE, form_of(people.MOTHER))
    office.approve(number)
    _meanwhile(office)
    office.propose_programme(number, CLEANING, review_on=REVIEW_ON)
    office.cloud.advance(days=20)
    for act in (
        lambda: office.agree(number),
        lambda: office.choose(number, "lipa"),
        lambda: form_act(office, number),
        lambda: office.record(number, 1, "started", "2026-05-17"),
        lambda: office.record(number, 1, "ended", "2026-05-17", "Убрано"),
    ):
        act()
        _meanwhile(office)


JOURNEYS = (refused_after_a_question, left_to_the_clock, withdrawn, paid_and_appealed, provided)


# ---- how they ended -----------------------------------------------------------------------------


@dataclass(frozen=True)
class End:
    """Everything that must be the same; numbers are told as people's SNILS."""

    applications: dict[str, Any]
    archives: list[Any]
    threads: list[Any]
    files: Counter
    executions: list[tuple[str, str]]
    topics: set[str]
    letters: list[str]
    said: Counter


def end_of(office: Office) -> End:
    """And nothing is lost, left over, or broken."""
    cloud = office.cloud
    names = {number: f"<{told}>" for number, told in _everybody(office)}
    threads = [line["number"] for line in office.citizen.get("/support")["threads"]]
    letters = dict.fromkeys(threads, "<a letter>")
    for number in names:
        assert office.casebook.sealed_chain(number).broken_at is None
        _has_its_papers(office, number)
    assert dead_letters(office) == []
    assert cloud.dropped == []
    assert office.casebook.unfinished() == []
    machines = Backends().step_functions.state_machines
    return End(
        {name: _became(office, number) for number, name in names.items()},
        [_kept_in(office, archive) for archive in _archives(office)],
        [_written_in(office, number) for number in threads],
        _files(office, names | dict.fromkeys(_archives(office), "<an archive>")),
        sorted((names.get(e.name, "a file"), e.status) for m in machines for e in m.executions),
        {
            _renamed(_without_batch(news), names)
            for topic in ("OperatorsTopic", "AgenciesTopic")
            for news in cloud.published(topic)
        },
        sorted(_renamed(key, names) for key in office.letters()),
        Counter(
            _renamed(re.sub(CODE, "<code>", text), names | letters)
            for text in (*map(str, cloud.sms), *map(str, cloud.emails))
        ),
    )


def _written_in(office: Office, thread: str) -> list[Any]:
    shown = office.citizen.get(f"/support/{thread}")
    return [shown["state"], *(message["text"] for message in shown["messages"])]


def _everybody(office: Office) -> Iterator[tuple[str, str]]:
    found = [item for item in _begun(office) if "drafted_at" in item]
    numbers = sorted((item["drafted_at"]["S"], item["number"]["S"]) for item in found)
    snils = [office.casebook.load(n).form.get("snils", "erased") for _, n in numbers]
    for place, (_, number) in enumerate(numbers):
        yield number, f"{snils[place]} {snils[:place].count(snils[place]) + 1}"


def _archives(office: Office) -> list[str]:
    return [item["number"]["S"] for item in _begun(office) if "drafted_at" not in item]


def _begun(office: Office) -> list[dict[str, Any]]:
    pages = boto3.client("dynamodb", REGION).get_paginator("scan")
    found = pages.paginate(
        TableName=office.cloud.outputs["Applications"],
        FilterExpression="sk = :meta",
        ExpressionAttributeValues={":meta": {"S": "META"}},
    )
    return [item for page in found for item in page["Items"]]


def _became(office: Office, number: str) -> dict[str, Any]:
    told = {(d.event, d.template) for d in deliveries(office, number) if d.channel not in INSIDE}
    arrived = {
        (d.event, d.template)
        for d in deliveries(office, number)
        if d.state is State.SENT and d.channel not in INSIDE
    }
    assert told == arrived  # by one channel at least
    case = office.casebook.load(number)
    application, kinds = case.application, [event.kind for event in case.events]
    return _in_order(kinds) | {
        "stage": stage(office, number),
        "told": told,
        "documents": sorted(
            (document.kind, document.state, str(document.checked))
            for document in application.documents.values()
        ),
        "papers": Counter(
            (event.data["kind"], kinds[event.data["of"] - 1], event.data["print"])
            for event in case.events
            if event.kind == "paper_issued"
        ),
        "erased": application.erased and application.erased.what,
        "form": sorted(case.form),
    }


def _kept_in(office: Office, number: str) -> dict[str, Any]:
    archives = Archives(boto3.client("dynamodb", REGION), office.cloud.outputs["Applications"])
    assert archives.sealed_chain(person_of(number)).broken_at is None
    case = archives.load(person_of(number))
    states = sorted((file.state, str(file.defect)) for file in case.archive.files.values())
    return _in_order([event.kind for event in case.events]) | {"files": states}


def _in_order(kinds: list[str]) -> dict[str, Any]:
    """Of events."""
    return {
        "events": [kind for kind in kinds if kind not in IN_ANY_ORDER | LATE_SCANS],
        "also": Counter(kind for kind in kinds if kind in IN_ANY_ORDER),
    }


def _has_its_papers(office: Office, number: str) -> None:
    """Every one that was noted lies in the vault, unless it was erased: then none does."""
    application = office.casebook.load(number).application
    lie = {key for key in _keys(office, "VaultBucket") if key.startswith(f"{PAPERS}{number}/")}
    noted = {paper_key(number, id_, paper.sha256) for id_, paper in application.papers.items()}
    assert (lie == set()) if application.is_erased(Part.PAPERS) else (noted <= lie)


def _files(office: Office, names: dict[str, str]) -> Counter:
    """How many each has in each place; papers apart."""
    return Counter(
        (bucket, _renamed(key.rpartition("/")[0], names))
        for bucket in ("UploadsBucket", "VaultBucket")
        for key in _keys(office, bucket)
        if not key.startswith(PAPERS)
    )


def _keys(office: Office, bucket: str) -> list[str]:
    """Those of old versions too."""
    pages = boto3.client("s3", REGION).get_paginator("list_object_versions")
    found = pages.paginate(Bucket=office.cloud.outputs[bucket])
    return sorted({version["Key"] for page in found for version in page.get("Versions", ())})


def _without_batch(news: str) -> str:
    """A file's identity is that of its version."""
    told = {name: value for name, value in json.loads(news).items() if name != "batch"}
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def _renamed(text: str, names: dict[str, str]) -> str:
    for number, name in names.items():
        text = text.replace(number, name)
    return text


def same(end: End, expected: End) -> None:
    assert end.applications == expected.applications
    assert end.archives == expected.archives
    assert end.files == expected.files
    assert end.executions == expected.executions
    assert end.topics == expected.topics
    assert set(expected.letters) <= set(end.letters)  # more: for a channel nobody is sure of
    assert len(end.letters) == len(set(end.letters))
    for words, times in end.said.items():
        assert times <= max(1, expected.said[words]), words


# ---- people who try again -----------------------------------------------------------------------


@contextmanager
def persistent_people() -> Iterator[None]:
    """Whoever gets no answer asks again, and says by a key that it is the same request."""
    call = Caller._call

    def call_until_answered(
        self: Caller, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> Any:
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        for _ in range(5):
            try:
                return call(self, method, path, body, key | headers)
            except Refused as answer:
                if answer.status < 500:
                    raise
        raise AssertionError("no answer")

    with mock.patch.object(Caller, "_call", call_until_answered):
        yield


def _walk(office: Office, journey: Callable[[Office], None], *kills: tuple[str, int, str]) -> End:
    begin(office, START)
    office.experts_at_work = False  # they come when a journey says so
    for kill in kills:
        office.cloud.kill(*kill)
    with persistent_people():  # whoever reads how it ended is one of them
        journey(office)
        return end_of(office)


@pytest.fixture(scope="module")
def uncrashed(shared_office: Office) -> Callable[[Callable], tuple[End, Counter]]:
    """How a journey ends, and how many calls each handler makes, when nobody dies."""

    @cache
    def ended(journey: Callable[[Office], None]) -> tuple[End, Counter]:
        end = _walk(shared_office, journey)
        return end, Counter(handler for handler, _ in shared_office.cloud.calls)

    return ended


# ---- crashes ------------------------------------------------------------------------------------


def test_no_handler_of_the_template_is_spared() -> None:
    handlers = {function["Handler"] for function in resources(FUNCTION).values()}
    assert handlers == HANDLERS | PAGES


@pytest.mark.long
def test_every_handler_has_something_to_die_of(uncrashed) -> None:
    called = {handler for journey in JOURNEYS for handler in uncrashed(journey)[1]}
    assert called == HANDLERS


@pytest.mark.parametrize(
    ("call", "when"),
    sampled(
        [(1, "before"), (1, "after"), (2, "before"), (3, "after"), (5, "before"), (8, "after")], 5
    ),
)
@pytest.mark.parametrize("journey", sampled(JOURNEYS, 2, 3))
def test_all_handlers_die_once_in_one_journey_and_it_ends_the_same(
    office: Office, uncrashed, journey: Callable, call: int, when: str
) -> None:
    """All at the same of their calls: each is tried again while others die."""
    expected, calls = uncrashed(journey)
    kills = [(handler, min(call, calls[handler]), when) for handler in sorted(calls)]
    same(_walk(office, journey, *kills), expected)


@pytest.mark.long
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("handler", sorted(HANDLERS))
@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_handler_dies_at_any_call_and_the_journey_ends_the_same(
    office: Office, uncrashed, journey: Callable, handler: str, when: str
) -> None:
    expected, calls = uncrashed(journey)
    wrong = {}
    for call in range(1, calls[handler] + 1):
        try:
            same(_walk(office, journey, (handler, call, when)), expected)
        except (AssertionError, Refused) as difference:
            wrong[call] = str(difference)
    assert wrong == {}


# ---- repeated and shuffled deliveries -----------------------------------------------------------


def _shuffled(deliveries: list) -> list:
    return random.Random(7).sample(deliveries, len(deliveries))


@pytest.mark.parametrize(("order", "each"), sampled([(list, 1), (_shuffled, 9)], 1))
@pytest.mark.parametrize("journey", sampled(JOURNEYS, 2, 3))
def test_what_is_delivered_again_in_any_order_changes_nothing(
    office: Office, uncrashed, journey: Callable, order: Callable, each: int
) -> None:
    """Everything so far is delivered again whenever the journey has waited so many times, and in
    the end."""
    expected, _ = uncrashed(journey)
    advance, waits = office.cloud.advance, count(1)

    def advance_and_hear_it_again(**duration: float) -> None:
        advance(**duration)
        if next(waits) % each == 0:
            assert office.cloud.repeat_events(order) == []

    def journey_and_hear_it_again(office: Office) -> None:
        journey(office)
        assert office.cloud.repeat_events(order) == []

    with mock.patch.object(office.cloud, "advance", advance_and_hear_it_again):
        end = _walk(office, journey_and_hear_it_again)
    same(end, expected)
    assert end.said == expected.said
    assert end.letters == expected.letters
