"""A request that comes twice is carried out once: Idempotency-Key, double clicks, two people."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from adapters import definitions
from casework.example import example_form
from local.office import Caller, Refused, form_of, post_file
from local.people import MOTHER, person
from tests.api.people import DOCUMENT, NEW, PROPOSAL, check_problem, in_review, state
from tests.api.test_slots import TIMETABLE
from tests.journeys.account_steps import (
    EMAIL,
    PASSWORD,
    PHONE,
    Newcomer,
    code_in,
    link_in,
    scan,
    signed_up,
)
from tests.journeys.appeal_steps import refused_application
from tests.journeys.archive_steps import PASSPORT, PDF, put_in, trust, wait
from tests.journeys.provision_steps import CLEANING, REVIEW_ON, approved, benefit, granted
from tests.journeys.steps import TOO_MUCH_INCOME
from tests.journeys.test_redrive import REVIEW, stop

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
CERTIFICATE = "disability-certificate"
IDENTITY = ("last_name", "first_name", "patronymic", "birth_date", "snils", "passport")


def _events(office, number):
    return len(office.citizen.get(_history(number))["events"])


def _history(number):
    return f"/applications/{number}/history"


def test_the_same_draft_is_begun_once(office):
    first, second = (office.citizen.post("/applications", NEW, key=KEY) for _ in range(2))
    assert first == second
    assert len(office.citizen.get("/applications")["applications"]) == 1


def test_a_document_that_was_erased_since_is_not_invited_again(office):
    """What came then would lie in the quarantine after everything was swept."""
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}/documents"
    id_ = office.citizen.post(path, DOCUMENT, key=KEY)["document"]["id"]
    office.citizen.delete(f"{path}/{id_}")
    with pytest.raises(Refused, match="no_such_document"):
        office.citizen.post(path, DOCUMENT, key=KEY)


def test_the_same_key_with_another_request_is_refused(office):
    number = office.citizen.post("/applications", NEW, key=KEY)["number"]
    token, headers = office.citizen.token(), {"Idempotency-Key": KEY}
    for path, body in (
        ("/applications", NEW | {"form": {"first_name": "Анна"}}),
        (f"/applications/{number}/documents", DOCUMENT),
        (f"/applications/{number}/withdrawal", None),
    ):
        answer = office.cloud.request("POST", path, token=token, json=body, headers=headers)
        check_problem(answer, 422, "key_reused")
    assert office.show(number)["version"] == 1
    assert len(office.citizen.get("/applications")["applications"]) == 1


def test_two_people_with_the_same_key_have_nothing_to_do_with_each_other(office):
    other = office.cloud.sign_in("stranger")
    mine = office.citizen.post("/applications", NEW, key=KEY)["number"]
    theirs = office.cloud.request(
        "POST", "/applications", token=other, json=NEW, headers={"Idempotency-Key": KEY}
    ).json["number"]
    assert mine != theirs


@pytest.mark.parametrize("key", ["a" * 201, "ключ", "a\tb"])
def test_a_key_is_a_short_plain_text(office, key):
    answer = office.cloud.request(
        "POST",
        "/applications",
        token=office.citizen.token(),
        json=NEW,
        headers={"Idempotency-Key": key},
    )
    check_problem(answer, 400, "bad_idempotency_key")
    assert office.citizen.get("/applications")["applications"] == []


def test_a_document_is_announced_once(office):
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}/documents"
    first, second = (office.citizen.post(path, DOCUMENT, key=KEY) for _ in range(2))
    assert first["document"] == second["document"]
    assert first["fields"]["key"] == second["fields"]["key"]
    assert len(office.show(number)["documents"]) == 1


def test_every_step_of_a_citizen_and_an_officer_may_come_twice(office):
    """Each is sent twice with one key: the second answer is the first, the effect is one."""
    number = in_review(office)
    path = f"/applications/{number}"
    refusal = {"outcome": "refused", "reasons": ["data_wrong"], "explanation": "Сверьте."}
    ask = {"gaps": [{"code": "unclear", "field": "income"}], "message": "За какой год?"}
    steps = [
        (office.officer, f"{path}/claim", None),
        (office.officer, f"{path}/release", None),
        (office.officer, f"{path}/question", ask),
        (office.citizen, f"{path}/answer", {"form": {}, "message": "За прошлый."}),
        (office.officer, f"{path}/proposal", refusal),
        (office.second_officer, f"{path}/confirmation", {"agrees": True}),
        (office.citizen, f"{path}/resubmission", None),
        (office.citizen, f"{path}/follow-up", {"service": "appeal"}),
    ]
    for position, (caller, where, body) in enumerate(steps):
        first = caller.post(where, body, key=f"{KEY}-{position}")
        events = _events(office, number)
        assert caller.post(where, body, key=f"{KEY}-{position}") == first, where
        assert _events(office, number) == events
        office.cloud.settle()
        office.cloud.advance(minutes=10)
    assert office.show(number)["stage"] == "refused"
    assert len(office.citizen.get("/applications")["applications"]) == 3


def test_submitting_and_withdrawing_twice(office):
    number = office.draft(form_of(person(3)))
    for step in ("submission", "withdrawal"):
        path = f"/applications/{number}/{step}"
        first = office.citizen.post(path, key=f"{KEY}-{step}")
        assert office.citizen.post(path, key=f"{KEY}-{step}") == first
    again = office.cloud.request(
        "POST", f"/applications/{number}/withdrawal", token=office.citizen.token()
    )
    check_problem(again, 409, "wrong_stage")


def _twice(office, number, steps):
    """Each step is sent twice with one key: the second answer is the first, nothing happens again.
    A caller's body may be made at the last moment: a signature is."""
    for position, (caller, step, said) in enumerate(steps):
        where = f"/applications/{number}/{step}"
        body = said() if callable(said) else said
        first = caller.post(where, body, key=f"{KEY}-{position}")
        events = _events(office, number)
        assert caller.post(where, body, key=f"{KEY}-{position}") == first, where
        assert _events(office, number) == events, where
        office.cloud.settle()


