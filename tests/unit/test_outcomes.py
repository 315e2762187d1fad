"""What comes of an application: a service leads to one thing or another, by what was asked for."""

import copy
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from adapters import definitions
from casework import actions, decision, form
from casework.application import Application, Happening, apply, chain, number_from
from casework.blocks import expanded
from casework.earlier_support import SUPPORT
from casework.example import example_form
from casework.notice import words
from casework.ports import Case
from casework.service import OutcomeKind, ServiceDefinition

RULES = definitions.rules("registry-extract-and-subsidy", "RU-MOW")
SERVICE = RULES.service
DAY = date(2026, 4, 6)
NOON = datetime(2026, 4, 9, 9, 0, tzinfo=UTC)


def stored(**known: Any) -> dict[str, Any]:
    return form.to_json(form.checked_form(SERVICE, example_form(SERVICE, DAY, **known), DAY))


def approved(**known: Any) -> Case:
    lived = (
        Happening("drafted", {"service": SERVICE.id, "service_version": SERVICE.version}),
        Happening("submitted", {"form": "0" * 64, "priority": None, "checks": []}),
        Happening(
            "decided",
            {"outcome": "approved", "reasons": [], "departs": False, "officer": "officer-1"},
        ),
    )
    application = Application(number_from(1))
    for event in chain(application, lived, NOON, "officer-1"):
        application = apply(application, event)
    return Case(application, stored(**known))


def assessed(**known: Any) -> decision.Assessment:
    facts, _ = form.check_form(SERVICE, stored(**known), DAY)
    return decision.assess(SERVICE, facts, {}, RULES.parameters, DAY)


def raw_service(name: str = "registry-extract-and-subsidy") -> dict[str, Any]:
    file = tomllib.loads((definitions.SERVICES / f"{name}.toml").read_text("utf-8"))
    return copy.deepcopy(expanded(file, definitions.blocks(), definitions.classifiers()))


def broken(raw: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        ServiceDefinition.model_validate(raw)
    return str(refusal.value)


class TestOneOrTheOther:
    def test_who_asks_for_an_extract_gets_a_document_and_no_money(self):
        assert SERVICE.outcome_of(stored(wanted="extract")).kind is OutcomeKind.DOCUMENT
        assert assessed(wanted="extract").amount is None

    def test_who_asks_for_the_subsidy_gets_money_every_month(self):
        assert SERVICE.outcome_of(stored(wanted="subsidy")).kind is OutcomeKind.PAYMENT
        amount = assessed(wanted="subsidy").amount
        assert (str(amount.rubles), amount.schedule) == ("3000.00", "monthly")

    @pytest.mark.parametrize(
        ("wanted", "told"),
        [("extract", "Выписка из реестра инвалидов готова"), ("subsidy", "Субсидия назначена")],
    )
    def test_the_notice_names_what_was_asked_for(self, wanted, told):
        assert words(approved(wanted=wanted), RULES, "https://opora", {})["outcome"] == told

    def test_only_what_lasts_is_known_when_the_person_applies_again(self):
        subsidy = actions.issue(approved(wanted="subsidy"), RULES, NOON)
        assert [note.kind for note in subsidy.notes] == [SUPPORT]
        assert actions.issue(approved(wanted="extract"), RULES, NOON).notes == ()

    def test_an_extract_and_a_subsidy_may_be_under_way_at_once(self):
        keys = [
            actions.identity_key(RULES, form.check_form(SERVICE, stored(wanted=w), DAY)[0])
            for w in ("extract", "subsidy")
        ]
        assert keys[0] != keys[1]


class TestWhatAFileMaySay:
    def test_another_outcome_goes_by_an_answer_and_not_by_what_is_typed_freely(self):
        raw = raw_service()
        raw["other_outcomes"][0]["when"] = {"field": "extract_for", "is": "суд"}
        assert "another outcome goes by a choice, not by extract_for" in broken(raw)

    def test_another_outcome_asks_of_a_field_that_is_there(self):
        raw = raw_service()
        raw["other_outcomes"][0]["when"] = {"field": "wish", "is": "subsidy"}
        assert "unknown field: wish" in broken(raw)

    def test_the_payment_of_another_outcome_is_looked_at_too(self):
        raw = raw_service()
        raw["other_outcomes"][0]["payment"]["amount"] = "nothing"
        assert "unknown measure: nothing" in broken(raw)
        raw = raw_service()
        raw["other_outcomes"][0]["payment"]["payee"] = "nobody"
        assert "unknown field: nobody" in broken(raw)

    def test_a_payment_says_what_is_paid_and_nothing_else_does(self):
        raw = raw_service()
        del raw["other_outcomes"][0]["payment"]
        assert "a payment, and only a payment, says what is paid" in broken(raw)

    def test_a_payment_may_come_with_a_document_and_a_document_is_named(self):
        care = definitions.service("care-for-disabled").outcome
        assert (care.kind, care.document.title) == (
            OutcomeKind.PAYMENT,
            "Подтверждение права на уход",
        )
        raw = raw_service()
        del raw["outcome"]["document"]
        assert "a document says what it is called" in broken(raw)

    def test_a_rule_without_a_condition_rests_on_its_checks(self):
        raw = raw_service()
        raw["requirements"][0]["checks"] = []
        assert "registered: a rule needs `when`, or `checks`, or both" in broken(raw)

    def test_somebody_acting_is_named_by_fields_that_are_there(self):
        raw = raw_service("care-for-disabled")
        raw["subject"]["acting"]["address"] = "nowhere"
        assert "unknown field: nowhere" in broken(raw)
