"""What people may do with an approved programme: propose it, agree to it, choose who provides it,
record what was provided, complain. In the manner of casework/actions.py: a Change, or why not.

The words (services and why, wishes, results, complaints) are kept beside the chain; the chain
holds numbers, days and digests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from casework import form
from casework.application import Happening
from casework.errors import InvalidForm, Problem, WrongStage
from casework.ports import NOTHING, Case, Change
from casework.provision import Awaited, Provision


class Need(StrEnum):
    """The kinds of help in a programme (seeds/004)."""

    MEDICAL = "medical"
    SOCIAL_HOUSEHOLD = "social_household"
    EDUCATION_WORK = "education_work"
    FINANCIAL = "financial"


class Per(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ONCE = "once"


_TIMES_A_MONTH = {
    Per.DAY: Decimal(365) / 12,
    Per.WEEK: Decimal(52) / 12,
    Per.MONTH: Decimal(1),
    Per.ONCE: Decimal(1),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One service of a programme: `times` each `per`, until a day, and why it is needed."""

    need: Need
    title: str
    times: int
    per: Per
    until: date
    why: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider does for one kind of need: rubles a time (0: free of charge)."""

    need: Need
    price: Decimal
    starts_in_days: int


@dataclass(frozen=True, slots=True)
class Provider:
    """`accreditation`: its number in the regional register; None: it is not in it. `rating`: out
    of 5, over so many `reviews` of those it served."""

    id: str
    region: str
    title: str
    place: str
    licence: str
    licensed_until: date
    accreditation: str | None
    rating: Decimal
    reviews: int
    offers: tuple[Offer, ...]

    def offer(self, need: Need) -> Offer | None:
        return next((offer for offer in self.offers if offer.need is need), None)


@dataclass(frozen=True, slots=True)
class Compared:
    """A provider that may be chosen, beside the others. `a_month`: what the person would pay."""

    provider: Provider
    starts_in_days: int
    a_month: Decimal


# ---- providers ----------------------------------------------------------------------------------


def compared(
    providers: Iterable[Provider], lines: Sequence[Line], region: str, today: date
) -> list[Compared]:
    """Those the norms allow, the best rated first, the cheaper of equals before the dearer."""
    fit = [p for p in providers if not unfit(p, lines, region, today)]
    rows = [_compare(provider, lines) for provider in fit]
    return sorted(rows, key=lambda r: (-r.provider.rating, r.a_month, r.provider.title))


def unfit(provider: Provider, lines: Sequence[Line], region: str, today: date) -> tuple[str, ...]:
    """Why the norms forbid this provider for these services; nothing: they allow it."""
    needs = {line.need for line in lines}
    faults = (
        ("other_region", provider.region != region),
        ("licence_expired", provider.licensed_until < today),
        ("not_accredited", provider.accreditation is None),
        ("service_not_offered", any(provider.offer(need) is None for need in needs)),
    )
    return tuple(code for code, wrong in faults if wrong)


def _compare(provider: Provider, lines: Sequence[Line]) -> Compared:
    offers = [(line, provider.offer(line.need)) for line in lines]
    cost = sum(
        (offer.price * line.times * _TIMES_A_MONTH[line.per] for line, offer in offers), Decimal(0)
    )
    return Compared(
        provider,
        max(offer.starts_in_days for _, offer in offers),
        cost.quantize(Decimal("0.01"), ROUND_HALF_UP),
    )


# ---- the programme ------------------------------------------------------------------------------


def propose_programme(case: Case, lines: Sequence[Line], review_on: date, today: date) -> Change:
    """The officer's programme: the first, another after wishes, or a new one when circumstances
    have changed. It takes the place of the one before."""
    _provision(case)
    if problems := list(_programme_problems(lines, review_on, today)):
        raise InvalidForm(problems)
    told = form.to_json({"lines": [_record(line) for line in lines], "review_on": review_on})
    data = {
        "programme": form.digest(told),
        "lines": len(lines),
        "review_on": review_on.isoformat(),
    }
    return Change((Happening("programme_proposed", data),), texts={"programme": told})


def _programme_problems(lines: Sequence[Line], review_on: date, today: date) -> Iterable[Problem]:
    if not lines:
        yield Problem("lines", "too_few", {"at_least": 1})
    if review_on <= today:
        yield Problem("review_on", "not_after_today")
    for place, line in enumerate(lines):
        if line.until <= today:
            yield Problem(f"lines.{place}.until", "not_after_today")


def answer_programme(case: Case, agrees: bool, wishes: str | None) -> Change:
    """The person agrees (casework/signature.py: signed, where the service is), or says what should
    be otherwise."""
    provision = _must_await(case, Awaited.AGREEMENT)
    data = {"programme": provision.programme}
    if not agrees:
        if not wishes:
            raise InvalidForm([Problem("wishes", "required")])
        return Change((Happening("programme_declined", data),), texts={"wishes": wishes})
    return Change((Happening("programme_agreed", data),))


def choose_provider(case: Case, provider: Provider, today: date) -> Change:
    """The person's choice, or another one later: then a new act is formed. Signed, as agreeing."""
    known = _must_await(case, Awaited.PROVIDER, Awaited.ACT, Awaited.SERVICES)
    if known.provider == provider.id:
        return NOTHING
    if faults := unfit(provider, lines_of(case), case.application.region, today):
        raise InvalidForm([Problem("provider", "provider_unfit", {"faults": ", ".join(faults)})])
    told = {"id": provider.id, "title": provider.title, "place": provider.place}
    data = {"provider": provider.id, "programme": known.programme}
    return Change((Happening("provider_chosen", data),), texts={"provider": told})


