"""Batches of records: what failed comes again, what was done is not lost with it."""

import io
import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from adapters import records
from adapters.records import Happened, each_event, each_message


@pytest.fixture
def logger() -> Logger:
    return Logger(service="test-records", stream=io.StringIO())


class Work:
    """Does what it is given, and breaks on the bad ones."""

    def __init__(self, *bad: Any) -> None:
        self.done: list[Any] = []
        self._bad = bad

    def __call__(self, what: Any, *more: Any) -> None:
        if what in self._bad:
            raise KeyError("сломалось")
        self.done.append((what, *more) if more else what)


def messages(*bodies: Any) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": f"m-{n}", "body": body if isinstance(body, str) else json.dumps(body)}
            for n, body in enumerate(bodies, start=1)
        ]
    }


def stream(*happened: tuple[str, int, str]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "dynamodb": {
                    "SequenceNumber": f"s-{n}",
                    "NewImage": {
                        "number": {"S": number},
                        "sequence": {"N": str(sequence)},
                        "kind": {"S": kind},
                    },
                }
            }
            for n, (number, sequence, kind) in enumerate(happened, start=1)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    return [found["itemIdentifier"] for found in answer["batchItemFailures"]]


def test_when_all_is_done_nothing_comes_again(logger):
    work = Work()
    assert each_message(messages({"n": 1}, {"n": 2}), work, logger) == {"batchItemFailures": []}
    assert work.done == [{"n": 1}, {"n": 2}]
    assert each_event({"Records": []}, work, logger) == {"batchItemFailures": []}


def test_of_messages_only_the_failed_come_again(logger):
    work = Work({"n": 2})
    answer = each_message(messages({"n": 1}, {"n": 2}, "not json", {"n": 3}), work, logger)
    assert failed(answer) == ["m-2", "m-3"]
    assert work.done == [{"n": 1}, {"n": 3}]


def test_a_failure_is_on_record(logger, caplog):
    each_message(messages({"n": 1}), Work({"n": 1}), logger)
    (entry,) = caplog.records
    assert (entry.levelname, entry.exc_info[0]) == ("ERROR", KeyError)


def test_a_death_of_the_process_is_not_swallowed(logger):
    def killed(_: Any) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        each_message(messages({"n": 1}), killed, logger)


def test_a_stream_tells_what_happened(logger):
    work = Work()
    each_event(stream(("1", 2, "submitted")), work, logger)
    assert work.done == [Happened("1", 2, "submitted")]


def test_a_stream_comes_again_from_its_first_failure(logger):
    """Lambda repeats everything from the lowest place in the answer."""
    first, second, third = ("1", 2, "submitted"), ("2", 3, "asked"), ("3", 1, "drafted")
    work = Work(Happened(*second))
    answer = each_event(stream(first, second, third), work, logger)
    assert failed(answer)[0] == "s-2"
    assert Happened(*first) in work.done


def test_a_record_that_cannot_be_read_fails_by_itself(logger):
    event = stream(("1", 2, "submitted"), ("2", 3, "asked"))
    del event["Records"][0]["dynamodb"]["NewImage"]
    assert failed(each_event(event, Work(), logger)) == ["s-1"]


# ---- together, by application -------------------------------------------------------------------


def test_events_of_one_application_are_one_piece_of_work(logger):
    work = Work()
    event = stream(("1", 2, "submitted"), ("2", 5, "asked"), ("1", 3, "registries_asked"))
    answer = records.each_application_of_events(event, work, logger)
    assert failed(answer) == []
    assert sorted(work.done, key=str) == sorted(
        [("1", {"submitted", "registries_asked"}), ("2", {"asked"})], key=str
    )


def test_a_failed_application_comes_again_from_its_first_event(logger):
    work = Work("2")
    event = stream(("1", 2, "submitted"), ("2", 5, "asked"), ("1", 3, "claimed"), ("2", 6, "x"))
    assert failed(records.each_application_of_events(event, work, logger)) == ["s-2"]
    assert [number for number, _ in work.done] == ["1"]


def test_messages_about_one_application_are_one_piece_of_work(logger):
    work = Work("2")
    event = messages({"number": "1", "n": 1}, {"number": "2"}, {"number": "1", "n": 2}, "broken")
    answer = records.each_application_of_messages(event, work, logger)
    assert sorted(failed(answer)) == ["m-2", "m-4"]
    assert work.done == [("1", [{"number": "1", "n": 1}, {"number": "1", "n": 2}])]


@pytest.mark.parametrize("body", ["null", "[]", "5", '"text"', "{}", '{"number": null}', ""])
def test_a_message_that_names_no_application_breaks_nobody_else(logger, body):
    work = Work(None)
    event = messages({"number": "1"}, body)
    assert failed(records.each_application_of_messages(event, work, logger)) == ["m-2"]
    assert work.done == [("1", [{"number": "1"}])]
