"""Templates into HTML. What they may call is all here: filters for days and sums, and the built
files (functions/portal/static, made by `make setup` from functions/portal/assets).

In the working tree templates are compiled when a page first needs them. A deployed function has
`compiled/` instead, made by infra/package.py: Python, whose bytecode is ready."""

import functools
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2 import ChoiceLoader as Either
from markupsafe import Markup

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.staff import with_initials
from casework.consent import edition_of
from casework.decision_in_words import dotted_day
from casework.plain_russian import plural
from functions.portal.machine_drawing import lit
from functions.portal.places import home, places

ROOM = Path(__file__).parent
STATIC, COMPILED = ROOM / "static", ROOM / "compiled"
MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
NAMED = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)
PARTS_OF_A_DATE = ("day", "month", "year")
SPACE = "\N{NO-BREAK SPACE}"
HOME_REGION = "RU-MOW"  # whose clock shows what belongs to no region


def rendered(template: str, **data: Any) -> str:
    return _environment().get_template(template).render(**data)


class Templates(Environment):
    """Of which none has globals of its own: Jinja would compare the names of two templates one by
    one whenever a macro is imported, which took a tenth of a page's time."""

    def make_globals(self, d: Any) -> Any:
        return {**self.globals, **(d or {})}


@functools.cache
def _environment() -> Environment:
    return _reading(ModuleLoader(COMPILED) if COMPILED.is_dir() else _sources())


def compile_templates(into: Path) -> None:
    """Ours and the components, as modules of Python."""
    every = _reading(_sources())
    every.compile_templates(into, extensions=["html"], zip=None, ignore_errors=False)


def _sources() -> BaseLoader:
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Either([FileSystemLoader(ROOM / "templates"), components])


def _reading(loader: BaseLoader) -> Environment:
    environment = Templates(
        loader=loader,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=ChainableUndefined,  # the components of govuk_frontend_jinja ask so
        cache_size=-1,
    )
    filters = (day, moment, month, local_day, last_day, date_parts, rubles, counted, with_initials)
    environment.filters |= {each.__name__: each for each in filters} | {"dotted": dotted_day}
    words = (asset, told, machine, consent_asked, home, places, options, place_of)
    environment.globals |= {each.__name__: each for each in words}
    return environment


def date_parts(value: Any) -> dict[str, str]:
    """A date as it was typed, or as it is stored, for three fields."""
    text = value if isinstance(value, str) else ""
    told = text.split("-")[::-1] if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text.split(".", 2)
    return dict(zip(PARTS_OF_A_DATE, [*map(str.strip, told), "", ""][:3], strict=True))


def day(value: date | None) -> str:
    """1 декабря 2026 года."""
    if value is None:
        return ""
    return f"{value.day}{SPACE}{MONTHS[value.month - 1]} {value.year}{SPACE}года"


def moment(value: datetime | None, region: str | None = None) -> str:
    """1 декабря 2026 года, 14:05: by the clock of the region."""
    if value is None:
        return ""
    there = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(
        calendar_for(region or HOME_REGION).region.zone
    )
    return f"{day(there.date())}, {there:%H:%M}"


def local_day(value: datetime, region: str | None = None) -> date:
    """The day that it is there."""
    return calendar_for(region or HOME_REGION).local_day(value)


def last_day(value: datetime | None, region: str | None = None) -> str:
    """Of the first instant that is too late: the last day in time."""
    return day(local_day(value - timedelta(seconds=1), region)) if value else ""


def month(period: str) -> str:
    """май 2026 года, of "2026-05"; the one payment of a benefit that is paid once has no month."""
    year, _, number = period.partition("-")
    return f"{NAMED[int(number) - 1]} {year}{SPACE}года" if number else "один раз"


def rubles(value: str | Decimal) -> str:
    """12 345,60 рублей, as people write sums."""
    whole, _, part = f"{Decimal(value):,.2f}".partition(".")
    return f"{whole.replace(',', SPACE)}{'' if part == '00' else ',' + part}{SPACE}₽"


def counted(number: int, one: str, two: str, five: str) -> str:
    return plural(number, (one, two, five)).replace(" ", SPACE, 1)


@functools.cache
def _built() -> dict[str, str]:
    return json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))


def asset(name: str) -> str:
    """The path of a built file, by its plain name."""
    return f"/assets/{_built()[name]}"


@functools.cache
def _drawing(name: str) -> dict[str, Any]:
    return json.loads((STATIC / "machines" / f"{name}.json").read_text(encoding="utf-8"))


def machine(name: str, entered: Sequence[str], status: str) -> dict[str, Any]:
    """The drawing of a state machine for templates/machine.html, lit by an execution."""
    return lit(_drawing(name), entered, status)


def options(choice: Sequence[tuple[str, str]], chosen: str | None) -> Markup:
    """Of a select: lists of regions and services are long, and the same on every page."""
    return _options(tuple(map(tuple, choice)), chosen or "")


@functools.lru_cache(maxsize=200)
def _options(choice: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    made = Markup('<option value="{}"{}>{}</option>')
    selected = Markup(" selected")
    return Markup("\n").join(
        made.format(value, selected if value == chosen else "", text) for value, text in choice
    )


def consent_asked(now: datetime) -> dict[str, str]:
    """The text of the consent to data processing that is asked for today."""
    editions = definitions.texts("consents")
    return {name: words["ru"] for name, words in editions[edition_of(editions, now.date())].items()}


def place_of(field: str, page: str) -> str | None:
    """Where an error leads on its page: to its field, or to the list that its field is of; None
    for what people do not see."""
    while field and f'id="{field}"' not in page:
        field = field.rpartition(".")[0]
    return f"#{field}" if field else None


def told(code: str) -> str | None:
    """What was just done, in words; None for a code that is nobody's."""
    return definitions.texts("told").get(code)
