"""docs/services.md: what the service files say, for people. Generated, and kept fresh by a test."""

from collections.abc import Iterable, Iterator

from adapters import definitions
from casework import plain_russian
from casework.measures import DatedFigure, rubles
from casework.parameters import Figure
from casework.retention import Keeping, Since
from casework.service import FormField, Rule, ServiceDefinition

HEAD = """# Services

Generated from `services/*.toml` by `opora services docs`; do not edit.

What is cited as a seed is a source text of the project. A figure marked "set by the region" is an
example: the deploying office replaces it in `services/parameters/figures.toml` and cites its act.
So it does with a length marked "set by the office", in `services/parameters/retention.toml`.
"""


def document(services: Iterable[ServiceDefinition]) -> str:
    ordered = sorted(services, key=_by_code)
    lines = [HEAD, *(f"- [{_heading(service)}](#{_anchor(service)})" for service in ordered)]
    for service in ordered:
        lines += ["", *_service(service)]
    return "\n".join([*lines, "", *_figures(), "", *_retention()]) + "\n"


def _by_code(service: ServiceDefinition) -> tuple[int, str]:
    digits = (service.code or "")[1:]
    return int(digits) if digits else 10_000, service.id


def _heading(service: ServiceDefinition) -> str:
    return f"{service.code or ''} {service.title}".strip()


def _anchor(service: ServiceDefinition) -> str:
    kept = (c for c in _heading(service).lower() if c.isalnum() or c in " -_")
    return "".join(kept).replace(" ", "-")


def _service(service: ServiceDefinition) -> Iterator[str]:
    yield f"## {_heading(service)}\n"
    yield f"`{service.id}`, версия {service.version}. Источник: {service.source}.\n"
    yield f"{service.summary}\n"
    yield "**Кто может подать**\n"
    yield from (f"- {who}" for who in service.who)
    yield from _form(service)
    yield from _documents(service)
    yield "\n**Сроки**\n"
    for term in plain_russian.terms(service):
        yield f"- {term.title}. {term.text} Источник: {term.source}."
    titles = plain_russian.titles_of(service)
    if service.priorities:
        yield "\n**Кому положено быстрее**\n"
        yield from (
            f"- {p.title}: {plain_russian.when(p.when, titles)}" for p in service.priorities
        )
    yield from _rules(service)
    yield from _measures(service)
    yield "\n**Итог**\n"
    yield f"{service.outcome.approved}. {service.outcome.next}\n"
    for other in service.other_outcomes:
        yield f"Но {plain_russian.when(other.when, titles)}: {other.approved}. {other.next}\n"
    yield f"{service.outcome.refused}. {service.appeal.text}"


def _form(service: ServiceDefinition) -> Iterator[str]:
    yield "\n**Поля заявления**\n"
    yield from _fields(service.fields, plain_russian.titles_of(service), "")


def _fields(
    fields: Iterable[FormField], titles: plain_russian.Titles, indent: str
) -> Iterator[str]:
    for field in fields:
        asked = plain_russian.when(field.when, titles)
        notes = filter(None, (asked, "" if field.required else plain_russian.IF_WISHED))
        said = "; ".join((f"`{field.name}` ({field.type})", *notes))
        yield f"{indent}- {field.title} — {said}"
        inner = plain_russian.Titles({part.name: part for part in field.fields}, titles.measures)
        yield from _fields(field.fields, inner, indent + "  ")


def _documents(service: ServiceDefinition) -> Iterator[str]:
    yield "\n**Документы**\n"
    for document in plain_russian.documents(service):
        shows = f" Должно быть видно: {', '.join(document.shows)}." if document.shows else ""
        yield f"- {document.title} — {document.needed}.{shows}"
    if not service.documents:
        yield "Документы не нужны."
    if fee := service.fee:
        needed = plain_russian.when(fee.when, plain_russian.titles_of(service)) or "платят все"
        yield f"\n**Пошлина**\n\n{fee.title} — {needed}; `{fee.amount}`. Источник: {fee.source}."


def _rules(service: ServiceDefinition) -> Iterator[str]:
    titles = plain_russian.titles_of(service)
    for heading, rules in (
        ("Все эти требования должны выполняться", service.requirements),
        ("Достаточно одного из оснований", service.grounds),
    ):
        if rules:
            yield f"\n**{heading}**\n"
            yield from (_rule(rule, service, titles) for rule in rules)


def _rule(rule: Rule, service: ServiceDefinition, titles: plain_russian.Titles) -> str:
    checks = [f"«{service.check(name).title}»" for name in rule.checks]
    agreed = f"реестр не возражает ({', '.join(checks)})" if checks else ""
    holds = plain_russian.condition(rule.when, titles) if rule.when else ""
    said = "; ".join(filter(None, (holds, agreed)))
    return f"- {rule.title}: {said}. Источник: {rule.source}."


def _measures(service: ServiceDefinition) -> Iterator[str]:
    dated = [m for m in service.measures.values() if isinstance(m, DatedFigure)]
    if dated:
        yield "\n**Величины, с которыми сравнивают**\n"
        yield from (f"- {measure.title}: `{measure.figure}`" for measure in dated)


def _figures() -> Iterator[str]:
    file = definitions.figures()
    yield "## Величины по датам\n"
    yield "| Величина | Регион | С | По | Размер | Источник |"
    yield "|---|---|---|---|---|---|"
    for figure in file.figures:
        yield f"| {file.titles[figure.name]}{_size(figure)} | {figure.region} | " + (
            f"{figure.since:%d.%m.%Y} | {_until(figure)} | {_amount(figure)} | {figure.source} |"
        )


def _retention() -> Iterator[str]:
    rule = definitions.retention()
    yield "## Что хранится после отзыва согласия на обработку данных\n"
    yield "Остальное удаляется. История без персональных данных остаётся всегда.\n"
    yield "| Состояние | Что хранится | Почему | До какого времени | Источник |"
    yield "|---|---|---|---|---|"
    for state in rule.states:
        if not state.kept:
            yield f"| {state.title['ru']} | ничего | | | |"
        for kept in state.kept:
            what = ", ".join(rule.parts[part]["ru"].lower() for part in kept.parts)
            what += " (только то, без чего нельзя)" if kept.only_needed else ""
            known = (state.title["ru"], what, kept.why["ru"], _how_long(kept), kept.source)
            yield f"| {' | '.join(known)} |"


_SINCE = {
    Since.DECIDED: "после решения",
    Since.WINDOW: "после срока обжалования",
    Since.YEAR_PAID: "после года последней выплаты",
    Since.CLAIMED: "после требования вернуть деньги",
}


def _how_long(kept: Keeping) -> str:
    if kept.since is None:
        return "пока это так"
    length = f"лет: {kept.years}" if kept.years else f"дней: {kept.days}"
    marked = " (set by the office)" if kept.set_by_office else ""
    return f"{length}, {_SINCE[kept.since]}{marked}"


def _size(figure: Figure) -> str:
    return f", человек в семье: {figure.size}" if figure.size else ""


def _until(figure: Figure) -> str:
    return f"{figure.until:%d.%m.%Y}" if figure.until else ""


def _amount(figure: Figure) -> str:
    marked = " (set by the region)" if figure.set_by_region else ""
    return f"{rubles(figure.amount)}{marked}"
