"""The status page says what the alarms say, and of what nobody measures that nobody knows."""

from datetime import UTC, datetime

import boto3
import pytest

from adapters import definitions
from adapters.alarms import Alarms
from casework.status import Alarm, Component, State, state_of
from local.aws import REGION
from tests.template import resources

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 7, tzinfo=UTC)
WORDS = {"ru": "?", "en": "?"}
REVIEW = Component(name="review", title=WORDS, trouble=WORDS, alarms=("A", "B"))


@pytest.mark.parametrize(
    ("alarms", "expected"),
    [
        ({"A": Alarm(False, AT), "B": Alarm(False, AT)}, (State.WORKS, None)),
        ({"A": Alarm(True, LATER), "B": Alarm(True, AT)}, (State.TROUBLE, AT)),
        ({"A": Alarm(True, LATER)}, (State.TROUBLE, LATER)),
        ({"A": Alarm(False, AT)}, (State.UNKNOWN, None)),
        ({}, (State.UNKNOWN, None)),
    ],
)
def test_one_alarm_is_trouble_and_an_unknown_one_is_unknown(alarms, expected):
    assert state_of(REVIEW, alarms) == expected


def test_every_alarm_of_the_template_is_in_one_place():
    known = definitions.components()
    named = [*known.inside, *(name for c in known.components for name in c.alarms)]
    assert sorted(named) == sorted(resources("AWS::CloudWatch::Alarm"))


def test_everybody_reads_what_the_alarms_of_the_stack_say(cloud):
    cloudwatch = boto3.client("cloudwatch", REGION)
    (late,) = (
        alarm["AlarmName"]
        for alarm in cloudwatch.describe_alarms()["MetricAlarms"]
        if "DeliveriesLateAlarm" in alarm["AlarmName"]
    )
    for value, expected in (("ALARM", "trouble"), ("OK", "works")):
        cloudwatch.set_alarm_state(AlarmName=late, StateValue=value, StateReason="for a test")
        cloud.advance(minutes=2)
        shown = cloud.request("GET", "/status").json["components"]
        notices = next(line for line in shown if line["component"] == "notices")
        assert notices["state"] == expected
        assert (notices["since"] is None) == (notices["words"] is None) == (expected == "works")


class _Counting:
    """CloudWatch, which counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def describe_alarms(self, **_):
        self.asked += 1
        return {"MetricAlarms": []}


def test_cloudwatch_is_asked_once_a_minute_however_many_look():
    cloudwatch = _Counting()
    alarms = Alarms(cloudwatch, "opora")
    for _ in range(3):
        alarms.states(AT)
    assert cloudwatch.asked == 1
    alarms.states(LATER)
    assert cloudwatch.asked == 2
