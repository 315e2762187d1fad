"""Accounts: states, passwords, attempts, and who is known well enough to apply."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import accounts
from casework.accounts import (
    ACTIVE,
    BLOCKED,
    INACTIVE,
    MATCHED,
    MISMATCHED,
    PENDING,
    RECOVERING,
    Limit,
)
from casework.errors import InvalidForm, NotAllowed, WrongStage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PHONE, EMAIL = "+79991234567", "maria.obraztsova@example.com"
NEW = accounts.opened("a1", PHONE, NOW)
SET_UP = accounts.with_password(NEW, EMAIL, NOW)
WHOLE = accounts.email_confirmed(SET_UP, EMAIL)


def test_an_account_becomes_active_step_by_step():
    assert accounts.state(NEW, NOW) == INACTIVE
    assert accounts.state(SET_UP, NOW) == PENDING
    assert accounts.state(WHOLE, NOW) == ACTIVE


def test_a_new_password_is_awaited_for_half_an_hour():
    account = accounts.recovering(WHOLE, NOW)
    assert accounts.state(account, NOW) == RECOVERING
    with pytest.raises(NotAllowed, match="account_recovering"):
        accounts.signed_in(account, NOW)
    assert accounts.state(accounts.recovered(account, NOW), NOW) == ACTIVE
    late = NOW + accounts.RECOVERY
    assert accounts.state(account, late) == ACTIVE  # the old password holds again
    with pytest.raises(NotAllowed, match="account_active"):
        accounts.recovered(account, late)


def test_a_blocked_account_can_only_ask_the_office():
    account = accounts.block(WHOLE, "stolen", "officer", NOW)
    assert accounts.state(account, NOW) == BLOCKED
    for act in (accounts.signed_in, accounts.recovering, accounts.recovered):
        with pytest.raises(NotAllowed, match="account_blocked"):
            act(account, NOW)
    with pytest.raises(WrongStage, match="already_blocked"):
        accounts.block(account, "stolen", "officer", NOW)
    other = "+79997654321"
    back = accounts.let_in(account, other, NOW)
    assert (accounts.state(back, NOW), back.phone) == (ACTIVE, other)


def test_whoever_comes_after_years_shows_again_who_he_is():
    assert accounts.state(WHOLE, NOW + accounts.IDLE) == ACTIVE
    after = NOW + accounts.IDLE + timedelta(seconds=1)
    assert accounts.state(WHOLE, after) == BLOCKED
    assert accounts.state(accounts.let_in(WHOLE, PHONE, after), after) == ACTIVE


def test_who_has_no_password_yet_finishes_the_sign_up():
    for act in (accounts.signed_in, accounts.recovering):
        with pytest.raises(NotAllowed, match="account_inactive"):
            act(NEW, NOW)
    with pytest.raises(NotAllowed, match="account_pending"):
        accounts.with_password(SET_UP, EMAIL, NOW)


def test_a_link_confirms_the_address_it_was_sent_to():
    moved = accounts.with_email(SET_UP, "other@example.com")
    with pytest.raises(WrongStage, match="link_not_good"):
        accounts.email_confirmed(moved, EMAIL)


def test_a_changed_address_is_confirmed_anew_and_the_same_one_is_not():
    assert accounts.with_email(WHOLE, EMAIL).email_confirmed
    assert not accounts.with_email(WHOLE, "other@example.com").email_confirmed


def test_every_state_says_what_it_lets_one_do():
    assert set(accounts.MAY) == set(accounts.STATES)
    allowed = {accounts.SIGN_IN: {PENDING, ACTIVE}, accounts.SET_PASSWORD: {RECOVERING}}
    for act, states in allowed.items():
        assert {s for s, acts in accounts.MAY.items() if act in acts} == states


# ---- passwords ----------------------------------------------------------------------------------


def _wrong(password, **known):
    with pytest.raises(InvalidForm) as refused:
        accounts.check_password(password, **known)
    return {problem.code for problem in refused.value.problems}


def test_a_good_password():
    for password in ("Kolokol77", "mAmA2026", "Три кота Tri 3 kota", "X" * 126 + "a1"):
        accounts.check_password(password, phone=PHONE, email=EMAIL)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Aa34567", {"password_too_short"}),
        ("Aa1" + "x" * 126, {"password_too_long"}),
        ("KOLOKOL77", {"password_no_small_letter"}),
        ("kolokol77", {"password_no_capital"}),
        ("Kolokolchik", {"password_no_digit"}),
        ("Колокол77", {"password_no_small_letter", "password_no_capital"}),
        (" Kolokol77", {"password_edges"}),
        ("Kolo\nkol77", {"password_edges"}),
        ("Qwerty123", {"password_obvious"}),
        ("P-a-s-s-w-o-r-d-1", {"password_obvious"}),
        ("Ya1234567ya", {"password_personal"}),
        ("Maria.Obraztsova1", {"password_personal"}),
        ("1", {"password_too_short", "password_no_small_letter", "password_no_capital"}),
    ],
)
def test_everything_that_a_password_lacks_is_said_at_once(password, codes):
    assert _wrong(password, phone=PHONE, email=EMAIL) == codes


@given(st.text(max_size=140))
def test_what_is_taken_as_a_password_keeps_the_rules(password):
    try:
        accounts.check_password(password)
    except InvalidForm as refused:
        assert refused.problems  # noqa: PT017
    else:
        assert 8 <= len(password) <= 128
        kinds = [str.isupper, str.islower, str.isdigit]
        assert all(any(k(c) and c.isascii() for c in password) for k in kinds)


# ---- how often ----------------------------------------------------------------------------------


@given(st.timedeltas(timedelta(), timedelta(days=400)).map(NOW.__add__))
def test_the_wait_ends_with_the_window_and_not_later(now):
    limit = Limit("x", 5, timedelta(minutes=15))
    wait = limit.minutes_left(now)
    assert 1 <= wait <= 15
    assert limit.window(now + timedelta(minutes=wait)) == limit.window(now) + 1


# ---- who a person is ----------------------------------------------------------------------------


def test_a_known_person_applies_and_no_other():
    for account in (None, NEW, WHOLE):
        with pytest.raises(NotAllowed, match="identity_not_confirmed"):
            accounts.check_may_apply(account, NOW)
    known = accounts.confirmed(WHOLE, accounts.VIDEO, "officer", NOW)
    accounts.check_may_apply(known, NOW)
    with pytest.raises(NotAllowed, match="account_blocked"):
        accounts.check_may_apply(accounts.block(known, "stolen", "officer", NOW), NOW)


def test_what_comes_before_an_identity_is_confirmed():
    assert accounts.missing(SET_UP, accounts.VIDEO, has_scan=False) == ["email", "passport_scan"]
    assert accounts.missing(WHOLE, accounts.OPENID, has_scan=False) == []
    with pytest.raises(NotAllowed, match="email_not_confirmed"):
        accounts.check_ready(SET_UP, accounts.REGISTRIES, NOW, has_scan=True)
    with pytest.raises(NotAllowed, match="passport_scan_missing"):
        accounts.check_ready(WHOLE, accounts.REGISTRIES, NOW, has_scan=False)
    accounts.check_ready(WHOLE, accounts.REGISTRIES, NOW, has_scan=True)
    known = accounts.confirmed(WHOLE, accounts.OPENID, "system", NOW)
    with pytest.raises(WrongStage, match="already_confirmed"):
        accounts.check_ready(known, accounts.VIDEO, NOW, has_scan=True)
    assert accounts.confirmed(known, accounts.VIDEO, "officer", NOW) is known


def test_a_blocked_account_confirms_nothing():
    blocked = accounts.block(WHOLE, "stolen", "officer", NOW)
    with pytest.raises(NotAllowed, match="account_blocked"):
        accounts.check_ready(blocked, accounts.OPENID, NOW, has_scan=True)


SAID = {"passport": "45 03 123456", "snils": "112-233-445 95"}


def test_registries_are_asked_about_the_passport_and_the_number_that_was_given():
    assert set(accounts.asked("n", "a", SAID, NOW).replies) == {"passports", "pension_insurance"}
    by_inn = accounts.asked("n", "a", {"passport": "x", "inn": "500100732259"}, NOW)
    assert set(by_inn.replies) == {"passports", "taxes"}
    with pytest.raises(InvalidForm):
        accounts.asked("n", "a", {"passport": "x"}, NOW)


def test_all_registries_must_agree():
    check = accounts.asked("n", "a", SAID, NOW)
    one = accounts.replied(check, "passports", MATCHED, ())
    assert (check.verdict, one.verdict) == (accounts.ASKED, accounts.ASKED)
    assert accounts.replied(one, "pension_insurance", MATCHED, ()).verdict == MATCHED
    differs = accounts.replied(one, "pension_insurance", MISMATCHED, ("birth_date",))
    assert (differs.verdict, differs.differs) == (MISMATCHED, ("birth_date",))


def test_the_first_reply_counts_and_only_of_those_that_were_asked():
    check = accounts.replied(accounts.asked("n", "a", SAID, NOW), "passports", MISMATCHED, ("x",))
    assert accounts.replied(check, "passports", MATCHED, ()) == check
    assert accounts.replied(check, "taxes", MATCHED, ()) == check
    assert replace(check, replies=dict(check.replies)) == check
