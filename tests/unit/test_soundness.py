"""What a service file that holds together still may not say: what cannot be, or always is."""

import json
from datetime import date

import pytest

from adapters import definitions
from casework.service import ServiceDefinition
from casework.soundness import (
    ALWAYS,
    NEVER,
    conditions_that_never_change,
    timing_and_figures,
)
from tests.unit.fake_casebook import rules

V1 = rules().service
TODAY = date(2026, 4, 6)


def changed(edit):
    said = V1.model_dump(mode="json", by_alias=True, exclude_none=True)
    edit(said)
    return ServiceDefinition.model_validate_json(json.dumps(said))


def judged(when, part="circumstances"):
    """What is said of a service whose last circumstance has this condition."""
    service = changed(lambda said: said[part][-1].update(when=when))
    return [
        found.problem
        for found in conditions_that_never_change(service, TODAY)
        if found.place[0] == part
    ]


def field(name, **said):
    return {"field": name, **{key.removesuffix("_"): value for key, value in said.items()}}


def every(*parts):
    return {"all": list(parts)}


def some(*parts):
    return {"any": list(parts)}


@pytest.mark.parametrize("service", definitions.services().values(), ids=lambda s: s.id)
def test_nothing_is_wrong_with_our_own(service):
    assert list(conditions_that_never_change(service, TODAY)) == []
    assert list(timing_and_figures(service, definitions.figures())) == []


PENSIONER = field("category", is_="pensioner")
MSE = field("disability_proof", is_="mse_certificate")
CATEGORIES = V1.asked.fields["category"].options
CHILD, PARENT = (field("relationship", is_=who) for who in ("child", "parent"))
AGED = {"measure": "applicant_age", "at_least": 65}
MINOR = field("birth_date", age_under=18)


@pytest.mark.parametrize(
    "when",
    [
        every(field("emergency", is_=True), field("emergency", is_=False)),
        every(PENSIONER, field("category", is_="homeless")),
        every(PENSIONER, {"not": PENSIONER}),
        every(PENSIONER, MSE),  # the proof is asked of others only
        every(PENSIONER, field("mse_certificate_number", present=True)),  # and so is its number
        field("consents_to_processing", is_=False),  # nobody can apply without it
        field("last_name", present=False),  # it is required
        field("income", at_most=-1),
        every(field("income", at_least=100), field("income", at_most=99)),
        every(field("birth_date", age_under=18), field("birth_date", age_at_least=65)),
        field("birth_date", at_least="2026-04-07"),  # nobody was born tomorrow
        {"measure": "family_size", "at_most": 0},  # the applicant counts
        every(AGED, {"measure": "applicant_age", "at_most": 64}),
        field("family", some=every(CHILD, field("relationship", is_="spouse"))),
        every(field("family", some=CHILD), field("family", present=False)),
    ],
)  # fmt: skip
def test_what_can_never_hold_is_told(when):
    assert judged(when) == [NEVER]


@pytest.mark.parametrize(
    "when",
    [
        some(field("emergency", is_=True), field("emergency", is_=False)),
        field("last_name", present=True),
        field("income", at_least=0),
        some(PENSIONER, {"not": PENSIONER}),
        {"measure": "family_size", "at_least": 1},
        some(field("birth_date", age_under=18), field("birth_date", age_at_least=18)),
    ],
)
def test_what_always_holds_is_told(when):
    assert judged(when) == [ALWAYS]


@pytest.mark.parametrize(
    "when",
    [
        every(field("category", is_="disability_group_1"), MSE),
        every(PENSIONER, field("birth_date", age_under=18)),
        field("email", present=False),  # it is not required
        every(field("income", at_least=100), field("income", at_most=100)),
        {"measure": "family_monthly_income", "at_most": "income_limit"},
        field("family", some=every(CHILD, MINOR)),
        every(field("family", some=CHILD), field("family", some=PARENT)),
        every(field("family", some=CHILD), {"not": field("family", some=every(CHILD, MINOR))}),
        field("birth_date", at_least="2026-04-06"),
        {"measure": "family_size", "at_least": 2},
        {"measure": "minor_children", "at_most": 0},
    ],
)  # fmt: skip
def test_what_may_hold_and_may_not_is_left_alone(when):
    assert judged(when) == []


def test_a_search_that_would_be_too_long_tells_nothing():
    several = [field(name, present=True) for name in ("email", "inn", "patronymic", "wishes")]
    options = [field("category", is_=option.value) for option in CATEGORIES]
    ages = [{"measure": "applicant_age", "at_least": n} for n in range(40)]
    assert judged(every(*several, some(*options), *ages, every(PENSIONER, MSE))) == []


def test_an_unreachable_document_is_named():
    def edit(said):
        said["documents"][-1].update(when=every(PENSIONER, MSE))

    (found,) = conditions_that_never_change(changed(edit), TODAY)
    assert found.place == ("documents", len(V1.documents) - 1, "when")
    assert found.problem.startswith("other: nobody is ever asked for this document")


def test_a_rule_that_refuses_nobody_is_named_unless_a_registry_may_still_contradict_it():
    def edit(said):
        said["grounds"][1].update(when=field("last_name", present=True), checks=[])
        said["grounds"][1]["change"] = said["grounds"][1]["refusal"] = "Нет."

    (found,) = conditions_that_never_change(changed(edit), TODAY)
    assert found.problem == f"family_income: refuses nobody; {ALWAYS}"

    def checked(said):
        edit(said)
        said["grounds"][1]["checks"] = ["income"]

    assert list(conditions_that_never_change(changed(checked), TODAY)) == []
