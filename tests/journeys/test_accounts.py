"""Coming in, getting lost and coming back: accounts, as people use them over HTTP."""

import re

import pytest

from local import users
from local.office import Refused, form_of
from local.people import MOTHER, person
from tests.api.people import NEW, check_problem
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
from tests.journeys.provision_steps import example

SAID = {name: MOTHER[name] for name in ("last_name", "first_name", "patronymic", "birth_date")}
IDENTITY_API = "functions.intake.identity_api.handler"
IDENTITY = SAID | {"snils": MOTHER["snils"], "passport": MOTHER["passport"]}


@pytest.fixture
def newcomer(office):
    return Newcomer(office)


# ---- signing up and in --------------------------------------------------------------------------


def test_a_newcomer_signs_up_confirms_the_address_and_signs_in_with_it(office, newcomer):
    flow = newcomer.post("/account/sign-up", {"phone": "8 (999) 123-45-67"})
    assert flow["sent_to"] == "+7***67"
    newcomer.post("/account/sign-up/code", {"flow": flow["flow"], "code": code_in(office)})
    end = {"flow": flow["flow"], "password": PASSWORD, "email": EMAIL}
    answer = newcomer.post("/account/sign-up/password", end | {"consents_to_processing": True})
    newcomer.token = answer["token"]
    assert newcomer.get("/account")["state"] == "pending"
    newcomer.refused("/account/sign-in", {"login": EMAIL, "password": PASSWORD}, 403)

    newcomer.post("/account/email-confirmation", {"token": link_in(office)})
    newcomer.post("/account/email-confirmation", {"token": link_in(office)})  # a second click
    account = newcomer.get("/account")
    assert (account["state"], account["email"], account["may_apply"]) == ("active", EMAIL, False)

    office.cloud.advance(minutes=20)
    flow = newcomer.post("/account/sign-in", {"login": EMAIL.upper(), "password": PASSWORD})
    assert flow["sent_to"] is None  # the phone is told to nobody who has only the address
    answer = newcomer.post("/account/sign-in/code", {**flow_of(flow), "code": code_in(office)})
    newcomer.token = answer["token"]
    assert newcomer.get("/account")["phone"] == PHONE


def flow_of(answer):
    return {"flow": answer["flow"]}


def test_a_half_finished_sign_up_goes_on_with_the_same_phone(office, newcomer):
    for _ in range(2):
        flow = newcomer.post("/account/sign-up", {"phone": PHONE})
        code = code_in(office)
        newcomer.post("/account/sign-up/code", {**flow_of(flow), "code": code})
        office.cloud.advance(minutes=6)
    assert signed_up(office, newcomer)["state"] == "pending"


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_last_step_of_signing_up_is_tried_again_until_it_is_done(office, newcomer, when):
    """We die at each of its calls in turn."""
    step = "/account/sign-up/password"
    for call in range(1, 20):
        phone, email = f"+79991230{call:03d}", f"newcomer{call}@example.com"
        flow = flow_of(newcomer.post("/account/sign-up", {"phone": phone}))
        newcomer.post("/account/sign-up/code", {**flow, "code": code_in(office)})
        end = {**flow, "password": PASSWORD, "email": email, "consents_to_processing": True}
        office.cloud.kill(IDENTITY_API, call, when)
        newcomer.token = answered(office, step, end)["token"]
        office.cloud.lambdas.forget()  # it makes fewer calls than that
        office.cloud.lambdas.forget()  # beyond the last call nobody has died yet
        account = newcomer.get("/account")
        assert (account["state"], account["email"]) == ("pending", email)
        assert [to for to, *_ in office.cloud.emails].count([email]) <= 1
        office.cloud.advance(minutes=10)


def answered(office, path, body):
    """Whoever gets no answer tries once more."""
    for _ in range(2):
        answer = office.cloud.request("POST", path, json=body)
        if answer.status_code < 500:
            break
    assert answer.status_code == 200, answer.json
    return answer.json


