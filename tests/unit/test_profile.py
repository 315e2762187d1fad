"""What is told once is filled in everywhere: of the right person, and only what is good there."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters import definitions
from casework import example, form, profile
from casework.errors import InvalidForm, VersionConflict
from casework.profile import Profile, Represented

NOTHING = Profile()
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TODAY = NOW.date()
OWN = {
    "last_name": "Берёзова",
    "first_name": "Анна",
    "birth_date": "1981-05-04",
    "snils": "112-233-445 95",
    "passport": "4510 123456",
    "sex": "female",
    "oms_policy": "1234567890123452",
    "postcode": "101000",
    "registration_address": "г. Примерск, ул. Мира, д. 1",
    "lives_at_registration": True,
    "phone": "+79161234567",
    "notify_by": "email",
}
MOTHER = Represented("child", {"last_name": "Берёзова", "birth_date": "1950-02-01"})
SON = Represented("parent", {"last_name": "Берёзов", "birth_date": "2019-02-01"})


def told(values, before=NOTHING, now=NOW):
    return profile.change(before, definitions.profile(), values, before.version, now)


def filled(service, said=(), represented=None, own=OWN):
    known = definitions.service(service)
    return profile.prefill(known, definitions.profile(), dict(said), own, represented, TODAY)


class TestTelling:
    def test_is_kept_as_forms_keep_it(self):
        known = told({"snils": "11223344595", "birth_date": "04.05.1981", "sex": None})
        assert known.values == {"snils": "112-233-445 95", "birth_date": "1981-05-04"}
        assert known.version == 1

    def test_is_refused_with_every_problem(self):
        with pytest.raises(InvalidForm) as refusal:
            told({"snils": "112-233-445 96", "shoe": "43", "birth_date": "04.05.2081"})
        assert {p.field for p in refusal.value.problems} == {"snils", "shoe", "birth_date"}

    def test_says_of_each_value_when_it_was_told(self):
        later = NOW + timedelta(days=3)
        known = told(
            {"phone": "+79161234568"}, told({"phone": OWN["phone"], "sex": "female"}), later
        )
        assert known.told_at == {"phone": later, "sex": NOW}

    def test_null_clears_and_the_same_again_is_no_change(self):
        known = told({"sex": "female"})
        assert told({"sex": "female"}, known) is known
        assert told({"sex": None}, known).values == {}

    def test_by_two_at_once_goes_to_the_first(self):
        with pytest.raises(VersionConflict):
            profile.change(told({"sex": "female"}), definitions.profile(), {}, 0, NOW)


class TestForms:
    @pytest.mark.parametrize("service", definitions.service_ids())
    def test_of_every_service_are_filled_in_with_what_they_would_accept(self, service):
        known = definitions.service(service)
        full = form.to_json(form.checked_form(known, example.example_form(known, TODAY), TODAY))
        values = filled(service)
        assert values
        assert values == form.to_json(form.facts(known, values, TODAY))
        assert values.keys() - full.keys() <= {"notify_by", "email"}

    def test_of_a_service_that_nobody_knew_when_this_was_written_too(self):
        from tests.unit.small_service import small_service  # noqa: PLC0415

        known = small_service()
        values = profile.prefill(known, definitions.profile(), {}, OWN, None, TODAY)
        assert values.items() >= {"last_name": "Берёзова", "snils": OWN["snils"]}.items()

    def test_keep_what_they_say_already(self):
        assert "snils" not in filled("social-service-need", {"snils": "", "last_name": "Ивова"})
        assert "last_name" not in filled("social-service-need", {"last_name": "Ивова"})

    def test_are_not_filled_in_with_what_is_not_asked(self):
        away = OWN | {"residence_address": "г. Примерск, ул. Садовая, д. 7"}
        assert "residence_address" not in filled("social-service-need", own=away)
        lives_there = {"lives_at_registration": False}
        assert "residence_address" in filled("social-service-need", lives_there, own=away)

    def test_nor_with_what_they_would_refuse(self):
        assert "birth_date" not in filled("social-service-need", own={"birth_date": "2999-01-01"})

    def test_about_somebody_wait_until_it_is_said_about_whom(self):
        assert "last_name" not in filled("care-for-disabled")
        mine = filled("care-for-disabled", {"applies_for": "self"})
        assert mine["last_name"] == "Берёзова"
        hers = filled("care-for-disabled", {"applies_for": "another"})
        assert "last_name" not in hers
        assert hers["representative_last_name"] == "Берёзова"
        assert hers["representative_address"] == OWN["registration_address"]

    def test_in_the_name_of_another_tell_of_both(self):
        values = filled("care-for-disabled", represented=MOTHER)
        assert values["applies_for"] == "another"
        assert values["relationship"] == "child"
        assert (values["birth_date"], values["representative_birth_date"]) == (
            "1950-02-01",
            "1981-05-04",
        )
        assert values["phone"] == OWN["phone"]

    def test_in_the_name_of_a_child_tell_of_the_parent_too(self):
        values = filled("child-benefits", represented=SON)
        assert (values["last_name"], values["child_last_name"]) == ("Берёзова", "Берёзов")
        assert values["relation"] == "parent"

    def test_where_nobody_acts_are_about_the_one_who_is_represented(self):
        values = filled("disability-certificate", represented=MOTHER)
        assert values["birth_date"] == "1950-02-01"
        assert "snils" not in values


MINE, HERS, HIS, OTHER = (example.snils_for(n) for n in (11, 12, 13, 14))


def foreign(service, said, represented=None, own=MINE):
    known = definitions.service(service)
    found = profile.foreign_numbers(known, definitions.profile(), said, own, represented, TODAY)
    return {problem.field: problem.code for problem in found}


class TestNumbers:
    """Whose SNILS a form may hold."""

    MOTHER = Represented("child", {**MOTHER.values, "snils": HERS})
    SON = Represented("parent", {**SON.values, "snils": HIS})

    @pytest.mark.parametrize("service", definitions.service_ids())
    def test_are_the_applicants_own_in_every_service(self, service):
        known = definitions.service(service)
        field = known.subject.person
        said = example.example_form(known, TODAY) | {"applies_for": "self"}
        assert foreign(service, {**said, field: MINE}) == {}
        assert foreign(service, {**said, field: re.sub(r"\D", "", MINE)}) == {}
        assert foreign(service, {**said, field: OTHER}) == {field: "not_your_snils"}
        assert foreign(service, {**said, field: OTHER}, own="") == {}

    def test_are_anybodys_where_somebody_applies_for_him_with_proof(self):
        said = {"applies_for": "another", "snils": OTHER, "representative_snils": MINE}
        assert foreign("care-for-disabled", said) == {}
        said["representative_snils"] = OTHER
        assert foreign("care-for-disabled", said) == {"representative_snils": "not_your_snils"}

    def test_are_of_both_where_one_acts_for_the_other(self):
        said = {"applies_for": "another", "snils": HERS, "representative_snils": MINE}
        assert foreign("care-for-disabled", said, self.MOTHER) == {}
        said = {**said, "snils": MINE, "representative_snils": HERS}
        assert foreign("care-for-disabled", said, self.MOTHER) == {
            "snils": "not_their_snils",
            "representative_snils": "not_your_snils",
        }
        assert foreign("disability-certificate", {"snils": HERS}, self.MOTHER) == {}
        assert foreign("disability-certificate", {"snils": OTHER}, MOTHER) == {}

    def test_about_a_child_are_the_parents_and_the_childs(self):
        right = {"snils": MINE, "child_snils": HIS}
        assert foreign("child-benefits", right, self.SON) == {}
        assert foreign("child-benefits", {**right, "child_snils": OTHER}) == {}
        wrong = {"snils": HIS, "child_snils": OTHER}
        assert foreign("child-benefits", wrong, self.SON) == {
            "snils": "not_your_snils",
            "child_snils": "not_their_snils",
        }

    def test_about_an_application_for_a_child_are_as_that_one_has_them(self):
        assert foreign("appeal", {"snils": MINE}, self.SON) == {}
        assert foreign("appeal", {"snils": HIS}, self.SON) == {}


def test_contact_data_are_the_latest():
    service, said = definitions.service("social-service-need"), {"phone": "+79160000001"}
    said_at = dict.fromkeys(("phone", "email"), NOW)
    for day, expected in ((-1, "+79160000001"), (1, OWN["phone"])):
        known = told({"phone": OWN["phone"]}, now=NOW + timedelta(days=day))
        assert profile.latest_contact(service, said, said_at, known)["phone"] == expected


def test_a_child_is_one_until_the_birthday():
    born = Represented("parent", {"birth_date": "2008-03-02"})
    assert born.is_minor(date(2026, 3, 1))
    assert not born.is_minor(date(2026, 3, 2))
    assert not Represented("parent", {}).is_minor(TODAY)
