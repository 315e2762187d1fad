"""Who may see and do what: every route, every role, own applications and others'."""

import pytest

from local.office import Caller, form_of, post_file
from local.people import person
from local.scans import good_jpeg
from tests.api.account_routes import CLOSED as ACCOUNT
from tests.api.archive_routes import CLOSED as ARCHIVE
from tests.api.identity_routes import CLOSED as IDENTITY
from tests.api.people import (
    DOCUMENT,
    MISSING,
    NEW,
    PROPOSAL,
    QUESTION,
    check_problem,
    in_review,
    state,
    tokens,
)
from tests.journeys.provision_steps import in_hand

ROLES = ("owner", "stranger", "agency", "other agency", "officer", "supervisor")

# (method, path behind the number, body): status by role, in the order of ROLES.
ON_A_REVIEWED_APPLICATION = [
    ("GET", "", None, (200, 404, 404, 404, 200, 200)),
    ("PATCH", "", {"form": {}}, (200, 404, 404, 404, 403, 403)),
    ("POST", "/submission", None, (409, 404, 404, 404, 403, 403)),
    ("POST", "/resubmission", None, (409, 404, 404, 404, 403, 403)),
    ("POST", "/follow-up", {"service": "appeal"}, (409, 404, 404, 404, 403, 403)),
    ("POST", "/answer", {"form": {}}, (409, 404, 404, 404, 403, 403)),
    ("GET", "/history", None, (200, 404, 404, 404, 200, 200)),
    ("GET", "/form", None, (200, 404, 404, 404, 403, 403)),
    ("POST", "/release", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/assessment", None, (403, 403, 403, 403, 200, 200)),
    ("POST", "/pause", {}, (403, 403, 403, 403, 422, 422)),
    ("POST", "/resumption", None, (403, 403, 403, 403, 409, 409)),
    ("POST", "/escalation", {}, (403, 403, 403, 403, 422, 422)),
    ("POST", "/presence", None, (403, 403, 403, 403, 200, 200)),
    ("POST", "/confirmation", {"agrees": True}, (403, 403, 403, 403, 409, 409)),
    ("DELETE", "/documents/nothing", None, (404, 404, 404, 404, 403, 403)),
    # What would succeed is tried with what is wrong in it: the right is checked first.
    ("POST", "/documents", DOCUMENT | {"kind": "no_such"}, (422, 404, 404, 404, 403, 403)),
    ("POST", "/withdrawal?x=1", None, (400, 400, 400, 400, 403, 403)),
    ("POST", "/claim?x=1", None, (403, 403, 403, 403, 400, 400)),
    ("POST", "/question", {"gaps": []}, (403, 403, 403, 403, 422, 422)),
    ("POST", "/proposal", {"outcome": "?"}, (403, 403, 403, 403, 422, 422)),
]

DAY = "2026-03-02"
LINE = {
    "need": "social_household",
    "title": "Уборка",
    "times": 3,
    "per": "week",
    "until": "2027-02-28",
    "why": "Трудно наклоняться",
}
# What follows an approval, on an application that has not come so far.
BEFORE_AN_APPROVAL = [
    ("GET", "/programme", None, (404, 404, 404, 404, 404, 404)),
    ("POST", "/programme", {"lines": [LINE], "review_on": "2026-09-01"},
     (403, 403, 403, 403, 409, 409)),
    ("POST", "/agreement", {"agrees": True}, (409, 404, 404, 404, 403, 403)),
    ("GET", "/providers", None, (404, 404, 404, 404, 404, 404)),
    ("POST", "/provider", {"provider": "lipa"}, (409, 404, 404, 404, 403, 403)),
    ("POST", "/act", None, (403, 403, 403, 403, 409, 409)),
    ("POST", "/service-event", {"line": 1, "event": "started", "on": DAY},
     (403, 403, 404, 404, 409, 409)),
    ("POST", "/complaint", {"words": "Никто не идёт"}, (409, 404, 404, 404, 403, 403)),
    ("POST", "/complaint-review", {"upheld": False, "answer": "Нет"},
     (403, 403, 403, 403, 409, 409)),
    ("POST", "/original", {"event": "ready"}, (403, 403, 403, 403, 409, 409)),
    ("GET", "/payments", None, (200, 404, 404, 404, 200, 200)),
    ("POST", "/payment-order", {"since": DAY, "amount": "1.00"}, (403, 403, 403, 403, 409, 409)),
    ("POST", "/stop", {"reason": "death", "since": DAY}, (403, 403, 403, 403, 409, 409)),
    ("POST", "/repayment", {"periods": ["2026-01"], "words": "Нет"},
     (403, 403, 403, 403, 409, 409)),
    ("POST", "/letter", {"fate": "returned"}, (403, 403, 403, 403, 409, 409)),
    ("POST", "/signing", {"act": "withdrawal"}, (200, 404, 404, 404, 403, 403)),
    ("POST", "/payment", None, (409, 404, 404, 404, 403, 403)),
    ("GET", "/papers", None, (200, 404, 404, 404, 200, 200)),
    ("POST", "/papers", {"kind": "ledger"}, (None, 404, 404, 404, None, None)),
    ("GET", "/papers/nothing", None, (404, 404, 404, 404, 404, 404)),
    ("GET", "/documents/nothing", None, (404, 404, 404, 404, 403, 403)),
]  # fmt: skip

# Of the expert's check, on a document that is not there.
ON_A_DOCUMENT = [
    ("POST", "/documents/nothing/look", None, (403, 403, 403, 403, 404, 404)),
    ("POST", "/documents/nothing/check", {"verdict": "conforming"}, (403, 403, 403, 403, 403, 404)),
]

# On a draft, or on a draft that was withdrawn, of the owner.
ON_A_DRAFT = [
    ("GET", "", None, (200, 404, 404, 404, 404, 404)),
    ("PATCH", "", {"form": {}}, (200, 404, 404, 404, 403, 403)),
    ("POST", "/withdrawal", None, (None, 404, 404, 404, 403, 403)),
    ("POST", "/answer", {"form": {}}, (409, 404, 404, 404, 403, 403)),
    ("POST", "/documents", DOCUMENT, (None, 404, 404, 404, 403, 403)),
    ("GET", "/history", None, (200, 404, 404, 404, 404, 404)),
    ("POST", "/claim", None, (403, 403, 403, 403, 404, 404)),
    ("POST", "/release", None, (403, 403, 403, 403, 404, 404)),
    ("POST", "/question", QUESTION, (403, 403, 403, 403, 404, 404)),
    ("GET", "/assessment", None, (403, 403, 403, 403, 404, 404)),
    ("POST", "/proposal", PROPOSAL, (403, 403, 403, 403, 404, 404)),
    ("POST", "/confirmation", {"agrees": True}, (403, 403, 403, 403, 404, 404)),
]

ON_NO_APPLICATION = [
    ("GET", "/applications", None, (200, 200, 200, 200, 200, 200)),
    ("GET", "/queue?region=RU-MOW", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/document-checks?region=RU-MOW", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/document-checks/defects", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/executions", None, (403, 403, 403, 403, 200, 200)),
    ("GET", f"/executions/{MISSING}", None, (403, 403, 403, 403, 404, 404)),
    ("GET", "/statistics?region=RU-MOW", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/forecast?region=RU-MOW", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/batches", None, (403, 403, 200, 200, 200, 200)),
    ("GET", "/batches/nothing", None, (403, 403, 404, 404, 404, 404)),
    ("POST", "/batches", {}, (403, 403, 422, 422, 403, 403)),
    ("GET", "/pause-reasons", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/queue/views", None, (403, 403, 403, 403, 200, 200)),
    ("POST", "/queue/views", {}, (403, 403, 403, 403, 422, 422)),
    ("DELETE", "/queue/views/nothing", None, (403, 403, 403, 403, 200, 200)),
    (
        "POST",
        "/bulk",
        {"act": "reassign", "numbers": [MISSING], "officer": "officer"},
        (403, 403, 403, 403, 403, 200),
    ),
    ("GET", f"/audit?number={MISSING}", None, (403, 403, 403, 403, 403, 404)),
    ("GET", "/staff", None, (403, 403, 403, 403, 403, 200)),
    ("GET", "/sentinel", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/executions/stuck", None, (403, 403, 403, 403, 200, 200)),
    (
        "POST",
        f"/executions/{MISSING}/redrive",
        {"machine": "appeal_review"},
        (403, 403, 403, 403, 403, 404),
    ),
    ("POST", "/applications", NEW | {"service": "no-such"}, (404, 404, 404, 404, 403, 403)),
    ("GET", "/slots?speciality=therapist&region=RU-MOW", None, (200, 200, 200, 200, 200, 200)),
    ("POST", "/slots", {}, (403, 403, 422, 422, 422, 422)),
    ("DELETE", "/slots/nothing", None, (403, 403, 404, 404, 404, 404)),
    ("POST", "/providers", {}, (403, 403, 403, 403, 422, 422)),
    ("POST", "/archive/documents/nothing/signature", {}, (422, 422, 403, 403, 403, 403)),
    ("GET", "/consent/withdrawal", None, (200, 200, 403, 403, 403, 403)),
    # Nothing is done without the code.
    ("POST", "/consent/withdrawal", None, (202, 202, 403, 403, 403, 403)),
]
# What the provider that the person chose may see and do, and nobody else's agency.
BY_THE_PROVIDER = [
    ("GET", "/programme", None, (200, 404)),
    ("POST", "/service-event", {"line": 9, "event": "started", "on": DAY}, (422, 404)),
    ("GET", "", None, (404, 404)),
    ("PATCH", "", {"form": {}}, (404, 404)),
    ("GET", "/history", None, (404, 404)),
    ("GET", "/payments", None, (404, 404)),
    ("GET", "/providers", None, (404, 404)),
    ("POST", "/agreement", {"agrees": True}, (404, 404)),
    ("POST", "/provider", {"provider": "dub"}, (404, 404)),
    ("POST", "/complaint", {"words": "Нет"}, (404, 404)),
    ("POST", "/withdrawal", None, (404, 404)),
    ("POST", "/signing", {"act": "withdrawal"}, (404, 404)),
    ("POST", "/documents", DOCUMENT, (404, 404)),
    ("POST", "/resubmission", None, (404, 404)),
    ("POST", "/follow-up", {"service": "appeal"}, (404, 404)),
    ("POST", "/payment", None, (404, 404)),
]


def test_every_route_has_its_row(cloud):
    """A new one without a row here is one whose rights nobody has thought of."""
    described = cloud.request("GET", "/openapi.json").json["paths"]
    closed = {
        (method.upper(), path)
        for path, operations in described.items()
        for method, operation in operations.items()
        if operation["security"]
    }
    on_one = [*ON_A_DOCUMENT, *ON_A_REVIEWED_APPLICATION, *BEFORE_AN_APPROVAL]
    rows = {(method, "/applications/{number}" + _bare(path)) for method, path, *_ in on_one}
    rows |= {(method, _bare(path)) for method, path, *_ in ON_NO_APPLICATION}
    rows |= {(method, _bare(path)) for method, path, *_ in [*ACCOUNT, *IDENTITY]}
    rows |= {(method, path) for method, path, *_ in ARCHIVE}  # test_archive.py
    assert rows == closed


def _bare(path):
    path = path.partition("?")[0].replace(MISSING, "{number}")
    for named, parameter in (
        ("/slots/nothing", "/slots/{slot}"),
        ("/documents/nothing", "/documents/{document}"),
        ("/documents/nothing", "/documents/{document}"),
        ("/papers/nothing", "/papers/{paper}"),
        ("/representations/nothing", "/representations/{representation}"),
        ("/access-requests/nothing", "/access-requests/{entry}"),
        ("/accounts/nothing", "/accounts/{account}"),
        ("/batches/nothing", "/batches/{batch}"),
        ("/views/nothing", "/views/{view}"),
    ):
        path = path.replace(named, parameter)
    return path


def _check(office, table, where="", roles=ROLES):
    signed_in, wrong = tokens(office), []
    for method, path, body, expected in table:
        for role, status in zip(roles, expected, strict=True):
            if status is None:
                continue
            answer = office.cloud.request(method, where + path, token=signed_in[role], json=body)
            if answer.status_code >= 400:
                check_problem(answer, answer.status_code)
            if answer.status_code != status:
                wrong.append(f"{role}: {method} {path}: {answer.status_code}, not {status}")
    assert not wrong


def test_an_application_is_its_applicants_and_the_officers(office):
    number = in_review(office)
    before = state(office, number)
    _check(office, [*ON_A_REVIEWED_APPLICATION, *ON_A_DOCUMENT], f"/applications/{number}")
    assert state(office, number) == before


def test_what_follows_an_approval_is_its_applicants_and_the_officers(office):
    office.load_providers()
    number = in_review(office)
    before = state(office, number)
    _check(office, BEFORE_AN_APPROVAL, f"/applications/{number}")
    assert state(office, number) == before


def test_a_provider_sees_the_programme_that_it_was_chosen_for_and_nothing_else(office):
    number = in_hand(office)
    before = state(office, number)
    _check(office, BY_THE_PROVIDER, f"/applications/{number}", ("agency", "other agency"))
    assert state(office, number) == before


def test_what_an_officer_filed_before_he_came_to_work_here_is_decided_by_others(office):
    number = in_review(office)
    path = f"/applications/{number}"
    himself = Caller(office.cloud, office.citizen.name, ("officers",)).token()
    assert office.cloud.request("GET", path, token=himself).status_code == 200
    acts = [row for row in (*ON_A_REVIEWED_APPLICATION, *BEFORE_AN_APPROVAL) if row[0] == "POST"]
    before = office.officer.get(path)
    for method, act, body, expected in acts:
        answer = office.cloud.request(method, path + act, token=himself, json=body)
        if expected[4] in (200, 409):  # what an officer may do, and would
            check_problem(answer, 403, "own_application")
        else:
            assert answer.status_code in (400, 403, 422)
    assert office.officer.get(path) == before


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_was_never_submitted_is_its_authors_alone(office, withdrawn):
    number = office.citizen.post("/applications", NEW)["number"]
    if withdrawn:
        office.withdraw(number)
    before = state(office, number)
    _check(office, ON_A_DRAFT, f"/applications/{number}")
    assert state(office, number) == before


def test_what_people_set_up_for_themselves(office):
    _check(office, [*ACCOUNT, *IDENTITY])


def test_lists_and_queues(office):
    _check(office, ON_NO_APPLICATION)


def test_a_list_holds_ones_own_applications_only(office):
    mine = office.citizen.post("/applications", NEW)["number"]
    signed_in = tokens(office)
    for role in ROLES:
        listed = office.cloud.request("GET", "/applications", token=signed_in[role]).json
        numbers = [line["number"] for line in listed["applications"]]
        assert numbers == ([mine] if role == "owner" else [])


def test_drafts_are_in_no_queue(office):
    office.citizen.post("/applications", NEW)
    assert office.officer.get("/queue")["applications"] == []


def test_clerks_of_one_agency_work_on_the_same_applications_and_no_other_agency_does(office):
    clerk, colleague, other = office.agency("lipa"), office.agency("lipa"), office.agency("klyon")
    colleague.name = "lipa-second-clerk"
    number = clerk.post("/applications", NEW)["number"]
    path = f"/applications/{number}"
    changed = colleague.patch(path, {"form": {"first_name": "Анна"}})
    assert changed["form"] == {"first_name": "Анна"}
    for token in (other.token(), office.citizen.token(), office.officer.token()):
        check_problem(office.cloud.request("GET", path, token=token), 404, "unknown_number")


def test_nobody_learns_whether_a_foreign_number_exists(office):
    number = office.citizen.post("/applications", NEW)["number"]
    token = office.cloud.sign_in("stranger")
    titles = {
        check_problem(office.cloud.request("GET", f"/applications/{n}", token=token), 404)["title"]
        for n in (number, MISSING, "no-number")
    }
    assert len(titles) == 1


def test_a_document_is_posted_to_its_own_place_and_nowhere_else(office):
    """Whoever was invited for one document cannot overwrite another's."""
    number = office.citizen.post("/applications", NEW)["number"]
    invited = office.citizen.post(f"/applications/{number}/documents", DOCUMENT)
    assert invited["fields"]["key"] == f"uploads/{number}/{invited['document']['id']}"
    post_file(invited, good_jpeg())
    office.cloud.advance(seconds=5)
    judged = office.document(number, invited["document"]["id"])
    assert judged["state"] == "accepted"
    post_file(invited, b"%PDF-1.7 something else")  # the same invitation again changes nothing
    office.cloud.advance(seconds=5)
    assert office.document(number, invited["document"]["id"]) == judged


def test_the_applicant_is_not_told_who_in_the_office_acts(office):
    number = in_review(office)
    office.officer.post(f"/applications/{number}/claim")
    path = f"/applications/{number}"
    assert office.show(number)["officer"] is None
    assert office.officer.get(path)["officer"] == "officer"
    actors = {event["actor"] for event in office.citizen.get(f"{path}/history")["events"]}
    assert actors == {"citizen", "system", "office"}


def test_an_officer_decides_in_his_office_and_applies_elsewhere(office):
    check_problem(
        office.cloud.request("POST", "/applications", token=office.officer.token(), json=NEW),
        403,
        "role_needed",
    )


# ---- steps cannot be skipped --------------------------------------------------------------------


def test_a_draft_cannot_be_decided_and_a_review_cannot_be_submitted_again(office):
    number = in_review(office)
    before = state(office, number)
    path = f"/applications/{number}"
    for step, body in (
        ("submission", None),
        ("answer", {"message": "вот"}),
        ("resubmission", None),
    ):
        with_token = {"token": office.citizen.token(), "json": body}
        answer = office.cloud.request("POST", f"{path}/{step}", **with_token)
        check_problem(answer, 409, "wrong_stage")
    confirmed = office.cloud.request(
        "POST", f"{path}/confirmation", token=office.officer.token(), json={"agrees": True}
    )
    check_problem(confirmed, 409, "wrong_stage")
    assert state(office, number) == before


def test_nothing_is_decided_while_registries_are_asked(office):
    number = office.apply(form_of(person(1)))
    office.citizen.get(f"/applications/{number}")
    path = f"/applications/{number}"
    for step, body in (("proposal", PROPOSAL), ("question", QUESTION)):
        answer = office.cloud.request(
            "POST", f"{path}/{step}", token=office.officer.token(), json=body
        )
        check_problem(answer, 409, "wrong_stage")


def test_an_incomplete_draft_cannot_be_submitted(office):
    number = office.citizen.post("/applications", NEW)["number"]
    answer = office.cloud.request(
        "POST", f"/applications/{number}/submission", token=office.citizen.token()
    )
    problem = check_problem(answer, 422, "invalid_form")
    named = {error["field"]: error["code"] for error in problem["errors"]}
    assert named["last_name"] == "required"
    assert named["documents.passport"] == "document_missing"
    assert office.show(number)["stage"] == "draft"


def test_a_refusal_needs_two_officers(office):
    number = in_review(office)
    office.propose_refusal(number, "data_wrong", explanation="Сведения расходятся.")
    path = f"/applications/{number}/confirmation"
    own = office.cloud.request("POST", path, token=office.officer.token(), json={"agrees": True})
    check_problem(own, 403, "second_officer_needed")
    assert office.show(number)["stage"] == "confirmation"
    office.confirm(number)
    assert office.show(number)["stage"] == "refused"


def test_a_decision_is_made_once(office):
    number = in_review(office)
    office.approve(number)
    before = state(office, number)
    path = f"/applications/{number}"
    for caller, step, body in (
        (office.officer, "proposal", PROPOSAL),
        (office.second_officer, "proposal", PROPOSAL),
        (office.second_officer, "confirmation", {"agrees": True}),
        (office.officer, "question", QUESTION),
        (office.officer, "claim", None),
        (office.citizen, "withdrawal", None),
    ):
        answer = office.cloud.request("POST", f"{path}/{step}", token=caller.token(), json=body)
        check_problem(answer, 409, "wrong_stage")
    changed = office.cloud.request(
        "PATCH", path, token=office.citizen.token(), json={"form": {"income": "1"}}
    )
    check_problem(changed, 409, "wrong_stage")
    assert state(office, number) == before


def test_what_another_officer_holds_is_left_to_him(office):
    number = in_review(office)
    office.officer.post(f"/applications/{number}/claim")
    path = f"/applications/{number}"
    token = office.second_officer.token()
    check_problem(office.cloud.request("POST", f"{path}/claim", token=token), 409)
    check_problem(office.cloud.request("POST", f"{path}/release", token=token), 403)
    check_problem(office.cloud.request("POST", f"{path}/proposal", token=token, json=PROPOSAL), 409)
    assert office.supervisor.post(f"{path}/release")["officer"] is None


def test_an_answer_after_its_limit_is_too_late(office):
    """The clock has its say first; even when it has not yet, the answer is refused."""
    number = in_review(office)
    office.ask(number, {"code": "missing", "document": "snils"})
    until = office.show(number)["question"]["answer_until"]
    assert until
    office.cloud.advance(days=12)
    answer = office.cloud.request(
        "POST", f"/applications/{number}/answer", token=office.citizen.token(), json={"form": {}}
    )
    check_problem(answer, 409)
    assert office.show(number)["stage"] == "refused"


def test_a_second_application_for_the_same_person_leads_its_author_to_the_first(office):
    first = office.apply(form_of(person(1)))
    second = office.draft(form_of(person(1)))
    answer = office.cloud.request(
        "POST", f"/applications/{second}/submission", token=office.citizen.token()
    )
    problem = check_problem(answer, 409, "already_open_yours")
    assert first in problem["title"]
    assert "02.03.2026" in problem["title"]
    assert office.show(second)["stage"] == "draft"


def test_somebody_elses_open_application_for_the_same_person_is_found_and_not_told(office):
    """A stranger who knows a SNILS learns that there is one, and neither number nor day."""
    theirs = office.apply(form_of(person(1)))
    office.citizen.name = "stranger"
    try:
        second = office.draft(form_of(person(1)))
        answer = office.cloud.request(
            "POST", f"/applications/{second}/submission", token=office.citizen.token()
        )
    finally:
        office.citizen.name = "citizen"
    problem = check_problem(answer, 409, "already_open")
    assert theirs not in problem["title"]
    assert "2026" not in problem["title"]
