"""What a one-time code is, and how often one is sent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import one_time_codes
from casework.errors import TooOften
from casework.one_time_codes import AN_HOUR, drawn, has_form, is_too_early, masked, sendings, sent

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MINUTES = st.integers(0, 70).map(lambda n: timedelta(minutes=n))


@given(st.integers(0, 10**6 - 1))
def test_every_number_that_is_drawn_is_six_digits(number):
    code = drawn(lambda below: number % below)
    assert has_form(code)
    assert int(code) == number


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", "123456\n"]
)
def test_whatever_else_is_typed_is_no_code(typed):
    assert not has_form(typed)


def test_a_code_is_good_for_ten_minutes_and_another_comes_after_one():
    assert sent(NOW) == (NOW + timedelta(minutes=10), NOW + timedelta(seconds=60))
    assert is_too_early(NOW, NOW + timedelta(seconds=59))
    assert not is_too_early(NOW, NOW + timedelta(seconds=60))


@given(st.lists(MINUTES, max_size=AN_HOUR - 1))
def test_below_ten_an_hour_nobody_waits(before):
    earlier = sorted(NOW - each for each in before)
    counted = sendings(earlier, NOW)
    assert counted[-1] == NOW
    assert list(counted[:-1]) == [at for at in earlier if NOW - at < timedelta(hours=1)]


@given(st.lists(MINUTES, min_size=AN_HOUR, max_size=AN_HOUR + 5))
def test_an_eleventh_waits_until_the_first_of_ten_is_an_hour_old(before):
    earlier = sorted(NOW - each for each in before)
    if NOW - earlier[-AN_HOUR] >= timedelta(hours=1):
        assert len(sendings(earlier, NOW)) <= AN_HOUR
        return
    with pytest.raises(TooOften) as refused:
        sendings(earlier, NOW)
    waited = timedelta(minutes=refused.value.details["minutes"])
    assert sendings(earlier, NOW + waited)[-1] == NOW + waited
    with pytest.raises(TooOften):
        sendings(earlier, NOW + waited - timedelta(minutes=1))


def test_a_masked_phone_keeps_four_signs_of_twelve():
    assert masked("+79161234567") == "+7***67"


def test_guessing_is_hopeless():
    """All the attempts that anybody has in a year of trying, against a million codes."""
    attempts = one_time_codes.ATTEMPTS * AN_HOUR
    assert attempts / 10**one_time_codes.DIGITS <= 0.0001
