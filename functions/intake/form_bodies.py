"""The shapes of requests and answers about forms as questions, and about whether one may apply."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from functions.intake.bodies import (
    Body,
    DocumentView,
    FormValues,
    OptionView,
    OwnFeeView,
    ProblemView,
    ReasonView,
    RegionCode,
    View,
)

State = Literal["empty", "begun", "wrong", "optional", "done"]


class Eligibility(Body):
    """`answers`: to the questions that came so far, by their names. Nothing of it is kept."""

    region: RegionCode
    answers: FormValues = Field(default_factory=dict)


# ---- answers ------------------------------------------------------------------------------------


class RegionView(View):
    code: str
    title: str


class RegionList(View):
    regions: list[RegionView]


class QuestionView(View):
    """`value`: as it was typed or stored; `written`: as people read it. `speciality`: of a slot,
    the speciality that was chosen for it; `at_most`: of a text, its length."""

    name: str
    title: str
    type: str
    hint: str
    required: bool
    options: list[OptionView]
    at_most: int | None
    speciality: str | None = None
    value: Any = None
    written: str = ""
    problems: list[ProblemView] = Field(default_factory=list)


class MemberView(View):
    place: int = Field(description="From 1 on")
    title: str
    pages: list["PageView"]


class PageView(View):
    """What is asked together. Of a group: its `members`, and the pages of `another`, the next."""

    id: str
    title: str
    state: State
    questions: list[QuestionView]
    members: list[MemberView] = Field(default_factory=list)
    another: list["PageView"] = Field(default_factory=list)


class SectionView(View):
    title: str
    state: State
    pages: list[PageView]


class DocumentNeededView(View):
    """One kind of document: whether it must be there by the form as it is, and what came."""

    kind: str
    title: str
    required: bool
    shows: list[str]
    dpi_at_least: int | None
    documents: list[DocumentView]


class FormView(View):
    """The form of an application as the questions that are asked by now. `leftover`: answers to
    questions that are not asked any more, as a change that clears them; `complete`: only they,
    if anything, keep it from being submitted; `warning`: what to read before."""

    number: str
    version: int
    service: str
    title: str
    region: str
    stage: str
    saved_at: datetime
    expires_on: date | None
    signed: bool
    sections: list[SectionView]
    documents: list[DocumentNeededView]
    fee: OwnFeeView | None
    leftover: dict[str, Any]
    warning: str
    complete: bool


class AnsweredView(View):
    name: str
    title: str
    written: str


class EligibilityView(View):
    """`next`: the question to answer now; null when the rules need no more. `outcome`: what they
    say then of these answers; null where none of them can be tried before the application."""

    title: str
    answered: list[AnsweredView]
    next: QuestionView | None
    outcome: Literal["approved", "refused"] | None
    reasons: list[ReasonView]
    explanations: list[str] = Field(description="What was compared with what, rule by rule")
    changes: list[str] = Field(description="What would turn a refusal")
    later: list[str] = Field(description="What is decided only after the application is submitted")
