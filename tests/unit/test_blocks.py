"""Blocks: what many services say in the same words is put in its place, and nothing else is."""

import copy

import pytest

from adapters import definitions
from casework.blocks import LISTS, expanded
from casework.errors import BadDefinition

PERSON = {
    "fields": [{"name": "snils"}, {"name": "inn", "when": {"field": "snils", "present": True}}],
    "documents": [{"kind": "passport"}],
    "measures": {"age": {"title": "Возраст"}},
}
SIZE = {"circumstances": [{"name": "large"}], "measures": {"size": {"title": "Размер"}}}
BLOCKS = {"person": PERSON, "size": SIZE, "defaults": {"marks": {"reminder": 3}, "checks": []}}
SUPPORT = {
    "checks": [{"name": "own_support", "registry": "own"}],
    "refusals": [{"code": "support_given"}],
}
SEXES = {"sexes": [{"value": "f", "title": "Женский"}]}


def put(raw: dict, **blocks: dict) -> dict:
    return expanded(raw, BLOCKS | blocks, SEXES)


def names(entries: list[dict]) -> list[str]:
    return [entry.get("name") or entry.get("kind") or entry.get("code") for entry in entries]


class TestPlaces:
    def test_a_block_stands_where_it_is_named_among_the_files_own(self):
        said = put({"fields": [{"name": "a"}, {"block": "person"}, {"name": "b"}]})
        assert names(said["fields"]) == ["a", "snils", "inn", "b"]

    def test_it_gives_each_list_its_own_part(self):
        said = put({"fields": [{"block": "person"}], "documents": [{"block": "person"}]})
        assert names(said["documents"]) == ["passport"]

    def test_what_is_not_named_is_not_brought(self):
        said = put({"fields": [{"block": "person"}], "documents": []})
        assert said["documents"] == []

    def test_some_of_its_entries_can_be_left_out(self):
        said = put({"fields": [{"block": "person", "without": ["inn"]}]})
        assert names(said["fields"]) == ["snils"]

    def test_but_only_those_that_it_has(self):
        with pytest.raises(BadDefinition, match="not_in_block") as refusal:
            put({"fields": [{"block": "person", "without": ["inn", "iq"]}]})
        assert refusal.value.details["names"] == "iq"

    def test_a_condition_on_the_block_is_added_to_that_of_each_entry(self):
        adult = {"field": "adult", "is": True}
        said = put({"fields": [{"block": "person", "when": adult}]})
        assert [entry["when"] for entry in said["fields"]] == [
            adult,
            {"all": [adult, {"field": "snils", "present": True}]},
        ]
        assert "when" not in PERSON["fields"][0]

    @pytest.mark.parametrize("part", LISTS)
    def test_every_list_can_hold_one(self, part):
        said = put({part: [{"block": "x"}]}, x={part: [{"name": "y"}]})
        assert {"name": "y"} in said[part]

    @pytest.mark.parametrize(
        ("part", "block"), [("fields", "persona"), ("documents", "size"), ("fields", "size")]
    )
    def test_a_block_that_is_not_there_or_has_no_such_list_is_refused(self, part, block):
        with pytest.raises(BadDefinition, match="unknown_block") as refusal:
            put({part: [{"block": block}]})
        assert refusal.value.details == {"block": block, "list": part}

    def test_an_entry_that_only_mentions_a_block_is_left_to_the_validation(self):
        entry = {"block": "person", "name": "x"}
        assert put({"fields": [entry]})["fields"] == [entry]

    @pytest.mark.parametrize("odd", [None, 5, "person", {}, {"fields": {}}, {"fields": "x"}])
    def test_what_is_no_service_is_left_to_the_validation(self, odd):
        raw = odd if isinstance(odd, dict) else {"fields": odd}
        assert put(raw).get("fields") == raw.get("fields")


