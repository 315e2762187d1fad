"""A service of one's own for a test: V1's shape with other fields, measures and rules."""

from datetime import date
from decimal import Decimal
from typing import Any

from adapters import definitions
from casework.blocks import expanded
from casework.parameters import Figure, ParameterFile, Parameters
from casework.ports import Rules
from casework.service import ServiceDefinition
from tests.unit.fake_casebook import MOSCOW, rules

SUMS = ("first", "second", "third")
REFUSALS = [
    {"code": "not_met", "title": "Не выполнено", "mend": "Исправьте.", "cause": "no_ground"},
    {"code": "unanswered", "title": "Нет ответа", "mend": "Подайте.", "cause": "unanswered"},
    {
        "code": "has_it",
        "title": "Уже есть",
        "mend": "Откажитесь от прежнего.",
        "cause": "mismatch",
        "check": "existing",
    },
]


def rule(name: str, when: Any = None, **said: Any) -> dict[str, Any]:
    given = {"name": name, "title": f"Правило {name}", "source": "акт", "refusal": f"Нет: {name}."}
    return given | ({"when": when} if when else {}) | {"change": f"Нужно: {name}."} | said


def unmendable(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != "change"}


def small_service(**said: Any) -> ServiceDefinition:
    """Three sums of money, a choice and a birth date; the measures are those sums."""
    fields = [
        *({"name": name, "title": f"Сумма {name}", "type": "money"} for name in SUMS),
        {
            "name": "kind",
            "title": "Вид",
            "type": "choice",
            "options": [{"value": v, "title": v} for v in ("plain", "special")],
        },
        {"block": "person"},
        {"block": "contact"},
        {"block": "residence"},
    ]
    raw = {
        "id": "small",
        "version": 1,
        "title": "Маленькая услуга",
        "summary": "Для проверки",
        "who": ["все"],
        "source": "акт",
        "fields": fields,
        "checks": [
            {"name": "existing", "registry": "x", "title": "Нет ли уже", "fields": ["snils"]}
        ],
        "measures": {
            name: {"title": f"Сумма {name}", "unit": "rubles", "value": name} for name in SUMS
        },
        "terms": [
            {
                "name": "decision",
                "title": "Решение",
                "promise": {"amount": 10, "unit": "working_days"},
                "limit": {"amount": 15, "unit": "working_days"},
                "source": "акт",
            }
        ],
        "refusals": REFUSALS,
        "outcome": {"kind": "status", "approved": "да", "refused": "нет", "next": "дальше"},
    }
    if not {"requirements", "grounds"} & said.keys():
        raw["requirements"] = [rule("any", {"field": "first", "at_least": 0})]
    return ServiceDefinition.model_validate(
        expanded(raw | said, definitions.blocks(), definitions.classifiers())
    )


def small_rules(figures: tuple[Figure, ...] = (), **said: Any) -> Rules:
    file = ParameterFile(titles={f.name: f.name for f in figures}, figures=figures)
    return Rules(small_service(**said), rules().calendar, Parameters(MOSCOW, file))


def figure(name: str, amount: Any, since: date = date(2024, 1, 1), **said: Any) -> Figure:
    return Figure(
        name=name, region="RU", since=since, amount=Decimal(str(amount)), source="акт", **said
    )
