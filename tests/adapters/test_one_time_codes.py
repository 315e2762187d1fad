"""One-time codes in the table: kept as seals, judged five times, taken once."""

import re
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from adapters.messages import Undeliverable
from adapters.one_time_codes import Confirmed, OneTimeCodes
from adapters.secret import Secret
from casework.errors import BadRequest, NotAllowed, TooOften, Unavailable
from casework.one_time_codes import AN_HOUR

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
PHONE = "+79161234567"
GRANT = Confirmed.of("maria", "POST", "/archive/grants", "a body")


def after(**passed):
    return NOW + timedelta(**passed)


class Phones:
    """adapters.messages.Sms, as far as it is asked."""

    def __init__(self):
        self.received, self.broken = [], None

    def send(self, phone, text):
        if self.broken:
            raise self.broken
        self.received.append((phone, text))

    @property
    def code(self):
        return re.search("[0-9]{6}", self.received[-1][1])[0]


@pytest.fixture
def phones():
    return Phones()


@pytest.fixture
def codes(dynamodb_client, table, phones):
    vault = SimpleNamespace(get_secret_value=lambda **_: {"SecretString": "known to us"})
    return OneTimeCodes(dynamodb_client, table.name, Secret(vault, "arn"), phones)


@pytest.fixture
def send(codes):
    return lambda now=NOW, confirmed=GRANT: codes.send(confirmed, PHONE, "Code {}".format, now)


def refused(codes, code, now=NOW, confirmed=GRANT):
    with pytest.raises(NotAllowed) as raised:
        codes.use(confirmed, code, now)
    return raised.value.code, raised.value.details.get("left")


def other(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_that_was_sent_is_good_once(codes, send, phones):
    assert send() == (after(minutes=10), after(minutes=1))
    codes.use(GRANT, phones.code, after(minutes=9))
    assert refused(codes, phones.code, after(minutes=9)) == ("code_not_good", None)


def test_ten_minutes_later_it_is_good_no_more(codes, send, phones):
    send()
    assert refused(codes, phones.code, after(minutes=10)) == ("code_not_good", None)


def test_five_attempts_and_it_is_spent(codes, send, phones):
    send()
    wrong = [refused(codes, other(phones.code)) for _ in range(5)]
    left = [("code_wrong", left) for left in (4, 3, 2, 1)]
    assert wrong == [*left, ("code_used_up", None)]
    assert refused(codes, phones.code) == ("code_not_good", None)


def test_the_fifth_attempt_may_be_the_right_one(codes, send, phones):
    send()
    for _ in range(4):
        refused(codes, other(phones.code))
    codes.use(GRANT, phones.code, NOW)


@pytest.mark.parametrize(
    "another",
    [
        Confirmed.of("ivan", "POST", "/archive/grants", "a body"),
        Confirmed.of("maria", "DELETE", "/archive/grants", "a body"),
        Confirmed.of("maria", "POST", "/archive/grants", "another body"),
        Confirmed.of("maria", "POST", "/archive/grantsa", " body"),
    ],
)
def test_it_is_good_for_the_same_person_and_request_only(codes, send, phones, another):
    send()
    assert refused(codes, phones.code, confirmed=another) == ("code_not_good", None)
    first = phones.code
    send(confirmed=another)
    if phones.code != first:
        assert refused(codes, first, confirmed=another) == ("code_wrong", 4)
    codes.use(GRANT, first, NOW)


def test_what_is_no_code_is_no_attempt(codes, send, phones):
    send()
    for typed in ("", "12345", "1" * 1000, "кодкод"):
        with pytest.raises(BadRequest, match="code_malformed"):
            codes.use(GRANT, typed, NOW)
    assert refused(codes, other(phones.code)) == ("code_wrong", 4)


def test_within_a_minute_no_other_is_sent_and_then_the_other_is_the_good_one(codes, send, phones):
    first = send()
    assert send(after(seconds=59)) == first
    assert len(phones.received) == 1
    old = phones.code
    refused(codes, other(old))
    assert send(after(seconds=60)) == (after(minutes=11), after(minutes=2))
    if phones.code != old:
        assert refused(codes, old, after(minutes=1)) == ("code_wrong", 4)
    codes.use(GRANT, phones.code, after(minutes=1))


def test_whoever_used_up_a_code_need_not_wait_for_the_next(codes, send, phones):
    send()
    for _ in range(5):
        refused(codes, other(phones.code))
    send(after(seconds=5))
    codes.use(GRANT, phones.code, after(seconds=6))


def test_a_person_is_sent_ten_an_hour_whatever_for(codes, send, phones):
    for n in range(AN_HOUR):
        send(after(minutes=n), Confirmed.of("maria", f"{n}"))
    with pytest.raises(TooOften) as raised:
        send(after(minutes=30), Confirmed.of("maria", "one more"))
    assert (raised.value.code, raised.value.details["minutes"]) == ("too_many_codes", 30)
    send(after(minutes=30), Confirmed.of("ivan", "his own"))
    send(after(minutes=60), Confirmed.of("maria", "one more"))
    assert len(phones.received) == AN_HOUR + 2


def test_a_request_that_is_carried_out_once_may_come_again_with_its_code(codes, send, phones):
    """With an Idempotency-Key: the answer was lost on the way, and the code is spent."""
    keyed, stranger = GRANT._replace(command="key 1"), GRANT._replace(command="key 2")
    send(confirmed=keyed)
    codes.use(keyed, phones.code, NOW)
    codes.use(keyed, phones.code, after(minutes=1))
    for repeated in (stranger, GRANT):
        assert refused(codes, phones.code, confirmed=repeated) == ("code_not_good", None)


@pytest.mark.parametrize("broken", [Undeliverable("OptedOut"), Unavailable("Throttling")])
def test_an_sms_that_did_not_leave_is_said_and_asked_for_again_at_once(codes, send, phones, broken):
    phones.broken = broken
    with pytest.raises(Unavailable, match="code_not_sent"):
        send()
    phones.broken = None
    send(after(seconds=1))
    codes.use(GRANT, phones.code, after(seconds=2))


def test_the_table_knows_neither_code_nor_phone_nor_person(codes, send, phones, table):
    send()
    kept = str(table.scan()["Items"])
    assert not re.search(rf"\b{phones.code}\b", kept)
    assert not [secret for secret in (PHONE, "maria", "grants") if secret in kept]
    assert all(item["expires"] > after(minutes=10).timestamp() for item in table.scan()["Items"])


def at_once(act, times):
    """Outcomes of as many threads: what was raised, or None."""
    barrier, outcomes = threading.Barrier(times), []

    def run():
        barrier.wait()
        try:
            outcomes.append(act() and None)
        except (NotAllowed, Unavailable) as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_many_at_once_one_is_let_through(codes, send, phones):
    send()
    outcomes = at_once(lambda: codes.use(GRANT, phones.code, NOW), 5)
    assert (outcomes.count(None), outcomes.count("code_not_good")) == (1, 4)


def test_of_many_guesses_at_once_five_are_judged(codes, send, phones):
    send()
    wrong = other(phones.code)
    outcomes = at_once(lambda: codes.use(GRANT, wrong, NOW), 8)
    assert outcomes.count("code_not_good") == 3
    assert refused(codes, phones.code) == ("code_not_good", None)


def test_a_double_click_sends_one_sms(send, phones):
    assert at_once(send, 4) == [None] * 4
    assert len(phones.received) == 1