class TestMeasures:
    def test_a_block_brings_its_measures(self):
        said = put({"fields": [{"block": "person"}], "circumstances": [{"block": "size"}]})
        assert set(said["measures"]) == {"age", "size"}

    def test_the_files_own_go_before_those_of_a_block(self):
        own = {"age": {"title": "Иной возраст"}}
        said = put({"fields": [{"block": "person"}], "measures": own})
        assert said["measures"] == own

    def test_a_block_inside_a_block_brings_its_own_too(self):
        outer = {"fields": [{"block": "person"}], "measures": {"outer": {"title": "Внешний"}}}
        said = put({"fields": [{"block": "outer"}]}, outer=outer)
        assert names(said["fields"]) == ["snils", "inn"]
        assert set(said["measures"]) == {"outer", "age"}

    @pytest.mark.parametrize("inner", ["outer", "between"])
    def test_a_block_inside_itself_is_refused(self, inner):
        between = {"fields": [{"block": "outer"}]}
        with pytest.raises(BadDefinition, match="block_in_itself") as refusal:
            put(
                {"fields": [{"block": "outer"}]},
                outer={"fields": [{"block": inner}]},
                between=between,
            )
        assert refusal.value.details["block"] == "outer"

    def test_without_any_the_file_has_none(self):
        assert "measures" not in put({"fields": [{"name": "a"}]})


class TestDefaults:
    def test_a_table_that_is_left_out_is_taken_whole(self):
        assert put({})["marks"] == {"reminder": 3}

    def test_one_that_is_there_is_not_mixed_with_it(self):
        assert put({"marks": {"other": 1}})["marks"] == {"other": 1}


class TestSupport:
    LASTING = {  # noqa: RUF012
        "subject": {"identity": ["snils"]}, "outcome": {"lasting": True}, "checks": [],
        "refusals": [{"code": "other"}],
    }  # fmt: skip

    def test_what_lasts_is_asked_about_by_what_identifies_people(self):
        said = put(self.LASTING, support=SUPPORT)
        assert said["checks"] == [{"fields": ["snils"], "name": "own_support", "registry": "own"}]
        assert names(said["refusals"]) == ["other", "support_given"]

    def test_so_is_one_of_several_outcomes(self):
        several = self.LASTING | {"outcome": {}, "other_outcomes": [{"lasting": True}]}
        assert names(put(several, support=SUPPORT)["checks"]) == ["own_support"]

    def test_the_files_own_words_stand_in_its_place(self):
        own = {"name": "own_support", "title": "Своими словами"}
        assert put(self.LASTING | {"checks": [own]}, support=SUPPORT)["checks"] == [own]

    def test_what_does_not_last_is_not(self):
        once = self.LASTING | {"outcome": {"lasting": False}}
        assert put(once, support=SUPPORT)["checks"] == []


class TestClassifiers:
    def test_a_choice_takes_its_options_also_inside_a_group(self):
        choice = {"name": "sex", "classifier": "sexes"}
        said = put({"fields": [choice, {"name": "family", "fields": [choice]}]})
        taken = {"name": "sex", "options": SEXES["sexes"]}
        assert said["fields"] == [taken, {"name": "family", "fields": [taken]}]

    def test_also_in_a_block(self):
        said = put({"fields": [{"block": "x"}]}, x={"fields": [{"classifier": "sexes"}]})
        assert said["fields"] == [{"options": SEXES["sexes"]}]

    def test_one_that_is_not_there_is_refused(self):
        with pytest.raises(BadDefinition, match="unknown_classifier") as refusal:
            put({"fields": [{"classifier": "colours"}]})
        assert refusal.value.details == {"classifier": "colours"}


def test_nothing_of_what_was_read_is_changed():
    raw = {"fields": [{"block": "person", "when": {"field": "a", "is": True}}], "measures": {}}
    before = copy.deepcopy((raw, BLOCKS, SEXES))
    put(raw)
    assert (raw, BLOCKS, SEXES) == before


def test_every_block_and_classifier_is_used_by_some_service():
    text = "".join(path.read_text("utf-8") for path in definitions.SERVICES.glob("*.toml"))
    blocks = definitions.blocks().keys() - {"defaults", "support"}
    inside = text + "".join(
        path.read_text("utf-8") for path in (definitions.SERVICES / "blocks").glob("*.toml")
    )
    assert [b for b in sorted(blocks) if f'block = "{b}"' not in inside] == []
    classifiers = definitions.classifiers()
    used = [c for c in sorted(classifiers) if f'classifier = "{c}"' not in inside]
    assert used == []
