"""Which event tells whom what, by which channel, in which words."""

import re
import string
from dataclasses import replace

import pytest

from adapters.definitions import texts
from casework import consent, provision_notices
from casework.application import Event, Gap, event_kinds
from casework.notice import (
    TELLING_KINDS,
    Audience,
    Channel,
    Notice,
    contact_of,
    is_outdated,
    notices_of,
    words,
)
from tests.unit.fake_casebook import (
    AT_STAGE,
    Life,
    approved,
    drafted,
    form_of,
    in_clarification,
    in_confirmation,
    on_review,
    refused,
    rules,
    submitted,
)

V1 = rules().service
NOTICES = texts("notices")
CLOCKS = {name: told["ru"] for name, told in texts("statuses")["clock"].items()}
LINK = "https://example.org/cabinet"
MARKS = ("reminder", "overdue", "escalation")
PROVISION_MARKS = frozenset({"provision_marked", "original_marked"})
AWAITED_MARKS = sorted(provision_notices._BY_MARK)


def told_by_last(life: Life) -> set[tuple[str, str]]:
    return {(n.audience, n.template) for n in notices_of(life.events[-1], life.application)}


def happened(kind: str, **data) -> Event:
    life = on_review()
    return Event(life.number, 99, kind, life.now, "system", data, "0" * 64)


def every_notice() -> set[Notice]:
    """All that any event can tell, in the stage where it tells most."""
    agency = on_review().application
    found: set[Notice] = set()
    of_provision = provision_notices.KINDS
    for kind in event_kinds() - {"marked", "issued"} - of_provision:
        found |= set(notices_of(happened(kind), agency))
    for kind, data in (
        *((kind, {"told": True, "by": "x"}) for kind in of_provision - PROVISION_MARKS),
        *((kind, {"awaits": a, "mark": m}) for kind in PROVISION_MARKS for a, m in AWAITED_MARKS),
    ):
        found |= set(notices_of(happened(kind, **data), agency))
    for mark in MARKS:
        found |= set(notices_of(happened("marked", mark=mark), agency))
    for escalated in (False, True):
        found |= set(notices_of(happened("document_scan_delayed", escalated=escalated), agency))
    found |= set(notices_of(happened("document_rejected", defect="infected"), agency))
    for mark in ("reminder", "overdue"):
        found |= set(notices_of(happened("document_check_marked", mark=mark), agency))
    found |= set(notices_of(happened("document_checked", verdict="suspect"), agency))
    found |= set(notices_of(happened("consent_withdrawn", told=True), agency))
    for outcome in ("approved", "refused"):
        found |= set(notices_of(happened("issued", outcome=outcome), agency))
    for ruling in ("upheld", "changed", "sent_back"):
        found |= set(notices_of(happened("issued", outcome="refused", ruling=ruling), agency))
    appeal = replace(agency, contests="000-000-0013")
    for kind in ("submitted", "asked", "applicant_reminded"):
        found |= set(notices_of(happened(kind), appeal))
    return found


def filled(life: Life, template: str) -> dict[str, str]:
    said = words(life.case, life.rules, LINK, CLOCKS)
    return {name: text.format_map(said) for name, text in NOTICES[template].items()}


