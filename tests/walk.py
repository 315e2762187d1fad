"""One long walk through everything Opora does, and a record of all that was said on the way.

Made once (tests/contract/test_walk.py): what a function may do and what must never be told about
a person are both read from it.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock

import boto3

from adapters import definitions
from adapters.messages import Sms
from casework.errors import Unavailable
from casework.example import example_form
from local.agency_file import packed
from local.aws import REGION, Backends
from local.office import SERVICE, Caller, Office, form_of
from local.people import person
from local.scanner import EICAR
from local.scans import good_jpeg
from tests.api.people import NEW
from tests.files import born_digital_pdf as a_page
from tests.journeys.account_steps import PASSWORD, Newcomer, code_in, scan, signed_up
from tests.journeys.appeal_steps import file_appeal
from tests.journeys.archive_steps import look, put_in, trust
from tests.pages.visitor import Visitor
from tests.signing import signed_pdf, signer

# A person whom nobody else is like, so that every trace is found.
CANARY = {
    "last_name": "Ярополкова-Заозёрская",
    "first_name": "Евдокия",
    "patronymic": "Светозаровна",
    "phone": "+79167770077",
    "email": "evdokia.canary@example.com",
    "registration_address": "Московская обл., дер. Канареечная, д. 77",
    "wishes": "Прошу ходить за хлебом: ноги-канарейки не держат",
}
UNIQUE = ("snils", "passport", "inn")

Form = dict[str, Any]


@dataclass
class Walk:
    """`calls`: (handler, operation); `payloads`: to and from all handlers but the API's; of pages,
    their addresses."""

    secrets: list[str]
    calls: set[tuple[str, str]] = field(default_factory=set)
    payloads: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    histories: list[str] = field(default_factory=list)
    sms: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)


def walk(office: Office) -> Walk:
    applicants = [form_of(person(n), **CANARY) for n in range(77, 82)]
    record = Walk([*CANARY.values(), *(form[name] for form in applicants for name in UNIQUE)])
    _forget_the_key()
    with _listening(office, record):
        _live(office, *applicants)
    record.calls = set(office.cloud.calls)
    record.sms = [text for _, text in office.cloud.sms]
    for topic in ("OperatorsTopic", "AgenciesTopic"):
        record.published += office.cloud.published(topic)
    record.histories = list(_histories())
    queue = Backends().sqs.queues[office.cloud.outputs["DeadLetters"].split("/")[-1]]
    record.dead_letters = [message.body for message in queue._messages]
    pages = boto3.client("dynamodb", REGION).get_paginator("scan")
    for page in pages.paginate(TableName=office.cloud.outputs["Applications"]):
        record.items += page["Items"]
    return record


# ---- what happens -------------------------------------------------------------------------------


def _live(
    office: Office, first: Form, second: Form, third: Form, fourth: Form, fifth: Form
) -> None:
    refused = _refused_after_questions(office, first)
    _papers_read(office, refused)
    _appealed(office, refused, first)
    _withdrawn(office, first)
    _booked_and_lost(office)
    _drafts_with_a_fee(office)
    _archived(office, first)
    _set_up(office, first)
    _on_own_pages(office, first)
    _came_in(office, first)
    _left_to_the_clock(office, second | {"notify_by": "email"})
    _in_a_batch(office, third | {"notify_by": "letter"})
    _strange_uploads(office)
    _late_and_dangerous_uploads(office, fourth)
    _signed_documents(office)
    _a_notice_that_never_leaves(office, fourth)
    _provided(office, _decided_before_the_wait(office, fifth), fifth)
    _paid(office)
    _consent_withdrawn(office, first)
    office.cloud.settle()


def _forget_the_key() -> None:
    """A process asks for its public half once, and this one may have done so before the walk."""
    from functions.intake import wiring  # noqa: PLC0415  it reads the environment

    wiring.seal_key.cache_clear()


def _refused_after_questions(office: Office, form: Form) -> str:
    """A registry contradicts, the system asks, then an officer does; two officers refuse."""
    office.registries.differ(form["snils"], "residence", "registration_address")
    number = office.apply(form)
    office.cloud.advance(hours=1)
    office.registries.differ(form["snils"], "residence")
    office.answer(number, message=f"Я {form['last_name']}, телефон {form['phone']}")
    office.cloud.advance(hours=1)
    path = f"/applications/{number}"
    office.officer.post(f"{path}/claim", key="claim")
    office.officer.get(f"{path}/assessment")
    office.ask(
        number,
        {"code": "unclear", "field": "income"},
        {"code": "unreadable", "document": "passport"},
        message=f"{form['first_name']}, приложите паспорт {form['passport']}",
    )
    office.upload(number, "passport", b"not a scan", file_name=f"{form['last_name']}.jpg")
    office.experts_at_work = False
    passport = office.upload(
        number, "passport", file_name=f"{form['last_name']} {form['snils']}.jpg"
    )
    office.expert.post(f"{path}/documents/{passport['id']}/look")
    office.expert.get("/document-checks")
    words = f"{form['last_name']}, видна не вся страница"
    office.judge(number, passport["id"], "unreadable", "edge_cut", note=words)
    office.experts_at_work = True
    office.upload(number, "passport", file_name=f"{form['snils']}.jpg")
    office.answer(number, form={"income": "190000"}, message="Вот паспорт")
    office.cloud.advance(hours=1)
    office.officer.get("/queue")
    explanation = f"{form['last_name']} живёт не там: {form['registration_address']}"
    office.propose_refusal(number, "data_wrong", explanation=explanation)
    office.confirm(number, agrees=False, explanation=f"СНИЛС {form['snils']} верен")
    office.propose_refusal(number, "data_wrong", explanation=explanation)
    office.confirm(number)
    office.officer.get("/executions")
    office.officer.get(f"/executions/{number}")
    office.citizen.get(f"{path}/history")
    _followed_by_pages(office, number)
    office.citizen.post(f"{path}/follow-up", {"service": "appeal"})
    office.citizen.post(f"{path}/resubmission")
    office.citizen.get("/applications")
    return number


def _followed_by_pages(office: Office, number: str) -> None:
    visitor, case = Visitor(office.cloud, office.citizen), f"/cabinet/applications/{number}"
    for place in ("/cabinet/applications", case, f"{case}/history", f"{case}/decision"):
        assert visitor.open(place).status == 200
    term = visitor.open(f"{case}/term/decision/limit")
    listed = visitor.submit(term, button="Сделать PDF")
    assert visitor.head(listed.link("Решение")) == 303


def _papers_read(office: Office, number: str) -> None:
    """By the owner, and by somebody to whom he shows one."""
    attached = (each for each in office.show(number)["documents"] if each["state"] == "accepted")
    office.citizen.get(f"/applications/{number}/documents/{next(attached)['id']}")
    path = f"/applications/{number}/papers"
    office.citizen.post(path, {"kind": "ledger"})
    office.cloud.settle()
    (paper, *_) = office.citizen.get(path)["papers"]
    office.citizen.get(f"{path}/{paper['paper']}")
    office.cloud.request("GET", "/check/key")
    events = office.casebook.load(number).events
    seal = next(event.data["seal"] for event in events if event.kind == "paper_issued")
    assert office.cloud.request("GET", f"/check/{seal}").json["issued"]


def _appealed(office: Office, contested: str, form: Form) -> None:
    """Everybody says in his own words what it is about, and names the person."""
    words = f"{form['last_name']}, {form['passport']}: {form['wishes']}"
    fields = {field.name for field in definitions.service("appeal").fields}
    known = {name: value for name, value in CANARY.items() if name in fields}
    number = file_appeal(office, contested, **known, points=words)
    office.third_officer.post(f"/applications/{number}/claim")
    office.third_officer.post(
        f"/applications/{number}/question",
        {"gaps": [{"code": "unclear", "field": "points"}], "message": words},
    )
    office.cloud.settle()
    office.answer(number, message=words)
    ruling = {"outcome": "changed", "reasons": [], "explanation": words}
    office.third_officer.post(f"/applications/{number}/proposal", ruling)
    office.cloud.settle()
    for agrees in (False, True):
        given = {"agrees": agrees, "explanation": words}
        office.supervisor.post(f"/applications/{number}/confirmation", given)
        office.cloud.settle()
        if not agrees:
            office.third_officer.post(f"/applications/{number}/proposal", ruling)
            office.cloud.settle()
    office.cloud.advance(minutes=5)
    assert office.show(contested)["stage"] == "approved"
    office.citizen.get(f"/applications/{number}/history")


def _booked_and_lost(office: Office) -> None:
    """A doctor's time for a complaint that is nobody else's business."""
    service, at = definitions.service("doctor-appointment"), office.cloud.now()
    timetable = {
        "region": "RU-MOW",
        "speciality": "therapist",
        "clinic": "Поликлиника № 1",
        "place": "каб. 12",
        "doctor": "Иванова А. С.",
        "minutes": 20,
        "starts": [(at + timedelta(days=3)).isoformat()],
    }
    (slot,) = office.agency("lipa").post("/slots", timetable)["slots"]
    said = {"speciality": "therapist", "slot": slot["id"], "complaint": CANARY["wishes"]}
    form = example_form(service, at.date(), **said)
    number = office.apply(
        form | {name: value for name, value in CANARY.items() if name in form}, service=service.id
    )
    office.cloud.advance(minutes=5)
    office.agency("lipa").delete(f"/slots/{slot['id']}")
    office.cloud.settle()
    office.withdraw(number)


def _withdrawn(office: Office, form: Form) -> None:
    """Signed of one's own accord, and withdrawn."""
    number = office.draft(form)
    signed = {"signature": office.sign(number, "submission")}
    office.citizen.post(f"/applications/{number}/submission", signed)
    office.cloud.settle()
    office.cloud.advance(minutes=10)
    office.withdraw(number)


