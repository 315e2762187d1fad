"""Everything that can go wrong in casework. No HTTP here: an API maps the tree to its own answers.

    OporaError
    ├── InvalidValue              one value is wrong; carries the code of what is wrong with it
    ├── InvalidForm               a whole form, with every problem found in it
    ├── BadRequest                a request that no form describes (unknown service, wrong paging)
    ├── NotFound                  there is nothing of that name that this person may see
    ├── SignedOut                 who asks has to sign in first, or again
    ├── NotAllowed                the person may see it but not do this
    ├── Conflict                  right in itself, but not now
    │   ├── WrongStage            the application has moved past (or has not reached) this step
    │   ├── VersionConflict       somebody else changed it in between; load it again
    │   ├── AlreadyOpen           the same person has an open application for the same service
    │   ├── SlotTaken             somebody else has that time, or it is gone
    │   ├── AnswerTooLate         the answer came after the limit of the question
    │   ├── AppealTooLate         the time to appeal has run out since the decision was received
    │   └── KeyReused             an Idempotency-Key came back with another request
    ├── TooOften                  not so many in so short a time; waiting helps
    ├── BadDefinition             a file in services/ contradicts itself; found when it is read
    ├── CalendarNotCovered        no decree is known for a day that must be counted
    └── Unavailable               something outside does not answer; trying again may help

`code` is stable and names the text shown to people (services/texts/); `details` fill that text.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """What is wrong with one field: `field` is its dotted path (`family.2.birth_date`)."""

    field: str
    code: str
    details: Mapping[str, Any] = {}


class OporaError(Exception):
    code = "error"

    def __init__(self, code: str | None = None, **details: Any) -> None:
        self.code = code or type(self).code
        self.details = details
        super().__init__(f"{self.code} {details}" if details else self.code)


class InvalidValue(OporaError):
    code = "invalid_value"


class InvalidForm(OporaError):
    code = "invalid_form"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__()


class BadRequest(OporaError):
    code = "bad_request"


class NotFound(OporaError):
    code = "not_found"


class SignedOut(OporaError):
    code = "unauthorized"


class NotAllowed(OporaError):
    code = "not_allowed"


class Conflict(OporaError):
    code = "conflict"


class WrongStage(Conflict):
    code = "wrong_stage"


class VersionConflict(Conflict):
    code = "version_conflict"


class AlreadyOpen(Conflict):
    code = "already_open"


class SlotTaken(Conflict):
    """`problems`: the same, of the field."""

    code = "slot_taken"

    def __init__(self, code: str | None = None, **details: Any) -> None:
        super().__init__(code, **details)
        self.problems = (Problem("slot", self.code, details),)


class AnswerTooLate(Conflict):
    code = "answer_too_late"


class AppealTooLate(Conflict):
    code = "appeal_too_late"


class KeyReused(Conflict):
    code = "key_reused"


class TooOften(OporaError):
    code = "too_often"


class BadDefinition(OporaError):
    code = "bad_definition"


class CalendarNotCovered(OporaError):
    code = "calendar_not_covered"


class Unavailable(OporaError):
    code = "unavailable"
