"""An external identity provider by OpenID Connect (ESIA in production): it vouches for a person.

Authorization code with PKCE, state and nonce (RFC 6749, 7636, OpenID Connect Core 1.0, OAuth 2.0
Security BCP). Whatever the provider sends is held against what it published: its own issuer, its
keys, our client, our nonce, one algorithm of two, and an hour that has not passed.
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from casework import identifiers
from casework.errors import BadRequest, InvalidValue, NotAllowed, Unavailable

WAIT = 8  # seconds; a person is waiting, and Lambda's door closes after 29
LARGEST = 64 * 1024  # bytes of an answer
ALGORITHMS = ("RS256", "ES256")
SCOPES = "openid profile birthdate snils"

Fetch = Callable[[str, Mapping[str, str] | None, Mapping[str, str]], bytes]
"""fetch(url, form or None, headers) -> body. Raises Unavailable, BadRequest (refused by them)."""


class Vouched(NamedTuple):
    """Who somebody is, as the provider says. `sub`: its own name for the person."""

    sub: str
    last_name: str
    first_name: str
    patronymic: str
    birth_date: date | None
    snils: str


class Begun(NamedTuple):
    """`url`: where the person goes; the rest is kept until he is back with the state."""

    url: str
    state: str
    nonce: str
    verifier: str


class OpenIdProvider:
    def __init__(
        self,
        issuer: str,
        client_id: str,
        secret: Callable[[], str],
        back: str,
        fetch: Fetch,
    ) -> None:
        """`back`: the address that the provider sends people back to, as it is registered there."""
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._secret = secret
        self._back = back
        self._fetch = fetch

    def begin(self) -> Begun:
        """Raises Unavailable."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        place = self._described()["authorization_endpoint"]
        return Begun(f"{place}?{urllib.parse.urlencode(asked)}", state, nonce, verifier)

    def finish(self, code: str, nonce: str, verifier: str) -> Vouched:
        """Raises NotAllowed (openid_not_good), Unavailable."""
        described = self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        told = ":".join(map(urllib.parse.quote_plus, (self._client_id, self._secret())))
        basic = {"Authorization": f"Basic {base64.b64encode(told.encode()).decode()}"}
        try:
            answer = self._json(described["token_endpoint"], form, basic)
            claims = self._verified(answer["id_token"], described, nonce)
            return _vouched(claims)
        except (KeyError, TypeError, ValueError, BadRequest, InvalidValue) as error:
            raise NotAllowed("openid_not_good") from error

    def _verified(self, token: str, described: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        # 60 ms of cryptography that only this operation should pay.
        import jwt  # noqa: PLC0415

        try:
            head = jwt.get_unverified_header(token)
            keys = jwt.PyJWKSet.from_dict(self._json(described["jwks_uri"])).keys
            key = next(known for known in keys if known.key_id == head.get("kid"))
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[name for name in ALGORITHMS if name == key.algorithm_name],
                audience=self._client_id,
                issuer=self._issuer,
                leeway=30,
                options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
            )
        except (jwt.PyJWTError, StopIteration) as error:
            raise NotAllowed("openid_not_good") from error
        if not secrets.compare_digest(claims["nonce"].encode(), nonce.encode()):
            raise NotAllowed("openid_not_good")
        if claims.get("azp", self._client_id) != self._client_id:
            raise NotAllowed("openid_not_good")
        return claims

    def _described(self) -> dict[str, Any]:
        """What the provider publishes of itself; of another issuer, nothing is believed."""
        told = self._json(f"{self._issuer}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise Unavailable("openid_unavailable")
        return told

    def _json(
        self, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] = {}
    ) -> dict[str, Any]:
        told = json.loads(self._fetch(url, form, headers))
        if not isinstance(told, dict):
            raise ValueError("an object was expected")
        return told


def challenge_of(verifier: str) -> str:
    """S256 of PKCE."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fetch_over_http(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> bytes:
    """Only http(s), no redirects to elsewhere, no more than we want to read."""
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise Unavailable("openid_unavailable")
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, body, {**headers, "Accept": "application/json"})  # noqa: S310
    try:
        with opener.open(request, timeout=WAIT) as answer:
            return answer.read(LARGEST)
    except urllib.error.HTTPError as error:
        refused = 400 <= error.code < 500
        raise (BadRequest() if refused else Unavailable("openid_unavailable")) from error
    except OSError as error:
        raise Unavailable("openid_unavailable") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


opener = urllib.request.build_opener(_NoRedirects)


def _vouched(claims: Mapping[str, Any]) -> Vouched:
    """In canonical form: what belongs to one account only must look alike from everywhere."""
    born = claims.get("birthdate")
    return Vouched(
        str(claims["sub"]),
        *(str(claims.get(name, "")) for name in ("family_name", "given_name", "middle_name")),
        date.fromisoformat(born) if born else None,
        identifiers.snils(str(claims["snils"])) if claims.get("snils") else "",
    )