def _drafts_with_a_fee(office: Office) -> None:
    """One is paid twice, and somebody pays for nothing; the other is left to the clock."""
    service = definitions.service("disability-certificate")
    form = example_form(service, office.cloud.now().date(), certificate_type="duplicate")
    known = {name: value for name, value in CANARY.items() if name in form}
    begun = {"service": service.id, "region": "RU-MOW", "form": form | known}
    paid, left = (office.citizen.post("/applications", begun)["number"] for _ in range(2))
    page = office.citizen.post(f"/applications/{paid}/payment")["url"]
    office.payments.pay(page)
    office.payments.pay(page)
    nobodys = {"event": "nobodys", "transaction": "nobodys", "payment": "nobodys"}
    office.payments.send(office.payments.told[-1] | nobodys)
    office.cloud.settle()
    office.withdraw(paid)
    office.cloud.advance(days=31)
    assert office.show(left)["stage"] == "expired"


def _archived(office: Office, form: Form) -> None:
    """Whatever is said of papers and of those who are trusted names people."""
    friend, name = Caller(office.cloud, "friend"), f"{form['last_name']}.pdf"
    paper = {"number": form["passport"], "issuer": form["registration_address"]}
    until = (office.cloud.now() + timedelta(days=40)).date().isoformat()
    known = {"file_name": name, "paper": paper | {"valid_until": until}}
    document = put_in(office, office.citizen, **known)
    erased = put_in(office, office.citizen, **known)
    path = f"/archive/documents/{document}"
    number = office.citizen.post("/applications", NEW)["number"]
    taken = {"document": document, "kind": "passport"}
    used = office.citizen.post(f"/applications/{number}/documents/from-archive", taken)
    kept = {"number": number, "document": used["documents"][0]["id"], "kind": "passport"}
    office.citizen.post("/archive/from-application", kept)
    office.citizen.patch(path, {"issuer": form["registration_address"] + ", 2"})
    office.citizen.post(f"{path}/look")
    whom = {"name": form["last_name"], "own_name": form["first_name"], "may": "download"}
    grant = trust(office.citizen, friend, document, until=until, **whom)
    look(friend, grant, document, "download")
    friend.get("/archive/granted")
    office.citizen.get("/archive/log")
    office.citizen.delete(f"/archive/grants/{grant}")
    office.citizen.delete(f"/archive/documents/{erased}")
    office.cloud.settle()


