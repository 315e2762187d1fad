"""A person's archive: what its events fold to, and what may be done with it."""

from datetime import date, timedelta

import pytest

from adapters import definitions
from casework import archive_actions, reuse
from casework.application import SYSTEM, first_broken_link
from casework.archive import ArchiveRecord, Paper, event_kinds, number_of, person_of, sealed
from casework.archive_actions import TAKEN_BY_ARCHIVE, suggested_name
from casework.archive_notices import is_outdated, notices_of, reached_by, words
from casework.errors import InvalidForm, NotFound, WrongStage
from casework.files import FileState
from casework.happening import Happening
from casework.ports import Change, DocumentRecord
from casework.service import DocumentRequirement
from tests.unit.archive_life import KINDS, TODAY, ArchiveLife
from tests.unit.fake_casebook import CITIZEN, Life


def codes(act, *args, **known):
    with pytest.raises(InvalidForm) as caught:
        act(*args, **known)
    return {problem.field: problem.code for problem in caught.value.problems}


class TestFiles:
    def test_the_newest_good_one_is_current(self):
        life = ArchiveLife()
        document = life.add()
        life.good(life.announce_version(document))
        rejected = life.announce_version(document)
        life.bad(rejected)
        assert life.archive.current(document) == f"{document}.2"
        assert life.archive.next_file(document) == f"{document}.4"

    def test_the_tenth_version_is_newer_than_the_ninth(self):
        life = ArchiveLife()
        document = life.add()
        for _ in range(9):
            life.good(life.announce_version(document))
        assert life.archive.current(document) == f"{document}.10"

    def test_an_erased_one_is_gone_for_good_and_its_number_is_not_given_again(self):
        life = ArchiveLife()
        document = life.add()
        life.do(archive_actions.erase(life.case, document))
        assert life.archive.documents == {}
        assert life.case.documents == {}
        assert life.archive.current(document) is None
        assert life.archive.next_file(document) == f"{document}.2"
        assert archive_actions.erase(life.case, document).happenings == ()
        life.good(f"{document}.1")  # news that come late bring nothing back
        assert life.archive.documents == {}

    def test_nobodys_document_is_not_erased(self):
        with pytest.raises(NotFound, match="unknown_archived"):
            archive_actions.erase(ArchiveLife().case, "nobodys")

    def test_an_archive_opens_with_its_first_document_and_its_region(self):
        life = ArchiveLife(opened=False)
        record = ArchiveRecord("d.1", "passport", "a.pdf", "application/pdf")
        asked = {"region": None, "today": TODAY}
        found = codes(archive_actions.announce, life.case, KINDS, record, **asked)
        assert found == {"region": "required"}
        life.do(archive_actions.announce(life.case, KINDS, record, region="RU-MOW", today=TODAY))
        assert [event.kind for event in life.events] == ["archive_opened", "document_announced"]

    def test_there_is_room_for_so_many(self):
        life = ArchiveLife()
        document = life.add()
        for _ in range(archive_actions.VERSIONS_AT_MOST - 1):
            life.announce_version(document)
        assert codes(life.announce_version, document) == {"file_name": "too_many"}
        for _ in range(archive_actions.DOCUMENTS_AT_MOST - 1):
            life.announce()
        assert codes(life.announce) == {"kind": "too_many"}

    def test_a_withdrawn_consent_closes_it(self):
        life = ArchiveLife()
        file = life.announce()
        life.happen("consent_withdrawn")
        life.good(file)
        assert life.archive.files[file].state == "announced"
        assert archive_actions.remind(life.case, TODAY + timedelta(days=1000)).happenings == ()


class TestChain:
    def test_every_change_of_it_is_seen(self):
        life = ArchiveLife()
        life.add()
        stored = [(event, event.hash) for event in life.events]
        assert first_broken_link(stored, life.archive.head) is None
        assert first_broken_link(stored[:-1], life.archive.head) == len(stored)
        assert first_broken_link([stored[1], stored[0], *stored[2:]]) == 1

    def test_it_says_nothing_of_the_person(self):
        life = ArchiveLife()
        document = life.add(paper=Paper("4510 123456", "ОВД Примерска"), file_name="Образцова.jpg")
        said = str(life.events)
        assert "4510" not in said
        assert "ОВД" not in said
        assert "Образцова" not in said
        record = life.case.documents[f"{document}.1"]
        guessed = sealed("another salt", [record.file_name, *record.paper])
        assert life.events[1].data["described"] != guessed
        again = sealed(record.salt, [record.file_name, *record.paper])
        assert life.events[1].data["described"] == again

    def test_every_kind_of_event_has_its_words(self):
        told = definitions.texts("statuses")["archive_events"]
        assert set(told) == event_kinds()

    @pytest.mark.parametrize("person", ["3f1c-22", "a/b", "archive.x", "Анна #1", "%2F"])
    def test_whatever_a_person_is_called_keys_are_his_own(self, person):
        number = number_of(person)
        assert person_of(number) == person
        assert "/" not in number


