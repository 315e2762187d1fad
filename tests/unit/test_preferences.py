"""News go by the channel of choice; what the law wants told is moved, never switched off."""

from datetime import timedelta

import pytest

from adapters import definitions
from casework import preferences
from casework.errors import InvalidForm, VersionConflict
from casework.notice import Channel, Contact, reached_by
from casework.preferences import Choice, Preferences
from casework.profile import Profile
from tests.unit.fake_casebook import submitted

GROUPS = definitions.notice_groups()
REACHED = Contact("+79160000001", "a@example.org", "101000, г. Примерск", tuple(Channel))


def chosen(**told):
    return preferences.change(Preferences(), GROUPS, told, 0)


def channels(known, template):
    return preferences.preferred(REACHED, known, GROUPS.of(template)).channels


def test_every_notice_to_people_is_in_one_group():
    told = [t for group in GROUPS.groups for t in group.templates]
    of_applications = {n for n, t in definitions.texts("notices").items() if "sms" in t}
    of_archives = definitions.texts("archive_notices").keys() - {"documents_granted"}  # to others
    assert sorted(told) == sorted({*of_applications, *of_archives, "support_answered"})


def test_nothing_chosen_is_as_the_form_says():
    assert channels(Preferences(), "approved") == tuple(Channel)


def test_the_channel_of_choice_goes_first_and_the_others_stay_behind_it():
    known = chosen(decisions=Choice.EMAIL)
    assert channels(known, "approved") == (Channel.EMAIL, Channel.SMS, Channel.LETTER)
    assert channels(known, "question") == tuple(Channel)


def test_what_is_only_kind_can_be_switched_off():
    assert channels(chosen(drafts=Choice.OFF), "draft_expires") == ()


@pytest.mark.parametrize("group", [group.name for group in GROUPS.groups if group.legal])
def test_what_the_law_wants_told_cannot(group):
    with pytest.raises(InvalidForm) as refusal:
        chosen(**{group: Choice.OFF})
    assert refusal.value.problems[0].code == "legal_notice"
    stored_before_it_was_legal = Preferences(1, {group: Choice.OFF})
    for template in next(g for g in GROUPS.groups if g.name == group).templates:
        assert channels(stored_before_it_was_legal, template) == tuple(Channel)


def test_a_group_that_is_none_is_told():
    with pytest.raises(InvalidForm) as refusal:
        chosen(weather=Choice.SMS)
    assert refusal.value.problems[0].field == "chosen.weather"


def test_a_choice_is_taken_back_and_two_tabs_do_not_overwrite_each_other():
    known = chosen(decisions=Choice.EMAIL)
    assert preferences.change(known, GROUPS, {"decisions": Choice.EMAIL}, 1) is known
    assert preferences.change(known, GROUPS, {"decisions": None}, 1).chosen == {}
    with pytest.raises(VersionConflict):
        preferences.change(known, GROUPS, {}, 0)


@pytest.mark.parametrize(("hours", "phone"), [(-1, "the form's"), (1, "the profile's")])
def test_people_are_reached_by_what_they_told_last(hours, phone):
    life = submitted()
    told_at = life.case.application.submitted_at + timedelta(hours=hours)
    known = Profile(1, {"phone": "+79160000009"}, {"phone": told_at})
    expected = {"the form's": life.case.form["phone"], "the profile's": "+79160000009"}[phone]
    assert reached_by(life.case, life.rules, life.now, known).phone == expected