def test_an_sms_is_sent_again_after_five_minutes_and_not_before(office, newcomer):
    flow = newcomer.post("/account/sign-up", {"phone": PHONE})
    first, again = len(office.cloud.sms), {"kind": "sign_up", **flow_of(flow)}
    newcomer.post("/account/codes", again)
    office.cloud.advance(minutes=4, seconds=59)
    assert newcomer.post("/account/codes", again)["another_from"] == flow["another_from"]
    assert len(office.cloud.sms) == first
    office.cloud.advance(seconds=1)
    newcomer.post("/account/codes", again)
    assert len(office.cloud.sms) == first + 1


def test_a_double_click_on_the_code_signs_in_twice_and_another_browser_does_not(office, newcomer):
    signed_up(office, newcomer)
    office.cloud.advance(minutes=10)
    login = {"login": PHONE, "password": PASSWORD}
    mine, other = (newcomer.post("/account/sign-in", login)["flow"] for _ in range(2))
    code = code_in(office)
    for _ in range(2):
        assert newcomer.post("/account/sign-in/code", {"flow": mine, "code": code})["token"]
    newcomer.refused("/account/sign-in/code", {"flow": other, "code": code}, 403, "code_not_good")


def test_a_code_is_guessed_at_five_times_and_no_more(office, newcomer):
    flow = flow_of(newcomer.post("/account/sign-up", {"phone": PHONE}))
    code = code_in(office)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    codes = ["code_wrong"] * 4 + ["code_used_up", "code_not_good"]
    for expected in codes:
        newcomer.refused("/account/sign-up/code", {**flow, "code": wrong}, 403, expected)
    newcomer.refused("/account/sign-up/code", {**flow, "code": code}, 403, "code_not_good")


def test_passwords_are_tried_five_times_in_a_quarter_of_an_hour(office, newcomer):
    signed_up(office, newcomer)
    office.cloud.advance(minutes=15)
    wrong = {"login": PHONE, "password": "Wrong12345"}
    for _ in range(5):
        newcomer.refused("/account/sign-in", wrong, 403, "wrong_login_or_password")
    right = {"login": PHONE, "password": PASSWORD}
    newcomer.refused("/account/sign-in", right, 429, "too_many_attempts")
    office.cloud.advance(minutes=15)
    assert newcomer.post("/account/sign-in", right)["flow"]


def test_an_address_in_other_letters_is_the_same_address(office, newcomer):
    """Else each way of writing it gives five more attempts, and five more at the code."""
    signed_up(office, newcomer, confirm=True)
    office.cloud.advance(minutes=15)
    wrong = {"password": "Wrong12345"}
    for n in range(5):
        login = EMAIL[:n] + EMAIL[n].upper() + EMAIL[n + 1 :]
        newcomer.refused("/account/sign-in", {"login": login, **wrong}, 403)
    newcomer.refused("/account/sign-in", {"login": EMAIL, **wrong}, 429, "too_many_attempts")
    newcomer.post("/account/recovery", {"login": EMAIL})
    sent = len(office.cloud.emails)
    newcomer.post("/account/recovery", {"login": EMAIL.upper()})  # the code is on its way already
    assert len(office.cloud.emails) == sent


@pytest.mark.long
def test_one_address_may_not_try_them_on_everybody(office, newcomer):
    for n in range(50):
        login = {"login": f"+7999000{n:04d}", "password": PASSWORD}
        newcomer.refused("/account/sign-in", login, 403)
    last = {"login": "+79990009999", "password": PASSWORD}
    newcomer.refused("/account/sign-in", last, 429, "too_many_attempts")


# ---- the address --------------------------------------------------------------------------------


def letters(office):
    return [to for (to,), *_ in office.cloud.emails]


def test_a_mistyped_address_is_mended_at_once(office, newcomer):
    signed_up(office, newcomer, email="maria@example.con")
    assert newcomer.post("/account/email", {"email": EMAIL})["email"] == EMAIL
    assert letters(office) == ["maria@example.con", EMAIL]
    newcomer.post("/account/email-confirmation", {"token": link_in(office)})
    account = newcomer.get("/account")
    assert (account["email"], account["state"]) == (EMAIL, "active")


