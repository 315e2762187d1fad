"""What a service file says, in plain Russian: conditions, lengths, terms, documents, fees.

For the summary that people read before they apply, and for docs/services.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from casework.condition import Condition
from casework.deadline import Length, OnQuestion, Unit
from casework.measures import Measure, MeasureUnit, rubles
from casework.parameters import Figure, ParameterFile
from casework.service import FieldType, FormField, Lengths, Milestone, ServiceDefinition, Term

Forms = tuple[str, str, str]
"""With 1, with 2 and with 5: день, дня, дней."""

_LENGTHS: dict[Unit, Forms] = {
    Unit.HOURS: ("час", "часа", "часов"),
    Unit.WORKING_DAYS: ("рабочий день", "рабочих дня", "рабочих дней"),
    Unit.CALENDAR_DAYS: ("календарный день", "календарных дня", "календарных дней"),
}
_LONGER_THAN: dict[Unit, Forms] = {
    Unit.HOURS: ("часа", "часов", "часов"),
    Unit.WORKING_DAYS: ("рабочего дня", "рабочих дней", "рабочих дней"),
    Unit.CALENDAR_DAYS: ("календарного дня", "календарных дней", "календарных дней"),
}
_MEASURED: dict[MeasureUnit, Forms] = {
    MeasureUnit.YEARS: ("год", "года", "лет"),
    MeasureUnit.MONTHS: ("месяц", "месяца", "месяцев"),
    MeasureUnit.DAYS: ("день", "дня", "дней"),
    MeasureUnit.PEOPLE: ("человек", "человека", "человек"),
    MeasureUnit.RUBLES: ("рубль", "рубля", "рублей"),
    MeasureUnit.NUMBER: ("", "", ""),
}
_SINCE = {
    Milestone.SUBMITTED: "со дня, когда вы подали заявление",
    Milestone.CHECKED: "со дня, когда закончена проверка сведений",
    Milestone.DECIDED: "со дня решения",
}
_ON_QUESTION = {
    OnQuestion.PAUSE: "Пока мы ждём вашего ответа на вопрос, срок стоит.",
    OnQuestion.RESTART: "Если мы задали вопрос, после вашего ответа срок начинается заново.",
    OnQuestion.RUN_ON: "Вопрос к вам этого срока не меняет.",
}
ALWAYS, IF_WISHED = "нужен всем", "по желанию"


def plural(number: int, forms: Forms) -> str:
    """ "21 день", "2 дня", "11 дней"."""
    return f"{number} {_form(number, forms)}".rstrip()


def _form(number: int, forms: Forms) -> str:
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:
        return forms[0]
    return forms[1] if ones in (2, 3, 4) and tens not in (12, 13, 14) else forms[2]


def length(given: Length) -> str:
    """ "30 рабочих дней"."""
    return plural(given.amount, _LENGTHS[given.unit])


_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def day(named: date) -> str:
    """ "2 марта 2026 года"."""
    return f"{named.day} {_MONTHS[named.month - 1]} {named.year} года"


def no_longer_than(given: Length) -> str:
    return f"не дольше {plural(given.amount, _LONGER_THAN[given.unit])}"


# ---- conditions ----------------------------------------------------------------------------------


class Titles(NamedTuple):
    """What a condition can name: fields, and measures."""

    fields: Mapping[str, FormField]
    measures: Mapping[str, Measure]


def titles_of(service: ServiceDefinition) -> Titles:
    return Titles({field.name: field for field in service.fields}, service.measures)


def condition(said: Condition, titles: Titles) -> str:
    """ "«Вы живёте по адресу регистрации?» — нет"."""
    if said.all is not None:
        return _together(said.all, " и ", titles)
    if said.any is not None:
        return _together(said.any, " или ", titles)
    if said.not_ is not None:
        return _denied(said.not_, titles)
    test, bound = said.comparison()
    if said.measure:
        measure = titles.measures[said.measure]
        return f"«{measure.title}» — {_compared(test, bound, measure.unit, titles)}"
    return _asked(titles.fields[said.field], test, bound, titles)


def _denied(said: Condition, titles: Titles) -> str:
    named = said.is_ if isinstance(said.is_, str) else None
    if said.field and (named or said.in_):
        field = titles.fields[said.field]
        return f"«{field.title}» — не {_answer(field, *said.comparison(), titles)}"
    return f"неверно, что {_aside(said, titles)}"


def _asked(field: FormField, test: str, bound: Any, titles: Titles) -> str:
    if test == "present":
        return f"{'заполнено' if bound else 'не заполнено'} «{field.title}»"
    if test == "some":
        inner = Titles({part.name: part for part in field.fields}, titles.measures)
        return f"среди «{field.title}» есть те, о ком сказано: {condition(bound, inner)}"
    return f"«{field.title}» — {_answer(field, test, bound, titles)}"


def _together(parts: Sequence[Condition], joined_by: str, titles: Titles) -> str:
    if len(parts) == 1:
        return condition(parts[0], titles)
    return joined_by.join(_aside(part, titles) for part in parts)


def _aside(part: Condition, titles: Titles) -> str:
    said = condition(part, titles)
    return f"({said})" if len(part.parts()) > 1 else said


def _answer(field: FormField, test: str, bound: Any, titles: Titles) -> str:
    if isinstance(bound, bool):
        return "да" if bound else "нет"
    if test == "age_at_least":
        return f"исполнилось {plural(bound, _MEASURED[MeasureUnit.YEARS])}"
    if test == "age_under":
        return f"ещё не исполнилось {plural(bound, _MEASURED[MeasureUnit.YEARS])}"
    if test in ("is", "in"):
        options = {option.value: option.title for option in field.options}
        named = [f"«{options.get(v, v)}»" for v in ((bound,) if test == "is" else bound)]
        return named[0] if len(named) == 1 else f"одно из: {', '.join(named)}"
    unit = MeasureUnit.RUBLES if field.type is FieldType.MONEY else MeasureUnit.NUMBER
    return _compared(test, bound, unit, titles)


def _compared(test: str, bound: Any, unit: MeasureUnit, titles: Titles) -> str:
    if test == "present":
        return "известно" if bound else "неизвестно"
    if isinstance(bound, date):
        return f"{'не позже' if test == 'at_most' else 'не раньше'} {bound:%d.%m.%Y}"
    words = "не больше" if test == "at_most" else "не меньше"
    if isinstance(bound, str):
        return f"{words}, чем «{titles.measures[bound].title}»"
    return f"{words}: {figure(bound, unit)}"


def figure(number: Decimal, unit: MeasureUnit) -> str:
    if unit is MeasureUnit.RUBLES:
        return f"{rubles(number)} ₽"
    if number == int(number):
        return plural(int(number), _MEASURED[unit])
    return f"{number:f} {_MEASURED[unit][1]}".rstrip().replace(".", ",")


# ---- parts of a service --------------------------------------------------------------------------


class DocumentWords(NamedTuple):
    """`needed`: for whom; `shows`: what must be seen in it."""

    kind: str
    title: str
    needed: str
    shows: tuple[str, ...]


class TermWords(NamedTuple):
    name: str
    title: str
    text: str
    source: str


class FeeWords(NamedTuple):
    """`amounts`: of each region that has one in force; "" where the region still has to set it."""

    title: str
    needed: str
    amounts: tuple[tuple[str, str], ...]
    source: str


def when(said: Condition | None, titles: Titles) -> str:
    """ "если ..."; "" for what is always so."""
    return f"если {condition(said, titles)}" if said else ""


def documents(service: ServiceDefinition) -> list[DocumentWords]:
    titles = titles_of(service)
    return [
        DocumentWords(d.kind, d.title, _needed(d.when, titles, required=d.required), d.shows)
        for d in service.documents
    ]


def _needed(said: Condition | None, titles: Titles, *, required: bool) -> str:
    parts = (when(said, titles), "" if required else IF_WISHED)
    return ", ".join(filter(None, parts)) or ALWAYS


def terms(service: ServiceDefinition) -> list[TermWords]:
    return [TermWords(t.name, t.title, " ".join(_term(t)), t.source) for t in service.terms]


def _term(term: Term) -> Iterator[str]:
    yield f"{_lengths(term).capitalize()}, считая {_SINCE[term.since]}."
    if term.priority:
        yield f"Для тех, кому положено быстрее: {_lengths(term.priority)}."
    if term.extension:
        kinds = dict.fromkeys(length(given) for _, given in term.extension.kinds())
        more = ", самое большее ".join(kinds)
        yield f"Если не хватает документов, срок один раз продлевают: {more}."
    if term.since is not Milestone.DECIDED:
        yield _ON_QUESTION[term.on_question]


def _lengths(of: Lengths) -> str:
    promise = [f"обычно {length(of.promise)}"] if of.promise and of.promise != of.limit else []
    return ", ".join([*promise, *([no_longer_than(of.limit)] if of.limit else [])])


def fee(service: ServiceDefinition, figures: ParameterFile, day: date) -> FeeWords | None:
    if service.fee is None:
        return None
    needed = when(service.fee.when, titles_of(service)) or "платят все"
    amounts = tuple(
        (figure.region, "" if figure.set_by_region else f"{rubles(figure.amount)} ₽")
        for figure in in_force(figures.figures, service.fee.amount, day)
    )
    return FeeWords(service.fee.title, needed, amounts, service.fee.source)


def in_force(figures: Iterable[Figure], name: str, day: date) -> list[Figure]:
    """The newest of each region and household size on that day."""
    newest: dict[tuple[str, int | None], Figure] = {}
    for figure in sorted(figures, key=lambda figure: figure.since):
        if figure.name == name and figure.since <= day <= (figure.until or date.max):
            newest[figure.region, figure.size] = figure
    return list(newest.values())


# ---- search --------------------------------------------------------------------------------------

_ENDING = 3  # letters of a Russian word that change with its case and number
_SHORTEST = 4  # of a word, that is cut at all


def stems(text: str) -> list[str]:
    """The words of a text as they are compared: ё is е, no capitals, without their endings."""
    plain = "".join(c if c.isalnum() else " " for c in text.lower().replace("ё", "е"))
    return [word[: max(_SHORTEST, len(word) - _ENDING)] for word in plain.split()]


def is_found(service: ServiceDefinition, asked: str) -> bool:
    """Whether every word that is asked for begins a word of what the service says of itself."""
    wanted = stems(asked)
    if not wanted:
        return True
    said = stems(" ".join((service.title, service.summary, *service.who, service.code or "")))
    return all(any(word.startswith(stem) for word in said) for stem in wanted)
