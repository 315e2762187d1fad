"""The cases of tests/cases, run against the service files as they are."""

import copy
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from adapters import definitions
from tests.unit.law_cases import (
    AT_BOUNDARY,
    CASES,
    SEEN,
    Unreadable,
    case_of,
    live,
    read_cases,
    seen,
)

SERVICES = sorted(definitions.services())
FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
ALL = [case for folder in FOLDERS for case in read_cases(folder)]


V1, NOON, HOUR = (
    "social-service-need",
    datetime.fromisoformat("2026-04-06T12:00"),
    timedelta(hours=1),
)
SAID = {
    "name": "Доход равен пределу",
    "given": {
        "region": "RU-MOW",
        "received": NOON,
        "form": {"category": "low_income", "income": "340902.00"},
    },
    "then": {"outcome": "approved"},
}


def edited(part: tuple[str, ...], more: dict[str, Any]) -> dict[str, Any]:
    """A good case with something else said in one of its parts."""
    said = copy.deepcopy(SAID)
    place = said
    for name in part:
        place = place[name]
    place.update(more)
    return said


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.place)
def test_a_case_ends_as_the_lawyer_says(case):
    lived = live(case)
    if "problems" not in case.then:
        assert seen(lived, "problems", {}) == {}
    found = {key: seen(lived, key, expected) for key, expected in case.then.items()}
    assert found == dict(case.then)
    assert case.boundary is None or AT_BOUNDARY[case.boundary](lived)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_cases_and_its_boundaries(service):
    cases = [case for case in ALL if case.service == service]
    assert len(cases) >= 6
    assert len({case.boundary for case in cases if case.boundary}) >= 3


def test_every_folder_is_that_of_a_service_and_no_two_cases_are_called_alike():
    assert set(FOLDERS) <= set(SERVICES)
    called = Counter((case.service, case.name) for case in ALL)
    assert [name for name, times in called.items() if times > 1] == []


class TestTheRunner:
    """A runner that ignores something is worse than none."""

    @pytest.mark.parametrize(
        ("part", "more", "complaint"),
        [
            ((), {"notes": "x"}, "nobody reads notes"),
            (("given",), {"recieved": "x"}, "nobody reads recieved"),
            (("then",), {"result": "approved"}, "nobody reads result"),
            ((), {"then": {}}, "a case expects something"),
            ((), {"boundary": "edge"}, "unknown boundary edge"),
            (("then",), {"problems": {}}, "a form with problems is not received"),
            ((), {"when": [{"answred": NOON}]}, "each moment is one of"),
            ((), {"when": [{"checked": NOON, "decided": NOON}]}, "each moment is one of"),
            ((), {"when": [{"answered": NOON, "fields": ["income"]}]}, "nobody reads fields"),
        ],
    )
    def test_what_nobody_reads_is_refused(self, part, more, complaint):
        said = edited(part, more)
        with pytest.raises(Unreadable, match=complaint):
            case_of(V1, "file.toml", said)

    @pytest.mark.parametrize(
        ("part", "more", "complaint"),
        [
            (("given",), {"mismatched": {"iq": ["x"]}}, "no such check is made: iq"),
            (("given",), {"silent": ["disability"]}, "no such check is made: disability"),
            (("given",), {"received": "06.04.2026"}, "no local date and time"),
            ((), {"when": [{"decided": NOON}, {"looked_at": NOON - HOUR}]}, "out of order"),
            ((), {"when": [{"answered": NOON}]}, "nothing was asked"),
            (
                (),
                {"when": [{"asked": NOON, "fields": ["income"]}, {"decided": NOON}]},
                "nobody decides while a question is open",
            ),
        ],
    )
    def test_what_cannot_happen_is_refused(self, part, more, complaint):
        with pytest.raises(Unreadable, match=complaint):
            live(case_of(V1, "file.toml", edited(part, more)))

    @pytest.mark.parametrize(
        ("key", "wrong"),
        [
            ("outcome", "refused"),
            ("reasons", ["criteria_not_met"]),
            ("holds", []),
            ("holds", ["family_income", "category"]),
            ("fails", []),
            ("explains", {"category": "луна"}),
            ("compares", {"family_income": {"value": "28408.51"}}),
            ("changes", [{"rule": "family_income"}]),
            ("amount", "1.00"),
            ("schedule", "monthly"),
            ("working", ["1"]),
            ("measures", {"family_size": "2"}),
            ("circumstances", ["sole_breadwinner"]),
            ("priority", "elderly"),
            ("documents", ["passport"]),
            ("checks", ["income"]),
            ("fee", "1"),
            ("due", {"decision": {"promise": date(2026, 5, 7)}}),
            ("due", {"decison": {"promise": date(2026, 5, 6)}}),
            ("due", {"decision": {"promice": date(2026, 5, 6)}}),
            ("stopped", ["decision.promise"]),
            ("missed", ["decision.promise"]),
            ("answer_by", date(2026, 4, 8)),
            ("answer", "in_time"),
            ("problems", {"snils": "bad_check_digits"}),
        ],
    )
    def test_no_expectation_holds_by_itself(self, key, wrong):
        lived = live(case_of(V1, "file.toml", edited(("then",), {})))
        assert seen(lived, key, wrong) != wrong

    def test_every_expectation_is_tried_above(self):
        tried = type(self).test_no_expectation_holds_by_itself.pytestmark[0].args[1]
        assert {key for key, _ in tried} == set(SEEN)

    @pytest.mark.parametrize("boundary", sorted(set(AT_BOUNDARY) - {"equal_to_limit"}))
    def test_a_boundary_that_is_not_there_is_noticed(self, boundary):
        plain = {"received": NOON + 127 * 24 * HOUR, "form": {"birth_date": "14.03.1985"}}
        assert not AT_BOUNDARY[boundary](live(case_of(V1, "file.toml", edited(("given",), plain))))

    def test_a_figure_that_is_not_equal_is_noticed(self):
        given = edited(("given",), {"form": {"category": "low_income", "income": "341000"}})
        assert not AT_BOUNDARY["equal_to_limit"](live(case_of(V1, "file.toml", given)))
        assert AT_BOUNDARY["equal_to_limit"](live(case_of(V1, "file.toml", edited((), {}))))