def _set_up(office: Office, form: Form) -> None:
    """What people tell of themselves, and write to support, names them."""
    office.cloud.advance(minutes=6)  # secrets that were read are kept for five
    office.cloud.request("GET", "/status")
    _acting(office, form)
    told = {n: form[n] for n in ("last_name", "snils", "passport", "inn", "phone", "email")}
    office.citizen.patch("/profile", {"version": 0, "values": told})
    number = office.citizen.post("/applications", NEW)["number"]
    office.citizen.get(f"/applications/{number}/prefill")
    words = f"{form['last_name']}, {form['phone']}: {form['wishes']}"
    letter = {"topic": "other", "text": words, "application": number}
    thread = office.citizen.post("/support", letter)["number"]
    office.officer.get("/support/queue")
    office.officer.post(f"/support/{thread}/answer", {"text": words})
    office.citizen.get("/support")
    office.cloud.settle()


def _came_in(office: Office, form: Form) -> None:
    """Somebody signs up, is confirmed by registries, shut out, and let in again by an officer who
    reads the person's own words."""
    who, phone, email = Newcomer(office), form["phone"], form["email"]
    names = ("last_name", "first_name", "patronymic", "birth_date")
    said = {name: form[name] for name in (*names, "snils", "inn")}
    signed_up(office, who, phone=phone, email=email, confirm=True)
    scan(office, who)
    wrong = {**said, "passport": form["passport"], "inn": form["registration_address"]}
    who.refused("/account/identity/registries", wrong, 422)
    who.post("/account/identity/video", {"words": f"{form['last_name']}, {phone}"})
    who.post("/account/identity/openid")
    who.post("/account/identity/registries", {**said, "passport": form["passport"]})
    office.cloud.advance(minutes=6)
    assert who.get("/account")["may_apply"]
    known = office.officer.post("/accounts/search", {"login": phone})["id"]
    office.officer.post(f"/accounts/{known}/block", {"reason": "stolen"})
    who.refused("/account/sign-in", {"login": phone, "password": PASSWORD}, 403)
    new = "+79167770078"
    number = who.asks_for_access(new, said, account_phone=phone)
    office.officer.get("/access-requests")
    office.officer.get(f"/access-requests/{number}")
    answer = {"outcome": "granted", "account": known, "checked_by": "video"}
    office.officer.post(f"/access-requests/{number}/answer", answer)
    office.cloud.advance(minutes=1)  # what was begun before being let in is over
    flow = who.post("/account/recovery", {"login": email})["flow"]
    code = code_in(office, by_mail=True)
    who.post("/account/recovery/code", {"flow": flow, "code": code})
    who.post("/account/recovery/password", {"flow": flow, "password": PASSWORD})
    office.cloud.settle()