def test_one_address_gets_a_letter_in_five_minutes_and_no_more(office, newcomer):
    """Also by going to and fro. The letter that is there already holds again."""
    signed_up(office, newcomer)
    newcomer.refused("/account/email", {"email": EMAIL}, 429, "link_just_sent")
    newcomer.refused("/account/email", {"email": EMAIL.upper()}, 429, "link_just_sent")
    first = link_in(office)
    newcomer.post("/account/email", {"email": "b@example.com"})
    assert newcomer.post("/account/email", {"email": EMAIL})["email"] == EMAIL
    assert letters(office) == [EMAIL, "b@example.com"]
    newcomer.post("/account/email-confirmation", {"token": first})
    assert newcomer.get("/account")["email_confirmed"]


def test_ten_letters_a_day_are_enough_and_the_eleventh_address_is_not_saved(office, newcomer):
    signed_up(office, newcomer)
    for n in range(10):
        newcomer.post("/account/email", {"email": f"victim{n}@example.com"})
    newcomer.refused("/account/email", {"email": EMAIL}, 429, "too_many_links")
    assert newcomer.get("/account")["email"] == "victim9@example.com"
    assert len(letters(office)) == 11


# ---- what is told of others ---------------------------------------------------------------------


def _same(office, path, known, unknown):
    """The answers differ in nothing but the secret, the calls in nothing at all."""
    told = []
    for body in (known, unknown):
        office.cloud.calls.clear()
        answer = office.cloud.request("POST", path, json=body)
        shown = answer.json if answer.status_code >= 400 else {**answer.json, "flow": ""}
        told.append((answer.status_code, shown, [operation for _, operation in office.cloud.calls]))
    first, second = told
    assert {**first[1], "sent_to": ""} == {**second[1], "sent_to": ""}
    assert (first[0], first[2]) == (second[0], second[2])


def test_known_and_unknown_phones_are_answered_the_same_after_the_same_work(office, newcomer):
    signed_up(office, newcomer)
    office.cloud.advance(minutes=20)
    known, unknown = PHONE, "+79997654321"
    newcomer.post("/account/sign-up", {"phone": "+79990000000"})  # the secret is read once
    _same(office, "/account/sign-up", {"phone": known}, {"phone": unknown})
    _same(office, "/account/recovery", {"login": known}, {"login": unknown})
    wrong = {"password": "Wrong12345"}
    _same(office, "/account/sign-in", {"login": known, **wrong}, {"login": unknown, **wrong})
    texts = [text for number, text in office.cloud.sms if number in (known, unknown)][-4:]
    assert [bool(re.search(r"\b[0-9]{6}\b", text)) for text in texts] == [False, True, True, False]


def test_a_code_that_was_never_sent_helps_nobody(office, newcomer):
    """A phone that has an account already: nobody takes it over by signing up."""
    signed_up(office, newcomer)
    office.cloud.advance(minutes=20)
    flow = flow_of(newcomer.post("/account/sign-up", {"phone": PHONE}))
    newcomer.refused("/account/sign-up/code", {**flow, "code": "000000"}, 403)
    password = {**flow, "password": PASSWORD, "email": EMAIL, "consents_to_processing": True}
    newcomer.refused("/account/sign-up/password", password, 403, "code_not_yet")


# ---- recovery -----------------------------------------------------------------------------------


@pytest.mark.parametrize("login", [PHONE, EMAIL])
def test_a_forgotten_password_is_set_anew_and_the_old_one_opens_nothing(office, newcomer, login):
    signed_up(office, newcomer, confirm=True)
    office.cloud.advance(minutes=20)
    flow = flow_of(newcomer.post("/account/recovery", {"login": login}))
    weak = {**flow, "password": "12345"}
    newcomer.refused("/account/recovery/password", weak, 403, "code_not_yet")
    code = code_in(office, by_mail=login == EMAIL)
    newcomer.post("/account/recovery/code", {**flow, "code": code})
    newcomer.refused("/account/recovery/password", weak, 422)
    old = {"login": PHONE, "password": PASSWORD}
    newcomer.refused("/account/sign-in", old, 403, "account_recovering")
    for _ in range(2):  # a second click
        newcomer.post("/account/recovery/password", {**flow, "password": "Drugoi-parol7"})
    assert "Пароль" in office.cloud.sms[-1][1]
    stale = office.cloud.request("GET", "/account", token=newcomer.token)
    check_problem(stale, 401, "unauthorized")
    newcomer.refused("/account/sign-in", old, 403, "wrong_login_or_password")
    assert newcomer.post("/account/sign-in", {"login": PHONE, "password": "Drugoi-parol7"})["flow"]