def test_every_step_of_a_provision_may_come_twice(office):
    number = approved(office)
    programme = {"lines": [CLEANING], "review_on": REVIEW_ON}
    agreed = {"agrees": True}
    begun = {"line": 1, "event": "started", "on": "2026-03-02"}
    ended = {"line": 1, "event": "ended", "on": "2026-03-02", "result": "Дома чисто"}

    def signed():
        return {"provider": "lipa", "signature": office.sign(number, "provider", provider="lipa")}

    _twice(
        office,
        number,
        [
            (office.officer, "programme", programme),
            (office.citizen, "agreement", agreed),
            (office.citizen, "provider", signed),
            (office.officer, "act", None),
            (office.citizen, "complaint", {"words": "Никто не приходит"}),
            (office.officer, "complaint-review", {"upheld": False, "answer": "Мы проверили"}),
            (office.officer, "service-event", begun),
            (office.officer, "service-event", ended),
        ],
    )


def test_every_step_of_an_original_may_come_twice(office):
    number = granted(office, "disability-certificate", hand_over="mfc")
    steps = [(office.officer, "original", {"event": e}) for e in ("ready", "handed_over")]
    _twice(office, number, steps)


def test_a_state_fee_asked_for_twice_is_asked_once_and_paid_once(office):
    today = office.cloud.now().date()
    form = example_form(definitions.service(CERTIFICATE), today, certificate_type="duplicate")
    number = office.draft(form, service=CERTIFICATE)
    _twice(office, number, [(office.citizen, "payment", None)])
    office.pay(number)
    assert office.payments.replay() == 200  # /payments/webhook, told again
    assert [receipt["state"] for receipt in office.show(number)["fee"]["receipts"]] == ["paid"]


def test_every_change_of_a_payment_may_come_twice(office):
    number = benefit(office)
    office.cloud.advance(days=3)
    (paid,) = office.citizen.get(f"/applications/{number}/payments")["history"]
    _twice(
        office,
        number,
        [
            (office.officer, "payment-order", {"since": "2026-05-01", "amount": "11000.00"}),
            (office.officer, "repayment", {"periods": [paid["period"]], "words": "Выехал"}),
            (office.officer, "stop", {"reason": "moved", "since": "2026-06-01"}),
        ],
    )
    shown = office.citizen.get(f"/applications/{number}/payments")
    assert len(shown["orders"]) == 2
    assert shown["stopped_on"] == "2026-06-01"