def _acting(office: Office, form: Form) -> None:
    """In the name of a child whom an officer has seen on paper, and of a grown-up who agrees."""
    names = ("last_name", "first_name", "patronymic", "snils")
    child = {name: form[name] for name in names} | {"birth_date": "01.02.2019"}
    proof = put_in(office, office.citizen, file_name=f"{form['last_name']}.pdf")
    asked = {"kind": "parent", "person": child, "own_name": form["last_name"]}
    first = office.citizen.post("/representations", asked | {"proof": proof})["representation"]
    office.officer.get("/representations/queue")
    office.officer.post(f"/representations/{first}/look")
    declined = {"confirms": False, "words": f"{form['last_name']}: нет печати"}
    office.officer.post(f"/representations/{first}/confirmation", declined)
    second = office.citizen.post("/representations", asked | {"phone": office.relative.phone})
    office.relative.confirmed("POST", f"/representations/{second['representation']}/acceptance")
    office.cloud.request(
        "POST",
        "/applications",
        token=office.citizen.token(),
        json=NEW,
        headers={"Acting-For": second["representation"]},
    )
    office.citizen.get("/representations")


def _on_own_pages(office: Office, form: Form) -> None:
    """What people set up for themselves, by pages: what they type there names them, too."""
    visitor, name = Visitor(office.cloud, office.citizen), form["last_name"]
    office.cloud.advance(minutes=6)  # what was read of secrets and alarms is kept for five
    visitor.open("/cabinet/status")
    contact = {"phone": form["phone"], "email": form["email"]}
    visitor.submit(visitor.open("/cabinet/profile/contact"), contact, "Сохранить")
    paper = {"kind": "passport", "number": form["passport"]}
    visitor.submit(visitor.open("/cabinet/documents/new"), paper, "Дальше")
    document = put_in(office, office.citizen, file_name=f"{name}.pdf")
    number = office.citizen.post("/applications", NEW)["number"]
    taken = {"document": document, "kind": "passport"}
    office.citizen.post(f"/applications/{number}/documents/from-archive", taken)
    kept = {"kind": "other"}
    visitor.submit(visitor.open(f"/cabinet/documents/keep/{number}"), kept, "Сохранить")
    whom = {"name": name, "own_name": name, "phone": office.relative.phone, "documents": [document]}
    until = (office.cloud.now() + timedelta(days=40)).date()
    asked = whom | {f"until-{part}": str(getattr(until, part)) for part in ("day", "month", "year")}
    page = visitor.submit(visitor.open("/cabinet/documents/grants/new"), asked, "Получить код")
    visitor.submit(page, {"_code": office.citizen.code()}, "Подтвердить")
    letter = {"topic": "other", "text": f"{name}, {form['phone']}"}
    visitor.submit(visitor.open("/cabinet/support/new"), letter, "Отправить")