def test_who_dies_while_a_password_is_changed_still_tells_its_owner(office, newcomer):
    """We die after each of its calls in turn; whoever gets no answer tries once more."""
    signed_up(office, newcomer)
    step, call, died = "/account/recovery/password", 0, True
    while died:
        call += 1
        office.cloud.advance(minutes=10)
        flow = flow_of(newcomer.post("/account/recovery", {"login": PHONE}))
        newcomer.post("/account/recovery/code", {**flow, "code": code_in(office)})
        sent = len(office.cloud.sms)
        office.cloud.kill(IDENTITY_API, call, "after")
        body = {**flow, "password": f"Drugoi-parol{call}"}
        died = office.cloud.request("POST", step, json=body).status_code >= 500
        office.cloud.lambdas.forget()
        answered(office, step, body)
        told = [text for _, text in office.cloud.sms[sent:]]
        assert 1 <= len(told) <= 2, f"killed after call {call}"
        assert all("Пароль" in text for text in told)
    assert call > 5


def test_a_closed_account_is_opened_by_the_office_with_another_phone(office, newcomer):
    signed_up(office, newcomer, confirm=True)
    officer, new_phone = office.officer, "+79995550055"
    known = officer.post("/accounts/search", {"login": PHONE})
    officer.post(f"/accounts/{known['id']}/block", {"reason": "stolen"})
    office.cloud.advance(minutes=20)
    login = {"login": PHONE, "password": PASSWORD}
    newcomer.refused("/account/sign-in", login, 403, "account_blocked")
    newcomer.post("/account/recovery", {"login": PHONE})
    assert not re.search(r"\b[0-9]{6}\b", office.cloud.sms[-1][1])

    number = newcomer.asks_for_access(new_phone, SAID | {"inn": MOTHER["inn"]})
    (line,) = officer.get("/access-requests")["requests"]
    assert (line["number"], line["overdue"]) == (number, False)
    shown = officer.get(f"/access-requests/{number}")
    assert shown["scan_state"] == "accepted"
    assert shown["scan"].startswith("http")
    answer = {"outcome": "granted", "account": known["id"], "checked_by": "video"}
    for _ in range(2):  # a second click
        officer.post(f"/access-requests/{number}/answer", answer)
    assert office.officer.get("/access-requests")["requests"] == []
    assert officer.get(f"/access-requests/{number}")["scan"] is None
    office.cloud.settle()

    assert office.cloud.sms[-1][0] == new_phone
    office.cloud.advance(seconds=1)
    flow = flow_of(newcomer.post("/account/recovery", {"login": new_phone}))
    newcomer.post("/account/recovery/code", {**flow, "code": code_in(office)})
    newcomer.post("/account/recovery/password", {**flow, "password": "Drugoi-parol7"})
    assert newcomer.post("/account/sign-in", {"login": new_phone, "password": "Drugoi-parol7"})
    found = officer.post("/accounts/search", {"login": new_phone})
    acts = [(act["kind"], act["by"]) for act in found["acts"]]
    assert ("blocked", "officer") in acts
    assert ("let_in", "officer") in acts


def test_an_officer_neither_closes_nor_takes_over_an_account_of_the_office(office, newcomer):
    """Else he asks to be let in by a phone of his own, and is a supervisor."""
    officer, supervisor = office.officer, office.supervisor
    supervisor.token()
    phone = supervisor.phone
    number = newcomer.asks_for_access(
        "+79995550055", SAID | {"inn": MOTHER["inn"]}, with_scan=False
    )
    path = f"/access-requests/{number}/answer"
    answer = {"outcome": "granted", "account": "supervisor", "checked_by": "video"}
    for where, body in ((path, answer), ("/accounts/supervisor/block", {"reason": "stolen"})):
        refused = office.cloud.request("POST", where, token=officer.token(), json=body)
        check_problem(refused, 403, "only_supervisors")
    assert officer.post("/accounts/search", {"login": phone})["state"] == "active"
    officer.token()
    assert supervisor.post("/accounts/officer/block", {"reason": "stolen"})["state"] == "blocked"


