"""Which event calls for which paper, and whether a paper still holds."""

from dataclasses import replace

import pytest

from casework import papers
from casework.application import Happening, PaperState, event_kinds
from casework.errors import Conflict, WrongStage
from casework.papers import Drawn, Facts, Kind, Print, Standing
from casework.ports import NOTHING, Change
from tests.unit import fake_casebook as lives
from tests.unit.fake_casebook import Life


def drawn(life: Life, kind: str) -> tuple[str, ...]:
    """What the latest event of that kind calls for."""
    event = next(event for event in reversed(life.events) if event.kind == kind)
    return papers.papers_of(event, life.case, life.rules)


def issue_all(life: Life, kind: str) -> None:
    """What the latest event of that kind calls for is drawn, in both prints."""
    event = next(event for event in reversed(life.events) if event.kind == kind)
    day = life.now.date()
    issued = [
        Drawn(Facts(event.number, event.sequence, paper, print_, day), "0" * 64, 1000)
        for paper in papers.papers_of(event, life.case, life.rules)
        for print_ in Print
    ]
    life.act("system", lambda case: papers.note_issued(case, issued))


def standings(life: Life) -> dict[str, str]:
    app = life.application
    return {p.kind: papers.standing(p, app).value for p in app.papers.values()}


def happen(life: Life, kind: str, **data: object) -> None:
    life.act("system", lambda _: Change((Happening(kind, data),)))


# ---- which ---------------------------------------------------------------------------------------


def test_a_registered_application_has_a_receipt() -> None:
    assert drawn(lives.submitted(), "submitted") == (Kind.RECEIPT,)


def test_a_question_is_a_paper() -> None:
    assert drawn(lives.in_clarification(), "asked") == (Kind.REQUEST,)


@pytest.mark.parametrize("begin", [lives.approved, lives.refused])
def test_every_decision_is_a_paper_once_it_is_issued(begin) -> None:
    life = begin()
    life.issue()
    assert drawn(life, "issued") == (Kind.DECISION,)


def test_the_events_that_call_for_papers_exist() -> None:
    assert event_kinds() >= papers.DRAWING_KINDS


def test_a_paper_is_named_after_its_event_and_noted_once() -> None:
    life = lives.submitted()
    for _ in range(2):
        issue_all(life, "submitted")
    event = next(event for event in life.events if event.kind == "submitted")
    name = f"receipt-{event.sequence}"
    assert list(life.application.papers) == [name, f"{name}-large"]
    assert life.kinds.count("paper_issued") == 2


# ---- on request ----------------------------------------------------------------------------------


def request(life: Life) -> Change:
    return papers.request_ledger(life.case, life.rules, life.now)


def test_the_days_of_a_term_are_drawn_on_request() -> None:
    life = lives.submitted()
    life.act(lives.CITIZEN, lambda _: request(life))
    assert drawn(life, "paper_requested") == (Kind.LEDGER,)


def test_nothing_is_drawn_again_on_the_same_day() -> None:
    life = lives.submitted()
    life.act(lives.CITIZEN, lambda _: request(life))
    issue_all(life, "paper_requested")
    assert request(life) == NOTHING
    life.wait(days=1)
    assert request(life) != NOTHING


def test_what_has_happened_since_is_drawn_on_the_same_day() -> None:
    life = lives.on_review()
    life.act(lives.CITIZEN, lambda _: request(life))
    life.claim()
    assert request(life) != NOTHING


def test_a_draft_has_no_terms() -> None:
    with pytest.raises(WrongStage):
        request(lives.drafted())


def erased(life: Life, *parts: str) -> Life:
    """As casework/consent.py has it; the form goes when it is among the parts."""
    form = {} if "form" in parts else None
    told = Happening("data_erased", {"what": sorted(parts), "kept": []})
    life.act("system", lambda _: Change((told,), form=form))
    return life


@pytest.mark.parametrize("parts", [("form", "papers"), ("papers",)])
def test_nothing_is_drawn_of_what_was_erased(parts) -> None:
    life = erased(lives.submitted(), *parts)
    assert not papers.may_be_drawn(life.case)
    with pytest.raises(Conflict, match="data_erased"):
        request(life)


def test_what_is_kept_as_papers_may_be_added_to() -> None:
    assert papers.may_be_drawn(erased(lives.submitted(), "documents", "words").case)


# ---- whether it holds ----------------------------------------------------------------------------


def test_a_receipt_holds_until_the_application_is_withdrawn() -> None:
    life = lives.on_review()
    issue_all(life, "submitted")
    assert standings(life) == {"receipt": "holds"}
    life.withdraw()
    assert standings(life) == {"receipt": "ended"}


def test_a_request_holds_until_it_is_answered() -> None:
    life = lives.in_clarification()
    issue_all(life, "asked")
    assert standings(life) == {"request": "holds"}
    life.answer("Вот", income="190000")
    assert standings(life) == {"request": "ended"}