def test_what_the_post_says_may_come_twice(office):
    form = TOO_MUCH_INCOME | {"notify_by": "letter"}
    number = refused_application(office, form)
    office.cloud.advance(days=7)
    news = [{"fate": "delivered", "on": "2026-03-05"}, {"fate": "returned"}]
    _twice(office, number, [(office.officer, "letter", each) for each in news])


def test_what_is_to_be_signed_may_be_asked_twice(office):
    """Nothing is carried out: the second answer is the same because nothing has changed."""
    _twice(office, in_review(office), [(office.citizen, "signing", {"act": "withdrawal"})])


def test_whether_one_may_apply_may_be_asked_twice(office):
    """Nothing is kept of it."""
    asked = {"region": "RU-MOW", "answers": {"category": "pensioner"}}
    path = "/services/social-service-need/eligibility"
    first, second = (office.cloud.request("POST", path, json=asked) for _ in range(2))
    assert first.json == second.json
    assert first.json["outcome"] == "approved"


def test_a_paper_asked_for_twice_is_drawn_once(office):
    number = in_review(office)
    _twice(office, number, [(office.citizen, "papers", {"kind": "ledger"})])
    shown = office.citizen.get(f"/applications/{number}/papers")["papers"]
    assert [paper["print"] for paper in shown if paper["kind"] == "ledger"] == ["standard", "large"]


def test_an_expert_may_look_and_judge_twice(office):
    office.experts_at_work = False
    number = in_review(office)
    document = office.show(number)["documents"][0]["id"]
    verdict = {"verdict": "unreadable", "defects": ["glare"], "note": "Снимите без вспышки"}
    steps = [("look", None), ("check", verdict)]
    _twice(office, number, [(office.expert, f"documents/{document}/{s}", b) for s, b in steps])


def test_a_list_of_providers_or_slots_put_in_twice_is_there_once(office):
    provider = {
        "id": "topol",
        "region": "RU-MOW",
        "title": "Служба «Тополь»",
        "place": "г. Примерск, ул. Мира, д. 1",
        "licence": "ЛО-00-000009",
        "licensed_until": "2030-12-31",
        "rating": "4.0",
        "reviews": 1,
        "offers": [{"need": "medical", "price": "150.00", "starts_in_days": 7}],
    }
    for path, body in (("/providers", provider), ("/slots", TIMETABLE)):
        first, second = (office.officer.post(path, body, key=KEY + path[1:]) for _ in range(2))
        assert first == second
    slots = office.citizen.get("/slots?speciality=therapist&region=RU-MOW")["slots"]
    assert len(slots) == len(TIMETABLE["starts"])


def test_every_step_of_an_archive_may_come_twice(office):
    owner, friend = office.citizen, Caller(office.cloud, "friend")
    first, again = (owner.post("/archive/documents", PASSPORT, key=KEY) for _ in range(2))
    document = first["document"]["id"]
    assert again["document"]["id"] == document
    post_file(again, PDF)
    wait(office)
    number = owner.post("/applications", NEW)["number"]
    version = {"file_name": "b.pdf", "content_type": "application/pdf"}
    taken = {"document": document, "kind": "passport"}
    shown = [
        (
            owner.post(f"/archive/documents/{document}/versions", version, key="version"),
            owner.post(f"/archive/documents/{document}/look", key="look"),
            owner.post(f"/applications/{number}/documents/from-archive", taken, key="take"),
        )
        for _ in range(2)
    ]
    assert shown[0][2] == shown[1][2]
    kept = {"number": number, "document": shown[0][2]["documents"][0]["id"], "kind": "passport"}
    first, again = (owner.post("/archive/from-application", kept, key="keep") for _ in range(2))
    assert first == again
    grant = trust(owner, friend, document, key="trust")
    assert len(owner.get("/archive/grants")["grants"]) == 1
    path, body = f"/archive/granted/{grant}/look", {"document": document}
    friend.confirmed("POST", path, body, key="look")
    headers = {"Idempotency-Key": "look", "One-Time-Code": friend.code()}
    office.cloud.request("POST", path, token=friend.token(), json=body, headers=headers)
    headers = {"Idempotency-Key": "trust", "One-Time-Code": owner.code()}
    office.cloud.request("POST", "/archive/grants", token=owner.token(), headers=headers)
    done = [line["what"] for line in owner.get("/archive/log")["lines"]]
    assert (done.count("document_looked_at"), done.count("granted")) == (2, 1)
    assert len(owner.get("/archive")["documents"]) == 2


