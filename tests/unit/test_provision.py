"""An approved programme, from the officer's proposal to the last service: who may do what, when."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from casework import actions, issuing, provision_actions
from casework.errors import InvalidForm, WrongStage
from casework.provision import Awaited
from casework.provision_actions import Line, Need, Offer, Per, Provider
from casework.review import Next
from tests.unit.fake_casebook import CITIZEN, MOSCOW, OFFICER, Life, approved, refused

TODAY = date(2026, 4, 6)
REVIEW_ON = date(2026, 10, 6)
HOUSEHOLD = Line(
    Need.SOCIAL_HOUSEHOLD, "Уборка", 3, Per.WEEK, date(2026, 12, 31), "Трудно наклоняться"
)
MEDICAL = Line(Need.MEDICAL, "Перевязки", 1, Per.DAY, date(2026, 5, 31), "После операции")
LIPA = Provider(
    "lipa",
    MOSCOW,
    "Липа",
    "ул. Липовая",
    "Л-1",
    date(2030, 1, 1),
    "А-1",
    Decimal("4.6"),
    210,
    (Offer(Need.SOCIAL_HOUSEHOLD, Decimal(0), 3), Offer(Need.MEDICAL, Decimal("150"), 7)),
)
RODNIK = replace(
    LIPA,
    id="rodnik",
    title="Родник",
    offers=(Offer(Need.SOCIAL_HOUSEHOLD, Decimal("90"), 1), Offer(Need.MEDICAL, Decimal(0), 1)),
)


def begun() -> Life:
    """Approved, and the programme has to be drawn up."""
    life = approved()
    life.act("system", issuing.issue, life.rules, life.now)
    return life


def proposed(*lines: Line) -> Life:
    life = begun()
    propose(life, *(lines or (HOUSEHOLD, MEDICAL)))
    return life


def propose(life: Life, *lines: Line) -> None:
    life.act(OFFICER, provision_actions.propose_programme, lines, REVIEW_ON, TODAY)


def agreed() -> Life:
    life = proposed()
    life.act(CITIZEN, provision_actions.answer_programme, True, None)
    return life


def chosen(provider: Provider = LIPA) -> Life:
    life = agreed()
    life.act(CITIZEN, provision_actions.choose_provider, provider, TODAY)
    return life


def in_hand() -> Life:
    """Everything is agreed: services may begin."""
    life = chosen()
    life.act(OFFICER, provision_actions.form_act, TODAY)
    return life


def start(life: Life, line: int) -> None:
    life.act(OFFICER, provision_actions.start_service, line, TODAY, TODAY)


def end(life: Life, line: int) -> None:
    life.act(OFFICER, provision_actions.end_service, line, TODAY, "Сделано", TODAY)


def awaits(life: Life) -> Awaited | None:
    return life.application.provision.awaits


def codes(error: pytest.ExceptionInfo[InvalidForm]) -> dict[str, str]:
    return {problem.field: problem.code for problem in error.value.problems}


class TestFromApprovalToTheEnd:
    def test_an_approval_begins_a_programme_and_a_refusal_does_not(self):
        assert awaits(begun()) is Awaited.PROGRAMME
        life = refused()
        life.act("system", issuing.issue, life.rules, life.now)
        assert life.application.provision is None

    def test_issued_again_it_begins_nothing_anew(self):
        life = begun()
        before = life.kinds
        life.act("system", issuing.issue, life.rules, life.now)
        assert life.kinds == before

    @pytest.mark.parametrize(
        ("come", "awaited"),
        [
            (begun, Next.PROGRAMME),
            (proposed, Next.AGREEMENT),
            (agreed, Next.PROVIDER),
            (chosen, Next.ACT),
            (in_hand, Next.SERVICES),
        ],
    )
    def test_the_machine_waits_for_whoever_is_to_act(self, come, awaited):
        assert come().next() is awaited

    def test_the_last_service_ends_the_whole(self):
        life = in_hand()
        for line in (1, 2):
            start(life, line)
        end(life, 2)
        assert awaits(life) is Awaited.SERVICES
        end(life, 1)
        assert life.kinds[-2:] == ["service_ended", "provision_ended"]
        assert awaits(life) is None
        assert life.next() is Next.CLOSED
        assert life.case.texts["result_2"] == "Сделано"

    def test_no_words_of_a_programme_are_in_the_chain(self):
        life = in_hand()
        told = str([event.data for event in life.events])
        for words in (HOUSEHOLD.title, HOUSEHOLD.why, HOUSEHOLD.need, LIPA.title):
            assert words not in told


class TestTheProgramme:
    def test_declined_with_wishes_another_one_is_proposed(self):
        life = proposed()
        life.act(CITIZEN, provision_actions.answer_programme, False, "Лучше по утрам")
        assert awaits(life) is Awaited.PROGRAMME
        assert life.case.texts["wishes"] == "Лучше по утрам"
        propose(life, HOUSEHOLD)
        assert (awaits(life), life.application.provision.edition) == (Awaited.AGREEMENT, 2)

    def test_whoever_declines_says_what_should_be_otherwise(self):
        with pytest.raises(InvalidForm) as error:
            proposed().act(CITIZEN, provision_actions.answer_programme, False, None)
        assert codes(error) == {"wishes": "required"}

    def test_it_names_services_and_days_that_are_still_to_come(self):
        life, late = begun(), replace(HOUSEHOLD, until=TODAY)
        with pytest.raises(InvalidForm) as error:
            life.act(OFFICER, provision_actions.propose_programme, [MEDICAL, late], TODAY, TODAY)
        assert codes(error) == {"review_on": "not_after_today", "lines.1.until": "not_after_today"}
        with pytest.raises(InvalidForm) as error:
            life.act(OFFICER, provision_actions.propose_programme, [], REVIEW_ON, TODAY)
        assert codes(error) == {"lines": "too_few"}

    def test_a_new_one_while_services_run_is_agreed_and_chosen_for_again(self):
        life = in_hand()
        start(life, 1)
        propose(life, MEDICAL)
        provision = life.application.provision
        assert awaits(life) is Awaited.AGREEMENT
        assert (provision.provider, provision.act, provision.services) == (None, None, {})

    @pytest.mark.parametrize("come", [begun, agreed, chosen, in_hand])
    def test_nobody_agrees_to_what_is_not_asked(self, come):
        with pytest.raises(WrongStage) as error:
            come().act(CITIZEN, provision_actions.answer_programme, True, None)
        assert error.value.code == "not_awaited"

    def test_where_nothing_was_approved_nothing_is_proposed(self):
        with pytest.raises(WrongStage):
            propose(refused(), HOUSEHOLD)


class TestTheProvider:
    @pytest.mark.parametrize(
        ("fault", "change"),
        [
            ("other_region", {"region": "RU-SPE"}),
            ("licence_expired", {"licensed_until": TODAY - timedelta(days=1)}),
            ("not_accredited", {"accreditation": None}),
            ("service_not_offered", {"offers": LIPA.offers[:1]}),
        ],
    )
    def test_the_norms_forbid(self, fault, change):
        provider = replace(LIPA, **change)
        assert provision_actions.unfit(provider, [HOUSEHOLD, MEDICAL], MOSCOW, TODAY) == (fault,)
        assert provision_actions.compared([provider], [HOUSEHOLD, MEDICAL], MOSCOW, TODAY) == []
        with pytest.raises(InvalidForm) as error:
            agreed().act(CITIZEN, provision_actions.choose_provider, provider, TODAY)
        assert codes(error) == {"provider": "provider_unfit"}

    def test_a_licence_holds_on_its_last_day(self):
        provider = replace(LIPA, licensed_until=TODAY)
        assert provision_actions.unfit(provider, [HOUSEHOLD], MOSCOW, TODAY) == ()

    def test_the_best_rated_comes_first_and_of_equals_the_cheaper(self):
        best = replace(RODNIK, id="best", rating=Decimal("4.7"))
        found = provision_actions.compared(
            [LIPA, RODNIK, best], [HOUSEHOLD, MEDICAL], MOSCOW, TODAY
        )
        assert [row.provider.id for row in found] == ["best", "rodnik", "lipa"]

    def test_what_it_costs_a_month(self):
        """Three times a week at 90: 3 x 52 / 12 = 13 times; every day at 150: 365 / 12 times."""
        (of_rodnik,) = provision_actions.compared([RODNIK], [HOUSEHOLD, MEDICAL], MOSCOW, TODAY)
        (of_lipa,) = provision_actions.compared([LIPA], [HOUSEHOLD, MEDICAL], MOSCOW, TODAY)
        assert (of_rodnik.a_month, of_lipa.a_month) == (Decimal("1170.00"), Decimal("4562.50"))
        assert (of_rodnik.starts_in_days, of_lipa.starts_in_days) == (1, 7)

    @pytest.mark.parametrize("come", [chosen, in_hand])
    def test_another_is_chosen_and_needs_an_act_of_its_own(self, come):
        life = come()
        life.act(CITIZEN, provision_actions.choose_provider, RODNIK, TODAY)
        assert awaits(life) is Awaited.ACT
        assert life.application.provision.provider == "rodnik"

    def test_another_begins_anew_what_was_not_ended(self):
        life = in_hand()
        start(life, 1)
        start(life, 2)
        end(life, 1)
        life.act(CITIZEN, provision_actions.choose_provider, RODNIK, TODAY)
        assert set(life.application.provision.services) == {1}

    def test_the_same_again_changes_nothing(self):
        life = in_hand()
        before = life.kinds
        life.act(CITIZEN, provision_actions.choose_provider, LIPA, TODAY)
        assert life.kinds == before


class TestServices:
    @pytest.mark.parametrize(
        ("line", "on", "wrong"),
        [
            (0, TODAY, {"line": "not_in_list"}),
            (3, TODAY, {"line": "not_in_list"}),
            (1, TODAY + timedelta(days=1), {"on": "in_the_future"}),
        ],
    )
    def test_a_service_begins_as_it_did(self, line, on, wrong):
        with pytest.raises(InvalidForm) as error:
            in_hand().act(OFFICER, provision_actions.start_service, line, on, TODAY)
        assert codes(error) == wrong

    def test_it_begins_once_and_ends_once(self):
        life = in_hand()
        with pytest.raises(WrongStage):
            end(life, 1)
        start(life, 1)
        with pytest.raises(WrongStage):
            start(life, 1)
        end(life, 1)
        with pytest.raises(WrongStage):
            end(life, 1)

    def test_an_end_has_a_result_and_is_not_before_the_beginning(self):
        life = in_hand()
        start(life, 1)
        for on, result, wrong in (
            (TODAY, None, {"result": "required"}),
            (TODAY - timedelta(days=1), "Сделано", {"on": "before_beginning"}),
        ):
            with pytest.raises(InvalidForm) as error:
                life.act(OFFICER, provision_actions.end_service, 1, on, result, TODAY)
            assert codes(error) == wrong


class TestComplaints:
    @pytest.mark.parametrize("come", [chosen, in_hand])
    def test_a_complaint_goes_to_the_officer_and_what_was_awaited_waits(self, come):
        life = come()
        before = awaits(life)
        life.act(CITIZEN, provision_actions.complain, "Не приходят")
        assert awaits(life) is Awaited.COMPLAINT
        life.act(
            OFFICER, provision_actions.review_complaint, False, "Приходили, дома никого не было"
        )
        assert awaits(life) is before

    def test_upheld_it_frees_the_person_to_choose_anew(self):
        life = in_hand()
        life.act(CITIZEN, provision_actions.complain, "Не приходят")
        life.act(OFFICER, provision_actions.review_complaint, True, "Вы правы")
        assert (awaits(life), life.application.provision.provider) == (Awaited.PROVIDER, None)

    def test_one_at_a_time_and_about_somebody(self):
        with pytest.raises(WrongStage) as error:
            agreed().act(CITIZEN, provision_actions.complain, "?")
        assert error.value.code == "nobody_to_complain_of"
        life = chosen()
        life.act(CITIZEN, provision_actions.complain, "Не приходят")
        with pytest.raises(WrongStage) as error:
            life.act(CITIZEN, provision_actions.complain, "И ещё раз")
        assert error.value.code == "complaint_open"


class TestSilence:
    @pytest.mark.parametrize("come", [begun, proposed, agreed, chosen])
    def test_silence_is_marked_twice_and_ends_nothing(self, come):
        life = come()
        before = awaits(life)
        life.wait(days=60)
        life.act("system", actions.mark, life.rules, life.now)
        life.act("system", actions.mark, life.rules, life.now)
        made = [e.data for e in life.events if e.kind == "provision_marked"]
        assert made == [
            {"mark": "reminder", "awaits": before},
            {"mark": "silence", "awaits": before},
        ]
        assert awaits(life) is before

    def test_the_clock_of_each_wait_is_its_own(self):
        life = proposed()
        life.wait(days=60)
        life.act("system", actions.mark, life.rules, life.now)
        life.act(CITIZEN, provision_actions.answer_programme, True, None)
        assert life.application.provision.marks == frozenset()
        assert life.application.provision.since == life.now

    def test_a_programme_is_reviewed_in_the_morning_of_its_day_even_beyond_the_calendar(self):
        life = begun()
        life.act(OFFICER, provision_actions.propose_programme, [HOUSEHOLD], date(2036, 4, 7), TODAY)
        life.act(CITIZEN, provision_actions.answer_programme, True, None)
        life.act(CITIZEN, provision_actions.choose_provider, LIPA, TODAY)
        life.act(OFFICER, provision_actions.form_act, TODAY)
        life.wait_until(datetime.fromisoformat("2036-04-07T08:59:59+03:00"))
        life.act("system", actions.mark, life.rules, life.now)
        assert life.kinds[-1] == "act_formed"
        life.wait(seconds=1)
        life.act("system", actions.mark, life.rules, life.now)
        assert life.events[-1].data == {"mark": "review", "awaits": "services"}