def _left_to_the_clock(office: Office, form: Form) -> None:
    """The taxes are silent until patience ends; then nobody decides until all marks are made."""
    office.registries.behave("taxes", down_until=office.cloud.now() + timedelta(days=365))
    number = office.apply(form)
    office.cloud.advance(days=70)
    office.registries.start_over()
    _overseen(office, number, form)
    office.approve(number)


def _overseen(office: Office, number: str, form: Form) -> None:
    """Everybody who watches over the work looks at it, stops it and lets it go on."""
    path, words = f"/applications/{number}", f"{form['last_name']}: {form['phone']}"
    _stopped_by_hand(office, number)
    office.auditor.get("/executions/stuck")
    machine = {"machine": "application_review"}
    office.supervisor.post(f"/executions/{number}/redrive", machine)
    office.cloud.settle()
    until = (office.cloud.now() + timedelta(days=9)).date()
    pause = {"reason": "court", "until": f"{until}", "words": words}
    office.officer.post(f"{path}/pause", pause)
    office.officer.post(f"{path}/escalation", {"words": words})
    office.officer.post(f"{path}/presence")
    office.cloud.advance(days=8)
    office.officer.post(f"{path}/resumption")
    office.cloud.settle()
    given = {"act": "reassign", "numbers": [number], "officer": "officer"}
    office.supervisor.post("/bulk", given)
    office.officer.post("/queue/views", {"name": "Мои", "filters": {"mine": "yes"}})
    (view,) = office.officer.get("/queue/views")["views"]
    office.second_officer.post("/queue/views", {"name": "Свои", "filters": {"mine": "yes"}})
    office.officer.delete(f"/queue/views/{view['id']}")
    figures = ("/sentinel", "/statistics", "/forecast", f"/audit?number={number}")
    figures = (*figures, "/staff")
    for where in (*figures, "/audit?actor=officer", "/queue?mine=yes", "/pause-reasons"):
        office.supervisor.get(where)
    _overseen_by_pages(office, number, words)


def _overseen_by_pages(office: Office, number: str, words: str) -> None:
    officer, case = Visitor(office.cloud, office.officer), f"/office/applications/{number}"
    assert number in officer.open("/office/queue?mine=yes").text
    officer.submit(officer.open(case), button="Показать")
    officer.submit(officer.open(f"{case}/escalation"), {"words": words}, "Позвать")
    supervisor = Visitor(office.cloud, office.supervisor)
    for place in (case, f"{case}/history", "/office/executions", f"/office/audit?number={number}"):
        assert supervisor.open(place).status == 200


def _stopped_by_hand(office: Office, number: str) -> None:
    machine = office.cloud.outputs["ApplicationReview"].replace(":stateMachine:", ":execution:")
    boto3.client("stepfunctions", REGION).stop_execution(executionArn=f"{machine}:{number}")
    office.cloud.settle()


def _decided_before_the_wait(office: Office, form: Form) -> str:
    """The stream is late, and the officer quicker than the execution that waits for one."""
    number = office.apply(form)
    office.cloud.advance(seconds=3)
    for call in range(1, 4):
        office.cloud.kill("functions.decide.progress.handler", call, "before")
    office.cloud.advance(seconds=28)
    office.approve(number)
    office.cloud.advance(minutes=5)
    assert office.execution(number)["status"] == "SUCCEEDED"
    return number