def test_a_signature_put_beside_a_document_twice_is_there_once(office):
    owner = office.citizen
    path = f"/archive/documents/{put_in(office, owner, PDF)}/signature"
    body = {"signature": "bm90aGluZw==", "sha256": hashlib.sha256(PDF).hexdigest()}
    first, again = (owner.post(path, body, key=KEY) for _ in range(2))
    assert first == again
    owner.post(path, body)
    done = [line["what"] for line in owner.get("/archive/log")["lines"]]
    assert done.count("signature_attached") == 1


def test_every_step_of_a_letter_to_support_may_come_twice(office):
    letter = {"topic": "other", "text": "Помогите"}
    first, again = (office.citizen.post("/support", letter, key=KEY) for _ in range(2))
    assert first == again
    steps = [
        (office.citizen, "message", {"text": "Ещё раз"}),
        (office.officer, "answer", {"text": "Помогаем"}),
        (office.citizen, "closing", None),
    ]
    for position, (caller, step, body) in enumerate(steps):
        path = f"/support/{first['number']}/{step}"
        shown, again = (caller.post(path, body, key=f"{KEY}-{position}") for _ in range(2))
        assert shown == again
    assert [message["sender"] for message in shown["messages"]] == ["person", "person", "office"]
    assert len(office.citizen.get("/support")["threads"]) == 1


def test_every_step_of_a_representation_may_come_twice(office):
    """Proposed, looked at, confirmed; another one is agreed to."""
    child = {"last_name": "Ивов", "first_name": "Иван", "birth_date": "01.02.2019"}
    asked = {
        "kind": "parent",
        "person": child | {"snils": "112-233-445 95"},
        "own_name": "Анна",
        "proof": put_in(office, office.citizen),
    }
    path = "/representations"
    first, again = (office.citizen.post(path, asked, key=KEY) for _ in range(2))
    assert first == again
    for step, body in (("look", None), ("confirmation", {"confirms": True})):
        where = f"{path}/{first['representation']}/{step}"
        shown, again = (office.officer.post(where, body, key=f"{KEY}-{step}") for _ in range(2))
        assert shown.keys() == again.keys()
    assert len(office.citizen.get(path)["own"]) == 1
    phone = {"phone": office.relative.phone}
    where = f"{path}/{office.citizen.post(path, asked | phone)['representation']}/acceptance"
    agreed = office.relative.confirmed("POST", where, key=KEY)
    headers = {"Idempotency-Key": KEY, "One-Time-Code": office.relative.code()}
    token = office.relative.token()
    assert office.cloud.request("POST", where, token=token, headers=headers).json == agreed