def test_a_request_that_waits_a_day_is_overdue(office, newcomer):
    newcomer.asks_for_access("+79995550055", SAID | {"inn": MOTHER["inn"]}, with_scan=False)
    office.cloud.advance(hours=24)
    (line,) = office.officer.get("/access-requests")["requests"]
    assert line["overdue"]


# ---- identity -----------------------------------------------------------------------------------


def test_only_a_person_who_is_known_applies_and_the_draft_is_kept(office, newcomer):
    """Confirmed by registries, which answer in their own time."""
    signed_up(office, newcomer, confirm=True)
    number = newcomer.post("/applications", NEW)["number"]
    newcomer.refused(f"/applications/{number}/submission", None, 403, "identity_not_confirmed")
    where = "/account/identity/registries"
    newcomer.refused(where, IDENTITY, 403, "passport_scan_missing")
    scan(office, newcomer)
    newcomer.refused(where, IDENTITY | {"snils": ""}, 422)
    newcomer.refused(where, IDENTITY | {"last_name": "Smith", "passport": "1"}, 422)
    assert newcomer.post(where, IDENTITY)["check"]["state"] == "asked"
    office.cloud.advance(minutes=1)
    account = newcomer.get("/account")
    assert (account["may_apply"], account["identity"]["way"]) == (True, "registries")
    newcomer.refused(where, IDENTITY, 409, "already_confirmed")
    newcomer.refused(f"/applications/{number}/submission", None, 422)  # now it is about the form
    foreign = {"form": {"snils": person(9)["snils"]}}
    office.cloud.request("PATCH", f"/applications/{number}", token=newcomer.token, json=foreign)
    form = newcomer.get(f"/applications/{number}/form")
    assert "not_your_snils" in str(form["sections"])


def test_a_registry_that_holds_other_data_says_which(office, newcomer):
    signed_up(office, newcomer, confirm=True)
    scan(office, newcomer)
    office.registries.differ(IDENTITY["snils"], "pension_insurance", "birth_date", "secret")
    newcomer.post("/account/identity/registries", IDENTITY)
    office.cloud.advance(minutes=1)
    account = newcomer.get("/account")
    assert not account["may_apply"]
    assert (account["check"]["state"], account["check"]["differs"]) == (
        "mismatched",
        ["дата рождения"],
    )


def test_nobody_is_confirmed_as_somebody_who_is_confirmed_already(office, newcomer):
    other = Newcomer(office)
    for who, phone, email in ((newcomer, PHONE, EMAIL), (other, "+79995550055", "b@example.com")):
        signed_up(office, who, phone=phone, email=email, confirm=True)
        scan(office, who)
        who.post("/account/identity/registries", IDENTITY)
        office.cloud.advance(minutes=6)
    assert newcomer.get("/account")["may_apply"]
    account = other.get("/account")
    assert not account["may_apply"]
    assert account["check"]["state"] == "mismatched"


def test_an_officer_who_saw_the_person_by_video_confirms_him(office, newcomer):
    signed_up(office, newcomer, confirm=True)
    scan(office, newcomer)
    asked = newcomer.post("/account/identity/video", {"words": "После 18 часов"})
    path = f"/access-requests/{asked['number']}"
    token, refused = office.officer.token(), {"outcome": "granted", "checked_by": "documents"}
    answer = office.cloud.request("POST", f"{path}/answer", token=token, json=refused)
    check_problem(answer, 422)
    office.officer.post(f"{path}/answer", {"outcome": "granted", "checked_by": "video"})
    account = newcomer.get("/account")
    assert account["identity"]["way"] == "video"
    assert office.cloud.sms[-1][0] == PHONE


def test_the_states_provider_vouches_for_a_person_once(office, newcomer):
    signed_up(office, newcomer, confirm=True)
    back = office.openid.sign_in(newcomer.post("/account/identity/openid")["url"], "mother")
    assert newcomer.post("/account/identity/openid/answer", back)["may_apply"]
    newcomer.refused("/account/identity/openid/answer", back, 403, "flow_over")


