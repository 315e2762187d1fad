"""A stop or a change names something that was granted to the same person."""

from dataclasses import replace

import pytest

from adapters import definitions
from casework import about_another, actions, issuing
from casework.about_another import Target, is_own
from casework.application import Application, Stage
from casework.errors import InvalidForm, WrongStage
from casework.example import example_form
from tests.unit.fake_casebook import CITIZEN, MOSCOW, Life, approved, on_review, refused

SERVICES = ("service-refusal", "change-or-renewal")


class AboutLife(Life):
    """An application about what another life was granted."""

    def __init__(self, service: str, about: Life, **form: object) -> None:
        self.rules = definitions.rules(service, MOSCOW)
        self.about, self.book, self._uploads = about, about.book, 0
        told = {"granted": about.number, "snils": about.case.form["snils"]}
        day = self.rules.calendar.local_day(self.now)
        raw = example_form(self.rules.service, day, **(told | form))
        begun = actions.draft(self.rules, raw, region=MOSCOW, applicant=CITIZEN)
        self.number = self.book.create(begun, CITIZEN)
        self.upload_what_is_needed()

    @property
    def target(self) -> Target:
        return Target(self.about.case, self.about.rules)

    def submit_about(self, target: Target | None) -> str:
        return self.act(CITIZEN, about_another.submit, self.rules, target, self.now).stage


def granted() -> Life:
    life = approved()
    life.issue()
    return life


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_granted_to_the_person_can_be_stopped_or_changed(service: str) -> None:
    life = AboutLife(service, granted())
    assert life.submit_about(life.target) == "checking"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("about", "code"), [
    (refused, "target_not_granted"), (on_review, "target_not_granted"),
])  # fmt: skip
def test_what_was_not_granted_cannot(service: str, about, code: str) -> None:
    life = AboutLife(service, about())
    with pytest.raises(InvalidForm) as error:
        life.submit_about(life.target)
    assert [(p.field, p.code) for p in error.value.problems] == [("granted", code)]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_somebody_elses_is_as_if_it_did_not_exist(service: str) -> None:
    life = AboutLife(service, granted())
    of_another = AboutLife(service, granted(), snils="112-233-445 95")
    for stranger, target in ((life, None), (of_another, of_another.target)):
        with pytest.raises(InvalidForm) as error:
            stranger.submit_about(target)
        assert [(p.field, p.code) for p in error.value.problems] == [("granted", "target_unknown")]


def test_a_representative_stops_what_the_person_he_acts_for_was_granted() -> None:
    about = granted()
    form = {
        "declarant": "representative",
        "representative_snils": "112-233-445 95",
    }
    life = AboutLife("service-refusal", about, **form)
    assert life.submit_about(life.target) == "checking"


def test_an_approved_stop_has_no_effect_on_what_somebody_else_filed() -> None:
    """Whoever approved it: an officer, or an agency's batch that nobody checked at the door."""
    life = AboutLife("service-refusal", granted())
    life.submit_about(life.target)
    life.all_match()
    life.propose("approved", explanation="Отказ добровольный")
    life.issue()
    theirs = life.about.case
    theirs = replace(theirs, application=replace(theirs.application, applicant="citizen-2"))
    with pytest.raises(WrongStage) as error:
        issuing.take_effect(theirs, life.about.rules, life.case, life.rules, life.now)
    assert error.value.code == "not_theirs"


def test_rows_of_two_agencies_are_not_one_persons_though_nobody_signed_in_for_them() -> None:
    ours, theirs = (Application("123-456-7897", agency=agency) for agency in ("lipa", "klyon"))
    assert is_own(ours, ours)
    assert not is_own(ours, theirs)
    assert not is_own(ours, Application("123-456-7897", applicant="citizen-1"))


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_row_of_a_batch_would_stop_or_change_nobody_has_looked_at(service: str) -> None:
    life = AboutLife(service, granted())
    with pytest.raises(InvalidForm) as error:
        actions.submit_row(life.rules, life.case.form, (), life.now, region=MOSCOW, agency="lipa")
    assert ("granted", "about_another_in_batch") in {
        (p.field, p.code) for p in error.value.problems
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_stop_or_an_appointment_that_was_given_up_is_nothing_granted(service: str) -> None:
    stop = AboutLife("service-refusal", granted())
    stop.submit_about(stop.target)
    stop.all_match()
    stop.propose("approved", explanation="Отказ добровольный")
    stop.issue()
    given_up = granted()
    case = given_up.case
    gone = replace(case, application=replace(case.application, stage=Stage.WITHDRAWN))
    for about, target in (
        (stop, Target(stop.case, stop.rules)),
        (given_up, Target(gone, given_up.rules)),
    ):
        life = AboutLife(service, about)
        with pytest.raises(InvalidForm) as error:
            life.submit_about(target)
        assert ("granted", "target_not_granted") in {
            (p.field, p.code) for p in error.value.problems
        }


# ---- what is filled in --------------------------------------------------------------------------


def test_an_application_about_another_says_already_which_one_and_who_asks() -> None:
    about = granted()
    rules = definitions.rules("change-or-renewal", MOSCOW)
    told = about_another.filled_in(Target(about.case, about.rules), rules)
    form = about.case.form
    assert told["granted"] == about.number
    assert {name: told[name] for name in ("last_name", "first_name", "snils", "phone")} == {
        name: form[name] for name in ("last_name", "first_name", "snils", "phone")
    }
    actions.draft(rules, told, region=MOSCOW, applicant=CITIZEN)  # it refuses unknown fields


def test_an_appeal_says_already_when_it_was_decided() -> None:
    about = refused()
    rules = definitions.rules("appeal", MOSCOW)
    told = about_another.filled_in(Target(about.case, about.rules), rules)
    assert (told["contested"], told["decision_date"]) == (about.number, "06.04.2026")


@pytest.mark.parametrize(("about", "ways", "offered"), [
    (granted, ("appeal",), {"appeal", "change-or-renewal", "service-refusal"}),
    (granted, (), {"change-or-renewal", "service-refusal"}),
    (refused, ("appeal",), {"appeal"}),
    (on_review, (), set()),
])  # fmt: skip
def test_only_what_fits_is_offered(about, ways, offered) -> None:
    life = about()
    target = Target(life.case, life.rules)
    services = definitions.services().values()
    found = {s.id for s in services if about_another.can_be_asked_for(s, target, ways)}
    assert found == offered