def test_a_ledger_is_revoked_when_the_days_move() -> None:
    life = lives.on_review()
    life.act(lives.CITIZEN, lambda _: request(life))
    issue_all(life, "paper_requested")
    assert standings(life) == {"ledger": "holds"}
    life.wait(hours=1)
    life.ask(lives.Gap("unclear", field="income"))
    assert standings(life) == {"ledger": "revoked"}


def test_a_newer_ledger_stands_in_place_of_the_old_one() -> None:
    life = lives.on_review()
    for _ in range(2):
        life.act(lives.CITIZEN, lambda _: request(life))
        issue_all(life, "paper_requested")
        life.wait(days=1)
    found = [papers.standing(p, life.application) for p in life.application.papers.values()]
    assert found == [Standing.SUPERSEDED] * 2 + [Standing.HOLDS] * 2


def refused_and_told() -> Life:
    life = lives.refused()
    life.issue()
    issue_all(life, "issued")
    return life


def test_a_decision_holds_while_an_appeal_against_it_is_open_and_says_so() -> None:
    life = refused_and_told()
    assert standings(life) == {"decision": "holds"}
    happen(life, "appealed", number="333-333-3333", because="1")
    assert standings(life) == {"decision": "appealed"}
    happen(life, "decision_upheld", number="333-333-3333", because="2")
    assert standings(life) == {"decision": "holds"}


def test_a_decision_that_an_appeal_undid_is_revoked_and_then_superseded() -> None:
    life = refused_and_told()
    since = life.now.date().isoformat()
    happen(life, "decision_superseded", number="333-333-3333", because="1", since=since)
    assert standings(life) == {"decision": "revoked"}
    life.act("system", lambda _: Change((_decided(),)))
    life.issue()
    assert standings(life) == {"decision": "revoked"}
    issue_all(life, "issued")
    first, *_, last = life.application.papers.values()
    assert papers.standing(first, life.application) is Standing.SUPERSEDED
    assert papers.standing(last, life.application) is Standing.HOLDS


def _decided() -> Happening:
    return Happening("decided", {"outcome": "approved", "reasons": [], "officer": "third"})


def issued_on(life: Life, kind: Kind) -> PaperState:
    """As if its service issued such a document."""
    event = next(event for event in life.events if event.kind == "issued")
    return PaperState(kind, event.sequence, event.at, Print.STANDARD, "0" * 64, 1000)


def granted() -> Life:
    life = lives.approved()
    life.issue()
    return life


def test_an_electronic_certificate_holds_until_the_original_is_handed_over() -> None:
    life = granted()
    paper = issued_on(life, Kind.CERTIFICATE)
    happen(life, "original_ordered", place="mfc")
    assert papers.standing(paper, life.application) is Standing.HOLDS
    happen(life, "original_ready", place="mfc")
    happen(life, "original_handed_over", on="2026-05-01", by_post=False)
    assert papers.standing(paper, life.application) is Standing.SUPERSEDED


def test_what_was_ended_is_said_on_everything_that_it_rested_on() -> None:
    life = granted()
    happen(life, "ended", by="officer-1", reason="moved", since="2026-05-01")
    for kind in (Kind.DECISION, Kind.CERTIFICATE, Kind.EXTRACT, Kind.TICKET):
        assert papers.standing(issued_on(life, kind), life.application) is Standing.ENDED


def test_a_ticket_to_a_time_that_is_no_more_is_revoked() -> None:
    life = granted()
    happen(life, "slot_lost")
    ticket = issued_on(life, Kind.TICKET)
    assert papers.standing(ticket, life.application) is Standing.REVOKED


def test_a_programme_and_an_act_hold_while_they_are_the_last() -> None:
    life = granted()
    happen(life, "provision_begun")
    happen(life, "programme_proposed", programme="1", lines=1, review_on="2026-09-01")
    happen(life, "programme_agreed", programme="1")
    programme, act = issued_on(life, Kind.PROGRAMME), issued_on(life, Kind.ACT)
    assert papers.standing(programme, life.application) is Standing.HOLDS
    assert papers.standing(act, life.application) is Standing.REVOKED
    happen(life, "provider_chosen", provider="lipa", programme="1")
    happen(life, "act_formed", act="1", provider="lipa")
    assert papers.standing(act, life.application) is Standing.HOLDS
    happen(life, "programme_proposed", programme="2", lines=1, review_on="2026-09-01")
    for paper in (programme, act):
        assert papers.standing(paper, life.application) is Standing.REVOKED


def test_each_kind_and_each_standing_is_told_in_both_languages() -> None:
    for language in ("ru", "en"):
        assert len({papers.title(kind, language) for kind in Kind}) == len(Kind)
        assert len({papers.told_of(standing, language) for standing in Standing}) == len(Standing)


def test_a_standing_is_told_without_knowing_the_person() -> None:
    """It is the same for everybody: the page that shows it is open to whoever has the paper."""
    life = granted()
    told = papers.standing(issued_on(life, Kind.DECISION), life.application)
    bare = replace(life.application, applicant=None, agency=None)
    assert papers.standing(issued_on(life, Kind.DECISION), bare) is told
