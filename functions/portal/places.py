"""Where one can go from every page, by who one is."""

from functions.intake.http import AGENCY, AUDITOR, EXPERT, OFFICER, SUPERVISOR, Person

Place = tuple[str, str]
"""A path, and what the place is called."""

OFFICE: tuple[tuple[Place, frozenset[str]], ...] = tuple(
    (place, frozenset(roles))
    for place, roles in (
        (("/office/queue", "Очередь"), (OFFICER, SUPERVISOR, AUDITOR)),
        (("/office/document-checks", "Документы"), (EXPERT, SUPERVISOR)),
        (("/office/executions", "Исполнение"), (OFFICER, SUPERVISOR, AUDITOR)),
        (("/office/sentinel", "Часовой сроков"), (OFFICER, SUPERVISOR, AUDITOR)),
        (("/office/statistics", "Статистика"), (OFFICER, SUPERVISOR, AUDITOR)),
        (("/office/batches", "Пакеты"), (OFFICER, SUPERVISOR, AUDITOR)),
        (("/office/audit", "Аудит"), (AUDITOR, SUPERVISOR)),
        (("/office/support", "Обращения"), (OFFICER, SUPERVISOR)),
    )
)
AGENCYS: tuple[Place, ...] = (
    ("/office/agency", "Заявления"),
    ("/office/batches", "Пакеты"),
    ("/office/slots", "Приём врачей"),
    ("/cabinet/services", "Услуги"),
)
CITIZENS: tuple[Place, ...] = (
    ("/cabinet/applications", "Мои заявления"),
    ("/cabinet/services", "Услуги"),
    ("/cabinet/documents", "Мои документы"),
    ("/cabinet/profile", "Мои данные"),
    ("/cabinet/support", "Поддержка"),
)
EVERYBODYS: tuple[Place, ...] = (
    ("/cabinet/services", "Услуги"),
    ("/cabinet/status", "Что работает"),
)


def home(person: Person | None) -> str:
    at_work = person is not None and (person.is_staff or AGENCY in person.roles)
    return "/office" if at_work else "/cabinet"


def places(person: Person | None) -> tuple[Place, ...]:
    if person is None:
        return EVERYBODYS
    if person.is_staff:
        return tuple(place for place, roles in OFFICE if roles & person.roles)
    return AGENCYS if AGENCY in person.roles else CITIZENS
