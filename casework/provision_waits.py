"""Until when what was approved may be waited for, and what the clock then says.

Nobody's silence ends anything here: who is awaited is reminded once, then the office is told, and
the duty remains. No seed gives lengths for this; they are those of a question of the same service.
"""

from datetime import date, datetime, time, timedelta

from casework.application import Application, Happening
from casework.deadline import due
from casework.ports import Rules
from casework.provision import Awaited

MORNING = timedelta(hours=9)  # reminders come by day: nobody is woken by one
REMINDER, SILENCE, REVIEW = "reminder", "silence", "review"


def marks_to_come(application: Application, rules: Rules) -> list[tuple[str, datetime]]:
    """The marks that are not made yet, each with its instant."""
    provided = application.provided
    if provided is None or provided.awaits is None:
        return []
    if provided.awaits is Awaited.SERVICES:
        marks = [(REVIEW, _morning_of(date.fromisoformat(provided.review_on), rules))]
    else:
        patience, since = rules.service.clarification, provided.since
        reminder = due(patience.reminder, since, rules.calendar).due_day
        silence = due(patience.limit, since, rules.calendar).due
        marks = [(REMINDER, _morning_of(reminder, rules)), (SILENCE, silence)]
    return [(name, at) for name, at in marks if name not in provided.marks]


def _morning_of(day: date, rules: Rules) -> datetime:
    """Also of a day that no calendar covers yet: a programme may be reviewed in three years."""
    return datetime.combine(day, time(), rules.calendar.zone) + MORNING


def marked(application: Application, rules: Rules, now: datetime) -> tuple[Happening, ...]:
    """What the clock has reached by now and nobody has recorded."""
    kind = "provision_marked" if application.provision else "original_marked"
    return tuple(
        Happening(kind, {"mark": name, "awaits": application.provided.awaits})
        for name, at in marks_to_come(application, rules)
        if at <= now
    )