def test_every_step_of_signing_up_and_in_may_come_twice(office):
    """And is known by its flow, since nobody is there yet to have a key: one account, one session
    after another, and one SMS in five minutes."""
    who = Newcomer(office)

    def twice(path, body):
        first, again = (who.post(path, body) for _ in range(2))
        return first, again

    flow = twice("/account/sign-up", {"phone": PHONE})[1]["flow"]
    twice("/account/codes", {"kind": "sign_up", "flow": flow})
    assert len(office.cloud.sms) == 1
    twice("/account/sign-up/code", {"flow": flow, "code": code_in(office)})
    end = {"flow": flow, "password": PASSWORD, "email": EMAIL, "consents_to_processing": True}
    who.token = twice("/account/sign-up/password", end)[1]["token"]
    assert len(office.cloud.emails) == 1
    twice("/account/email-confirmation", {"token": link_in(office)})
    assert who.get("/account")["state"] == "active"
    office.cloud.advance(minutes=10)
    flow = twice("/account/sign-in", {"login": PHONE, "password": PASSWORD})[1]["flow"]
    assert len(office.cloud.sms) == 2
    twice("/account/sign-in/code", {"flow": flow, "code": code_in(office)})
    office.cloud.advance(minutes=10)
    flow = twice("/account/recovery", {"login": PHONE})[1]["flow"]
    twice("/account/recovery/code", {"flow": flow, "code": code_in(office)})
    told = len(office.cloud.sms) + len(office.cloud.emails)
    twice("/account/recovery/password", {"flow": flow, "password": "Drugoi-parol7"})
    assert len(office.cloud.sms) + len(office.cloud.emails) == told + 1
    known = office.officer.post("/accounts/search", {"login": PHONE})
    assert office.officer.post("/accounts/search", {"login": PHONE}) == known


def test_every_step_of_showing_who_one_is_may_come_twice(office):
    """Registries are asked once, a call is asked for once, the link is sent once."""
    who, said = Newcomer(office), {name: MOTHER[name] for name in IDENTITY}
    signed_up(office, who, confirm=True)
    scan(office, who)
    first, again = (who.post("/account/identity/video", {"words": "Утром"}) for _ in range(2))
    assert first == again
    assert len(office.officer.get("/access-requests")["requests"]) == 1
    begun = [who.post("/account/identity/openid")["url"] for _ in range(2)]
    assert begun[0] != begun[1]
    first, again = (who.post("/account/identity/registries", said) for _ in range(2))
    assert first == again
    with pytest.raises(AssertionError, match="flow_over"):
        who.post("/account/identity/openid/answer", {"state": "s" * 40, "code": "c"})
    office.cloud.advance(minutes=6)
    who.post("/account/email", {"email": "new@example.com"})
    with pytest.raises(AssertionError, match="link_just_sent"):
        who.post("/account/email", {"email": "new@example.com"})
    assert [to for to, *_ in office.cloud.emails].count(["new@example.com"]) == 1


def test_every_step_of_asking_to_be_let_in_may_come_twice(office):
    signed_up(office, Newcomer(office), confirm=True)
    account = office.officer.post("/accounts/search", {"login": PHONE})["id"]
    path, reason = f"/accounts/{account}/block", {"reason": "stolen"}
    office.officer.post(path, reason)
    with pytest.raises(Refused, match="already_blocked"):
        office.officer.post(path, reason)
    who, new = Newcomer(office), "+79991234599"
    said = {name: MOTHER[name] for name in IDENTITY if name != "passport"}
    asked = {**said, "phone": new, "account_phone": PHONE, "consents_to_processing": True}
    flow = [who.post("/account/access-request", asked)["flow"] for _ in range(2)][1]
    code = {"flow": flow, "code": code_in(office)}
    first, again = (who.post("/account/access-request/code", code) for _ in range(2))
    assert first == again
    file = {"flow": flow, "file_name": "passport.jpg", "content_type": "image/jpeg"}
    invited = [who.post("/account/access-request/scan", file)["fields"]["key"] for _ in range(2)]
    assert invited[0] == invited[1]
    answer = {"outcome": "granted", "account": account, "checked_by": "video"}
    path = f"/access-requests/{first['number']}/answer"
    told = len(office.cloud.sms) + len(office.cloud.emails)
    first, again = (office.officer.post(path, answer) for _ in range(2))
    assert first == again
    assert len(office.cloud.sms) + len(office.cloud.emails) == told + 1
    assert office.officer.get("/access-requests")["requests"] == []


def test_every_post_is_sent_twice_here(cloud):
    """A new one that is not here is one that nobody has sent twice."""
    described = cloud.request("GET", "/openapi.json").json["paths"]
    posts = {
        path.rpartition("/")[2] for path, operations in described.items() if "post" in operations
    }
    source = Path(__file__).read_text()
    assert {step for step in posts if not re.search(rf'["/]{step}"?\b', source)} == set()


