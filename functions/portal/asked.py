"""Questions of a form as pages ask them: what a browser sends, as the API takes it, and back."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from functions.portal.rendering import PARTS_OF_A_DATE
from functions.portal.visit import Visit

DATES = frozenset({"date", "date_ahead"})
SENT = {"yes": True, "no": False}


def of_question(visit: Visit, question: Any) -> Any:
    """What was typed or chosen, None for nothing: a date of three fields as 31.12.2026."""
    name = question.name
    if question.type in DATES:
        parts = [visit.value(f"{name}-{part}") for part in PARTS_OF_A_DATE]
        return ".".join(parts) if any(parts) else None
    if question.type == "yes_no":
        return SENT.get(visit.value(name))
    if question.type == "consent":
        return True if visit.value(name) == "yes" else None
    return visit.value(name) or None


def of_page(visit: Visit, questions: Iterable[Any]) -> dict[str, Any]:
    """None clears what was said before."""
    return {question.name: of_question(visit, question) for question in questions}


def digest_of(values: Mapping[str, Any]) -> str:
    """So that a page knows later whether its answers were changed elsewhere."""
    told = {name: value for name, value in values.items() if value is not None}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