class TestPapers:
    def test_a_paper_does_not_end_before_it_was_issued(self):
        life = ArchiveLife()
        paper = Paper(issued_on=TODAY + timedelta(days=1), valid_until=TODAY)
        assert codes(life.announce, paper=paper) == {
            "issued_on": "in_the_future",
            "valid_until": "before_issue",
        }

    def test_the_same_words_change_nothing(self):
        life = ArchiveLife()
        file = f"{life.add()}.1"
        known = life.case.documents[file]
        asked = {"salt": "x", "today": TODAY}
        same = archive_actions.describe(life.case, file, known.paper, known.file_name, **asked)
        assert same.happenings == ()

    @pytest.mark.parametrize(
        ("number", "name"),
        [
            ("4510 123456", "passport_4510-123456.pdf"),
            ("", "passport.pdf"),
            ("../..\\x\0№ 5", "passport_x-5.pdf"),
            ("II-АЯ 123456", "passport_II-АЯ-123456.pdf"),
        ],
    )
    def test_the_name_of_a_file_follows_from_the_paper(self, number, name):
        assert suggested_name(KINDS["passport"], number, "application/pdf") == name

    def test_every_type_has_an_ending(self):
        for taken in TAKEN_BY_ARCHIVE:
            assert "." in suggested_name(KINDS["passport"], "", taken)

    def test_every_document_of_a_service_has_a_kind_in_the_archive_or_is_made_for_that_service(
        self,
    ):
        asked = {d.kind for s in definitions.services().values() for d in s.documents}
        served = {kind for known in KINDS.values() for kind in (known.value, *known.serves)}
        assert served <= asked
        assert asked - served == {
            "care_consent", "decision_notice", "free_care_proof", "second_parent_consent",
        }  # fmt: skip


class TestReminders:
    UNTIL = TODAY + timedelta(days=100)

    def reminded(self, life, day):
        change = archive_actions.remind(life.case, day)
        life.do(change)
        return [happening.data["mark"] for happening in change.happenings]

    def test_once_a_month_before_and_once_on_the_day(self):
        life = ArchiveLife()
        life.add(paper=Paper(valid_until=self.UNTIL))
        told = {}
        for days in range(120):
            day = TODAY + timedelta(days=days)
            assert (archive_actions.next_reminder(life.archive) or date.max) > day - timedelta(1)
            if marks := self.reminded(life, day):
                told[days] = marks
        assert told == {70: ["month"], 100: ["day"]}
        assert archive_actions.next_reminder(life.archive) is None

    def test_who_comes_late_says_the_last_only(self):
        life = ArchiveLife()
        life.add(paper=Paper(valid_until=self.UNTIL))
        assert self.reminded(life, self.UNTIL + timedelta(days=3)) == ["day"]
        assert archive_actions.next_reminder(life.archive) is None

    def test_nobody_is_told_what_he_has_just_written(self):
        life = ArchiveLife()
        life.add(paper=Paper(valid_until=TODAY + timedelta(days=5)))
        assert self.reminded(life, TODAY + timedelta(days=4)) == []
        assert self.reminded(life, TODAY + timedelta(days=5)) == ["day"]
        life.add(paper=Paper(valid_until=TODAY - timedelta(days=1)))
        assert archive_actions.next_reminder(life.archive) is None

    def test_another_last_day_is_reminded_of_anew(self):
        life = ArchiveLife()
        file = f"{life.add(paper=Paper(valid_until=self.UNTIL))}.1"
        assert self.reminded(life, self.UNTIL) == ["day"]
        later = Paper(valid_until=self.UNTIL + timedelta(days=365))
        asked = {"salt": "x", "today": self.UNTIL}
        life.do(archive_actions.describe(life.case, file, later, "a.jpg", **asked))
        assert archive_actions.next_reminder(life.archive) == later.valid_until - timedelta(30)

    def test_a_paper_with_a_newer_version_is_not_spoken_of(self):
        life = ArchiveLife()
        document = life.add(paper=Paper(valid_until=self.UNTIL))
        life.good(life.announce_version(document))
        assert self.reminded(life, self.UNTIL) == []

    def test_what_is_said_names_the_paper_in_the_letter_only(self):
        texts = definitions.texts("archive_notices")
        life = ArchiveLife()
        document = life.add(paper=Paper(valid_until=self.UNTIL))
        self.reminded(life, self.UNTIL)
        event = life.events[-1]
        ((whom, template),) = notices_of(event)
        assert (whom, template) == ("owner", "paper_ends_day")
        said = words(life.case, event, "https://l", "Паспорт")
        assert f"{self.UNTIL:%d.%m.%Y}" in texts[template]["body"].format_map(said)
        for told in texts.values():
            assert told["sms"].format(link="https://l")
        assert not is_outdated(life.case, event, self.UNTIL)
        life.good(life.announce_version(document))
        assert is_outdated(life.case, event, self.UNTIL)
        assert reached_by(life.case, event, "owner").channels == ()


