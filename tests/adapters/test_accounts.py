"""Accounts in the table: found by phone and address, changed one after another, written down."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.accounts import Accounts, is_check, new_check_number, new_id
from adapters.attempts import Attempts
from adapters.flows import LASTS, Flows
from casework import accounts as law
from casework.accounts import Limit
from casework.errors import Conflict, NotAllowed, NotFound, TooOften

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PHONE, OTHER, EMAIL = "+79991234567", "+79991234568", "Maria@example.com"


@pytest.fixture
def accounts(dynamodb_client, table):
    return Accounts(dynamodb_client, table.name)


def _open(accounts, phone=PHONE, email=EMAIL):
    id_ = accounts.open(law.opened(new_id(), phone, NOW)).id
    return accounts.change(
        id_, lambda a: law.with_password(a, email, NOW), "password_set", by=id_, now=NOW
    ).id


def _confirm_email(accounts, id_, email=EMAIL):
    return accounts.change(
        id_, lambda a: law.email_confirmed(a, email), "email_confirmed", by=id_, now=NOW
    )


def test_an_account_is_found_by_its_phone_and_reads_as_it_was_written(accounts):
    id_ = _open(accounts)
    blocked = accounts.change(
        id_, lambda a: law.block(a, "stolen", "officer", NOW), "blocked", by="officer", now=NOW
    )
    known = accounts.change(
        id_, lambda a: law.confirmed(a, "video", "officer", NOW), "confirmed", by="o", now=NOW
    )
    assert blocked.identity is None
    assert accounts.called(PHONE) == id_
    assert accounts.find(id_) == known
    assert (known.blocked.reason, known.identity.way) == ("stolen", "video")
    assert accounts.find("nobody") is None
    with pytest.raises(NotFound):
        accounts.load("nobody")


def test_one_phone_has_one_account_however_often_it_is_opened(accounts):
    first = accounts.open(law.opened(new_id(), PHONE, NOW))
    assert accounts.open(law.opened(new_id(), PHONE, NOW)) == first


def test_an_address_signs_in_once_its_link_was_opened_and_belongs_to_one(accounts):
    first, second = _open(accounts), _open(accounts, OTHER)
    assert accounts.called(EMAIL) is None
    _confirm_email(accounts, first)
    assert accounts.called(EMAIL.upper()) == first
    with pytest.raises(Conflict, match="login_taken"):
        _confirm_email(accounts, second)
    accounts.change(first, lambda a: law.with_email(a, "b@example.com"), "moved", by="x", now=NOW)
    assert accounts.called(EMAIL) is None
    assert _confirm_email(accounts, second).email_confirmed


def test_a_new_phone_takes_the_place_of_the_old_one(accounts):
    id_ = _open(accounts)
    accounts.change(id_, lambda a: law.let_in(a, OTHER, NOW), "let_in", by="officer", now=NOW)
    assert (accounts.called(PHONE), accounts.called(OTHER)) == (None, id_)
    _open(accounts)
    with pytest.raises(Conflict, match="login_taken"):
        accounts.change(id_, lambda a: law.let_in(a, PHONE, NOW), "let_in", by="o", now=NOW)


def test_a_number_confirms_one_account(accounts):
    first, second = _open(accounts), _open(accounts, OTHER)

    def confirm(id_):
        def act(account):
            return law.confirmed(account, "registries", "system", NOW)

        return accounts.change(id_, act, "confirmed", by="system", now=NOW, owns=["112-233-445 95"])

    assert confirm(first).identity
    with pytest.raises(Conflict, match="person_known"):
        confirm(second)
    assert accounts.load(second).identity is None


def test_two_changes_at_once_both_happen(accounts):
    id_ = _open(accounts)
    interfered = []

    def act(account):
        if not interfered:
            interfered.append(_confirm_email(accounts, id_))
        return law.signed_in(account, NOW + timedelta(days=1))

    account = accounts.change(id_, act, "signed_in", by=id_, now=NOW)
    assert account.email_confirmed
    assert account.seen_at == NOW + timedelta(days=1)


def test_what_was_done_is_written_down_and_nothing_is_when_nothing_was(accounts):
    id_ = _open(accounts)
    accounts.change(id_, lambda a: a, "nothing", by="x", now=NOW)
    accounts.change(
        id_, lambda a: law.block(a, "stolen", "officer", NOW), "blocked", by="officer", now=NOW
    )
    told = [(act.kind, act.by) for act in accounts.acts(id_)]
    assert told == [("blocked", "officer"), ("password_set", id_), ("opened", id_)]


def test_replies_of_registries_come_in_any_order_and_at_once(accounts):
    check = law.asked(new_check_number(), "a", {"snils": "1", "passport": "2"}, NOW)
    assert is_check(check.number)
    accounts.put_check(check)
    interfered = []

    def act(known):
        if not interfered:
            interfered.append("taken")
            accounts.change_check(
                check.number, lambda c: law.replied(c, "pension_insurance", law.MATCHED, ())
            )
        return law.replied(known, "passports", law.MATCHED, ())

    assert accounts.change_check(check.number, act).verdict == law.MATCHED
    assert accounts.find_check(check.number).verdict == law.MATCHED
    with pytest.raises(NotFound):
        accounts.change_check("identity.none", lambda c: c)


# ---- attempts -----------------------------------------------------------------------------------

LIMITS = (Limit("x", 2, timedelta(minutes=15)), Limit("y", 4, timedelta(days=1)))


def test_so_many_attempts_and_then_a_wait(dynamodb_client, table):
    attempts, later = Attempts(dynamodb_client, table.name), NOW + timedelta(minutes=15)
    for _ in range(2):
        attempts.count(LIMITS, "me", NOW)
    attempts.count(LIMITS, "somebody else", NOW)
    with pytest.raises(TooOften) as refused:
        attempts.count(LIMITS, "me", NOW)
    assert refused.value.details == {"minutes": 15}
    for _ in range(2):
        attempts.count(LIMITS, "me", later)
    with pytest.raises(TooOften):
        attempts.count(LIMITS, "me", later + timedelta(minutes=15))  # of the day
    attempts.forgive(LIMITS, "me", later)
    attempts.count(LIMITS, "me", later)


# ---- flows --------------------------------------------------------------------------------------


def test_a_flow_goes_on_with_its_secret_for_half_an_hour(dynamodb_client, table):
    flows = Flows(dynamodb_client, table.name)
    secret = flows.begin("sign_up", {"phone": PHONE}, NOW)
    assert flows.find("sign_up", secret, NOW) == {"phone": PHONE}
    flows.note("sign_up", secret, {"phone": PHONE, "proven": True}, NOW)
    assert flows.find("sign_up", secret, NOW)["proven"]
    for kind, given, at in (
        ("sign_in", secret, NOW),
        ("sign_up", "guess", NOW),
        ("sign_up", "\ud800", NOW),
        ("sign_up", secret, NOW + LASTS),
    ):
        with pytest.raises(NotAllowed, match="flow_over"):
            flows.find(kind, given, at)
    assert (flows.end(secret), flows.end(secret)) == (True, False)


def test_the_table_does_not_know_the_secret(dynamodb_client, table):
    secret = Flows(dynamodb_client, table.name).begin("sign_up", {}, NOW)
    assert secret not in str(table.scan()["Items"])
