"""What the office knows of people beside one application: signatures under it, an application
that is open already, support that lasts, and false data found twice."""

import pytest

from adapters import definitions
from local.office import Office, Refused, form_of
from local.people import person
from tests.journeys.steps import apply, begin, events, stage

SERVICE = "social-service-need"


@pytest.fixture
def office(office: Office) -> Office:
    begin(office, "2026-03-02 09:00")
    return office


def cells(form: dict) -> list[str]:
    return ["да" if v is True else "нет" if v is False else v for v in form.values()]


def drop(office: Office, *forms: dict, agency: str = "lipa", name: str = "march.csv") -> str:
    """Gives the report."""
    held = "passport snils income_certificate"
    lines = [["region", "documents", *forms[0]], *(["RU-MOW", held, *cells(f)] for f in forms)]
    key = office.drop(agency, name, "\n".join(";".join(line) for line in lines).encode())
    office.cloud.advance(minutes=10)
    return office.report(key)


class TestSigned:
    """Care (V2), refusals (V7) and changes (V14) take a signature; so does this one, if told to."""

    @pytest.fixture(autouse=True)
    def _signed_service(self, monkeypatch):
        known = definitions.service
        signed = known(SERVICE).model_copy(update={"signed": True})
        monkeypatch.setattr(
            definitions, "service", lambda id_: signed if id_ == SERVICE else known(id_)
        )

    def test_signed_submitted_and_still_fitting_what_was_signed(self, office):
        number = office.draft(form_of(person(1)))
        with pytest.raises(Refused) as refusal:
            office.citizen.post(f"/applications/{number}/submission")
        assert refusal.value.fields == {"signature": "signature_missing"}
        office.submit(number)
        assert stage(office, number) == "checking"
        history = office.citizen.get(f"/applications/{number}/history")
        (kept,) = history["signatures"]
        assert (kept["signer"], kept["fits"]) == ("citizen", True)
        submitted = history["events"][kept["event"] - 1]
        assert submitted["kind"] == "submitted"
        assert submitted["data"]["signature"]["signer"] == "citizen"

    def test_what_was_changed_after_signing_is_not_submitted(self, office):
        number = office.draft(form_of(person(1)))
        signature = office.sign(number, "submission")
        office.citizen.patch(f"/applications/{number}", {"form": {"wishes": "И по дому"}})
        with pytest.raises(Refused) as refusal:
            office.citizen.post(f"/applications/{number}/submission", {"signature": signature})
        assert refusal.value.fields == {"signature": "signature_differs"}

    def test_another_person_signs_for_nobody(self, office):
        number = office.draft(form_of(person(1)))
        own = office.sign(number, "submission")
        others = office.identity_provider.sign("neighbour", own["sha256"])
        for signature, code in (
            (others, "signature_of_another"),
            (others | {"signer": "citizen"}, "signature_altered"),
        ):
            with pytest.raises(Refused) as refusal:
                office.citizen.post(f"/applications/{number}/submission", {"signature": signature})
            assert refusal.value.fields == {"signature": code}

    def test_answers_and_the_withdrawal_are_signed(self, office):
        number = apply(office, form_of(person(1)))
        office.ask(number, {"field": "income", "code": "unclear"})
        with pytest.raises(Refused):
            office.citizen.post(f"/applications/{number}/answer", {"form": {"income": "170000"}})
        office.answer(number, form={"income": "170000"})
        office.withdraw(number)
        assert stage(office, number) == "withdrawn"
        kept = office.citizen.get(f"/applications/{number}/history")["signatures"]
        assert [signature["fits"] for signature in kept] == [True, True, True]


class TestOpenAlready:
    def test_filed_on_the_web_and_again_in_a_batch(self, office):
        """The first filing stands. Another's application is not named, one's own is."""
        form = form_of(person(1))
        number = office.apply(form)
        report = drop(office, form)
        assert "already_open" in report
        assert number not in report

    def test_filed_twice_by_one_agency_the_report_names_the_first_with_its_day(self, office):
        form = form_of(person(1))
        first = drop(office, form)
        number = next(cell for cell in first.replace("\r\n", ";").split(";") if _is_number(cell))
        office.cloud.advance(days=1)
        again = drop(office, form | {"income": "170000"}, name="april.csv")
        assert "already_open_yours" in again
        assert number in again
        assert "02.03.2026" in again

    def test_filed_in_a_batch_and_again_on_the_web(self, office):
        form = form_of(person(1))
        drop(office, form)
        number = office.draft(form)
        with pytest.raises(Refused) as refusal:
            office.submit(number)
        assert refusal.value.code == "already_open"

    def test_filed_twice_by_the_same_person(self, office):
        form = form_of(person(1))
        first = office.apply(form)
        with pytest.raises(Refused) as refusal:
            office.apply(form)
        assert refusal.value.code == "already_open_yours"
        assert first in refusal.value.problem["title"]
        assert "02.03.2026" in refusal.value.problem["title"]


def _is_number(cell: str) -> bool:
    return len(cell) == 12 and cell.count("-") == 2


class TestSupportThatLasts:
    def test_who_has_it_already_is_found_at_once_and_the_officer_sees_where(self, office):
        form = form_of(person(1))
        first = apply(office, form)
        office.approve(first)
        second = apply(office, form)
        check = _own_check(office.officer.get(f"/applications/{second}"))
        assert check["state"] == "mismatched"
        assert [earlier["number"] for earlier in check["earlier"]] == [first]
        assert _own_check(office.show(second))["earlier"] == []
        proposed = office.officer.get(f"/applications/{second}/assessment")
        assert proposed["outcome"] == "refused"
        assert "support_continues" in {reason["code"] for reason in proposed["reasons"]}

    def test_who_has_none_is_told_so_by_the_same_check(self, office):
        number = apply(office, form_of(person(2)))
        assert _own_check(office.show(number))["state"] == "matched"


def _own_check(shown: dict) -> dict:
    return next(check for check in shown["checks"] if check["name"] == "own_support")


class TestFalseData:
    def refused(self, office: Office, number: str) -> None:
        office.cloud.advance(minutes=5)
        office.propose_refusal(number, "false_data", explanation="Справка о доходах поддельная")
        office.confirm(number)

    def test_after_the_second_time_applications_are_not_taken_until_a_day(self, office):
        form = form_of(person(1))
        for _ in range(2):
            number = office.apply(form)
            self.refused(office, number)
            assert "violation_recorded" in events(office, number)
        third = office.draft(form)
        with pytest.raises(Refused) as refusal:
            office.submit(third)
        assert (refusal.value.status, refusal.value.code) == (403, "barred")
        assert "03.03.2027" in refusal.value.problem["title"]
        assert "обжаловать" in refusal.value.problem["title"]
        assert stage(office, third) == "draft"
        report = drop(office, form, form_of(person(2)))
        assert report.count("barred") == 1
        assert "принято;1" in report

    def test_an_agency_that_filed_them_is_suspended(self, office):
        for n in (1, 2):
            drop(office, form_of(person(n)), name=f"{n}.csv")
            (line,) = office.officer.get("/queue")["applications"]
            self.refused(office, line["number"])
        assert "barred" in drop(office, form_of(person(3)), name="3.csv")
        assert "barred" not in drop(office, form_of(person(3)), agency="klyon")