class TestReuse:
    NEEDED = DocumentRequirement(kind="representative_passport", title="Паспорт")

    def usable(self, life, file, today=TODAY, **needed):
        wanted = self.NEEDED.model_copy(update=needed)
        kind = KINDS[life.case.documents[file].kind]
        return archive_actions.usable(life.case, file, kind, wanted, today)

    def test_a_kind_serves_what_is_the_same_paper(self):
        life = ArchiveLife()
        file = f"{life.add()}.1"
        assert self.usable(life, file).id == file
        assert codes(self.usable, life, file, kind="snils") == {"document": "kind_differs"}

    def test_it_is_usable_through_its_last_day(self):
        life = ArchiveLife()
        file = f"{life.add(paper=Paper(valid_until=TODAY))}.1"
        assert self.usable(life, file)
        found = codes(self.usable, life, file, today=TODAY + timedelta(days=1))
        assert found == {"document": "expired"}

    def test_a_service_that_demands_a_resolution_gets_it(self):
        life = ArchiveLife()
        document = life.add()
        coarse = life.announce_version(document)
        life.good(coarse, warnings=("resolution_low",))
        assert self.usable(life, coarse)
        assert self.usable(life, f"{document}.1", dpi_at_least=300)
        found = codes(self.usable, life, coarse, dpi_at_least=300)
        assert found == {"document": "resolution_not_enough"}

    def test_what_was_kept_with_a_warning_keeps_it(self):
        life = ArchiveLife()
        record = ArchiveRecord("d.1", "passport", "a.pdf", "application/pdf", "k/d.1-abc")
        known = FileState("passport", "accepted", sha256="s", warnings=("resolution_low",))
        asked = {"number": "123-456-7897", "region": "RU-MOW", "today": TODAY}
        life.do(archive_actions.keep(life.case, KINDS, record, known, **asked))
        assert life.archive.files["d.1"].warnings == ("resolution_low",)
        again = archive_actions.keep(life.case, KINDS, record, known, **asked)
        assert again.happenings == ()

    def test_the_same_file_twice_is_one_document_and_a_refused_one_is_not_tried_again(self):
        life = Life()
        record = DocumentRecord("d", "passport", "a.jpg", "image/jpeg", "n/d-5")
        known = FileState("passport", "accepted", sha256="s" * 64, size=5)

        def take():
            return reuse.take(life.case, life.rules, record, known, "d.1")

        (accepted,) = take().happenings
        assert (accepted.kind, accepted.data["from_archive"]) == ("document_accepted", "d.1")
        life.book.change(life.number, take(), CITIZEN)
        assert take().happenings == ()
        assert reuse.keepable(life.case, "d")[0] == record
        infected = {"document": "d", "kind": "passport", "defect": "infected"}
        life.book.change(life.number, Change((Happening("document_rejected", infected),)), SYSTEM)
        assert codes(take) == {"document": "document_refused_before"}
        with pytest.raises(WrongStage, match="file_not_accepted"):
            reuse.keepable(life.case, "d")
        with pytest.raises(NotFound, match="no_such_document"):
            reuse.keepable(life.case, "nothing")
