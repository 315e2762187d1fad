"""Electronic signatures (A9): what exactly is signed, whether a signature fits, what is kept of it.

A person signs what an act would make of the application: the act, the form and the documents as
they would then be, in one canonical text. The event holds the digest of that text and who signed;
text and signature lie beside the chain. So anybody can check later that the one still fits the
other, and that both fit the event.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from casework import form
from casework.application import Event, Stage
from casework.errors import InvalidForm, Problem
from casework.ports import Case, Change, Rules, Signature, SignatureCheck, Signed

VALID = timedelta(hours=1)  # from signing to sending; clocks may differ by SKEW
SKEW = timedelta(minutes=5)
DEMANDED = frozenset({
    "submitted", "corrected", "answered", "withdrawn", "programme_agreed",
})  # fmt: skip
"""Acts that a service whose file says `signed` takes with a signature only."""
ALWAYS = frozenset({"provider_chosen"})
"""And those that every service does (seeds/004)."""


def text_of(case: Case, change: Change) -> str:
    """What is signed: the first happening of the change, and the application as it makes it."""
    application, act = case.application, change.happenings[0]
    documents = application.documents_in("accepted")
    told: dict[str, Any] = {
        "act": act.kind,
        "application": application.number,
        "service": application.service,
        "service_version": application.service_version,
        "form": case.form if change.form is None else change.form,
        "documents": {id_: application.documents[id_].sha256 for id_ in sorted(documents)},
    }
    if change.form is None:  # what is chosen or given up stands in the event alone
        told["particulars"] = act.data
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def signed(
    case: Case,
    rules: Rules,
    change: Change,
    given: Signature | None,
    check: SignatureCheck,
    *,
    signer: str,
    now: datetime,
) -> Change:
    """The change with its signature, where one is given or demanded. `signer`: who acts.

    Raises InvalidForm for a signature that is missing, altered, expired, another person's, or
    under another text.
    """
    if not change.happenings:
        return change
    act = change.happenings[0]
    if given is None:
        if is_demanded(case, rules, change):
            raise InvalidForm([Problem("signature", "signature_missing")])
        return change
    text = text_of(case, change)
    if problem := _defect(given, text, check, signer, now):
        raise InvalidForm([problem])
    sealed = {"sha256": given.sha256, "signer": given.signer}
    first = act._replace(data={**act.data, "signature": sealed})
    return replace(change, happenings=(first, *change.happenings[1:]), signed=Signed(given, text))


def is_demanded(case: Case, rules: Rules, change: Change) -> bool:
    """Whether the act is taken with a signature only."""
    act = change.happenings[0]
    given_up = act.kind == "withdrawn" and case.application.stage is Stage.DRAFT
    demanded = rules.service.signed and act.kind in DEMANDED and not given_up
    return demanded or act.kind in ALWAYS


def _defect(
    given: Signature, text: str, check: SignatureCheck, signer: str, now: datetime
) -> Problem | None:
    if not check.holds(given):
        return Problem("signature", "signature_altered")
    if given.signer != signer:
        return Problem("signature", "signature_of_another")
    if not -SKEW <= now - given.at <= VALID:
        return Problem("signature", "signature_expired")
    if given.sha256 != digest(text):
        return Problem("signature", "signature_differs")
    return None


def fits(event: Event, kept: Signed | None, check: SignatureCheck) -> bool:
    """Whether the signature that the event speaks of is there, whole, and under this event."""
    sealed = event.data["signature"]
    if kept is None or not check.holds(kept.signature):
        return False
    told = json.loads(kept.text)
    return (
        digest(kept.text) == sealed["sha256"] == kept.signature.sha256
        and kept.signature.signer == sealed["signer"]
        and (told["act"], told["application"]) == (event.kind, event.number)
        and event.data.get("form", form.digest(told["form"])) == form.digest(told["form"])
    )