class TestWhoIsTold:
    def test_the_applicant_hears_of_the_registration(self):
        life = drafted()
        life.submit(experts_at_work=False)
        assert told_by_last(life) == {("applicant", "accepted")}

    def test_of_a_question(self):
        assert told_by_last(in_clarification()) == {("applicant", "question")}

    def test_operators_hear_that_a_refusal_waits_for_a_second_officer(self):
        assert told_by_last(in_confirmation()) == {("operators", "confirmation_needed")}

    @pytest.mark.parametrize(
        ("mark", "told"),
        [
            ("reminder", {("operators", "due_soon")}),
            ("overdue", {("operators", "overdue"), ("applicant", "overdue")}),
            ("escalation", {("operators", "escalated"), ("applicant", "escalated")}),
        ],
    )
    def test_each_mark_of_the_clock_has_its_consequence(self, mark, told):
        found = notices_of(happened("marked", mark=mark), on_review().application)
        assert {(n.audience, n.template) for n in found} == told

    @pytest.mark.parametrize("decide", [approved, refused])
    def test_the_outcome_is_told_when_it_is_issued_not_when_it_is_decided(self, decide):
        life = decide()
        assert told_by_last(life) == set()
        life.issue()
        assert told_by_last(life) == {("applicant", life.application.decision.outcome)}

    def test_an_agency_hears_of_the_decision_on_its_row(self):
        life = refused()
        life.issue()
        of_an_agency = replace(life.application, agency="mfc-7")
        told = {(n.audience, n.template) for n in notices_of(life.events[-1], of_an_agency)}
        assert told == {("applicant", "refused"), ("agency", "decided")}

    def test_a_rejected_document_is_told_unless_the_person_is_looking_at_it(self):
        life = Life()
        life.upload("passport", defect="encrypted")
        assert told_by_last(life) == set()
        life = in_clarification(Gap("unreadable", document="passport"))
        life.upload("passport", defect="encrypted")
        assert told_by_last(life) == {("applicant", "document_rejected")}

    def test_of_an_agencys_scan_the_agency_is_told_not_the_person_who_sent_nothing(self):
        rejected = happened("document_rejected", defect="infected")
        application = replace(on_review().application, agency="lipa")
        assert {(n.audience, n.template) for n in notices_of(rejected, application)} == {
            ("agency", "document_rejected"),
            ("operators", "infected_upload"),
        }

    def test_operators_hear_of_malware_the_person_sees_it(self):
        life = Life()
        id_ = life.announce("passport")
        life.scan(id_, "infected")
        assert told_by_last(life) == {("operators", "infected_upload")}

    def test_a_late_scan_is_told_then_escalated_and_its_end_is_told(self):
        life = Life()
        id_ = life.announce("passport")
        life.inspect(id_)
        told = []
        for minutes in (15, 45, 24 * 60):
            life.wait(minutes=minutes)
            life.miss_verdict(id_)
            told.append(told_by_last(life))
        silent = {("operators", "scanner_silent")}
        assert told == [{("applicant", "scan_delayed")}, silent, silent]
        life.scan(id_)
        assert life.kinds[-3:] == ["document_scanned", "document_scan_ended", "document_accepted"]
        told = {n.template for event in life.events for n in notices_of(event, life.application)}
        assert told == {"scan_delayed", "scanner_silent", "scan_ended"}
        assert is_outdated("scan_delayed", life.application)

    def test_a_verdict_that_came_late_is_told_in_a_draft_too(self):
        life = Life()
        id_ = life.announce("passport")
        life.scan(id_)
        life.wait(minutes=15)
        life.miss_verdict(id_)
        assert not is_outdated("scan_delayed", life.application)
        life.inspect(id_, "encrypted")
        assert told_by_last(life) == {("applicant", "document_rejected")}

    def test_nothing_is_told_of_a_withdrawn_application(self):
        life = in_clarification()
        life.withdraw()
        assert [n for event in life.events for n in notices_of(event, life.application)] == []

    @pytest.mark.parametrize("told", [True, False])
    def test_a_withdrawn_consent_is_confirmed_by_one_application_though_that_ended_too(self, told):
        life = on_review()
        life.act("citizen", consent.withdraw, life.rules, life.now, told=told)
        notices = [n for event in life.events[-2:] for n in notices_of(event, life.application)]
        assert notices == [Notice("applicant", "consent_withdrawn")] * told
        assert not is_outdated("consent_withdrawn", life.application)

    def test_every_event_either_tells_something_or_deliberately_nothing(self):
        quiet = {
            *("drafted", "changed", "document_announced", "document_accepted", "corrected"),
            *("document_inspected", "document_scanned"),
            *("registries_asked", "registries_delayed", "registry_replied"),
            *("registries_given_up", "answered", "claimed", "released", "returned", "decided"),
            *("withdrawn", "resubmitted", "rebooked", "reopened", "fee_requested"),
            *("appealed", "appeal_withdrawn", "decision_received", "decision_superseded"),
            *("decision_upheld", "violation_recorded", "violation_lifted"),
            *("provision_begun", "service_started", "service_ended", "original_handed_over"),
            "document_looked",
            *("payment_sent", "payment_made"),
            *("paper_requested", "paper_issued"),
            *("data_erased", "document_erased"),
            "signature_checked",
            "reassigned",
        }
        assert quiet | TELLING_KINDS == event_kinds()
        assert not quiet & TELLING_KINDS
        application = on_review().application
        for kind in quiet:
            assert notices_of(happened(kind), application) == ()