def form_act(case: Case, today: date) -> Change:
    """The act of provision: who provides what, until when; from then on services may begin."""
    provision = _must_await(case, Awaited.ACT)
    told = {
        "provider": case.texts["provider"],
        "lines": case.texts["programme"]["lines"],
        "formed_on": today.isoformat(),
    }
    data = {"act": form.digest(told), "provider": provision.provider}
    return Change((Happening("act_formed", data),), texts={"act": told})


# ---- what was provided --------------------------------------------------------------------------


def start_service(case: Case, line: int, on: date, today: date) -> Change:
    provision = _must_await(case, Awaited.SERVICES)
    if problems := list(_service_problems(provision, line, on, today)):
        raise InvalidForm(problems)
    if line in provision.services:
        raise WrongStage("service_begun")
    return Change((Happening("service_started", {"line": line, "on": on.isoformat()}),))


def end_service(case: Case, line: int, on: date, result: str | None, today: date) -> Change:
    """With what came of it; with the last one the whole provision ends."""
    provision = _must_await(case, Awaited.SERVICES)
    if problems := list(_service_problems(provision, line, on, today)):
        raise InvalidForm(problems)
    known = provision.services.get(line)
    if known is None or known.ended_on:
        raise WrongStage("service_not_begun")
    if not result:
        raise InvalidForm([Problem("result", "required")])
    if on.isoformat() < known.started_on:
        raise InvalidForm([Problem("on", "before_beginning")])
    happenings = [Happening("service_ended", {"line": line, "on": on.isoformat()})]
    open_lines = [n for n in range(1, provision.lines + 1) if not _is_ended(provision, n)]
    if open_lines == [line]:
        happenings.append(Happening("provision_ended", {"reason": "completed"}))
    return Change(tuple(happenings), texts={f"result_{line}": result})


def _is_ended(provision: Provision, line: int) -> bool:
    done = provision.services.get(line)
    return done is not None and done.ended_on is not None


def _service_problems(provision: Provision, line: int, on: date, today: date) -> Iterable[Problem]:
    if not 1 <= line <= provision.lines:
        options = ", ".join(map(str, range(1, provision.lines + 1)))
        yield Problem("line", "not_in_list", {"options": options})
    if on > today:
        yield Problem("on", "in_the_future")


# ---- complaints ---------------------------------------------------------------------------------


def complain(case: Case, words: str) -> Change:
    """About the provider in hand; one complaint at a time."""
    provision = _provision(case)
    if provision.provider is None:
        raise WrongStage("nobody_to_complain_of")
    if provision.complaint is not None:
        raise WrongStage("complaint_open")
    data = {"provider": provision.provider}
    return Change((Happening("complaint_made", data),), texts={"complaint": words})


def review_complaint(case: Case, upheld: bool, answer: str) -> Change:
    """When it is upheld, the person may choose another provider."""
    provision = _must_await(case, Awaited.COMPLAINT)
    data = {"complaint": provision.complaint, "upheld": upheld}
    return Change((Happening("complaint_reviewed", data),), texts={"complaint_answer": answer})


# ---- shared -------------------------------------------------------------------------------------


def lines_of(case: Case) -> list[Line]:
    """The services of the programme in hand."""
    return [
        Line(
            Need(line["need"]),
            line["title"],
            line["times"],
            Per(line["per"]),
            date.fromisoformat(line["until"]),
            line["why"],
        )
        for line in case.texts.get("programme", {}).get("lines", ())
    ]


def _record(line: Line) -> Mapping[str, Any]:
    return {name: getattr(line, name) for name in line.__slots__}


def _provision(case: Case) -> Provision:
    """Raises WrongStage when there is none, or it is over."""
    provision = case.application.provision
    if provision is None or provision.awaits is None:
        raise WrongStage("nothing_provided")
    return provision


def _must_await(case: Case, *awaited: Awaited) -> Provision:
    provision = _provision(case)
    if provision.awaits not in awaited:
        raise WrongStage("not_awaited", awaited=provision.awaits)
    return provision
