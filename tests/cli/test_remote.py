"""clock, token, drop and history, against a local cloud that is really served."""

import json
import socket
import urllib.request
from datetime import datetime, timedelta

import boto3
import pytest

from local.agency_file import sample
from local.aws import REGION
from local.control import Control
from local.live import serve
from local.office import form_of
from local.people import person
from opora import remote
from tests.conftest import START

UNKNOWN = "999-999-9999"


@pytest.fixture(scope="module")
def served(shared_office):
    shared_office.cloud.reset(start=START)
    shared_office.registries.start_over()
    with serve(shared_office.cloud, port=0, app=Control(shared_office.cloud, shared_office)) as url:
        yield url


@pytest.fixture
def office(served, shared_office):
    """It stays as the tests before left it: each looks only at what it made itself."""
    return shared_office


@pytest.fixture
def on(opora, served):
    """on("clock", "show"): the command, told where the served cloud is"""
    return lambda command, *more: opora(command, "--url", served, *more)


@pytest.fixture
def now(on):
    return lambda: datetime.fromisoformat(on("clock", "show").out.strip())


def about(expected):
    """Served time flows while a test runs."""
    return pytest.approx(expected.total_seconds(), abs=20)


def nobody_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


# ---- nobody there -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["clock", "show"],
        ["clock", "advance", "30d"],
        ["clock", "advance-to", "2026-12-31"],
        ["token", "citizen"],
        ["history", UNKNOWN],
        ["drop", __file__, "--agency", "A"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_when_nothing_runs_it_says_how_to_start(opora, command):
    url = nobody_there()
    sentence = opora(command[0], "--url", url, *command[1:]).sentence()
    assert sentence == f"nothing answers at {url}: start it with `opora run`"


@pytest.mark.parametrize("url", ["127.0.0.1:1", "htp://x", "nonsense", "http://[", "file:///etc"])
def test_a_wrong_address_is_told_as_one(opora, url):
    sentence = opora("clock", "--url", url, "show").sentence()
    assert "start it with `opora run`" in sentence


def test_something_else_that_answers_there_is_not_taken_for_opora(opora, office):
    sentence = opora("clock", "--url", office.cloud.s3_url, "show").sentence()
    assert sentence


# ---- the clock ----------------------------------------------------------------------------------


def test_the_clock_is_shown_and_turned(on, now):
    for value, ahead in (("12h", {"hours": 12}), ("3d", {"days": 3}), ("90m", {"minutes": 90})):
        before = now()
        turned = on("clock", "advance", value)
        assert turned.status == 0
        told = datetime.fromisoformat(turned.out.strip())
        assert (told - before).total_seconds() == about(timedelta(**ahead))


def test_a_slash_at_the_end_of_the_address_does_no_harm(opora, served):
    assert opora("clock", "--url", f"{served}/", "show").status == 0


def test_working_days_go_over_weekends_and_holidays(on, now):
    on("clock", "advance-to", "2026-04-30T10:00")
    on("clock", "advance", "2wd")  # Thursday; 1 May is a holiday, then comes a weekend
    assert f"{now():%Y-%m-%d %H}" == "2026-05-05 07"


def test_advance_to_takes_days_and_instants(on, now):
    assert on("clock", "advance-to", "2026-06-01").status == 0
    assert f"{now():%Y-%m-%d %H}" == "2026-05-31 21", "midnight in Moscow"
    assert on("clock", "advance-to", "2026-06-02T10:00:00+05:00").status == 0
    assert f"{now():%Y-%m-%d %H}" == "2026-06-02 05"


@pytest.mark.parametrize("value", ["", "3", "3x", "-3d", "1.5d", "d", "0wd", "wd", "99999wd", "³d"])
def test_a_bad_duration_is_told_before_anything_is_turned(on, value):
    said = on("clock", "advance", f"{value}") if not value.startswith("-") else None
    if said is None:
        return  # argparse takes it for an option and shows the usage
    assert said.sentence() == f"{value!r} is not a duration: write it as 30d, 12h, 90m or 30wd"
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("value", ["tomorrow", "", "2026-13-01", "9999-12-31T23:59:59-10:00"])
def test_a_bad_instant_is_told_before_anything_is_turned(on, value):
    said = on("clock", "advance-to", value)
    assert "is not an instant" in said.sentence()
    assert len(said.err.splitlines()) == 1


def test_the_clock_never_goes_back(on, now):
    before = now()
    sentence = on("clock", "advance-to", "2020-01-01").sentence()
    assert sentence.startswith("the clock stands at 2026-")
    assert sentence.endswith("it only goes ahead")
    assert (now() - before).total_seconds() < 20


@pytest.mark.parametrize(
    "turn", [("advance", "99999d"), ("advance", "9999wd"), ("advance-to", "2200-01-01")]
)
def test_the_clock_does_not_leave_the_calendar(on, now, turn):
    before = now()
    sentence = on("clock", *turn).sentence()
    assert sentence.startswith("The working calendar does not cover the year ")
    assert (now() - before).total_seconds() < 20


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{}", b"[]", b"5", b'{"to": 5}', b'{"seconds": "x"}', b'{"seconds": 1e300}'],
)
def test_a_malformed_turn_is_refused(served, body):
    assert refusal(served, body)[0] == 400


def test_no_web_page_can_turn_the_clock(served):
    status, told = refusal(served, b'{"seconds": 1}', headers={})
    assert (status, told["error"]) == (400, "The header X-Opora-Local is missing")


