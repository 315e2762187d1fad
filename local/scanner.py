"""A simulated malware scanner in GuardDuty's place: it hears of each upload and, after a while,
tells its verdict as GuardDuty does. Infected is what holds the EICAR test string.

What it scans is what the template's malware protection plan says. How it behaves can be changed:
it may be slow, say something else than it found, or say nothing.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from adapters.documents import etag_of
from adapters.malware import CLEAN, DETAIL_TYPE, INFECTED, Scanned, detail_of
from local.aws import Backends
from local.cloud import LocalCloud

TAKES = timedelta(seconds=2)
# The test file that every scanner calls infected. In pieces, also when compiled: as one string it
# would make scanners delete this file.
EICAR = b"".join(
    (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}", b"$EICAR-STANDARD", b"-ANTIVIRUS-TEST-FILE!$H+H*")
)


class Behaviour(NamedTuple):
    """A verdict comes `after` a while, but not before `silent_until`: what is uploaded earlier gets
    none. `says`: NO_THREATS_FOUND | THREATS_FOUND | UNSUPPORTED | ACCESS_DENIED | FAILED, whatever
    it found."""

    after: timedelta = TAKES
    silent_until: datetime | None = None
    says: str | None = None


class Scanner:
    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        (self._plan,) = cloud.stack.of_type("AWS::GuardDuty::MalwareProtectionPlan")
        self.start_over()
        cloud.listen(self._hear)

    def start_over(self) -> None:
        self._behaviour = Behaviour()

    def behave(self, **behaviour: Any) -> None:
        self._behaviour = Behaviour(**behaviour)

    def scan_everything(self) -> None:
        """What was uploaded already: after a restart, nobody remembers what was under way."""
        for key in list(Backends().s3.buckets[self._protected["BucketName"]].keys):
            self._scan(key)

    @property
    def _protected(self) -> dict[str, Any]:
        return self._plan.properties["ProtectedResource"]["S3Bucket"]

    def _hear(self, event: dict[str, Any]) -> None:
        if event["detail"]["bucket"]["name"] == self._protected["BucketName"]:
            self._scan(event["detail"]["object"]["key"])

    def _scan(self, key: str) -> None:
        behaviour, now = self._behaviour, self._cloud.now()
        wanted = key.startswith(tuple(self._protected["ObjectPrefixes"]))
        if wanted and (behaviour.silent_until is None or now >= behaviour.silent_until):
            self._cloud.call_at(now + behaviour.after, lambda: self._tell(key, behaviour.says))

    def _tell(self, key: str, says: str | None) -> None:
        found = Backends().s3.buckets[self._protected["BucketName"]].keys.get(key)
        if found is None:
            return  # gone meanwhile
        result = says or (INFECTED if EICAR in found.value else CLEAN)
        scanned = Scanned(key, etag_of(found.etag), result)
        threat = "EICAR-Test-File (not a virus)" if result == INFECTED else None
        detail = detail_of(self._protected["BucketName"], scanned, threat)
        self._cloud.publish("aws.guardduty", DETAIL_TYPE, self._plan.attributes["Arn"], detail)
