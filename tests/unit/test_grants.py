"""Whom a person trusts with documents: what is not granted is not seen, whatever happens in which
order."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from casework import archive_actions, grants
from casework.archive import Trusted
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.grants import DOWNLOAD, LOOK, Reader
from tests.unit.archive_life import OWNER, TODAY, ArchiveLife

FRIEND, OTHER = Reader("friend-1", "+79990000001"), Reader("other-1", "+79990000002")
SUCCESSOR = Reader("successor-1", FRIEND.phone)  # the number went to somebody else
READERS = (FRIEND, OTHER, SUCCESSOR, Reader("nobody-1", None), Reader(OWNER, FRIEND.phone))


def give(life, *documents, id_="g", may=LOOK, until=TODAY, to=FRIEND, today=TODAY):
    trusted = Trusted("Образцов Пётр", to.phone, "Образцова Мария", "salt")
    own = "+79990000000"
    return life.do(
        grants.grant(life.case, id_, documents, may, until, trusted, own_phone=own, today=today)
    )


def open_(life, document, id_="g", how=LOOK, by=FRIEND, today=TODAY):
    return life.do(grants.look(life.case, id_, document, how, by, today), by.id).result["file"]


def problems(life, *documents, **known):
    with pytest.raises(InvalidForm) as caught:
        give(life, *documents, **known)
    return {problem.field: problem.code for problem in caught.value.problems}


@pytest.fixture
def life():
    return ArchiveLife()


@pytest.fixture
def document(life):
    return life.add()


class TestGranting:
    def test_until_is_today_at_the_earliest_and_a_year_away_at_the_latest(self, life, document):
        assert problems(life, document, until=TODAY - timedelta(days=1)) == {"until": "in_the_past"}
        year = TODAY + timedelta(days=365)
        assert problems(life, document, until=year + timedelta(days=1)) == {"until": "too_late"}
        assert give(life, document, until=year).happenings

    def test_only_good_documents_of_ones_own_are_granted(self, life, document):
        assert problems(life, document, "nobodys") == {"documents": "unknown_archived"}
        announced = life.announce().rpartition(".")[0]
        assert problems(life, announced) == {"documents": "unknown_archived"}

    def test_nobody_trusts_himself(self, life, document):
        me = Reader("x", "+79990000000")
        assert problems(life, document, to=me) == {"phone": "own_phone"}

    def test_so_many_are_in_force_at_once(self, life, document):
        for place in range(grants.GRANTS_AT_MOST):
            give(life, document, id_=f"g{place}")
        assert problems(life, document, id_="more") == {"documents": "too_many"}
        life.do(grants.revoke(life.case, "g0"))
        assert give(life, document, id_="more").happenings

    def test_the_chain_does_not_name_whom(self, life, document):
        give(life, document)
        said = str(life.events[-1])
        assert FRIEND.phone not in said
        assert "Образцов" not in said


class TestLooking:
    def test_the_current_version_is_opened(self, life, document):
        give(life, document)
        assert open_(life, document) == f"{document}.1"
        life.good(life.announce_version(document))
        assert open_(life, document) == f"{document}.2"

    def test_who_may_look_may_not_download(self, life, document):
        give(life, document)
        with pytest.raises(NotAllowed, match="only_look_granted"):
            open_(life, document, how=DOWNLOAD)
        give(life, document, id_="more", may=DOWNLOAD)
        for how in (LOOK, DOWNLOAD):
            open_(life, document, id_="more", how=how)
        assert [e.kind for e in life.events[-2:]] == ["document_looked_at", "document_downloaded"]

    def test_a_number_that_went_to_somebody_else_opens_nothing(self, life, document):
        give(life, document)
        open_(life, document)
        with pytest.raises(NotFound):
            open_(life, document, by=SUCCESSOR)
        assert open_(life, document)

    def test_revoked_is_revoked_at_once_and_as_often_as_one_likes(self, life, document):
        give(life, document)
        life.do(grants.revoke(life.case, "g"))
        with pytest.raises(NotFound):
            open_(life, document)
        assert grants.revoke(life.case, "g").happenings == ()
        with pytest.raises(NotFound):
            grants.revoke(life.case, "nobodys")


@dataclass
class Given:
    """What the model knows of a grant."""

    documents: frozenset
    may: str
    until: date
    to: Reader
    revoked: bool = False
    taken: str | None = None


class AnyOrder(RuleBasedStateMachine):
    """Grants, revocations, looks, erasures and days in any order, against a model that knows only
    what was said to it."""

    def __init__(self):
        super().__init__()
        self.life = ArchiveLife()
        self.documents = [self.life.add() for _ in range(3)]
        self.erased = set()
        self.given: dict[str, Given] = {}
        self.today = TODAY
        self.looks = 0

    @rule(
        which=st.sets(st.integers(0, 2), min_size=1),
        may=st.sampled_from((LOOK, DOWNLOAD)),
        days=st.integers(0, 5),
        to=st.sampled_from((FRIEND, OTHER)),
    )
    def grant(self, which, may, days, to):
        wanted = frozenset(self.documents[place] for place in which)
        if wanted & self.erased or len(self.given) > 8:
            return
        id_ = f"g{len(self.given)}"
        until = self.today + timedelta(days=days)
        give(self.life, *wanted, id_=id_, may=may, until=until, to=to, today=self.today)
        self.given[id_] = Given(wanted, may, until, to)

    @precondition(lambda self: self.given)
    @rule(place=st.integers(0, 8))
    def revoke(self, place):
        id_ = f"g{place % len(self.given)}"
        self.life.do(grants.revoke(self.life.case, id_))
        self.given[id_].revoked = True

    @rule(place=st.integers(0, 2))
    def erase(self, place):
        self.life.do(archive_actions.erase(self.life.case, self.documents[place]))
        self.erased.add(self.documents[place])

    @rule(days=st.integers(1, 3))
    def days_pass(self, days):
        self.today += timedelta(days=days)

    @rule(
        place=st.integers(0, 9),
        which=st.integers(0, 2),
        how=st.sampled_from((LOOK, DOWNLOAD)),
        by=st.sampled_from(READERS),
    )
    def look(self, place, which, how, by):
        id_, document = f"g{place}", self.documents[which]
        given = self.given.get(id_)
        allowed = (
            given is not None
            and not given.revoked
            and self.today <= given.until
            and by.phone == given.to.phone
            and by.id != OWNER
            and given.taken in (None, by.id)
            and document in given.documents
            and document not in self.erased
            and (how == LOOK or given.may == DOWNLOAD)
        )
        try:
            open_(self.life, document, id_=id_, how=how, by=by, today=self.today)
        except (NotFound, NotAllowed):
            assert not allowed
            return
        assert allowed
        given.taken = by.id
        self.looks += 1

    @invariant()
    def every_look_is_on_record(self):
        seen = [e for e in self.life.events if e.kind in grants.LOOKS.values()]
        assert len(seen) == self.looks


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase
