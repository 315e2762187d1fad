"""Service files: the ones we have are whole, and one that contradicts itself is refused."""

import copy
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from adapters import definitions
from casework import form
from casework.blocks import expanded
from casework.condition import holds
from casework.errors import BadDefinition, NotFound
from casework.service import Cause, ServiceDefinition
from tests.unit.fake_casebook import form_of, member, rules

FILES = sorted(definitions.SERVICES.glob("*.toml"))
V1 = rules().service
FILE = tomllib.loads((definitions.SERVICES / "social-service-need.toml").read_text("utf-8"))
RAW = expanded(FILE, definitions.blocks(), definitions.classifiers())
TODAY = date(2026, 4, 6)

Edit = Callable[[dict[str, Any]], Any]


def of(raw: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    """The entry of a list by its name."""
    return next(e for e in raw[part] if name in (e.get("name"), e.get("kind"), e.get("code")))


def broken(edit: Edit) -> str:
    raw = copy.deepcopy(RAW)
    edit(raw)
    with pytest.raises(ValidationError) as refusal:
        ServiceDefinition.model_validate(raw)
    return str(refusal.value)


def set_when(part: str, name: str, **said: Any) -> Edit:
    return lambda raw: of(raw, part, name).update(when=said)


class TestTheFiles:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_every_service_loads_under_its_own_name(self, path):
        assert definitions.read_service(path).id == path.stem

    def test_an_unknown_service_says_which_are_known(self):
        with pytest.raises(NotFound, match="unknown_service") as refusal:
            definitions.service("x" * 100)
        assert refusal.value.details["service"] == "x" * 60
        assert V1.id in refusal.value.details["known"]

    def test_a_version_that_is_gone_is_an_error(self):
        with pytest.raises(BadDefinition, match="version_gone"):
            definitions.rules(V1.id, "RU-MOW", V1.version + 1)
        assert definitions.rules(V1.id, "RU-MOW", V1.version).service == V1

    def test_a_definition_cannot_be_changed(self):
        with pytest.raises(ValidationError):
            V1.title = "другое"

    @pytest.mark.parametrize("service", definitions.services().values(), ids=lambda s: s.id)
    def test_every_source_is_cited_and_no_text_is_empty(self, service):
        cited = [service, *service.terms, *service.rules, service.clarification]
        assert all(part.source.strip() for part in cited)
        titled = [*service.fields, *service.documents, *service.checks, *service.terms]
        titled += [*service.priorities, *service.rules, *service.circumstances]
        titled += [*service.refusals, *(o for f in service.fields for o in f.options)]
        assert all(part.title.strip() for part in titled)
        assert all(reason.mend for reason in service.refusals)
        assert all((service.summary, service.who, service.appeal.text, service.outcome.next))

    def test_recognition_turns_down_scans_that_are_not_sharp_enough(self):
        assert all(document.dpi_at_least for document in V1.documents)


class TestConditionsCanBeMet:
    CASES = (
        form_of(),
        form_of(lives_at_registration=False, residence_address="г. Иной, д. 1"),
        form_of(category="disability_group_1", disability_proof="mse_certificate",
                mse_certificate_number="1"),
        form_of(category="disability_group_2", disability_proof="illness_certificate"),
        form_of(category="large_family", emergency=True, emergency_story="Пожар"),
        form_of(category="pensioner", family=[member(disabled=True)]),
        form_of(category="lone_parent"),
    )  # fmt: skip

    def test_every_condition_of_v1_is_met_by_somebody_and_not_by_everybody(self):
        parts = [*V1.fields, *V1.documents, *V1.checks, *V1.priorities, *V1.rules]
        parts += [*V1.circumstances]
        conditional = [part for part in parts if part.when is not None]
        for part in conditional:
            met = set()
            for raw in (*self.CASES, form_of(income="9000000")):
                facts = form.checked_form(V1, raw, TODAY)
                measures = rules().measures(facts, TODAY)
                met.add(holds(part.when, facts, measures))
            assert met == {True, False}, part

    def test_documents_and_checks_follow_the_answers(self):
        facts = form.checked_form(V1, self.CASES[2], TODAY)
        measures = rules().measures(facts, TODAY)
        assert "mse_certificate" in {d.kind for d in V1.documents_needed(facts, measures)}
        assert "disability" in {c.name for c in V1.checks_needed(facts, measures)}
        plain = form.checked_form(V1, form_of(), TODAY)
        needed = V1.documents_needed(plain, rules().measures(plain, TODAY))
        assert [d.kind for d in needed] == [
            "passport",
            "snils",
            "income_certificate",
        ]

    def test_parts_are_found_by_name(self):
        assert V1.refusal_for(Cause.UNANSWERED).code == "question_unanswered"
        assert V1.refusal("no such") is None
        assert V1.document("no such") is None
        assert V1.check("income").registry == "taxes"
        assert V1.term("decision").lengths("elderly").promise.amount == 10
        assert V1.term("document_check").lengths("elderly") is V1.term("document_check")


class TestContradictions:
    def test_the_file_as_it_is_is_good(self):
        assert ServiceDefinition.model_validate(copy.deepcopy(RAW)) == V1

    @pytest.mark.parametrize(
        "part",
        [
            *("fields", "documents", "checks", "terms", "priorities"),
            *("circumstances", "refusals"),
        ],
    )
    def test_nothing_is_named_twice(self, part):
        assert f"{part} named twice" in broken(lambda raw: raw[part].append(raw[part][0]))

    def test_a_requirement_is_not_called_as_a_ground_is(self):
        twice = broken(lambda raw: raw.update(requirements=[raw["grounds"][0]]))
        assert "rules named twice: category" in twice

    def test_not_inside_a_group_or_a_choice_either(self):
        family = lambda raw: of(raw, "fields", "family")["fields"]  # noqa: E731
        assert "named twice" in broken(lambda raw: family(raw).append(family(raw)[0]))
        options = lambda raw: of(raw, "fields", "category")["options"]  # noqa: E731
        assert "named twice" in broken(lambda raw: options(raw).append(options(raw)[0]))

    @pytest.mark.parametrize(
        ("edit", "complaint"),
        [
            (set_when("documents", "other", field="cat", present=True), "unknown field: cat"),
            (set_when("grounds", "family_income", measure="iq", at_most=1), "unknown measure: iq"),
            (
                set_when("grounds", "family_income", measure="family_size", at_most="iq"),
                "unknown measure: iq",
            ),
            (
                set_when("documents", "other", field="family", some={"field": "cat", "is": "x"}),
                "unknown field: cat",
            ),
            (
                set_when("documents", "other", all=[{"not": {"field": "cat", "is": "x"}}]),
                "unknown field: cat",
            ),
            (
                lambda raw: of(raw, "fields", "family")["fields"][-1].update(
                    when={"field": "snils", "present": True}
                ),
                "unknown field: snils",
            ),
            (lambda raw: of(raw, "checks", "income").update(fields=["cat"]), "unknown field: cat"),
            (
                lambda raw: of(raw, "grounds", "category").update(checks=["cat"]),
                "unknown check: cat",
            ),
            (
                lambda raw: of(raw, "refusals", "support_exists").update(check="cat"),
                "unknown check: cat",
            ),
            (
                lambda raw: of(raw, "grounds", "category").update(refusal="Мало: {iq}"),
                "unknown placeholder of category: iq",
            ),
            (
                lambda raw: of(raw, "grounds", "category").update(change="Меньше на {difference}"),
                "unknown placeholder of category: difference",
            ),
        ],
    )
    def test_a_name_that_leads_nowhere_is_refused(self, edit, complaint):
        assert complaint in broken(edit)

    @pytest.mark.parametrize(
        "said",
        [
            {"field": "category", "is": "pensionner"},
            {"field": "category", "in": ["pensioner", "king"]},
            {"field": "family", "some": {"field": "relationship", "is": "cat"}},
        ],
    )
    def test_an_option_that_nobody_can_choose_is_refused(self, said):
        assert "unknown option" in broken(set_when("documents", "other", **said))

    @pytest.mark.parametrize(
        "said",
        [
            {"field": "emergency", "is": "true"},
            {"field": "emergency", "in": ["true"]},
            {"field": "category", "is": True},
            {"field": "category", "at_most": 5},
            {"field": "last_name", "at_least": 5},
            {"field": "income", "is": "5"},
            {"field": "income", "at_most": date(2026, 1, 1)},
            {"field": "birth_date", "at_most": 5},
            {"field": "birth_date", "at_most": "family_size"},
            {"field": "category", "some": {"field": "relationship", "is": "child"}},
            {"field": "family", "is": "big"},
        ],
    )
    def test_a_comparison_that_nothing_satisfies_is_refused(self, said):
        assert "nothing of type" in broken(set_when("grounds", "category", **said))

    @pytest.mark.parametrize(
        "said",
        [
            {"measure": "family_size", "is": "3"},
            {"measure": "family_size", "in": ["3"]},
            {"measure": "family_size", "some": {"field": "relationship", "is": "child"}},
            {"measure": "family_size", "at_most": date(2026, 1, 1)},
        ],
    )
    def test_a_measure_is_a_number(self, said):
        assert "at_most or at_least a number" in broken(set_when("grounds", "category", **said))

    @pytest.mark.parametrize(
        ("said", "complaint"),
        [
            ({"measure": "family_size", "at_least": 2}, "may not depend on a measure"),
            ({"field": "income", "at_least": "income_limit"}, "unknown measure"),
            ({"field": "birth_date", "age_at_least": 18}, "an age is not known while the form"),
            (
                {"field": "family", "some": {"field": "birth_date", "age_under": 18}},
                "an age is not known while the form",
            ),
        ],
    )
    def test_while_the_form_is_checked_nothing_is_measured_yet(self, said, complaint):
        assert complaint in broken(set_when("fields", "wishes", **said))

    @pytest.mark.parametrize(("part", "name"), [("documents", "other"), ("checks", "income")])
    def test_documents_and_checks_may_ask_about_measures_and_ages(self, part, name):
        for said in (
            {"measure": "family_size", "at_least": 2},
            {"field": "family", "some": {"field": "birth_date", "age_under": 18}},
        ):
            raw = copy.deepcopy(RAW)
            set_when(part, name, **said)(raw)
            ServiceDefinition.model_validate(raw)

    def test_a_field_depends_on_what_stands_above_it_only(self):
        later = set_when("fields", "last_name", field="emergency", **{"is": True})
        assert "unknown field above last_name: emergency" in broken(later)
        itself = set_when("fields", "wishes", field="wishes", present=True)
        assert "unknown field above wishes: wishes" in broken(itself)

    @pytest.mark.parametrize(
        ("edit", "complaint"),
        [
            (
                lambda raw: of(raw, "fields", "family")["fields"].append(
                    {"name": "pets", "title": "Питомцы", "type": "group", "fields": [
                        {"name": "name", "title": "Имя", "type": "name"}]}
                ),
                "a group holds no groups",
            ),
            (lambda raw: of(raw, "fields", "family").update(fields=[]), "a group needs them"),
            (
                lambda raw: of(raw, "fields", "wishes").update(fields=RAW["fields"][:1]),
                "fields belong to a group",
            ),
            (lambda raw: of(raw, "fields", "category").update(options=[]), "a choice needs them"),
            (
                lambda raw: of(raw, "fields", "wishes").update(
                    options=[{"value": "x", "title": "х"}]
                ),
                "options belong to a choice",
            ),
            (lambda raw: of(raw, "refusals", "support_exists").pop("check"), "names its check"),
            (
                lambda raw: of(raw, "refusals", "data_wrong").update(check="income"),
                "names its check",
            ),
            (
                lambda raw: of(raw, "refusals", "criteria_not_met").pop("cause"),
                "exactly one refusal with the cause no_ground",
            ),
            (
                lambda raw: of(raw, "refusals", "data_wrong").update(cause="unanswered"),
                "exactly one refusal with the cause unanswered",
            ),
            (lambda raw: raw["terms"].pop(0), "a service needs a term named decision"),
            (lambda raw: raw["terms"][0].pop("promise"), "needs a promise and a limit"),
            (
                lambda raw: raw["terms"][0]["priority"].pop("limit"),
                "needs a promise and a limit",
            ),
            (
                lambda raw: raw["marks"]["reminder"].update(unit="calendar_days"),
                "marks.reminder is counted in working_days",
            ),
            (
                lambda raw: raw["checking"]["ask_again"].update(unit="working_days"),
                "ask_again is counted in hours",
            ),
            (lambda raw: raw["terms"][0]["limit"].update(amount=0), "greater than 0"),
            (lambda raw: raw.update(version=0), "greater than or equal to 1"),
            (lambda raw: raw.update(id="Not An Id"), "pattern"),
            (lambda raw: raw.update(colour="red"), "Extra inputs are not permitted"),
            (lambda raw: raw["fields"][0].update(type="colour"), "Input should be"),
            (lambda raw: raw["fields"][0].update(name="Last Name"), "pattern"),
            (lambda raw: raw["fields"][0].update(title=" "), "at least 1 character"),
            (lambda raw: raw.pop("appeal"), "Field required"),
        ],
    )  # fmt: skip
    def test_a_part_that_does_not_fit_is_refused(self, edit, complaint):
        assert complaint in broken(edit)
