"""What follows an approval, on the real machines: programme, provider, services; the original of a
certificate. Every date was counted by hand."""

import pytest

from local.office import Office, Refused
from tests.journeys.provision_steps import (
    CLEANING,
    MACHINE,
    NURSING,
    agreed,
    answer_complaint,
    apply_for,
    approved,
    awaited,
    complain,
    form_act,
    granted,
    in_hand,
    proposed,
    provision_marks,
    provision_states,
    provision_status,
)
from tests.journeys.steps import (
    apply,
    begin,
    dead_letters,
    ends,
    events,
    told,
    told_inside,
    wait_until,
)

PROVIDED = ["What is awaited now?", "Provided"]


def left_over(office: Office) -> list[str]:
    return [
        *dead_letters(office),
        *office.cloud.dropped,
        *office.casebook.unfinished(provided=True),
    ]


# ---- the whole way ------------------------------------------------------------------------------


def test_from_the_approval_to_the_result_of_the_last_service(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    office.record(number, 1, "started", "2026-03-02")
    wait_until(office, "2026-05-29 12:00")
    office.record(number, 2, "started", "2026-04-01")
    office.record(number, 2, "ended", "2026-05-29", "Рана зажила")
    assert awaited(office, number) == "services"
    office.record(number, 1, "ended", "2026-05-29", "Дома чисто")
    ends(office, number, "approved")
    assert provision_status(office, number) == "SUCCEEDED"
    assert provision_states(office, number)[-2:] == PROVIDED
    assert left_over(office) == []
    assert [what for what, _ in told(office, number)] == [
        "accepted", "approved", "programme_ready", "choose_provider", "act_ready",
        "provision_ended",
    ]  # fmt: skip
    shown = office.citizen.get(f"/applications/{number}/programme")
    assert [line["result"] for line in shown["lines"]] == ["Дома чисто", "Рана зажила"]
    assert shown["ended"] == "completed"


def test_one_waiting_is_one_transition_and_one_question(office: Office) -> None:
    """The budget: the whole way, with nobody late, is billed as twelve transitions."""
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    for line in (1, 2):
        office.record(number, line, "started", "2026-03-02")
        office.record(number, line, "ended", "2026-03-02", "Сделано")
    assert office.cloud.transitions(number, MACHINE) == 12


def test_declined_and_proposed_again(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = proposed(office)
    office.agree(number, wishes="Уборка только по выходным")
    assert awaited(office, number) == "programme"
    assert ("operators", "programme_declined") in told_inside(office, number)
    office.propose_programme(number, CLEANING | {"times": 1}, review_on="2026-09-01")
    office.agree(number)
    assert awaited(office, number) == "provider"
    shown = office.citizen.get(f"/applications/{number}/programme")
    assert (shown["edition"], shown["lines"][0]["times"]) == (2, 1)


def test_providers_are_compared_and_only_those_the_norms_allow(office: Office) -> None:
    """One of the four has no licence since 1 March, another was never accredited."""
    begin(office, "2026-03-02 09:00")
    number = agreed(office)
    rows = office.citizen.get(f"/applications/{number}/providers")["providers"]
    assert [(row["provider"]["id"], row["starts_in_days"], row["a_month"]) for row in rows] == [
        ("lipa", 7, "1950.00"),
        ("rodnik", 2, "4420.00"),
    ]
    with pytest.raises(Refused) as refused:
        office.choose(number, "opyt")
    assert refused.value.fields == {"provider": "provider_unfit"}


def test_a_choice_is_signed_and_the_signature_is_kept(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = agreed(office)
    with pytest.raises(Refused) as refused:
        office.citizen.post(f"/applications/{number}/provider", {"provider": "lipa"})
    assert refused.value.fields == {"signature": "signature_missing"}
    office.choose(number, "lipa")
    signatures = office.citizen.get(f"/applications/{number}/history")["signatures"]
    assert [(kept["signer"], kept["fits"]) for kept in signatures] == [("citizen", True)]


def test_a_complaint_that_is_upheld_and_another_provider(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    office.record(number, 1, "started", "2026-03-02")
    complain(office, number)
    assert ("operators", "complaint_made") in told_inside(office, number)
    answer_complaint(office, number, upheld=True)
    assert awaited(office, number) == "provider"
    office.choose(number, "rodnik")
    form_act(office, number)
    for line in (1, 2):
        office.record(number, line, "started", "2026-03-02")
        office.record(number, line, "ended", "2026-03-02", "Сделано")
    assert provision_states(office, number)[-2:] == PROVIDED
    assert left_over(office) == []


def test_another_provider_without_a_complaint(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    office.choose(number, "rodnik")
    assert awaited(office, number) == "act"


def test_a_second_execution_is_refused(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    office.cloud.kill("functions.decide.provision.begin", 2, "after")  # begun, then dead
    number = approved(office)
    office.cloud.advance(minutes=5)
    assert office.execution(number)["status"] == "SUCCEEDED"
    assert provision_states(office, number) == ["What is awaited now?", "Await the programme"]


# ---- silence ------------------------------------------------------------------------------------


def test_a_silent_person_is_reminded_then_the_officer_is_told_and_may_still_agree(
    office: Office,
) -> None:
    """Proposed on 2 March: the fifth working day is the 10th, after the holiday of the 9th; the
    seventh is the 12th."""
    begin(office, "2026-03-02 09:00")
    number = proposed(office)
    office.cloud.advance(days=100)
    assert provision_marks(office, number) == [
        ("agreement", "reminder", "2026-03-10 09:00"),
        ("agreement", "silence", "2026-03-13 00:00"),
    ]
    assert told(office, number)[-1] == ("programme_waits", "2026-03-10 09:00")
    assert told_inside(office, number) == [("operators", "person_silent")]
    office.agree(number)
    assert awaited(office, number) == "provider"


def test_a_silent_officer_is_told_twice_and_the_duty_remains(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = approved(office)
    office.cloud.advance(days=100)
    assert provision_marks(office, number) == [
        ("programme", "reminder", "2026-03-10 09:00"),
        ("programme", "silence", "2026-03-13 00:00"),
    ]
    assert told_inside(office, number) == [
        ("operators", "provision_waits"),
        ("operators", "provision_late"),
    ]
    assert awaited(office, number) == "programme"


def test_a_programme_comes_up_for_review_on_its_day(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    wait_until(office, "2026-09-01 09:00")
    assert provision_marks(office, number) == [("services", "review", "2026-09-01 09:00")]
    assert told_inside(office, number)[-1] == ("operators", "programme_review")
    office.propose_programme(number, NURSING, review_on="2027-02-01")
    office.agree(number)
    assert awaited(office, number) == "provider"


@pytest.mark.long
def test_a_long_programme_outlives_an_execution(office: Office) -> None:
    """An execution may live for a year; another one takes over before that."""
    begin(office, "2026-03-02 09:00")
    office.load_providers()
    number = apply(office)
    office.approve(number)
    office.propose_programme(number, CLEANING, review_on="2029-03-01")
    office.agree(number)
    office.choose(number, "lipa")
    form_act(office, number)
    office.cloud.advance(days=330)
    assert provision_states(office, number)[-2:] == ["Begin the provision anew", "Provided"]
    second = office.cloud.execution(f"{number}.2", MACHINE)
    assert (second["status"], second["states"][:2]) == (
        "RUNNING",
        ["What is awaited now?", "Await the services"],
    )
    office.record(number, 1, "started", "2026-03-02")
    office.record(number, 1, "ended", "2026-03-03", "Сделано")
    assert office.cloud.execution(f"{number}.2", MACHINE)["status"] == "SUCCEEDED"


# ---- who may ------------------------------------------------------------------------------------


def test_the_chosen_provider_records_and_others_see_nothing(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    event = {"line": 1, "event": "started", "on": "2026-03-02"}
    with pytest.raises(Refused) as refused:
        office.agency("rodnik").post(f"/applications/{number}/service-event", event)
    assert refused.value.status == 404
    office.agency("lipa").post(f"/applications/{number}/service-event", event)
    assert office.agency("lipa").get(f"/applications/{number}/programme")["awaits"] == "services"
    with pytest.raises(Refused):
        office.agency("rodnik").get(f"/applications/{number}/programme")
    with pytest.raises(Refused):
        office.agency("lipa").get(f"/applications/{number}")  # the form is none of its business


def test_a_citizen_does_not_act_for_the_office(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = approved(office)
    for path in ("programme", "act", "complaint-review", "service-event", "stop"):
        with pytest.raises(Refused) as refused:
            office.citizen.post(f"/applications/{number}/{path}", {})
        assert refused.value.status == 403, path


# ---- a refusal of service -----------------------------------------------------------------------


def test_a_refusal_of_service_ends_the_programme_from_its_day(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = in_hand(office)
    person = office.casebook.load(number).form
    refusal = apply_for(office, "service-refusal", granted=number, **{"snils": person["snils"]})
    office.approve(refusal, explanation="Проверено")
    office.cloud.advance(minutes=1)
    assert events(office, number)[-1] == "ended"
    assert office.casebook.load(number).application.ended_by == refusal
    assert provision_states(office, number)[-2:] == PROVIDED
    assert told(office, number)[-1][0] == "granted_ended"
    assert left_over(office) == []


# ---- the original -------------------------------------------------------------------------------


def certificate(office: Office, place: str) -> str:
    begin(office, "2026-03-02 09:00")
    return granted(office, "disability-certificate", hand_over=place)


def test_an_original_is_made_ready_then_fetched(office: Office) -> None:
    number = certificate(office, "mfc")
    assert told_inside(office, number) == [("operators", "original_ordered")]
    office.officer.post(f"/applications/{number}/original", {"event": "ready"})
    office.cloud.advance(days=30)
    assert [mark for _, mark, _ in provision_marks(office, number)] == ["reminder", "silence"]
    assert [what for what, _ in told(office, number)][-2:] == ["original_ready", "original_waits"]
    note = {"event": "handed_over", "on": "2026-04-01"}
    office.officer.post(f"/applications/{number}/original", note)
    office.cloud.settle()
    assert events(office, number)[-1] == "original_handed_over"
    assert provision_status(office, number) == "SUCCEEDED"
    assert left_over(office) == []


def test_whoever_fetches_it_is_told_what_to_bring(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = granted(
        office, "disability-certificate", hand_over="mfc", notify_by="email", email="a@example.com"
    )
    office.officer.post(f"/applications/{number}/original", {"event": "ready"})
    office.cloud.settle()
    body = office.cloud.emails[-1][2]
    for word in ("паспорт", "СНИЛС", "электронный", "МФЦ"):
        assert word in body


def test_by_post_it_goes_under_a_tracking_number(office: Office) -> None:
    number = certificate(office, "post")
    path = f"/applications/{number}/original"
    office.officer.post(path, {"event": "ready"})
    with pytest.raises(Refused) as refused:
        office.officer.post(path, {"event": "handed_over"})
    assert refused.value.fields == {"tracking": "required"}
    shown = office.officer.post(path, {"event": "handed_over", "tracking": "80084600000001"})
    assert (shown["awaits"], shown["tracking"]) == (None, "80084600000001")
    office.cloud.settle()
    assert provision_status(office, number) == "SUCCEEDED"


def test_a_silent_office_is_told_that_the_original_waits(office: Office) -> None:
    number = certificate(office, "mfc")
    office.cloud.advance(days=30)
    assert [(who, mark) for who, mark, _ in provision_marks(office, number)] == [
        ("original", "reminder"),
        ("original", "silence"),
    ]
    with pytest.raises(Refused) as refused:
        office.officer.post(f"/applications/{number}/original", {"event": "handed_over"})
    assert refused.value.code == "not_awaited"
