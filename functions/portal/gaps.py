"""What an officer may ask about: fields of the form and documents, each with what is wrong."""

from typing import Any

from functions.intake.bodies import ServiceView
from functions.portal.visit import Visit

WRONG = [
    ("missing", "Не хватает"),
    ("unreadable", "Не читается"),
    ("incomplete", "Не полностью"),
    ("expired", "Срок прошёл"),
    ("differs", "Расходится с другими сведениями"),
    ("unclear", "Непонятно"),
]
OF_A_PAPER = ("unreadable", "expired")


def gap_choice(service: ServiceView) -> list[dict[str, Any]]:
    """[{caption, rows: [(name of the select, title)], wrong: [(code, words)]}]."""
    documents = [(f"document.{d['kind']}", d["title"]) for d in service.documents]
    fields = [(f"field.{field.name}", field.title) for field in service.fields]
    of_fields = [known for known in WRONG if known[0] not in OF_A_PAPER]
    parts = (("Документы", documents, WRONG), ("Сведения", fields, of_fields))
    return [{"caption": c, "rows": rows, "wrong": wrong} for c, rows, wrong in parts if rows]


def gaps_typed(visit: Visit) -> list[dict[str, str]]:
    """Of the selects where something was chosen."""
    named = ((name.partition("."), visit.value(name)) for name in visit.form)
    return [
        {"code": code, what: which}
        for (what, _, which), code in named
        if what in ("field", "document") and which and code
    ]
