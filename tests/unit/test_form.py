"""What was typed against what the service asks: every problem at once, and nothing else."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from adapters import definitions
from casework import form
from casework.condition import Condition, compiled, holds
from casework.errors import InvalidForm
from casework.service import FieldType, FormField
from local.people import (
    bank_account_for,
    birth_certificate_for,
    inn_for,
    passport_for,
    phone_for,
    snils_for,
)
from tests.unit import plain_form
from tests.unit.fake_casebook import form_of, member, rules

V1 = rules().service
TODAY = date(2026, 4, 6)
SCHEMA = Draft202012Validator(form.json_schema(V1))
BY_NAME = {field.name: field for field in V1.fields}
CATEGORIES = [option.value for option in BY_NAME["category"].options]
MEGABYTE = "щ" * 1024 * 1024


def problems(raw: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in form.check_form(V1, raw, TODAY)[1]]


def values(raw: dict[str, Any]) -> form.Values:
    return form.checked_form(V1, raw, TODAY)


def with_category(category: str) -> dict[str, Any]:
    disabled = category.startswith("disability")
    more = {"disability_proof": "mse_certificate", "mse_certificate_number": "МСЭ-1"}
    return form_of(category=category, **(more if disabled else {}))


class TestGoodForms:
    @pytest.mark.parametrize("category", CATEGORIES)
    def test_each_category_can_apply(self, category):
        assert problems(with_category(category)) == []

    def test_values_come_out_in_their_own_types(self):
        checked = values(form_of(income="12 345,67", family=[member()], emergency="нет"))
        assert checked["income"] == Decimal("12345.67")
        assert checked["birth_date"] == date(1985, 3, 14)
        assert checked["emergency"] is False
        assert checked["family"][0]["disabled"] is False
        assert checked["snils"] == snils_for(1)

    @pytest.mark.parametrize("income", [0, 100, 100.5, "100,50", "100.5", "100 руб."])
    def test_a_sum_may_be_a_number_or_a_text(self, income):
        assert isinstance(values(form_of(income=income))["income"], Decimal)

    @pytest.mark.parametrize("yes", [True, "да", "Да", " yes ", "true", "1"])
    def test_yes_may_be_written_in_many_ways(self, yes):
        assert values(form_of(emergency=yes, emergency_story="Пожар"))["emergency"] is True

    def test_an_option_may_be_named_by_its_title(self):
        assert values(form_of(category="Пенсионер"))["category"] == "pensioner"

    @pytest.mark.parametrize("empty", [None, "", "  ", "\n", []])
    def test_an_optional_field_may_be_left_empty_in_any_way(self, empty):
        raw = form_of() | {"patronymic": empty, "family": empty, "wishes": empty}
        assert problems(raw) == []
        assert "patronymic" not in values(raw)

    def test_spaces_in_a_free_text_are_mended(self):
        checked = values(form_of(registration_address="  г. Примерск,\n\t ул.\u00a0Садовая, 7 "))
        assert checked["registration_address"] == "г. Примерск, ул. Садовая, 7"


WRONG: list[tuple[str, Any, str]] = [
    ("last_name", "Иванov", "name_latin_letters"),
    ("last_name", "Ivanov", "name_latin_letters"),
    ("last_name", "Иванов2", "name_characters"),
    ("last_name", "Иванов--Петров", "name_separators"),
    ("first_name", "я" * 61, "too_long"),
    ("birth_date", "31.02.2026", "date_does_not_exist"),
    ("birth_date", "14/03/1985", "date_format"),
    ("birth_date", "07.04.2026", "in_the_future"),
    ("birth_date", "31.12.1899", "too_early"),
    ("snils", "123", "snils_format"),
    ("snils", "112-233-445 96", "snils_check_digits"),
    ("snils", "112-233-445 9О", "only_digits"),
    ("inn", "123", "inn_person_format"),
    ("inn", inn_for(1)[:-1] + str((int(inn_for(1)[-1]) + 1) % 10), "inn_check_digits"),
    ("passport", "12", "passport_format"),
    ("passport", "0000 000000", "passport_zeros"),
    ("phone", "12", "phone_format"),
    ("phone", "+1 202 555 0123", "phone_not_russian"),
    ("email", "вася@example.com", "email_cyrillic_letters"),
    ("email", "a@b@c", "email_format"),
    ("postcode", "1", "postcode_format"),
    ("postcode", "700000", "postcode_unknown"),
    ("income", "много", "money_format"),
    ("income", "-1", "money_negative"),
    ("income", "1.234", "money_decimals"),
    ("income", "9" * 20, "money_too_much"),
    ("income", -1, "money_negative"),
    ("income", 1e300, "money_format"),
    ("income", True, "wrong_type"),
    ("category", "king", "not_in_list"),
    ("notify_by", "pigeon", "not_in_list"),
    ("emergency", "maybe", "wrong_type"),
    ("emergency", 1, "wrong_type"),
    ("lives_at_registration", {}, "wrong_type"),
    ("consents_to_processing", False, "not_true"),
    ("confirms_truth", "нет", "not_true"),
    ("registration_address", "ж" * 301, "too_long"),
    ("registration_address", "г. Примерск, ул. Садовая", "address_no_house"),
    ("registration_address", "Caдовая, 7", "address_mixed_letters"),
    ("registration_address", "ул. \x07Звонкая", "control_characters"),
    ("registration_address", "ул. \ud800", "control_characters"),
    ("wishes", 5, "wrong_type"),
    ("family", "мама", "wrong_type"),
    ("family", {"1": {}}, "wrong_type"),
    ("family", [member()] * 16, "too_many"),
]


class TestWrongValues:
    @pytest.mark.parametrize(("field", "value", "code"), WRONG)
    def test_one_wrong_field_gives_one_problem_with_its_name(self, field, value, code):
        assert problems(form_of() | {field: value}) == [(field, code)]

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("birth_date", "31.02.2026", "date_does_not_exist"),
            ("last_name", "Smith", "name_latin_letters"),
            ("income", "?", "money_format"),
            ("relationship", "cat", "not_in_list"),
            ("disabled", None, "required"),
            ("birth_certificate", "4-МЮ 123456", "birth_certificate_series"),
            ("birth_certificate", "хх", "birth_certificate_format"),
            ("shoe_size", "41", "unknown_field"),
        ],
    )
    def test_a_wrong_field_of_a_member_says_whose_it_is(self, name, value, code):
        family = [member(), member() | {name: value}]
        assert problems(form_of(family=family)) == [(f"family.2.{name}", code)]

    def test_a_member_that_is_no_person(self):
        assert problems(form_of(family=[member(), "мама", None])) == [
            ("family.2", "wrong_type"),
            ("family.3", "wrong_type"),
        ]

    def test_every_problem_is_told_at_once(self):
        raw = form_of(snils="1", income="x", last_name=None, shoe_size="41")
        assert sorted(problems(raw)) == [
            ("income", "money_format"),
            ("last_name", "required"),
            ("shoe_size", "unknown_field"),
            ("snils", "snils_format"),
        ]

    def test_the_wrong_form_raises_with_all_of_them(self):
        with pytest.raises(InvalidForm) as refusal:
            values(form_of(snils="1", income="x"))
        assert len(refusal.value.problems) == 2

    def test_every_type_that_the_service_uses_is_tried(self):
        inside = {part.type for field in V1.fields for part in field.fields}
        tried = {BY_NAME[field].type for field, _, _ in WRONG}
        tried |= {FieldType.BIRTH_CERTIFICATE}  # above, of a member
        assert {field.type for field in V1.fields} | inside <= tried

    def test_a_diagnosis_is_checked_like_the_rest(self):
        field = FormField(name="diagnosis", title="Диагноз", type="icd10")
        service = V1.model_copy(update={"fields": (field,)})
        assert form.check_form(service, {"diagnosis": "f20,0"}, TODAY)[0]["diagnosis"] == "F20.0"
        assert form.check_form(service, {"diagnosis": "20"}, TODAY)[1][0].code == "icd10_format"

    def test_every_field_type_has_its_parser(self):
        assert set(form.CHECKS) == set(FieldType) - {FieldType.GROUP}

    @pytest.mark.parametrize("name", sorted(BY_NAME))
    def test_a_megabyte_in_any_field_is_refused(self, name):
        assert name in {field for field, _ in problems(form_of() | {name: MEGABYTE})}

    def test_a_megabyte_of_a_name_is_not_repeated_back(self):
        (problem,) = form.check_form(V1, form_of() | {MEGABYTE: 1}, TODAY)[1]
        assert (problem.code, len(problem.field)) == ("unknown_field", 60)


class TestConditionalFields:
    def test_a_field_that_is_not_asked_may_not_be_filled_in(self):
        raw = form_of(residence_address="г. Иной, д. 1", emergency_story="Пожар")
        assert problems(raw) == [
            ("residence_address", "not_applicable"),
            ("emergency_story", "not_applicable"),
        ]

    def test_one_that_is_asked_must_be(self):
        raw = form_of(lives_at_registration=False, emergency=True, category="disability_group_2")
        assert problems(raw) == [
            ("residence_address", "required"),
            ("disability_proof", "required"),
            ("emergency_story", "required"),
        ]

    def test_a_condition_on_a_conditional_field(self):
        raw = form_of(category="disability_group_1", disability_proof="mse_certificate")
        assert problems(raw) == [("mse_certificate_number", "required")]
        raw["disability_proof"] = "illness_certificate"
        assert problems(raw) == []

    def test_what_depends_on_a_wrong_answer_is_not_complained_of(self):
        raw = form_of(lives_at_registration="?", residence_address="г. Иной, д. 1")
        assert problems(raw) == [("lives_at_registration", "wrong_type")]
        proof = {"disability_proof": "mse_certificate", "mse_certificate_number": "1"}
        assert problems(form_of(category="?", **proof)) == [("category", "not_in_list")]

    def test_what_hangs_on_a_field_that_is_not_asked_is_told_too(self):
        proof = {"disability_proof": "mse_certificate", "mse_certificate_number": "1"}
        assert problems(form_of(**proof)) == [
            ("disability_proof", "not_applicable"),
            ("mse_certificate_number", "not_applicable"),
        ]

    def test_a_certificate_of_birth_is_for_children(self):
        spouse = member("spouse", birth_certificate=birth_certificate_for(1))
        assert problems(form_of(family=[spouse])) == [
            ("family.1.birth_certificate", "not_applicable")
        ]

    def test_a_group_may_ask_for_a_least_number(self):
        group = BY_NAME["family"].model_copy(update={"required": True, "at_least": 2})
        service = V1.model_copy(update={"fields": (group,)})
        for family, code in (([], "required"), ([member()], "too_few")):
            (problem,) = form.check_form(service, {"family": family}, TODAY)[1]
            assert (problem.field, problem.code) == ("family", code)


# ---- properties ---------------------------------------------------------------------------------

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.characters()
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=6,
)
names = st.sampled_from(sorted(BY_NAME))
members = st.dictionaries(
    st.sampled_from([part.name for part in BY_NAME["family"].fields]), anything, max_size=4
)
ordinary = st.text("абвгдеё жзиклмн", min_size=1, max_size=20).filter(str.strip)
good_members = st.builds(
    lambda n, relationship, income, status: member(relationship, n=n, income=income, status=status),
    st.integers(0, 10**6),
    st.sampled_from(["spouse", "child", "parent", "other"]),
    st.integers(0, 10**7).map(str),
    st.sampled_from(["working", "pensioner", "student", "unemployed"]),
)


@st.composite
def good_forms(draw) -> dict[str, Any]:
    n = draw(st.integers(0, 10**8))
    at_home, in_danger = draw(st.booleans()), draw(st.booleans())
    return with_category(draw(st.sampled_from(CATEGORIES))) | {
        name: value
        for name, value in {
            "snils": snils_for(n),
            "inn": draw(st.sampled_from([inn_for(n), None])),
            "passport": passport_for(n),
            "phone": phone_for(n),
            "birth_date": draw(st.dates(date(1900, 1, 1), TODAY)).strftime("%d.%m.%Y"),
            "lives_at_registration": at_home,
            "residence_address": None if at_home else f"ул. Садовая, д. {n % 999 + 1}",
            "emergency": in_danger,
            "emergency_story": draw(ordinary) if in_danger else None,
            "income": draw(st.decimals(0, 10**9, places=2).map(str) | st.integers(0, 10**9)),
            "family": draw(st.lists(good_members, max_size=4)),
        }.items()
        if value is not None
    }


class TestProperties:
    @settings(max_examples=150)
    @given(st.dictionaries(names | st.text(max_size=10), anything, max_size=6))
    def test_any_json_gives_problems_and_never_an_exception(self, raw):
        for field, code in problems(form_of() | raw):
            assert isinstance(field, str)
            assert code

    @settings(max_examples=100)
    @given(st.lists(members | anything, max_size=3))
    def test_any_family_gives_problems_and_never_an_exception(self, family):
        for field, _ in problems(form_of(family=family)):
            assert field == "family" or field.startswith("family.")

    @settings(max_examples=60)
    @given(good_forms())
    def test_what_is_stored_is_good_and_means_the_same(self, raw):
        checked = values(raw)
        stored = form.to_json(checked)
        assert json.loads(json.dumps(stored)) == stored
        assert values(stored) == checked
        assert form.to_json(values(stored)) == stored
        assert form.digest(stored) == form.digest(dict(reversed(stored.items())))

    @settings(max_examples=60)
    @given(good_forms())
    def test_the_schema_accepts_what_the_form_accepts(self, raw):
        values(raw)
        assert list(SCHEMA.iter_errors(raw)) == []
        assert list(SCHEMA.iter_errors(form.to_json(values(raw)))) == []

    @settings(max_examples=60)
    @given(good_forms(), names, anything)
    def test_what_the_schema_refuses_in_type_the_form_refuses_too(self, raw, name, value):
        raw = {**raw, name: value}
        if form._is_empty(value):
            return  # for a form, null and an empty text are the same as nothing
        wrong = [e for e in SCHEMA.iter_errors(raw) if e.validator in ("type", "required")]
        assert not wrong or problems(raw)

    @settings(max_examples=150)
    @given(good_forms(), st.dictionaries(names | st.text(max_size=10), anything, max_size=4))
    def test_the_compiled_check_says_what_the_plain_one_does(self, raw, spoiled):
        for said in (raw, raw | spoiled, form.to_json(values(raw)) | spoiled):
            assert form.check_form(V1, said, TODAY) == plain_form.check_form(V1, said, TODAY)

    @settings(max_examples=60)
    @given(st.lists(good_members | members | anything, max_size=3))
    def test_it_does_so_of_any_family(self, family):
        raw = form_of(family=family)
        assert form.check_form(V1, raw, TODAY) == plain_form.check_form(V1, raw, TODAY)


class TestTypes:
    """A service of one field, for what V1 does not ask."""

    def told(self, raw: Any, *, since: date | None = None, **field: Any) -> Any:
        """The checked value, or the code of what is wrong with it."""
        asked = FormField(name="it", title="Поле", **field)
        bic = FormField(name="bic", title="БИК", type="bic", required=False)
        service = V1.model_copy(update={"fields": (bic, asked)})
        form_ = raw if isinstance(raw, dict) else {"it": raw}
        checked, found = form.check_form(service, form_, TODAY, since=since)
        return found[0].code if found else checked["it"]

    @pytest.mark.parametrize("type_", sorted(set(FieldType) - {"group", "choice"}))
    def test_every_type_accepts_the_examples_that_its_schema_shows(self, type_):
        for example in form.EXAMPLES[type_]:
            raw = {"it": example} | ({"bic": "044525225"} if type_ == "bank_account" else {})
            told = self.told(raw, type=type_)
            assert told not in definitions.texts("problems")

    def test_a_day_ahead_is_today_or_later_but_not_in_a_generation(self):
        assert self.told("06.04.2026", type="date_ahead") == TODAY
        assert self.told("31.12.2036", type="date_ahead") == date(2036, 12, 31)
        assert self.told("05.04.2026", type="date_ahead") == "in_the_past"
        assert self.told("01.01.2037", type="date_ahead") == "too_late"

    def test_a_day_ahead_that_has_come_since_is_still_good(self):
        submitted = date(2026, 3, 1)
        assert self.told("2026-03-15", type="date_ahead", since=submitted) == date(2026, 3, 15)
        assert self.told("2026-02-28", type="date_ahead", since=submitted) == "in_the_past"

    def test_an_account_must_fit_the_bank_above(self):
        account = bank_account_for(1, "044525225")
        good = {"bic": "044525225", "it": account}
        assert self.told(good, type="bank_account", bic="bic") == account
        assert self.told(good | {"bic": "044525974"}, type="bank_account", bic="bic") == (
            "bank_account_check_digit"
        )
        assert self.told(good | {"bic": "4"}, type="bank_account", bic="bic") == "bic_format"

    @pytest.mark.parametrize(
        ("type_", "raw", "told"),
        [
            ("number", 3, Decimal(3)),
            ("number", "2,5", Decimal("2.5")),
            ("number", 2, Decimal(2)),
            ("number", 1.99, "number_too_little"),
            ("number", "10,01", "number_too_much"),
            ("number", True, "wrong_type"),
            ("money", "2", Decimal(2)),
            ("money", "1,99", "money_too_little"),
            ("money", 10.01, "money_too_much"),
            ("text", "да", "да"),
            ("text", "д", "too_short"),
            ("text", "д" * 11, "too_long"),
            ("address", "Дом 5", "address_no_street"),
            ("address", "Садовая ул., 5", "too_long"),
        ],
    )
    def test_the_bounds_of_a_field_hold(self, type_, raw, told):
        assert self.told(raw, type=type_, at_least=2, at_most=10) == told

    def test_the_schema_tells_type_format_examples_and_bounds(self):
        fields = [
            FormField(name=type_, title="Поле", type=type_, at_least=2, at_most=10)
            for type_ in sorted(set(FieldType) - {"group", "choice"})
        ]
        told = form.json_schema(V1.model_copy(update={"fields": tuple(fields)}))["properties"]
        assert all(told[field.name]["examples"] for field in fields)
        formats = {name for name, shape in told.items() if "format" in shape}
        assert formats == set(told) - {"text", "yes_no", "consent"}
        for name in ("number", "money"):
            assert (told[name]["minimum"], told[name]["maximum"]) == (2, 10)
        assert (told["text"]["minLength"], told["text"]["maxLength"]) == (2, 10)
        assert told["date"]["format"] == "dd.mm.yyyy"


CONDITIONS = [
    {"field": "category", "is": "pensioner"},
    {"field": "emergency", "is": False},
    {"field": "category", "in": ["pensioner", "orphan"]},
    {"field": "income", "at_most": 100},
    {"field": "wishes", "present": False},
    {"field": "family", "some": {"field": "relationship", "is": "child"}},
]


@pytest.mark.parametrize("said", CONDITIONS)
def test_a_compiled_condition_holds_when_the_condition_does(said):
    others = [{"not": said}, {"all": [said, CONDITIONS[1]]}, {"any": [said, {"not": said}]}]
    facts = [
        {},
        {"category": "pensioner", "emergency": True, "income": Decimal(100)},
        {"category": "combatant", "emergency": False, "income": Decimal(101), "wishes": "да"},
        {"family": ({"relationship": "child"}, {}), "emergency": False},
        {"family": ()},
    ]
    answers = set()
    for told in (said, *others):
        condition = Condition.model_validate(told)
        for known in facts:
            answer = compiled(condition)(known, {})
            assert answer is holds(condition, known)
            answers.add(answer)
    assert answers == {True, False}


class TestSchema:
    def test_it_is_a_json_schema(self):
        Draft202012Validator.check_schema(form.json_schema(V1))

    def test_every_unconditional_required_field_is_required_in_both(self):
        assert {field for field, code in problems({}) if code == "required"} == set(
            form.json_schema(V1)["required"]
        )

    def test_it_tells_titles_options_limits_and_conditions(self):
        told = form.json_schema(V1)["properties"]
        assert told["category"]["oneOf"][2] == {"const": "pensioner", "title": "Пенсионер"}
        assert told["family"]["maxItems"] == 15
        assert told["registration_address"]["maxLength"] == 300
        assert told["residence_address"]["x-when"] == {
            "field": "lives_at_registration",
            "is": False,
        }

    def test_an_unknown_field_is_refused_by_both(self):
        raw = form_of() | {"shoe_size": 41}
        assert [error.validator for error in SCHEMA.iter_errors(raw)] == ["additionalProperties"]
        assert problems(raw) == [("shoe_size", "unknown_field")]

    def test_a_text_may_be_as_long_as_its_own_limit_says(self):
        long = FormField(name="story", title="Рассказ", type="text", at_most=2000)
        service = V1.model_copy(update={"fields": (long,)})
        schema = Draft202012Validator(form.json_schema(service))
        told = {"story": "ж" * 1500}
        assert form.check_form(service, told, TODAY)[1] == []
        assert list(schema.iter_errors(told)) == []


class TestChanges:
    def test_changed_fields_are_named(self):
        before, after = {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}
        assert form.changed_fields(before, after) == ["b", "c", "d"]

    def test_a_draft_holds_known_fields_only(self):
        assert [p.field for p in form.unknown_fields(V1, {"snils": "?", "cat": 1})] == ["cat"]