def refusal(served, body, headers=None):
    headers = {remote.HEADER: "1"} if headers is None else headers
    request = urllib.request.Request(
        f"{served}/_local/clock", body, {"Content-Type": "application/json", **headers}
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    with raised.value as answer:
        return answer.code, json.load(answer)


# ---- tokens -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["citizen", "agency", "officer", "second-officer", "third-officer", "supervisor"]
)
def test_everybody_gets_a_token_that_opens_the_door(on, served, who):
    said = on("token", who)
    assert (said.status, said.err, said.out.count("\n")) == (0, "", 1)
    request = urllib.request.Request(
        f"{served}/applications"
        if who in ("citizen", "agency")
        else f"{served}/queue?region=RU-MOW",
        headers={"Authorization": f"Bearer {said.out.strip()}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("who", ["nobody", "a/b", "../x", "кто-то", "a b"])
def test_an_unknown_person_is_told_with_the_known_ones(on, who):
    sentence = on("token", who).sentence()
    officers = "officer, second-officer, third-officer, supervisor, expert, auditor"
    assert f"known: citizen, relative, {officers}, agency" in sentence


# ---- files --------------------------------------------------------------------------------------


def test_a_dropped_file_gets_its_report_beside_it(on, tmp_path):
    file = tmp_path / "апрель 2026 +%.csv"
    file.write_bytes(sample(good=2, bad=1, repeated=1, first=5000))
    said = on("drop", file, "--agency", "A")
    assert said.status == 1  # a row was bad
    report = tmp_path / "апрель 2026 +%.csv.report.csv"
    assert said.out.splitlines() == [
        "строк: 4",
        "принято: 2",
        "принято ранее: 1",
        "с ошибками: 1",
        f"Report: {report} (in S3: reports/A/social-service-need/{file.name}.report.csv)",
    ]
    text = report.read_text(encoding="utf-8-sig")
    assert "строк;4" in text
    again = on("drop", file, "--agency", "A")
    assert "принято ранее: 3" in again.out
    file.write_bytes(sample(good=1, first=5000))
    assert on("drop", file, "--agency", "A").status == 0


def test_a_file_is_only_judged_when_asked_so(on, tmp_path):
    file = tmp_path / "may.csv"
    file.write_bytes(sample(good=1, first=5100))
    said = on("drop", file, "--agency", "A", "--dry-run")
    assert said.status == 0
    assert said.out.splitlines()[:3] == [
        "пробная проверка: заявления не созданы, никому ничего не отправлено",
        "строк: 1",
        "будет принято: 1",
    ]
    assert (tmp_path / "may.csv.dry-run.report.csv").exists()
    assert "принято: 1" in on("drop", file, "--agency", "A").out


def test_a_file_that_cannot_be_read_is_told_in_words(on, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_bytes("возраст\r\n5\r\n".encode())
    said = on("drop", file, "--agency", "A")
    assert said.status == 1
    assert said.out.startswith("файл не прочитан: unknown_columns: Неизвестные столбцы: возраст.")


def test_a_file_that_is_not_there_is_told(on, tmp_path):
    sentence = on("drop", tmp_path / "gone.csv", "--agency", "A").sentence()
    assert sentence == f"{tmp_path / 'gone.csv'} cannot be read: No such file or directory"


@pytest.mark.parametrize("agency", ["", "A/B", "/", "../A"])
def test_what_can_be_no_agency_is_refused(on, agency):
    sentence = on("drop", __file__, "--agency", agency).sentence()
    assert sentence == f"{agency!r} is not an agency: give its code, for example A"


@pytest.mark.parametrize("service", ["", "a/b"])
def test_what_can_be_no_service_is_refused(on, service):
    sentence = on("drop", __file__, "--agency", "A", "--service", service).sentence()
    assert sentence == f"{service!r} is not a service: `opora services list` names them"


# ---- history ------------------------------------------------------------------------------------


@pytest.fixture
def number(office):
    """An application on its way; each test has a person of its own."""
    number.person += 1
    return office.apply(form_of(person(number.person)))


number.person = 6000


def test_the_history_names_every_event(on, number):
    said = on("history", number)
    assert (said.status, said.err) == (0, "")
    lines = [line.split() for line in said.out.splitlines()]
    assert [line[0] for line in lines] == [str(n + 1) for n in range(len(lines))]
    kinds = {line[4] for line in lines}
    assert {"drafted", "document_accepted", "submitted"} <= kinds
    assert "The chain" not in said.out


def test_a_chain_that_nobody_touched_is_whole(on, number):
    said = on("history", number, "--verify")
    assert said.status == 0
    assert said.out.splitlines()[-1] == "The chain is whole."


def test_a_chain_that_somebody_touched_is_broken_there(on, office, number):
    table = boto3.resource("dynamodb", REGION).Table(office.cloud.outputs["Applications"])
    key = {"pk": f"APP#{number}", "sk": "EVENT#000002"}
    event = table.get_item(Key=key)["Item"]
    table.put_item(Item={**event, "actor": "somebody-else"})
    said = on("history", number, "--verify")
    assert (said.status, said.out.splitlines()[-1]) == (1, "The chain is broken at event 2.")
    assert on("history", number).status == 0, "only --verify judges"
    table.put_item(Item=event)
    assert on("history", number, "--verify").status == 0


@pytest.mark.parametrize("unknown", [UNKNOWN, "1", "../x", "a/b", "заявление"])
def test_an_unknown_number_is_told_in_words(on, unknown):
    sentence = on("history", unknown).sentence()
    assert sentence == "You have no application with this number. Check the number."