def _provided(office: Office, number: str, form: Form) -> None:
    """A programme, wishes, another programme, silence, a complaint, and its end, all in words that
    name the person."""
    path, words = f"/applications/{number}", f"{form['last_name']}, {form['phone']}"
    today = office.cloud.now().date()
    line = {
        "need": "social_household",
        "title": f"Покупки для {form['last_name']}",
        "times": 2,
        "per": "week",
        "until": f"{today + timedelta(days=90)}",
        "why": form.get("wishes", words),
    }
    review_on = f"{today + timedelta(days=60)}"
    office.load_providers()
    office.propose_programme(number, line, review_on=review_on)
    office.agree(number, wishes=words)
    office.propose_programme(number, line, review_on=review_on)
    office.cloud.advance(days=10)
    office.agree(number)
    office.citizen.get(f"{path}/providers")
    office.choose(number, "lipa")
    office.officer.post(f"{path}/act")
    office.citizen.post(f"{path}/complaint", {"words": words})
    office.officer.post(f"{path}/complaint-review", {"upheld": False, "answer": words})
    office.cloud.settle()
    office.record(number, 1, "started", f"{today}")
    office.record(number, 1, "ended", f"{today}", words)
    office.citizen.get(f"{path}/programme")


def _paid(office: Office) -> None:
    """A benefit, its first payment, and what was paid wrongly."""
    service, today = definitions.service("child-benefits"), office.cloud.now().date()
    form = example_form(
        service,
        today,
        programme="childcare",
        child_birth_date=f"{today - timedelta(days=90):%d.%m.%Y}",
    )
    known = {name: value for name, value in CANARY.items() if name in form}
    number = office.apply(form | known, service=service.id)
    office.cloud.advance(days=1)
    office.approve(number, explanation=CANARY["last_name"])
    office.cloud.advance(days=2)
    path = f"/applications/{number}"
    (line,) = office.citizen.get(f"{path}/payments")["history"]
    claim = {"periods": [line["period"]], "words": CANARY["last_name"]}
    office.officer.post(f"{path}/repayment", claim)
    office.officer.post(f"{path}/stop", {"reason": "moved", "since": f"{today}"})
    office.cloud.settle()


def _consent_withdrawn(office: Office, form: Form) -> None:
    """By somebody who leaves. The day's run comes before the queue does."""
    citizen, office.citizen = office.citizen, Caller(office.cloud, "leaver")
    begun = {"service": SERVICE, "region": "RU-MOW", "form": form}
    number = office.citizen.post("/applications", begun)["number"]
    document = office.upload(number, "passport")["id"]
    office.upload(number, "snils", file_name=f"{form['last_name']}.jpg")
    office.citizen.delete(f"/applications/{number}/documents/{document}")
    morning = office.cloud.now() + timedelta(days=1)
    office.cloud.advance_to(morning.replace(hour=6, minute=50))
    office.citizen.get("/consent/withdrawal")
    office.citizen.confirmed("POST", "/consent/withdrawal")
    office.cloud.advance(hours=1)
    assert office.show(number)["erased"]
    office.citizen = citizen


def _in_a_batch(office: Office, form: Form) -> None:
    columns = list(form)
    cells = ["да" if v is True else "нет" if v is False else v for v in form.values()]
    held = "passport snils income_certificate"
    wrong = ["1" if name == "snils" else cell for name, cell in zip(columns, cells, strict=True)]
    lines = [
        ["region", "documents", *columns],
        ["RU-MOW", held, *cells],
        ["RU-MOW", held, *cells],
        ["RU-MOW", held, *wrong],
    ]
    text = "\n".join(";".join(map(str, line)) for line in lines)
    office.drop("lipa", "march.csv", text.encode(), dry_run=True)
    office.drop("lipa", "march.csv", text.encode())
    (first, *_) = office.agency("lipa").get("/batches")["batches"]
    office.agency("lipa").get(f"/batches/{first['batch']}")
    office.drop("lipa", "broken.csv", b"\xff\xfe" + form["last_name"].encode("utf-16-le"))
    office.cloud.advance(hours=1)
    (line,) = office.officer.get("/queue")["applications"]
    office.approve(line["number"])
    _with_scans(office, columns, cells)


def _with_scans(office: Office, columns: list[str], cells: list[Any]) -> None:
    """Folders and files are called after the person; of one folder a scan is bad, and one file
    belongs to nobody."""
    name = CANARY["last_name"]
    lines = [["region", "folder", *columns], *(["RU-MOW", who, *cells] for who in (name, "bad"))]
    text = "\n".join(";".join(map(str, line)) for line in lines)
    files = {"rows.csv": text.encode(), f"{name}.pdf": a_page(), "bad/inn.pdf": name.encode()}
    for kind in ("passport", "snils", "income_certificate"):
        files[f"{name}/{kind}.pdf"] = a_page()
    office.drop("lipa", "march.zip", packed(files))
    office.cloud.advance(hours=1)
    (line,) = office.officer.get("/queue")["applications"]
    office.agency("lipa").post(f"/applications/{line['number']}/withdrawal")
    office.cloud.settle()


