"""Who is told what when something approved is provided, handed over, paid, or ends.

Kept apart from casework/notice.py, which asks here: each event and each mark gives pairs of whom
("applicant", "operators") and the template of the words.
"""

from collections.abc import Mapping
from typing import Any

from casework.application import Application

Told = tuple[tuple[str, str], ...]
APPLICANT, OPERATORS = "applicant", "operators"

_BY_EVENT: dict[str, Told] = {
    "programme_proposed": ((APPLICANT, "programme_ready"),),
    "programme_declined": ((OPERATORS, "programme_declined"),),
    "programme_agreed": ((APPLICANT, "choose_provider"),),
    "provider_chosen": ((OPERATORS, "provider_chosen"),),
    "act_formed": ((APPLICANT, "act_ready"),),
    "complaint_made": ((OPERATORS, "complaint_made"),),
    "complaint_reviewed": ((APPLICANT, "complaint_reviewed"),),
    "provision_ended": ((APPLICANT, "provision_ended"),),
    "original_ordered": ((OPERATORS, "original_ordered"),),
    "original_ready": ((APPLICANT, "original_ready"),),
    "payment_overdue": ((APPLICANT, "payment_overdue"), (OPERATORS, "payment_overdue")),
    "payment_claimed": ((APPLICANT, "payment_claimed"),),
    "changed_by": ((OPERATORS, "changed_by"),),
    "ended": ((APPLICANT, "granted_ended"),),
    "effect_missed": ((OPERATORS, "effect_missed"),),
}
_BY_MARK: dict[tuple[str, str], Told] = {
    ("agreement", "reminder"): ((APPLICANT, "programme_waits"),),
    ("provider", "reminder"): ((APPLICANT, "provider_waits"),),
    ("handover", "reminder"): ((APPLICANT, "original_waits"),),
    **{
        (awaited, "silence"): ((OPERATORS, "person_silent"),)
        for awaited in ("agreement", "provider", "handover")
    },
    **{
        (awaited, mark): ((OPERATORS, template),)
        for awaited in ("programme", "act", "complaint", "original")
        for mark, template in (("reminder", "provision_waits"), ("silence", "provision_late"))
    },
    ("services", "review"): ((OPERATORS, "programme_review"),),
}
KINDS = frozenset({
    *_BY_EVENT, "provision_marked", "original_marked", "payment_failed", "payment_ordered",
})  # fmt: skip
_ASKS_FOR = {
    "programme_ready": "agreement",
    "programme_waits": "agreement",
    "choose_provider": "provider",
    "provider_waits": "provider",
    "original_ready": "handover",
    "original_waits": "handover",
}


def told_of(kind: str, data: Mapping[str, Any]) -> Told:
    if kind.endswith("_marked"):
        return _BY_MARK[data["awaits"], data["mark"]]
    if kind == "payment_failed":
        both = ((APPLICANT, "payment_failed"), (OPERATORS, "payment_failed"))
        return both if data["told"] else ()
    if kind == "payment_ordered":  # the first is told by the decision itself
        return ((APPLICANT, "payment_changed"),) if "by" in data else ()
    return _BY_EVENT.get(kind, ())


def is_outdated(template: str, application: Application) -> bool:
    """What asks the person for something is not said once it has been given."""
    asked = _ASKS_FOR.get(template)
    provided = application.provided
    return asked is not None and (provided is None or provided.awaits != asked)
