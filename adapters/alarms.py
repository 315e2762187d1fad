"""The alarms of this stack, as CloudWatch knows them.

Everybody may look at the status page, and CloudWatch answers nine such questions a second: what it
said is kept for a minute.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from casework.status import Alarm

KEPT = timedelta(minutes=1)


class Alarms:
    """`stack`: its name. CloudFormation names an alarm `<stack>-<its name here>-<random>`."""

    def __init__(self, client: Any, stack: str) -> None:
        self._client = client
        self._prefix = f"{stack}-"
        self._known: Mapping[str, Alarm] = {}
        self._read_at: datetime | None = None

    def states(self, now: datetime) -> Mapping[str, Alarm]:
        """By their names in the template; none where CloudWatch does not answer."""
        if self._read_at is None or not timedelta() <= now - self._read_at < KEPT:
            self._known, self._read_at = self._read(), now
        return self._known

    def _read(self) -> Mapping[str, Alarm]:
        try:
            found = self._client.describe_alarms(AlarmNamePrefix=self._prefix, MaxRecords=100)
        except ClientError:
            return {}
        return {
            alarm["AlarmName"].removeprefix(self._prefix).partition("-")[0]: Alarm(
                alarm["StateValue"] == "ALARM", alarm["StateUpdatedTimestamp"]
            )
            for alarm in found["MetricAlarms"]
        }
