"""Appointments: slots that clinics publish, and the one application that has each.

    free ──taken (submitted)──> held ──approved──> booked ──begins──> over
      ^                          │                   │
      └──withdrawn, refused, moved to another slot───┘        closed: the clinic took it back

A slot is held from the submission on and kept by the approval. It is given back when the
application is withdrawn or refused, and when its applicant moves to another slot: the old one is
returned and the new one taken in one transaction, or nothing is.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from casework import form
from casework.application import Application, Happening, Stage
from casework.errors import BadRequest, InvalidForm, Problem, WrongStage
from casework.ports import NOTHING, Case, Change, Rules
from casework.service import FieldType, OutcomeKind

SLOT_KEY = "slot|"
"""What the keys of slots begin with in `Change.holds` and `Change.frees`: slot|<id>|<speciality>,
the last one empty where the service names none."""
MINUTES = range(5, 481)
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Slot:
    """One time of one doctor. `publisher`: the agency that published it, None for the office;
    `taken_by`: number of the application that has it; `closed`: the clinic took it back.
    `revision` grows by each change."""

    id: str
    region: str
    speciality: str
    clinic: str
    place: str
    doctor: str
    starts: datetime
    minutes: int
    publisher: str | None = None
    taken_by: str | None = None
    closed: bool = False
    revision: int = 1

    @property
    def free(self) -> bool:
        return self.taken_by is None and not self.closed

    def begun(self, now: datetime) -> bool:
        return self.starts <= now


def slot_id(region: str, clinic: str, doctor: str, starts: datetime) -> str:
    """The same time of the same doctor is the same slot, however often it is published."""
    told = "|".join((region, clinic, doctor, starts.astimezone(UTC).isoformat()))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def published(now: datetime, *, starts: datetime, minutes: int, **known: Any) -> Slot:
    """A new slot. Raises InvalidForm for a time that has begun, or is more than a year ahead,
    or a length that is no length."""
    problems = [Problem("starts", "slot_begun")] if starts <= now else []
    if starts > now + AHEAD:
        problems.append(Problem("starts", "slot_too_far", {"days": AHEAD.days}))
    if minutes < MINUTES[0]:
        problems.append(Problem("minutes", "number_too_little", {"at_least": MINUTES[0]}))
    if minutes > MINUTES[-1]:
        problems.append(Problem("minutes", "number_too_much", {"at_most": MINUTES[-1]}))
    if problems:
        raise InvalidForm(problems)
    id_ = slot_id(known["region"], known["clinic"], known["doctor"], starts)
    return Slot(id_, starts=starts.astimezone(UTC), minutes=minutes, **known)


def day_or_instant(text: str, zone: tzinfo) -> datetime:
    """From when free slots are asked for: a day of the region ("2026-03-02") or an instant.

    Raises BadRequest.
    """
    wrong = BadRequest("bad_parameter", name="from", expected="2026-03-02")
    try:
        if len(text) == len("2026-03-02"):
            day = date.fromisoformat(text)
            return datetime.combine(day, time(), zone).astimezone(UTC)
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise wrong
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong from error


# ---- what an application holds ------------------------------------------------------------------


def slot_of(rules: Rules, stored: Mapping[str, Any]) -> str | None:
    """The slot that the form asks for."""
    fields = (f.name for f in rules.service.fields if f.type is FieldType.SLOT)
    return next((str(stored[name]) for name in fields if stored.get(name)), None)


def key_of(rules: Rules, values: Mapping[str, Any]) -> str | None:
    """The key of the slot that the form asks for, and whose time it must be."""
    field = next((f for f in rules.service.fields if f.type is FieldType.SLOT), None)
    if field is None or not values.get(field.name):
        return None
    speciality = values.get(field.speciality, "") if field.speciality else ""
    return f"{SLOT_KEY}{values[field.name]}|{speciality}"


def parts_of(key: str) -> tuple[str, str]:
    """(id, speciality) of a slot's key."""
    id_, _, speciality = key.removeprefix(SLOT_KEY).rpartition("|")
    return id_, speciality


def slots_in(keys: tuple[str, ...]) -> list[str]:
    return [key for key in keys if key.startswith(SLOT_KEY)]


def without_slots(keys: tuple[str, ...]) -> tuple[str, ...]:
    """What an approval gives back: the booked time stays with whom it was given to."""
    return tuple(key for key in keys if not key.startswith(SLOT_KEY))


def moved(
    application: Application, rules: Rules, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Change:
    """What it takes to go from the slot of one form to that of the other, as part of a change."""
    old, new = key_of(rules, before), key_of(rules, after)
    if old == new or new is None or application.submitted_at is None:
        return NOTHING
    frees = (old,) if old and not application.slot_lost else ()
    return Change((Happening("rebooked"),), holds=(new,), frees=frees)


def is_booked(application: Application, rules: Rules) -> bool:
    """Approved, and an appointment: it can still be moved or given up."""
    booked = rules.service.outcome.kind is OutcomeKind.APPOINTMENT
    return booked and application.stage is Stage.APPROVED


def move_booked(case: Case, rules: Rules, stored: Mapping[str, Any], changed: list[str]) -> Change:
    """Another slot for an approved appointment; nothing else of it can change any more."""
    slots = {field.name for field in rules.service.fields if field.type is FieldType.SLOT}
    if problems := [Problem(n, "fixed_after_submission") for n in changed if n not in slots]:
        raise InvalidForm(problems)
    swap = moved(case.application, rules, case.form, stored)
    rebooked = Happening("rebooked", {"form": form.digest(stored)})
    return replace(swap, happenings=(rebooked,), form=stored)


def lose(case: Case, rules: Rules, slot: str) -> Change:
    """The clinic takes the slot back: its holder is told and may choose another."""
    application = case.application
    holds = application.in_work or is_booked(application, rules)
    if not holds or application.slot_lost or slot_of(rules, case.form) != slot:
        return NOTHING
    return Change((Happening("slot_lost"),), frees=(key_of(rules, case.form),))


def must_have_slot(application: Application) -> None:
    """Nobody is booked for a time that is no longer there."""
    if application.slot_lost:
        raise WrongStage("slot_lost")
