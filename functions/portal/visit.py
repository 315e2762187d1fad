"""One request for a page: who asks, what was typed, and the operations of the API at their service.

A page holds no rule. It asks the operations of `functions.intake` by their names, as anybody does
over HTTP, and shows what they answer.
"""

import functools
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalice import Response
from pydantic import BaseModel

from adapters.sessions import Session
from casework.errors import OporaError
from functions.intake.access import api
from functions.intake.http import CODE_HEADER, Asked, CodeSent, Person, problem_document
from functions.intake.wiring import sessions
from functions.portal.rendering import rendered

LANGUAGE = "ru"
SIGN_IN = "/cabinet/sign-in"
KEY, TOKEN, CODE, SIGNATURE = "_key", "_token", "_code", "_signature"
"""Hidden in each form: a key so that a double click acts once, and proof that we made the form."""
OURS = frozenset({KEY, TOKEN, CODE, SIGNATURE})
COOKIE = "__Host-session"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_INSIDE = re.compile(r"/(cabinet|office)(/[\w.,@:+=%?&#/-]*)?", re.ASCII)


class CodeNeeded(OporaError):
    """A one-time code is on its way: the same form comes again with it."""

    code = "code_needed"

    def __init__(self, sent: CodeSent) -> None:
        super().__init__()
        self.sent = sent


class SignatureNeeded(OporaError):
    """The person signs first, at the identity provider: the same form comes again with that."""

    code = "signature_missing"

    def __init__(self, told: Any) -> None:
        super().__init__()
        self.told = told


@dataclass
class Visit:
    """`path`: what was asked for, without the stage; `prefix`: the stage, where there is one in
    front; `typed`: the form that came, or that is shown again; `problems`: [{field, message}]."""

    method: str
    path: str
    prefix: str
    query: Mapping[str, str]
    typed: dict[str, list[str]]
    token: str
    session: Session | None
    now: datetime
    address: str
    problems: list[dict[str, str]] = field(default_factory=list)
    trouble: str | None = None  # what is wrong as a whole
    trouble_code: str | None = None
    status: int = 200
    new_token: str | None = None
    origin: str = ""  # scheme and host, for those who send the browser back to us

    @functools.cached_property
    def person(self) -> Person | None:
        return Person.of(self.session.person) if self.session else None

    def is_one_of(self, roles: Set[str]) -> bool:
        return self.person is not None and bool(self.person.roles & roles)

    # ---- what was typed --------------------------------------------------------------------------

    def value(self, name: str, default: str = "") -> str:
        """The first value of a field, without blanks around it."""
        return self.typed.get(name, [default])[0].strip()

    def values(self, name: str) -> list[str]:
        return [value for value in self.typed.get(name, []) if value]

    @property
    def form(self) -> dict[str, list[str]]:
        """What the person typed, without what we had hidden in the form."""
        return {name: values for name, values in self.typed.items() if name not in OURS}

    @functools.cached_property
    def form_token(self) -> str:
        return form_token(self.token)

    def new_key(self) -> str:
        """Of a form that is shown; the one that came, when it is shown again."""
        return self.value(KEY) or secrets.token_urlsafe(16)

    # ---- the operations --------------------------------------------------------------------------

    def do(
        self,
        name: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        key: str | None = None,
        **parameters: str,
    ) -> Any:
        """What the operation answers. `key`: for the second operation of one form.

        Raises what the operation raises; CodeNeeded when a one-time code must come first.
        """
        person = self.person
        headers = {"idempotency-key": key or self.value(KEY)} if self.value(KEY) else {}
        if code := re.sub(r"\s", "", self.value(CODE)):
            headers[CODE_HEADER.lower()] = code
        if self.session and self.session.acting_for:
            headers["acting-for"] = self.session.acting_for
        sent = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        path = api.named(name).path.format(**parameters)
        asked = Asked(person, path, LANGUAGE, sent, dict(query or {}), headers, self.address)
        answer: BaseModel = api.perform(name, asked, **parameters)
        if isinstance(answer, CodeSent):
            raise CodeNeeded(answer)
        return answer

    def address_of(self, path: str) -> str:
        """Of a page of ours, whole."""
        return f"{self.origin}{self.prefix}{path}"

    # ---- what is answered ------------------------------------------------------------------------

    def html(self, template: str, **data: Any) -> Response:
        page = rendered(template, visit=self, **data)
        return Response(page, status_code=self.status, headers={"Content-Type": HTML})

    def go(self, path: str, told: str | None = None) -> Response:
        """On to a page, after something was done; `told`: a code of services/texts/told.toml."""
        mark = "&" if "?" in path else "?"
        place = f"{self.prefix}{path}{mark}told={told}" if told else self.prefix + path
        return Response("", status_code=303, headers={"Location": place})

    def go_to_sign_in(self) -> Response:
        asked = self.path if self.method == "GET" else f"{self.path}?kept=1"
        return self.go(f"{SIGN_IN}?next={asked}")

    def next_path(self, otherwise: str) -> str:
        """Where the person wanted to go before signing in; only ever a page of ours."""
        wanted = self.value("next") or self.query.get("next", "")
        return wanted if _INSIDE.fullmatch(wanted) and "//" not in wanted else otherwise

    # ---- signing in and out ----------------------------------------------------------------------

    def sign_in(self, person: Person) -> None:
        """A new session under a new token: the one from before signing in is nobody's."""
        self.sign_out()
        self.new_token = sessions().begin(person.told, self.now)

    def act_for(self, representation: str | None, name: str = "") -> None:
        """What is done from the next page on is done in the name of that person."""
        sessions().act_for(self.token, representation, name)

    def sign_out(self) -> None:
        sessions().end(self.token)
        self.new_token = new_token()
        self.session = None
        self.__dict__.pop("person", None)

    def show_again(self, error: OporaError) -> None:
        """The page that follows shows what is wrong, with what was typed."""
        document = problem_document(error, LANGUAGE)
        self.status = document["status"]
        self.problems = document.get("errors", [])
        self.trouble = None if self.problems else document["title"]
        self.trouble_code = None if self.problems else error.code

    def complain_of(self, problems: Iterable[Any]) -> None:
        """The same of problems that an operation tells in its answer."""
        self.status = 422
        self.problems = [p.model_dump() for p in problems]


HTML = "text/html; charset=utf-8"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def is_token(told: str) -> bool:
    """Whether it may be one of ours: nothing else ever stands in a header."""
    return _TOKEN.fullmatch(told) is not None


def form_token(token: str) -> str:
    """Only who has the cookie, and only we, can make it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()
