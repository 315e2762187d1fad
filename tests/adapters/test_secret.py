"""A secret shared with another party, and what is sealed with it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine

from adapters.payment_provider import PaymentPage, Refund, check_seal
from adapters.secret import Secret
from adapters.signatures import KIND, IdentityProvider, sealed_parts
from casework.errors import NotAllowed, Unavailable
from casework.ports import Signature

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


class Vault:
    """Secrets Manager, as far as it is asked."""

    def __init__(self, value: str) -> None:
        self.value, self.reads = value, 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803, ARG002
        self.reads += 1
        return {"SecretString": self.value}


@pytest.fixture
def vault() -> Vault:
    return Vault("between us")


@pytest.fixture
def secret(vault: Vault) -> Secret:
    return Secret(vault, "arn")


class TestSeals:
    def test_a_seal_holds_for_its_parts_and_no_others(self, secret):
        seal = secret.seal("a", "bc")
        assert secret.is_seal(seal, "a", "bc")
        for parts in (("ab", "c"), ("a", "bc", ""), ("a",), ("bc", "a")):
            assert not secret.is_seal(seal, *parts)

    def test_whoever_does_not_know_the_secret_makes_no_seal(self, secret):
        assert not secret.is_seal(Secret(Vault("another"), "arn").seal("a"), "a")
        for nonsense in ("", "\udcff", "ё" * 64):
            assert not secret.is_seal(nonsense, "a")

    def test_the_secret_is_read_once_in_five_minutes_and_a_new_one_is_taken(self, vault, secret):
        with time_machine.travel(NOW, tick=False) as clock:
            old = secret.seal("a")
            secret.seal("b")
            assert vault.reads == 1
            vault.value = "new"
            clock.shift(timedelta(minutes=5))
            assert not secret.is_seal(old, "a")
            assert vault.reads == 2

    def test_what_was_sealed_with_an_earlier_value_holds_as_long_as_that_is_kept(self, vault):
        """Signatures are checked years after they were made."""
        old = Secret(vault, "arn").seal("a")
        vault.value = "new\nbetween us\n"
        renewed = Secret(vault, "arn")
        assert renewed.is_seal(old, "a")
        assert not renewed.is_seal(old, "b")
        assert renewed.seal("a") == Secret(Vault("new"), "arn").seal("a") != old
        vault.value = "new"
        assert not Secret(vault, "arn").is_seal(old, "a")

    @pytest.mark.parametrize("value", ["", "\n", " \n "])
    def test_a_secret_that_is_not_set_seals_nothing(self, value):
        """Else everybody would know it."""
        with pytest.raises(Unavailable, match="unavailable"):
            Secret(Vault(value), "arn").is_seal("0" * 64, "a")


class TestThePageToPayAt:
    @pytest.fixture
    def queued(self) -> list[Refund]:
        return []

    @pytest.fixture
    def page(self, secret, queued) -> PaymentPage:
        return PaymentPage("https://pay.example", secret, SimpleNamespace(send=queued.extend))

    def test_it_says_what_is_to_be_paid_and_is_sealed(self, page, secret):
        told = dict(parse_qsl(urlsplit(page.page("123-456-7890-1", Decimal(500))).query))
        seal = told.pop("seal")
        assert told == {"payment": "123-456-7890-1", "amount": "500.00", "currency": "RUB"}
        assert secret.is_seal(seal, *told.values())

    def test_the_same_payment_has_the_same_address(self, page):
        assert page.page("p", Decimal(500)) == page.page("p", Decimal("500.00"))
        assert page.page("p", Decimal(500)) != page.page("p", Decimal(501))

    def test_what_goes_back_waits_in_the_queue(self, page, queued):
        page.give_back("p", "t", Decimal(500), "RUB")
        assert queued == [Refund("p", "t", "500.00", "RUB")]


class TestSealedNews:
    BODY = b'{"event":"e"}'

    def header(self, secret: Secret, at: datetime) -> str:
        stamp = str(int(at.timestamp()))
        return f"t={stamp},v1={secret.seal(stamp, self.BODY.decode())}"

    @pytest.mark.parametrize("seconds", [-300, 0, 300])
    def test_news_of_the_last_five_minutes_is_taken(self, secret, seconds):
        sealed = self.header(secret, NOW + timedelta(seconds=seconds))
        check_seal(secret, sealed, self.BODY, NOW)

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_older_news_is_stale_and_so_is_tomorrows(self, secret, seconds):
        sealed = self.header(secret, NOW + timedelta(seconds=seconds))
        with pytest.raises(NotAllowed, match="stale_seal"):
            check_seal(secret, sealed, self.BODY, NOW)

    def test_another_body_is_not_sealed(self, secret):
        with pytest.raises(NotAllowed, match="bad_seal"):
            check_seal(secret, self.header(secret, NOW), b'{"event":"f"}', NOW)

    def test_the_stamp_is_sealed_with_the_body(self, secret):
        old = self.header(secret, NOW - timedelta(days=1))
        stamp = str(int(NOW.timestamp()))
        renewed = f"t={stamp},{old.split(',')[1]}"
        with pytest.raises(NotAllowed, match="bad_seal"):
            check_seal(secret, renewed, self.BODY, NOW)

    @pytest.mark.parametrize("header", [None, "", "t=1", "v1=00", "t=,v1=", ",,=,", "t=ё,v1=ё"])
    def test_what_is_no_seal_at_all(self, secret, header):
        with pytest.raises(NotAllowed, match="bad_seal"):
            check_seal(secret, header, self.BODY, NOW)

    def test_a_stamp_that_is_no_time_is_refused_even_if_sealed(self, secret):
        for stamp in ("soon", "²", "9" * 13):
            header = f"t={stamp},v1={secret.seal(stamp, self.BODY.decode())}"
            with pytest.raises(NotAllowed, match="bad_seal"):
                check_seal(secret, header, self.BODY, NOW)


class TestSignatures:
    def sign(self, secret: Secret) -> Signature:
        unsealed = Signature(KIND, "citizen", NOW, "0" * 64, "")
        return unsealed._replace(value=secret.seal(*sealed_parts(unsealed)))

    def test_what_the_identity_provider_sealed_holds(self, secret):
        assert IdentityProvider(secret).holds(self.sign(secret))

    @pytest.mark.parametrize(
        "other",
        [
            {"signer": "neighbour"},
            {"at": NOW + timedelta(seconds=1)},
            {"sha256": "1" * 64},
            {"value": "0" * 64},
            {"kind": "certificate"},
        ],
    )
    def test_and_no_part_of_it_can_be_another(self, secret, other):
        assert not IdentityProvider(secret).holds(self.sign(secret)._replace(**other))
