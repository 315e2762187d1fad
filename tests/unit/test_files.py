"""The life of one uploaded file: two judges, in any order, late, twice, or never."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import files
from casework.files import FileState, Inspection, Move, Scan

NOW = datetime(2026, 4, 6, 7, tzinfo=UTC)
ANNOUNCED = FileState("passport")
DIGEST = {"e1": "1" * 64, "e2": "2" * 64, "e3": "3" * 64}


def inspection(etag: str = "e1", defect: str | None = None) -> Inspection:
    return Inspection(etag, DIGEST[etag], 1000, "image/jpeg", defect)


def step(file: FileState, move: Move, at: datetime = NOW) -> FileState:
    """Whatever becomes good is put into the vault at once."""
    coming = files.moved(file, move, at)
    in_vault = coming.sha256 if files.is_good(coming) else None
    return files.moved(file, files.released(file, move, in_vault, at), at)


def inspected(file: FileState, etag: str = "e1", defect: str | None = None) -> FileState:
    return step(file, files.inspect(file, inspection(etag, defect)))


def scanned(file: FileState, verdict: str = "clean", etag: str = "e1") -> FileState:
    return step(file, files.scan(file, Scan(etag, verdict)))


def missed(file: FileState, at: datetime) -> FileState:
    return step(file, files.try_again(file, at), at)


class TestTwoJudges:
    def test_a_good_file_waits_for_the_scanner(self):
        file = inspected(ANNOUNCED)
        assert (file.state, file.sha256, file.size) == ("inspected", DIGEST["e1"], 1000)

    @pytest.mark.parametrize("judges", [(inspected, scanned), (scanned, inspected)])
    def test_it_is_accepted_when_both_have_spoken(self, judges):
        file = ANNOUNCED
        for judge in judges:
            assert file.state != "accepted"
            file = judge(file)
        assert (file.state, file.sha256) == ("accepted", DIGEST["e1"])

    def test_it_is_not_accepted_before_it_lies_in_the_vault(self):
        file = files.moved(ANNOUNCED, files.inspect(ANNOUNCED, inspection()), NOW)
        clean = files.scan(file, Scan("e1", "clean"))
        assert files.released(file, clean, None, NOW) == clean
        assert files.released(file, clean, DIGEST["e2"], NOW) == clean

    def test_what_was_said_of_one_object_says_nothing_of_the_next(self):
        """The same key was written twice; the verdict is about the first."""
        file = scanned(inspected(ANNOUNCED, "e2"), etag="e1")
        assert file.state == "inspected"
        assert scanned(file, etag="e2").sha256 == DIGEST["e2"]

    def test_a_defect_ends_it_whatever_the_scanner_says(self):
        file = inspected(ANNOUNCED, defect="encrypted")
        assert scanned(file) == scanned(file, "infected") == file
        assert (file.state, file.defect) == ("rejected", "encrypted")

    @pytest.mark.parametrize(
        "before", [ANNOUNCED, inspected(ANNOUNCED), scanned(inspected(ANNOUNCED))]
    )
    def test_malware_ends_it_at_any_time(self, before):
        file = scanned(before, "infected")
        assert (file.state, file.defect) == ("rejected", "infected")
        assert inspected(scanned(file)) == file

    def test_malware_sent_after_the_acceptance_does_not_touch_what_was_accepted(self):
        accepted = scanned(inspected(ANNOUNCED))
        assert scanned(accepted, "infected", etag="e2") == accepted

    def test_the_same_news_write_nothing_twice(self):
        file = scanned(inspected(ANNOUNCED, "e2"))
        assert files.inspect(file, inspection("e2")) == files.STILL
        assert files.scan(file, Scan("e1", "clean")) == files.STILL

    def test_a_file_that_is_written_for_ever_does_not_fill_the_chain(self):
        file, written = ANNOUNCED, 0
        for n in range(100):
            for move in (
                files.inspect(file, Inspection(f"i{n}", "0" * 64, 1, "image/jpeg")),
                files.scan(file, Scan(f"s{n}", "clean")),
            ):
                written += len(move.happenings)
                file = files.moved(file, move, NOW)
        assert written <= 3 * files.SPARE


class TestSilence:
    def test_nothing_is_awaited_of_a_file_that_has_not_come(self):
        assert files.next_attempt(ANNOUNCED) is None
        assert missed(ANNOUNCED, NOW + timedelta(days=9)) == ANNOUNCED

    @pytest.mark.parametrize("half", [inspected, scanned])
    def test_attempts_after_a_quarter_of_an_hour_an_hour_and_every_day(self, half):
        file, waits = half(ANNOUNCED), []
        for _ in range(5):
            waits.append(files.next_attempt(file) - NOW)
            assert missed(file, NOW + waits[-1] - timedelta(seconds=1)) == file
            file = missed(file, NOW + waits[-1])
        hours = timedelta(hours=1)
        assert waits == [hours / 4, hours, 24 * hours, 48 * hours, 72 * hours]
        assert file.state == half(ANNOUNCED).state

    def test_what_cannot_be_scanned_twice_is_asked_for_anew(self):
        file = scanned(inspected(ANNOUNCED), "unscannable")
        assert scanned(file, "unscannable") == file
        file = missed(file, NOW + files.FIRST_WAITS[0])
        assert file.state == "inspected"
        file = scanned(file, "unscannable")
        assert (file.state, file.defect) == ("rejected", "unscannable")

    def test_what_can_be_scanned_the_second_time_is_accepted(self):
        file = scanned(inspected(ANNOUNCED), "unscannable")
        file = missed(file, NOW + files.FIRST_WAITS[0])
        assert scanned(file).state == "accepted"

    def test_nothing_is_awaited_of_a_file_that_is_judged(self):
        for file in (scanned(inspected(ANNOUNCED)), inspected(ANNOUNCED, defect="encrypted")):
            assert files.next_attempt(file) is None
            assert files.give_up(file) == files.STILL


# ---- any order ----------------------------------------------------------------------------------

ETAGS = st.sampled_from(sorted(DIGEST))
NEWS = st.one_of(
    ETAGS.map(inspection),
    ETAGS.map(lambda etag: inspection(etag, "truncated")),
    st.tuples(ETAGS, st.sampled_from(["clean", "clean", "infected", "unscannable"])).map(
        lambda said: Scan(*said)
    ),
    st.integers(1, 5000).map(lambda minutes: timedelta(minutes=minutes)),
)


def lived(news: list) -> tuple[FileState, list[FileState]]:
    """The file in the end, and as it was after each piece of news."""
    file, at, seen = ANNOUNCED, NOW, []
    for told in news:
        if isinstance(told, timedelta):
            at += told
            file = missed(file, at)
        else:
            act = files.inspect if isinstance(told, Inspection) else files.scan
            file = step(file, act(file, told), at)
        seen.append(file)
    return file, seen


@given(st.lists(NEWS, max_size=12))
def test_in_any_order_nothing_is_accepted_that_was_not_found_clean(news):
    _, seen = lived(news)
    for place, file in enumerate(seen):
        if file.state == "accepted":
            heard = news[: place + 1]
            assert Scan(file.etag, "clean") in heard
            assert inspection(file.etag) in heard
            assert Scan(file.etag, "infected") not in heard
            assert file.sha256 == DIGEST[file.etag]


@given(st.lists(NEWS, max_size=12))
def test_what_is_rejected_stays_so(news):
    _, seen = lived(news)
    rejected = [file for file in seen if file.state == "rejected"]
    assert all(file == rejected[0] for file in rejected)
    assert seen[len(seen) - len(rejected) :] == rejected


@given(st.permutations([inspection(), inspection(), Scan("e1", "clean"), Scan("e1", "clean")]))
def test_one_good_upload_ends_the_same_in_every_order(news):
    file, _ = lived(news)
    assert (file.state, file.sha256, file.attempts) == ("accepted", DIGEST["e1"], 0)


@given(st.lists(NEWS, max_size=8), st.data())
def test_malware_among_the_news_of_one_object_always_wins(news, data):
    of_one = [n for n in news if not isinstance(n, Inspection | Scan) or n.etag == "e1"]
    place = data.draw(st.integers(0, len(of_one)))
    file, _ = lived([*of_one[:place], Scan("e1", "infected"), *of_one[place:]])
    assert file.state == "rejected"


@pytest.mark.parametrize(
    ("name", "content_type", "called"),
    [
        ("passport.", "application/pdf", "passport.pdf"),
        ("passport.", files.UNJUDGED, "passport"),
        ("скан.pdf", "image/jpeg", "скан.pdf"),  # as its owner called it; another name is offered
        ("скан", "image/png", "скан"),
    ],
)
def test_a_name_of_ours_gets_the_ending_of_what_the_file_is(name, content_type, called):
    assert files.name_with_ending(name, content_type) == called
