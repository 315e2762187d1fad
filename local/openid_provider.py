"""A simulated OpenID Connect provider, as ESIA would be: whoever comes is one of its people.

It checks whatever a real one checks: the client and its secret, PKCE, the address to send people
back to, and that a code is used once. It is in this process, so no function calls the world.
"""

import base64
import io
import json
import secrets
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import Message
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit
from urllib.response import addinfourl

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters import openid
from adapters.aws import client
from casework.errors import BadRequest
from local.cloud import LocalCloud
from local.people import FATHER, GRANDMOTHER, LONELY_PENSIONER, MOTHER

KID, ALGORITHM = "local-1", "RS256"
PEOPLE = {
    "mother": MOTHER,
    "father": FATHER,
    "grandmother": GRANDMOTHER,
    "pensioner": LONELY_PENSIONER,
}


class OpenIdPeople:
    """`now()`: the virtual clock."""

    def __init__(self, issuer: str, client_id: str, secret: str, now: Any) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._now = now
        self._codes: dict[str, dict[str, str]] = {}

    def sign_in(self, url: str, person: str) -> dict[str, str]:
        """Somebody was sent here and says yes; gives what he brings back. Raises BadRequest."""
        asked = dict(parse_qsl(urlsplit(url).query))
        if (
            asked.get("client_id") != self._client_id
            or asked.get("code_challenge_method") != "S256"
        ):
            raise BadRequest()
        if person not in PEOPLE:
            raise BadRequest()
        code = f"code-{secrets.token_hex(8)}"
        self._codes[code] = {**asked, "person": person}
        return {"code": code, "state": asked["state"]}

    def sent_back(self, url: str, person: str) -> str:
        """The address that a browser is sent to then."""
        back = dict(parse_qsl(urlsplit(url).query))["redirect_uri"]
        return f"{back}?{urlencode(self.sign_in(url, person))}"

    def answer(self, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> bytes:
        """adapters.openid.Fetch"""
        place = url.removeprefix(self._issuer)
        if place == "/.well-known/openid-configuration":
            return json.dumps(self.described()).encode()
        if place == "/jwks":
            return json.dumps(self.keys()).encode()
        if place == "/token" and form is not None:
            return json.dumps(self.token(form, headers)).encode()
        raise BadRequest()

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self._issuer,
            "authorization_endpoint": f"{self._issuer}/authorize",
            "token_endpoint": f"{self._issuer}/token",
            "jwks_uri": f"{self._issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
        }

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": KID, "alg": ALGORITHM, "use": "sig"}]}

    def token(self, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        asked = self._codes.pop(form.get("code", ""), None)
        told = ":".join(map(quote_plus, (self._client_id, self._secret)))
        basic = f"Basic {base64.b64encode(told.encode()).decode()}"
        if (
            asked is None
            or headers.get("Authorization") != basic
            or form.get("redirect_uri") != asked["redirect_uri"]
            or openid.challenge_of(form.get("code_verifier", "")) != asked["code_challenge"]
        ):
            raise BadRequest()
        return {
            "access_token": "opens nothing",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.signed(self.claims(asked["person"], asked["nonce"])),
        }

    def claims(self, person: str, nonce: str) -> dict[str, Any]:
        known, now = PEOPLE[person], self._now()
        born = datetime.strptime(known["birth_date"], "%d.%m.%Y")  # noqa: DTZ007  a day
        return {
            "iss": self._issuer,
            "aud": self._client_id,
            "sub": f"local-{person}",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "nonce": nonce,
            "family_name": known["last_name"],
            "given_name": known["first_name"],
            "middle_name": known["patronymic"],
            "birthdate": f"{born:%Y-%m-%d}",
            "snils": known["snils"],
        }

    def signed(self, claims: Mapping[str, Any], **head: Any) -> str:
        headers = {"kid": KID, **head}
        return jwt.encode(dict(claims), self._key, algorithm=ALGORITHM, headers=headers)


def open_for(cloud: LocalCloud) -> OpenIdPeople:
    """The provider that the deployed functions are told of: what they ask it is answered here."""
    outputs = cloud.outputs
    kept = client("secretsmanager").get_secret_value(SecretId=outputs["OpenIdSecret"])
    secret = kept["SecretString"]
    people = OpenIdPeople(outputs["OpenIdIssuer"], outputs["OpenIdClient"], secret, cloud.now)
    openid.opener = urllib.request.build_opener(_InThisProcess(outputs["OpenIdIssuer"], people))
    return people


class _InThisProcess(urllib.request.BaseHandler):
    """How urllib gets to the provider: requests to anybody else go nowhere from here."""

    handler_order = 100

    def __init__(self, issuer: str, people: OpenIdPeople) -> None:
        self._issuer = issuer
        self._people = people

    def default_open(self, request: urllib.request.Request) -> addinfourl:
        form = dict(parse_qsl(request.data.decode())) if request.data is not None else None
        try:
            body, status = self._people.answer(request.full_url, form, dict(request.headers)), 200
        except BadRequest:
            body, status = b"{}", 400
        answer = addinfourl(io.BytesIO(body), Message(), request.full_url, status)
        answer.msg = ""
        return answer