def test_a_consent_is_withdrawn_once(office):
    number = in_review(office)
    path = "/consent/withdrawal"
    office.citizen.confirmed("POST", path, key=KEY)
    headers = {"Idempotency-Key": KEY, "One-Time-Code": office.citizen.code()}
    again = office.cloud.request("POST", path, token=office.citizen.token(), headers=headers)
    assert again.status_code == 200
    office.cloud.settle()
    office.cloud.advance(hours=1)
    events = [event["kind"] for event in office.citizen.get(_history(number))["events"]]
    assert events[-3:] == ["withdrawn", "consent_withdrawn", "data_erased"]


def test_a_double_click_without_a_key_decides_once(office):
    number = in_review(office)
    office.approve(number)
    before = state(office, number)
    answer = office.cloud.request(
        "POST",
        f"/applications/{number}/proposal",
        token=office.officer.token(),
        json=PROPOSAL,
    )
    check_problem(answer, 409, "wrong_stage")
    assert state(office, number) == before


def test_a_refused_request_may_be_sent_again_with_its_key_once_it_is_right(office):
    """A refusal is not remembered: nothing was carried out."""
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}/submission"
    token, headers = office.citizen.token(), {"Idempotency-Key": KEY}
    for _ in range(2):
        answer = office.cloud.request("POST", path, token=token, headers=headers)
        check_problem(answer, 422, "invalid_form")


def test_a_key_is_remembered_for_a_week(office):
    number = office.citizen.post("/applications", NEW, key=KEY)["number"]
    office.cloud.advance(days=6)
    assert office.citizen.post("/applications", NEW, key=KEY)["number"] == number


def test_the_version_that_was_read_guards_what_is_written(office):
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}"
    office.citizen.patch(path, {"form": {"first_name": "Анна"}, "version": 1})
    stale = json.dumps({"form": {"first_name": "Яна"}, "version": 1})
    answer = office.cloud.request(
        "PATCH",
        path,
        token=office.citizen.token(),
        body=stale,
        headers={"Content-Type": "application/json"},
    )
    check_problem(answer, 409, "version_conflict")
    assert office.show(number)["form"] == {"first_name": "Анна"}


def test_what_watches_over_the_work_may_come_twice(office):
    """Paused, resumed, brought to a supervisor, given to another in bulk; redriven and sent: what
    changes nothing the second time needs no key."""
    number = in_review(office)
    path = f"/applications/{number}"
    until = (office.cloud.now() + timedelta(days=5)).date()
    steps = [
        (office.officer, "/pause", {"reason": "court", "until": f"{until}", "words": "Ждём суда"}),
        (office.officer, "/resumption", None),
        (office.officer, "/escalation", {"words": "Нужен совет"}),
    ]
    for caller, step, body in steps:
        first, again = (caller.post(path + step, body, key=f"{KEY}{step}") for _ in range(2))
        assert first == again
    given = {"act": "reassign", "numbers": [number], "officer": "third-officer"}
    office.third_officer.token()  # who never signed in is given nothing
    for _ in range(2):
        (line,) = office.supervisor.post("/bulk", given, key=KEY)["results"]
        assert line["done"]
        assert office.officer.post(f"{path}/presence")["others"] == []
    kinds = [event["kind"] for event in office.officer.get(_history(number))["events"]]
    new = ["clock_paused", "clock_resumed", "escalated", "reassigned"]
    assert [kind for kind in kinds if kind in new] == new
    views = {"name": "Мои", "filters": {}}
    assert (
        len([office.officer.post("/queue/views", views, key=KEY) for _ in range(2)][1]["views"])
        == 1
    )
    stop(office, number)
    again = f"/executions/{number}/redrive"
    office.supervisor.post(again, REVIEW, key=KEY)
    with pytest.raises(Refused, match="not_redrivable"):
        office.supervisor.post(again, REVIEW, key=KEY)
    file = {"service": "social-service-need", "file_name": "march.csv"}
    sent = [office.agency("lipa").post("/batches", file, key=KEY) for _ in range(2)]
    assert sent[0]["fields"]["key"] == sent[1]["fields"]["key"]