def test_nobody_brings_back_what_was_begun_by_another(office, newcomer):
    """Else an attacker's link would confirm the victim's account as the attacker."""
    other = Newcomer(office)
    signed_up(office, newcomer, confirm=True)
    signed_up(office, other, phone="+79995550055", email="b@example.com", confirm=True)
    back = office.openid.sign_in(newcomer.post("/account/identity/openid")["url"], "mother")
    other.refused("/account/identity/openid/answer", back, 403, "openid_not_good")


def test_a_closed_account_does_nothing_with_the_token_it_still_has(office):
    number = office.draft(form_of(person(3)))
    submission, token = f"/applications/{number}/submission", office.citizen.token()
    office.officer.post("/accounts/citizen/block", {"reason": "rules_broken"})
    for method, path in (("POST", submission), ("GET", "/applications"), ("GET", "/profile")):
        check_problem(office.cloud.request(method, path, token=token), 401, "unauthorized")
    office.cloud.advance(seconds=1)
    answer = office.cloud.request("POST", submission, token=office.citizen.token())
    check_problem(answer, 403, "account_blocked")  # however one comes by a new one


# ---- in whose name a form is filed --------------------------------------------------------------


def known_by(office, caller, snils):
    """As if registries had confirmed the person with this number."""
    users.open_account(office.cloud.outputs["Applications"], caller.name, snils)


def test_whoever_applies_for_himself_gives_the_snils_he_is_known_by(office):
    office.citizen.token()
    known_by(office, office.citizen, MOTHER["snils"])
    number = office.draft(form_of(person(3)))
    refused(office, number, "submission", "not_your_snils")
    refused(office, number, "signing", "not_your_snils", {"act": "submission"})
    mended = {"form": {"snils": MOTHER["snils"]}}
    office.citizen.patch(f"/applications/{number}", mended)
    office.submit(number)
    corrected = {"form": {"wishes": "После обеда"}}
    assert office.citizen.patch(f"/applications/{number}", corrected)["stage"] != "draft"


def test_nobody_pays_for_what_he_may_not_submit(office):
    office.citizen.token()
    known_by(office, office.citizen, person(9)["snils"])
    form = example(office, "disability-certificate", certificate_type="duplicate")
    number = office.draft(form, service="disability-certificate")
    refused(office, number, "payment", "not_your_snils")


def test_a_number_is_not_changed_for_a_strangers_after_the_application_is_filed(office):
    """Where the person is not what duplicates are found by; what was filed before stays good."""
    form = example(office, "child-benefits")
    number = office.apply(form, service="child-benefits")
    known_by(office, office.citizen, MOTHER["snils"])
    where = f"/applications/{number}"
    with pytest.raises(Refused) as refusal:
        office.citizen.patch(where, {"form": {"snils": person(9)["snils"]}})
    assert refusal.value.fields == {"snils": "not_your_snils"}
    office.citizen.patch(where, {"form": {"phone": "+79991112233"}})
    office.citizen.patch(where, {"form": {"snils": MOTHER["snils"]}})


def refused(office, number, step, code, body=None):
    with pytest.raises(Refused) as refusal:
        office.citizen.post(f"/applications/{number}/{step}", body)
    assert refusal.value.fields == {"snils": code}


def test_registries_and_the_provider_say_which_snils_is_the_persons(office, newcomer):
    signed_up(office, newcomer, confirm=True)
    back = office.openid.sign_in(newcomer.post("/account/identity/openid")["url"], "mother")
    newcomer.post("/account/identity/openid/answer", back)
    new = {**NEW, "form": {"snils": person(9)["snils"]}}
    number = newcomer.post("/applications", new)["number"]
    shown = newcomer.get(f"/applications/{number}/form")
    questions = [q for s in shown["sections"] for p in s["pages"] for q in p["questions"]]
    (asked,) = [question for question in questions if question["name"] == "snils"]
    assert [problem["code"] for problem in asked["problems"]] == ["not_your_snils"]
    assert not shown["complete"]
