"""A service file says in its own words what a block would say, and leaves out what it needs not."""

import pytest

from adapters import definitions
from casework.blocks import expanded
from casework.errors import BadDefinition

BLOCKS = {
    "person": {
        "fields": [{"name": "snils"}, {"name": "inn", "required": False}],
        "documents": [{"kind": "passport"}, {"kind": "snils"}],
    },
    "support": {
        "checks": [{"name": "own_support", "registry": "opora"}],
        "refusals": [{"code": "support_continues", "check": "own_support"}],
    },
}
SUBJECT = {"identity": ["snils"]}


def test_a_field_left_out_of_a_block_is_said_by_the_file_itself():
    said = {"fields": [{"block": "person", "without": ["inn"]}, {"name": "inn"}]}
    assert expanded(said, BLOCKS, {})["fields"] == [{"name": "snils"}, {"name": "inn"}]


def test_documents_are_left_out_by_their_kind():
    said = {"documents": [{"block": "person", "without": ["snils"]}]}
    assert expanded(said, BLOCKS, {})["documents"] == [{"kind": "passport"}]


def test_what_a_block_does_not_have_cannot_be_left_out():
    with pytest.raises(BadDefinition, match="not_in_block") as refusal:
        expanded({"fields": [{"block": "person", "without": ["in"]}]}, BLOCKS, {})
    assert refusal.value.details == {"block": "person", "names": "in"}


def test_a_block_may_be_asked_of_some_only_besides_what_each_entry_says_itself():
    blocks = {"bank": {"fields": [{"name": "bic"}, {"name": "account", "when": {"field": "bic"}}]}}
    paid = {"field": "wanted", "is": "subsidy"}
    said = expanded({"fields": [{"block": "bank", "when": paid}]}, blocks, {})
    assert said["fields"] == [
        {"name": "bic", "when": paid},
        {"name": "account", "when": {"all": [paid, {"field": "bic"}]}},
    ]


def test_a_lasting_outcome_asks_whether_the_same_is_had_already():
    said = expanded({"subject": SUBJECT, "outcome": {"lasting": True}}, BLOCKS, {})
    assert said["checks"] == [{"fields": ["snils"], "name": "own_support", "registry": "opora"}]
    assert said["refusals"] == BLOCKS["support"]["refusals"]


def test_one_of_several_outcomes_that_lasts_is_enough_to_ask():
    outcomes = {"outcome": {}, "other_outcomes": [{"lasting": True}]}
    said = expanded({"subject": SUBJECT, **outcomes}, BLOCKS, {})
    assert [check["name"] for check in said["checks"]] == ["own_support"]
    assert "checks" not in expanded({"subject": SUBJECT, "outcome": {}}, BLOCKS, {})


def test_a_file_that_asks_it_in_its_own_way_is_not_asked_twice():
    own = {"name": "own_support", "fields": ["snils"], "when": {"field": "again", "is": False}}
    said = {"subject": SUBJECT, "checks": [own], "outcome": {"lasting": True}}
    assert expanded(said, BLOCKS, {})["checks"] == [own]


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("care-for-disabled", {"application_type": "reissue"}),
        ("disability-certificate", {"certificate_type": "duplicate"}),
        ("registry-extract-and-subsidy", {"wanted": "extract"}),
    ],
)
def test_who_has_it_already_may_renew_replace_or_ask_for_what_does_not_last(service, answer):
    needed = definitions.service(service).checks_needed(answer, {})
    assert "own_support" not in {check.name for check in needed}
