"""A changed service file over stored applications: what would change, and nothing else."""

import json
from datetime import date
from decimal import Decimal

from casework.condition import Condition
from casework.impact import Difference, impact, totals
from casework.service import ServiceDefinition
from tests.unit.fake_casebook import ABOVE_THE_LIMIT, drafted, form_of, on_review, rules, submitted

BEFORE = rules()


def after(edit):
    """The rules under a changed file: `edit` changes what it says, as JSON."""
    said = BEFORE.service.model_dump(mode="json", by_alias=True, exclude_none=True)
    edit(said)
    return BEFORE._replace(service=ServiceDefinition.model_validate_json(json.dumps(said)))


def of(said, part, name):
    return next(e for e in said[part] if name in (e.get("name"), e.get("kind"), e.get("category")))


def changed(life, edit):
    return impact(life.case, BEFORE, after(edit), life.now)


def half_the_limit(said):
    said["measures"]["income_limit"]["product"].append("0.5")


def twenty_days(said):
    of(said, "terms", "decision")["promise"]["amount"] = 20


def test_the_same_file_changes_nothing():
    assert changed(on_review(), lambda said: said.update(title="Иначе", version=2)) is None


def test_a_lower_limit_would_refuse_whom_it_approves_today():
    found = changed(on_review(), half_the_limit)
    assert found.differences == (Difference("outcome", "approved", "refused"),)


def test_a_higher_limit_would_approve_whom_it_refuses_today():
    life = on_review(form_of(income=ABOVE_THE_LIMIT))
    found = changed(life, lambda said: said["measures"]["income_limit"]["product"].append("2"))
    assert found.differences == (Difference("outcome", "refused", "approved"),)


def test_a_shorter_promise_moves_the_day_it_is_due():
    (difference,) = changed(submitted(), twenty_days).differences
    assert difference == Difference("promise", date(2026, 5, 6), date(2026, 4, 27))


def test_a_new_priority_shortens_both_days():
    def all_first(said):
        said["priorities"].insert(0, {"category": "all", "title": "Все", "when": {
            "field": "category", "is": "low_income"}})  # fmt: skip

    found = changed(submitted(), all_first)
    assert [difference.what for difference in found.differences] == ["promise", "limit"]


def test_a_form_that_would_not_be_accepted_is_listed_with_its_problems():
    def one_more_field(said):
        said["fields"].append({"name": "colour", "title": "Цвет", "type": "text"})

    found = changed(on_review(), one_more_field)
    assert [(p.field, p.code) for p in found.problems] == [("colour", "required")]
    assert found.differences == ()


def test_a_figure_that_nobody_knows_is_told_of_each_application():
    def unknown_figure(said):
        said["measures"]["subsistence_minimum"]["figure"] = "unheard_of"

    assert [p.code for p in changed(on_review(), unknown_figure).problems] == ["figure_not_known"]


def test_drafts_and_the_withdrawn_are_passed_over():
    assert changed(drafted(), half_the_limit) is None
    life = submitted()
    life.withdraw()
    assert changed(life, half_the_limit) is None


def test_what_is_decided_is_due_no_more_but_its_outcome_is_compared():
    life = on_review()
    life.claim()
    life.propose("approved")
    life.issue()
    assert changed(life, twenty_days) is None
    assert changed(life, half_the_limit).differences[0].after == "refused"


def test_the_totals_count_applications_by_what_would_change():
    one, other = changed(on_review(), half_the_limit), changed(submitted(), twenty_days)
    assert totals([one, other]) == {
        "outcome": 1, "amount": 0, "promise": 1, "limit": 0, "not_accepted": 0
    }  # fmt: skip


def test_conditions_of_a_changed_file_are_those_of_a_definition():
    service = after(half_the_limit).service
    assert isinstance(service.grounds[1].when, Condition)
    assert Decimal("0.5") in service.measures["income_limit"].product