class TestTexts:
    @pytest.mark.parametrize("notice", sorted(every_notice()))
    def test_every_notice_has_the_texts_its_audience_needs(self, notice):
        needed = {"sms", "subject", "body"} if notice.audience == "applicant" else {"operators"}
        assert needed <= NOTICES[notice.template].keys()
        assert all(NOTICES[notice.template].values())

    def test_no_text_is_left_that_nobody_is_ever_told(self):
        outside_of_applications = {"batch_done", "stranger_quarantined", "decided"}
        assert NOTICES.keys() - {n.template for n in every_notice()} <= outside_of_applications

    @pytest.mark.parametrize("template", sorted(t for t in NOTICES if "sms" in NOTICES[t]))
    def test_an_sms_holds_the_number_and_the_link_and_nothing_of_the_person(self, template):
        sms = NOTICES[template]["sms"]
        named = {name for _, name, _, _ in string.Formatter().parse(sms) if name}
        assert named == {"number", "link"}
        bare = re.sub(r"\{\w+\}", "", sms)
        assert not re.search(r"[0-9]", bare)
        said = sms.format(number="123-456-7897", link="").rstrip()
        assert len(said) <= 70  # one part in Cyrillic; the link comes on top

    @pytest.mark.parametrize("stage", AT_STAGE)
    @pytest.mark.parametrize("template", sorted(NOTICES))
    def test_every_text_can_be_filled_at_every_stage(self, template, stage):
        life = AT_STAGE[stage]()
        for text in filled(life, template).values():
            assert "{" not in text
            assert "None" not in text

    def test_a_registration_tells_the_number_and_the_promised_day(self):
        life = submitted()
        body = filled(life, "accepted")["body"]
        assert life.number in body
        assert "06.05.2026" in body
        assert f"{LINK}/{life.number}" in body

    def test_a_question_tells_what_is_asked_and_the_last_day_to_answer(self):
        life = on_review()
        life.ask(Gap("unclear", field="income"), Gap("missing", document="passport"),
                 message="Не видно печати")  # fmt: skip
        body = filled(life, "question")["body"]
        assert "— Ваш доход за последние 12 месяцев, в рублях" in body
        assert "— Паспорт: страницы с фотографией и с регистрацией" in body
        assert "Не видно печати" in body
        assert "15.04.2026" in body  # the day before the midnight at which it is too late

    def test_a_refusal_tells_reasons_figures_the_way_out_and_the_appeal(self):
        life = refused()
        life.issue()
        body = filled(life, "refused")["body"]
        assert "Не подтверждено ни одно основание" in body
        assert "28\u202f408,50 ₽" in body
        assert "меньше на 4\u202f924,83 ₽" in body
        assert "обжаловать решение в течение 30 дней" in body
        assert "В признании нуждающимся отказано" in body

    def test_an_approval_tells_what_is_next_and_no_reasons(self):
        life = approved()
        life.issue()
        body = filled(life, "approved")["body"]
        assert "Вы признаны нуждающимся" in body
        assert "Специалист свяжется с вами" in body


class TestChannels:
    @pytest.mark.parametrize(
        ("chosen", "order"),
        [
            ("sms", ("sms", "email", "letter")),
            ("email", ("email", "sms", "letter")),
            ("letter", ("letter", "sms", "email")),
        ],
    )
    def test_the_channel_of_choice_goes_first_then_the_others(self, chosen, order):
        assert contact_of(V1, form_of(notify_by=chosen)).channels == order

    def test_a_channel_that_is_not_known_is_passed_over(self):
        contact = contact_of(V1, form_of(notify_by="email", email=None))
        assert contact.channels == (Channel.SMS, Channel.LETTER)

    def test_a_letter_is_always_among_them(self):
        contact = contact_of(V1, form_of(notify_by="sms", phone=None, email=None))
        assert contact.channels == (Channel.LETTER,)

    def test_a_letter_goes_where_the_person_lives(self):
        form = form_of(lives_at_registration=False, residence_address="г. Иной, д. 1")
        assert contact_of(V1, form).address == "101000, г. Иной, д. 1\nОбразцова Мария Ивановна"
        at_home = contact_of(V1, form_of(patronymic=None)).address
        assert at_home == "101000, г. Примерск, ул. Садовая, д. 7, кв. 12\nОбразцова Мария"

    def test_the_audiences_are_three(self):
        assert {notice.audience for notice in every_notice()} == {
            Audience.APPLICANT,
            Audience.OPERATORS,
        }
