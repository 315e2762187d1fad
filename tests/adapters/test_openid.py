"""An identity provider is believed only in what it signed, for us, just now, and once."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.openid import OpenIdProvider
from casework.errors import NotAllowed, Unavailable
from local.openid_provider import OpenIdPeople
from local.people import MOTHER

ISSUER, CLIENT, SECRET = "https://id.example.org", "opora", "s3 cret/%"
BACK = "https://opora.example.org/cabinet/identity/openid/answer"


def now():
    return datetime.now(UTC)


class Watched(OpenIdPeople):
    """Whose tokens a test may tamper with."""

    def __init__(self):
        super().__init__(ISSUER, CLIENT, SECRET, now)
        self.tampered = {}
        self.described_as = {}

    def described(self):
        return super().described() | self.described_as

    def claims(self, person, nonce):
        told = super().claims(person, nonce) | self.tampered
        return {name: value for name, value in told.items() if value is not None}


@pytest.fixture
def people():
    return Watched()


@pytest.fixture
def provider(people):
    return OpenIdProvider(ISSUER, CLIENT, lambda: SECRET, BACK, people.answer)


def _came_back(people, begun, person="mother"):
    """The code that the person brings back, and that he brings what he was given."""
    back = urlsplit(people.sent_back(begun.url, person))
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    told = parse_qs(back.query)
    assert told["state"] == [begun.state]
    return told["code"][0]


def test_the_provider_says_who_the_person_is(people, provider):
    begun = provider.begin()
    vouched = provider.finish(_came_back(people, begun), begun.nonce, begun.verifier)
    assert vouched.sub == "local-mother"
    assert (vouched.last_name, vouched.first_name) == (MOTHER["last_name"], MOTHER["first_name"])
    assert (vouched.birth_date, vouched.snils) == (date(1985, 3, 14), MOTHER["snils"])


@pytest.mark.parametrize("written", ["{}-{}-{} {}", "{}{}{}{}", "{} {} {} {}"])
def test_an_insurance_number_is_one_however_it_is_written(people, provider, written):
    """Else the same person is confirmed twice."""
    digits = re.sub(r"\D", "", MOTHER["snils"])
    parts = digits[:3], digits[3:6], digits[6:9], digits[9:]
    people.tampered = {"snils": written.format(*parts)}
    begun = provider.begin()
    vouched = provider.finish(_came_back(people, begun), begun.nonce, begun.verifier)
    assert vouched.snils == MOTHER["snils"]


def test_what_is_no_insurance_number_vouches_for_nobody(people, provider):
    people.tampered = {"snils": "123"}
    begun = provider.begin()
    with pytest.raises(NotAllowed, match="openid_not_good"):
        provider.finish(_came_back(people, begun), begun.nonce, begun.verifier)


def test_what_is_kept_does_not_travel(provider):
    begun = provider.begin()
    assert begun.verifier not in begun.url
    assert len({begun.state, begun.nonce, begun.verifier}) == 3


def test_a_code_works_once(people, provider):
    begun = provider.begin()
    code = _came_back(people, begun)
    provider.finish(code, begun.nonce, begun.verifier)
    with pytest.raises(NotAllowed, match="openid_not_good"):
        provider.finish(code, begun.nonce, begun.verifier)


def test_a_stolen_code_is_no_use_without_what_was_kept(people, provider):
    """Somebody else's browser has another verifier, and another nonce."""
    begun, other = provider.begin(), provider.begin()
    with pytest.raises(NotAllowed):
        provider.finish(_came_back(people, begun), begun.nonce, other.verifier)
    with pytest.raises(NotAllowed):
        provider.finish(_came_back(people, begun), other.nonce, begun.verifier)


def test_who_does_not_know_our_secret_gets_nothing(people):
    thief = OpenIdProvider(ISSUER, CLIENT, lambda: "guessed", BACK, people.answer)
    begun = thief.begin()
    with pytest.raises(NotAllowed):
        thief.finish(_came_back(people, begun), begun.nonce, begun.verifier)


@pytest.mark.parametrize(
    "tampered",
    [
        {"iss": "https://evil.example.org"},
        {"aud": "somebody else"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"exp": int((now() - timedelta(minutes=2)).timestamp())},
        {"iat": int((now() + timedelta(hours=2)).timestamp())},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": None},
        {"sub": None},
        {"birthdate": "31.12.1985"},
    ],
)
def test_a_token_that_says_anything_else_is_refused(people, provider, tampered):
    people.tampered = tampered
    begun = provider.begin()
    with pytest.raises(NotAllowed, match="openid_not_good"):
        provider.finish(_came_back(people, begun), begun.nonce, begun.verifier)


def _hs256(people, claims):
    """Signed with the public key as a shared secret."""
    return jwt.encode(claims, people.keys()["keys"][0]["n"], "HS256", headers={"kid": "local-1"})


def _none(_, claims):
    return jwt.encode(claims, None, "none", headers={"kid": "local-1"})


def _own_key(_, claims):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, "RS256", headers={"kid": "local-1"})


def _unknown_key(people, claims):
    return people.signed(claims, kid="another")


def _no_token(*_):
    return "nothing"


@pytest.mark.parametrize("forge", [_hs256, _none, _own_key, _unknown_key, _no_token])
def test_a_token_that_the_provider_did_not_sign_is_refused(people, provider, forge):
    begun = provider.begin()
    code, answer = _came_back(people, begun), people.answer

    def forged(url, form, headers):
        told = json.loads(answer(url, form, headers))
        if "id_token" in told:
            told["id_token"] = forge(people, people.claims("mother", begun.nonce))
        return json.dumps(told).encode()

    provider._fetch = forged
    with pytest.raises(NotAllowed, match="openid_not_good"):
        provider.finish(code, begun.nonce, begun.verifier)


def test_a_provider_that_calls_itself_otherwise_is_not_ours(people, provider):
    people.described_as = {"issuer": "https://evil.example.org"}
    with pytest.raises(Unavailable, match="openid_unavailable"):
        provider.begin()
