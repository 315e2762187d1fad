"""What follows an approval, as the office works on it: the programme, the original of a document,
what is paid, and the end of it."""

from typing import Any

from chalice import Response

from casework.errors import InvalidForm
from functions.intake.http import OFFICE, STAFF
from functions.portal.office_case_pages import CASE
from functions.portal.pages import page
from functions.portal.typed import days_of, days_said_of, said_of, whole_of
from functions.portal.visit import Visit

PROGRAMME, PAYMENTS = f"{CASE}/programme", f"{CASE}/payments"
NEEDS = [
    ("medical", "Медицинская помощь"),
    ("social_household", "Помощь в быту"),
    ("education_work", "Учёба и работа"),
    ("financial", "Денежная помощь"),
]
PER = [("day", "в день"), ("week", "в неделю"), ("month", "в месяц"), ("once", "всего")]
ENDS = [
    ("refused", "Человек отказался"),
    ("death", "Человек умер"),
    ("not_entitled", "Права на помощь больше нет"),
    ("violation", "Нарушение"),
    ("moved", "Человек переехал в другой регион"),
]
BLANK_LINES = 3


# ---- the programme ------------------------------------------------------------------------------


@page("GET", PROGRAMME, roles=OFFICE)
def show_office_programme(visit: Visit, number: str) -> Response:
    return visit.html(
        "office/programme.html",
        case=visit.do("show_application", number=number),
        programme=visit.do("show_programme", number=number),
    )


@page("GET", f"{PROGRAMME}/new", roles=STAFF)
def show_new_programme(visit: Visit, number: str) -> Response:
    programme = visit.do("show_programme", number=number)
    rows = _rows(visit, programme.lines)
    return visit.html(
        "office/programme_new.html",
        case=visit.do("show_application", number=number),
        programme=programme,
        rows=rows,
        titles=_titles(len(rows)),
        needs=NEEDS,
        per=PER,
    )


def _rows(visit: Visit, lines: list[Any]) -> list[dict[str, Any]]:
    """What stands in the form: what was typed, else the programme as it is; and some blank ones."""
    if visit.typed:
        return [{name: visit.value(f"{name}.{at}") for name in _LINE} for at in _places(visit)]
    known = [line.model_dump(include=set(_LINE)) for line in lines]
    for row in known:
        row["until"] = row["until"].strftime("%d.%m.%Y")
    return known + [{"times": 1}] * BLANK_LINES


_LINE = {
    "need": "вид помощи",
    "title": "название",
    "times": "сколько раз",
    "per": "за какое время",
    "until": "до какого дня",
    "why": "почему нужна",
}


def _titles(rows: int) -> dict[str, str]:
    cells = ((at, name, told) for at in range(1, rows + 1) for name, told in _LINE.items())
    titles = {f"{name}.{at}": f"Услуга {at}, {told}" for at, name, told in cells}
    return titles | {"review_on": "Когда пересмотреть программу"}


def _places(visit: Visit) -> list[int]:
    return [at for at in range(1, 31) if f"title.{at}" in visit.typed]


@page("POST", f"{PROGRAMME}/new", roles=STAFF)
def put_forward_programme(visit: Visit, number: str) -> Response:
    filled = [at for at in _places(visit) if visit.value(f"title.{at}")]
    days = days_of(visit, "review_on", *(f"until.{at}" for at in filled))
    lines = [_line(visit, at, days[f"until.{at}"]) for at in filled]
    review_on = {"review_on": days["review_on"]} if days["review_on"] else {}
    try:
        visit.do("propose_programme", number=number, body={"lines": lines, **review_on})
    except InvalidForm as error:
        told = [each._replace(field=_cell(each.field, filled)) for each in error.problems]
        raise InvalidForm(told) from error
    return visit.go(PROGRAMME.format(number=number), told="programme_proposed")


def _cell(field: str, filled: list[int]) -> str:
    """Where on the page "lines.0.why" stands: "why.1", when the first row is filled in."""
    whole, _, rest = field.partition(".")
    at, _, name = rest.partition(".")
    if whole != "lines":
        return field
    return f"{name}.{filled[int(at)]}" if name else "title.1"


def _line(visit: Visit, at: int, until: str | None) -> dict[str, Any]:
    named = ((name, visit.value(f"{name}.{at}")) for name in ("need", "title", "per", "why"))
    said = {name: typed for name, typed in named if typed}
    times = whole_of(visit, f"times.{at}")
    return said | {"times": times} | ({"until": until} if until else {})


@page("POST", f"{PROGRAMME}/act", roles=STAFF, again=PROGRAMME)
def make_act(visit: Visit, number: str) -> Response:
    visit.do("form_act", number=number)
    return visit.go(PROGRAMME.format(number=number), told="act_formed")


@page("POST", f"{PROGRAMME}/service", roles=STAFF, again=PROGRAMME)
def note_service(visit: Visit, number: str) -> Response:
    event = {"line": whole_of(visit, "line"), **said_of(visit, "event", "result")}
    event |= days_said_of(visit, "on")
    visit.do("record_service", number=number, body=event)
    return visit.go(PROGRAMME.format(number=number), told="service_noted")


@page("POST", f"{PROGRAMME}/complaint", roles=STAFF, again=PROGRAMME)
def answer_complaint(visit: Visit, number: str) -> Response:
    upheld = {"upheld": visit.value("upheld") == "yes"} if visit.value("upheld") else {}
    visit.do("review_complaint", number=number, body={**upheld, **said_of(visit, "answer")})
    return visit.go(PROGRAMME.format(number=number), told="complaint_answered")


# ---- the original of a document -----------------------------------------------------------------


@page("GET", f"{CASE}/original", roles=STAFF)
def show_office_original(visit: Visit, number: str) -> Response:
    return visit.html("office/original.html", case=visit.do("show_application", number=number))


@page("POST", f"{CASE}/original", roles=STAFF)
def note_original_news(visit: Visit, number: str) -> Response:
    body = said_of(visit, "event", "tracking") | days_said_of(visit, "on")
    visit.do("note_original", number=number, body=body)
    return visit.go(CASE.format(number=number), told="original_noted")


# ---- payments, and the end ----------------------------------------------------------------------


@page("GET", PAYMENTS, roles=OFFICE)
def show_office_payments(visit: Visit, number: str) -> Response:
    return visit.html(
        "office/payments.html",
        case=visit.do("show_application", number=number),
        payments=visit.do("show_payments", number=number),
    )


@page("POST", f"{PAYMENTS}/order", roles=STAFF, again=PAYMENTS)
def order_payment_anew(visit: Visit, number: str) -> Response:
    changed = said_of(visit, "amount", "bic", "account", "payee")
    visit.do("order_anew", number=number, body=days_said_of(visit, "since") | changed)
    return visit.go(PAYMENTS.format(number=number), told="payment_ordered")


@page("POST", f"{PAYMENTS}/claim", roles=STAFF, again=PAYMENTS)
def claim_payments_back(visit: Visit, number: str) -> Response:
    body = {"periods": visit.values("periods"), **said_of(visit, "words")}
    visit.do("claim_back", number=number, body=body)
    return visit.go(PAYMENTS.format(number=number), told="payments_claimed")


@page("GET", f"{CASE}/stop", roles=STAFF)
def show_stop(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    return visit.html("office/stop.html", case=case, ends=ENDS)


@page("POST", f"{CASE}/stop", roles=STAFF)
def end_granted(visit: Visit, number: str) -> Response:
    body = said_of(visit, "reason") | days_said_of(visit, "since")
    visit.do("stop_granted", number=number, body=body)
    return visit.go(CASE.format(number=number), told="granted_ended")
