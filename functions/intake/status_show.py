"""What its applicant follows and may do, as the API shows it: milestones, terms, next steps, the
words of a decision, who was told what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters import definitions
from casework import about_another, plain_russian
from casework.about_another import Target
from casework.application import Application
from casework.decision import APPROVED
from casework.decision_in_words import amount_in_words, rule_in_words, source_in_words
from casework.milestones import Reached, milestones
from casework.open_ways import open_ways
from casework.original import BY_POST
from casework.ports import Case, Rules
from casework.review import TermDue
from functions.intake import catalogue

NEXT_AT = {
    "draft": ("applicant", "draft"),
    "checking": ("registries", "check"),
    "clarification": ("applicant", "ask"),
    "review": ("officer", "decide"),
    "confirmation": ("second_officer", "confirm"),
}
"""Of a line in a list, from the stage alone: who acts, and the text of what comes next."""


def shown(case: Case, rules: Rules, language: str, now: datetime) -> dict[str, Any]:
    """The part of an application's view that its applicant follows it by."""
    ways = open_ways(case.application, rules, now)
    return {
        "milestones": [_milestone(told, case, rules, language) for told in milestones(case)],
        "open_ways": list(ways),
        "related": _related(Target(case, rules), ways),
        "follows": _follows(case.application),
        "original": _original(case, rules),
    }


def _milestone(told: Reached, case: Case, rules: Rules, language: str) -> dict[str, Any]:
    titles = definitions.texts("statuses")
    words = (titles["events"] | titles["milestones"])[told.kind][language]
    if told.kind == "decided" and language == "ru":
        outcome = rules.service.outcome_of(case.form)
        words = outcome.approved if told.outcome == APPROVED else outcome.refused
    return {"kind": told.kind, "title": words, "at": told.at, "outcome": told.outcome}


def _related(target: Target, ways: tuple[str, ...]) -> list[dict[str, str]]:
    if "appeal" not in ways and not target.case.application.is_granted:
        return []  # most are neither, and all services need not be read for them
    return [
        {"service": service.id, "title": service.title, "kind": service.outcome.kind.value}
        for service in definitions.services().values()
        if about_another.can_be_asked_for(service, target, ways)
    ]


def _follows(application: Application) -> list[str]:
    found = {"programme": application.provision, "payments": application.benefit}
    return [name for name, what in found.items() if what is not None]


def _original(case: Case, rules: Rules) -> dict[str, Any] | None:
    original = case.application.original
    if original is None:
        return None
    options = (option for field in rules.service.fields for option in field.options)
    titles = {option.value: option.title for option in options}
    return {
        "awaits": original.awaits,
        "place": titles.get(original.place, original.place),
        "by_post": original.place == BY_POST,
        "handed_over_on": original.handed_over_on,
        "tracking": case.texts.get("tracking"),
    }


def term(shown_term: TermDue, app: Application, rules: Rules, now: datetime) -> dict[str, Any]:
    """How long it is, and whether it was missed, and whether a decree may still move it."""
    known = next(known for known in rules.service.terms if known.name == shown_term.name)
    length = dict(known.lengths(app.priority).kinds()).get(shown_term.kind)
    return {
        "lasts": plain_russian.length(length) if length else "",
        "missed": shown_term.is_missed(now),
        "provisional": rules.calendar.provisional(shown_term.proven.due_day),
    }


def gap(asked: Mapping[str, Any], rules: Rules, language: str) -> dict[str, Any]:
    """Why it is asked, and, of a field, what is to be filled in."""
    field = next((f for f in rules.service.fields if f.name == asked["field"]), None)
    titles = plain_russian.titles_of(rules.service)
    return {
        "why": definitions.texts("problems")[asked["code"]][language],
        "asked": catalogue.shown_field(field, titles) if field else None,
    }


def decision(assessment: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """What was compared with what, in words."""
    sources = assessment.get("sources", {}).items()
    return {
        "rules": [rule_in_words(rule, rules.service) for rule in assessment.get("rules", ())],
        "sources": [
            {"title": title, "source": source_in_words(source)} for title, source in sources
        ],
        "amount": amount_in_words(assessment.get("amount")),
        "changes": [turn["text"] for turn in assessment.get("counterfactual", ())],
        "circumstances": list(assessment.get("circumstances", ())),
    }


def line(item: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Of an item of a list: its service's title, and what comes next as far as a list can know."""
    titles = definitions.texts("statuses")
    words = titles["next"] | titles["next_in_a_list"]
    who, step = NEXT_AT.get(item["stage"], ("nobody", "closed"))
    if awaits := item.get("awaits"):
        mine = awaits in ("agreement", "provider", "handover")
        who, step = "applicant" if mine else "officer", awaits
    return {
        "title": definitions.service(item["service"]).title,
        "next": {"who": who, "what": words[step][language], "until": None},
    }


def told(delivery: Mapping[str, Any], number: str, language: str) -> dict[str, Any]:
    """What a notice was about, and by what it went; no channel for what went to the office."""
    words = definitions.texts("statuses")
    notice = definitions.texts("notices").get(delivery["template"], {})
    channel = words["channels"].get(delivery["channel"])
    subject = notice.get("subject") or notice.get("operators") or ""
    return {
        "title": subject.format(number=number),
        "channel_title": channel[language] if channel else None,
        "state_title": words["deliveries"].get(delivery["state"], {}).get(language, ""),
    }
