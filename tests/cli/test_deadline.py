"""`opora deadline`: due dates with the ledger that proves them."""

from datetime import date, timedelta

import pytest

from adapters import definitions

SERVICE = "social-service-need"
RECEIVED = "2026-04-27T10:00:00+03:00"


@pytest.fixture
def terms(opora):
    """terms(*options): the terms by name and kind"""

    def prove(*options: str, received: str = RECEIVED) -> dict[tuple[str, str], dict]:
        said = opora("deadline", SERVICE, "--received", received, *options, "--json")
        assert (said.status, said.err) == (0, "")
        return {(term["name"], term["kind"]): term for term in said.json["terms"]}

    return prove


def counted(term: dict) -> int:
    return sum(day["counted"] for day in term["ledger"])


def test_the_shape_of_the_json_is_a_contract(opora):
    said = opora("deadline", SERVICE, "--received", RECEIVED, "--json").json
    assert list(said) == ["terms"]
    assert len(said["terms"]) == 3
    for term in said["terms"]:
        assert list(term) == ["name", "kind", "due", "due_day", "ledger"]
        assert term["kind"] in ("promise", "limit")
        assert all(list(day) == ["day", "counted", "because"] for day in term["ledger"])
        assert all(isinstance(day["counted"], bool) for day in term["ledger"])
        assert all(day["because"] for day in term["ledger"])


def test_the_due_dates_are_those_of_the_rules(terms):
    proven = terms()
    assert proven["decision", "promise"]["due"] == "2026-05-28T00:00:00+03:00"
    assert proven["decision", "promise"]["due_day"] == "2026-05-27"
    assert proven["decision", "limit"]["due_day"] == "2026-06-10"
    assert (counted(proven["decision", "promise"]), counted(proven["decision", "limit"])) == (
        30,
        30,
    )


def test_a_ledger_has_every_day_from_receipt_to_due_without_a_gap(terms):
    ledger = terms()["decision", "limit"]["ledger"]
    days = [date.fromisoformat(day["day"]) for day in ledger]
    assert (days[0], days[-1]) == (date(2026, 4, 27), date(2026, 6, 10))
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    because = {day["day"]: day["because"] for day in ledger if not day["counted"]}
    assert because["2026-05-01"] == "Праздник Весны и Труда"
    assert because["2026-05-11"] == "выходной перенесён с субботы 9 мая"


def test_for_people_each_day_has_its_number_or_a_dot(opora):
    said = opora("deadline", SERVICE, "--received", RECEIVED)
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "Решение по заявлению — promised by 27.05.2026"
    assert "    27.04.2026  ·   день получения заявления: срок считается со следующего дня" in lines
    assert "    28.04.2026  1   рабочий день" in lines
    assert "    10.06.2026  30  рабочий день" in lines
    assert "Решение по заявлению — at the latest 10.06.2026" in lines


def test_a_priority_shortens_the_term(terms):
    urgent = terms("--priority", "emergency")
    assert urgent["decision", "limit"]["due_day"] < terms()["decision", "limit"]["due_day"]


def test_days_are_those_of_the_region(terms):
    """An evening in Moscow is the next day in Vladivostok; Tatarstan has days of its own."""
    late = "2026-04-27T18:00:00+03:00"
    far = terms("--region", "RU-PRI", received=late)["decision", "promise"]
    assert far["ledger"][0]["day"] == "2026-04-28"
    assert far["due"].endswith("+10:00")
    moscow, kazan = (
        terms("--region", region)["decision", "limit"]["ledger"] for region in ("RU-MOW", "RU-TA")
    )
    assert [d for d in moscow if d not in kazan]


def test_without_an_offset_it_is_the_regions_own_time(terms):
    for region, offset in (("RU-MOW", "+03:00"), ("RU-PRI", "+10:00")):
        told = terms("--region", region, received=f"2026-04-27T23:30:00{offset}")
        assert terms("--region", region, received="2026-04-27T23:30:00") == told


def test_events_move_the_term_in_whatever_order_they_are_told(terms):
    asked, answered = "asked=2026-04-29T10:00", "answered=2026-05-06T10:00"
    extended = "extended:10=2026-05-07T10:00"
    before = terms()["decision", "limit"]["due_day"]
    after = [
        terms(*(word for event in order for word in ("--event", event)))["decision", "limit"]
        for order in ((asked, answered, extended), (extended, answered, asked))
    ]
    assert after[0] == after[1]
    assert after[0]["due_day"] > before
    assert counted(after[0]) == 40


def test_an_open_question_is_told_to_stand_still(opora):
    said = opora("deadline", SERVICE, "--received", RECEIVED, "--event", "asked=2026-04-29")
    assert "(stands still: a question is open)" in said.out.splitlines()[0]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--received", "yesterday"], "'yesterday' is not an instant"),
        (["--received", ""], "'' is not an instant"),
        (["--received", "2026-02-30"], "'2026-02-30' is not an instant"),
        (["--received", "9999-12-31T23:59:59-23:00"], "is not an instant"),
        (["--received", "0001-01-01T00:00:00+14:00"], "is not an instant"),
        (["--received", "2023-12-20"], "calendar does not cover the year 2023"),
        (["--received", "2027-12-20"], "calendar does not cover the year 2028"),
        (
            ["--received", RECEIVED, "--region", "RU-XXX"],
            "no such region. Use a code such as RU-MOW",
        ),
        (["--received", RECEIVED, "--region", ""], "no such region"),
        (["--received", RECEIVED, "--priority", "friend"], "'friend' is not a priority category"),
        (["--received", RECEIVED, "--event", "asked"], "'asked' is not an event"),
        (["--received", RECEIVED, "--event", "paused=2026-04-28"], "is not an event"),
        (["--received", RECEIVED, "--event", "extended=2026-04-28"], "is not an event"),
        (["--received", RECEIVED, "--event", "extended:x=2026-04-28"], "is not an event"),
        (["--received", RECEIVED, "--event", "extended:-1=2026-04-28"], "is not an event"),
        (["--received", RECEIVED, "--event", "asked:5=2026-04-28"], "is not an event"),
        (["--received", RECEIVED, "--event", "asked=then"], "'then' is not an instant"),
        (["--received", RECEIVED, "--event", "extended:0=2026-04-28"], "extension"),
        (["--received", RECEIVED, "--event", "extended:99999999=2026-04-28"], "extension"),
        (["--received", RECEIVED, "--event", "answered=2026-04-28"], "without a question"),
        (["--received", RECEIVED, "--event", "asked=2026-04-26"], "before the receipt"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_what_cannot_be_counted_is_told_in_one_sentence(opora, options, why, form):
    sentence = opora("deadline", SERVICE, *options, *form).sentence()
    assert why in sentence


def test_an_unknown_service_is_told_with_the_known_ones(opora):
    sentence = opora("deadline", "nothing", "--received", RECEIVED).sentence()
    known = ", ".join(sorted(definitions.services()))
    assert sentence == f"There is no such service. Known services: {known}."
    assert SERVICE in known