def _strange_uploads(office: Office) -> None:
    """An object that nobody announced."""
    s3, bucket = boto3.client("s3", REGION), office.cloud.outputs["UploadsBucket"]
    s3.put_object(Bucket=bucket, Key="uploads/123-456-7890/stranger", Body=b"?")
    office.cloud.settle()


def _signed_documents(office: Office) -> None:
    """By somebody whose certificate names her."""
    signed = signed_pdf(signer(name=f"{CANARY['last_name']} {CANARY['first_name']}"), a_page())
    how = {"file_name": f"{CANARY['last_name']}.pdf", "content_type": "application/pdf"}
    number = office.citizen.post("/applications", NEW)["number"]
    office.upload(number, "income_certificate", signed, **how)
    assert office.show(number)["documents"][0]["signatures"]["verdict"] == "signed_intact"


def _late_and_dangerous_uploads(office: Office, form: Form) -> None:
    """One is infected, of another the verdict comes before the inspection, of the last one none
    until operators are told."""
    begun = {"service": "social-service-need", "region": "RU-MOW", "form": form}
    number = office.citizen.post("/applications", begun)["number"]
    name = f"{form['last_name']}.jpg"
    office.upload(number, "passport", good_jpeg() + EICAR, file_name=name)
    office.cloud.kill("functions.verify.documents.judge", 1, "before")
    office.upload(number, "passport", file_name=name)
    office.scanner.behave(silent_until=office.cloud.now() + timedelta(minutes=50))
    office.upload(number, "passport", file_name=name)
    office.cloud.advance(hours=2)
    office.scanner.start_over()
    assert {d["state"] for d in office.show(number)["documents"]} == {"accepted", "rejected"}
    office.withdraw(number)


def _a_notice_that_never_leaves(office: Office, form: Form) -> None:
    with mock.patch.object(Sms, "send", side_effect=Unavailable("Throttling")):
        office.apply(form)
        office.cloud.advance(days=1)


# ---- who listens --------------------------------------------------------------------------------


@contextmanager
def _listening(office: Office, record: Walk) -> Iterator[None]:
    lambdas = office.cloud.lambdas
    run, ear = lambdas.run, _Ear(record.logs)

    def run_and_note(function, event):
        payload, failed = run(function, event)
        if function.handler.startswith("functions.portal."):
            record.payloads += _addresses(event, payload)
        elif not function.handler.endswith("api.handler"):
            record.payloads += [json.dumps(event, ensure_ascii=False), payload]
        return payload, failed

    with ExitStack() as listening:
        listening.enter_context(mock.patch.object(lambdas, "run", run_and_note))
        loggers = [logging.getLogger(), *map(logging.getLogger, _own_loggers())]
        for logger in loggers:
            logger.addHandler(ear)
            listening.callback(logger.removeHandler, ear)
        yield


def _addresses(event: dict[str, Any], payload: str) -> list[str]:
    """Of a page, and of the one that it leads to: they are logged on their way."""
    asked = event["path"], json.dumps(event["queryStringParameters"], ensure_ascii=False)
    return [*asked, json.loads(payload).get("headers", {}).get("Location", "")]


def _own_loggers() -> list[str]:
    """Those that do not hand their records up."""
    known = logging.root.manager.loggerDict.items()
    return [n for n, logger in known if isinstance(logger, logging.Logger) and not logger.propagate]


class _Ear(logging.Handler):
    """Everything a record carries: the message, the extras, the traceback."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__()
        self._heard = heard
        self._plain = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(f"{self._plain.format(record)} {record.__dict__}")


def _histories() -> Iterator[str]:
    """Input, output and every event of every execution, those inside of maps too."""
    client = boto3.client("stepfunctions", REGION)
    for machine in Backends().step_functions.state_machines:
        for execution in machine.executions:
            arn = execution.execution_arn
            described = client.describe_execution(executionArn=arn)
            pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
            events = [event for page in pages for event in page["events"]]
            yield json.dumps([described, events], ensure_ascii=False, default=str)
