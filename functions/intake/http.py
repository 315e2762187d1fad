"""HTTP at the edge of the API: one decorator turns a view into a route that parses its request,
knows who asks, answers with a checked shape, and maps casework's errors to problem+json (RFC 9457).
"""

import base64
import functools
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger
from chalice import Chalice, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.applications import Command
from adapters.clock import now
from adapters.one_time_codes import Confirmed, OneTimeCodes
from adapters.wording import code_message, shown_problem, text_of
from casework import errors, one_time_codes
from casework.application import SYSTEM
from casework.errors import BadRequest, InvalidForm, NotAllowed, Problem

BODY_AT_MOST = 256 * 1024
PROBLEM = "application/problem+json"
CODE_HEADER = "One-Time-Code"
ACTING_HEADER = "Acting-For"  # a representation: in whose name a citizen does it
FOR_ANOTHER = ("/applications", "/profile")  # what can be done in the name of another

STATUS: dict[type[errors.OporaError], int] = {
    errors.BadRequest: 400,
    errors.SignedOut: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.InvalidForm: 422,
    errors.InvalidValue: 422,
    errors.KeyReused: 422,
    errors.TooOften: 429,
    errors.CalendarNotCovered: 503,
    errors.Unavailable: 503,
    errors.BadDefinition: 503,
}
CITIZEN, AGENCY, OFFICER, SUPERVISOR = "citizen", "agency", "officer", "supervisor"
EXPERT, AUDITOR = "expert", "auditor"
APPLICANTS = frozenset({CITIZEN, AGENCY})
STAFF = frozenset({OFFICER, SUPERVISOR})  # who decide
EXPERTS = frozenset({EXPERT, SUPERVISOR})  # who judge documents
READERS = STAFF | {AUDITOR}  # of queues, executions, figures; an auditor changes nothing
OFFICE = READERS | {EXPERT}  # whoever works here, and sees what was submitted
ANYBODY = OFFICE | APPLICANTS
CURSOR = {"cursor": "Where the next page begins, as the last one told"}
_GROUPS = {
    "officers": OFFICER,
    "supervisors": SUPERVISOR,
    "experts": EXPERT,
    "auditors": AUDITOR,
    "agencies": AGENCY,
}


class Person(NamedTuple):
    """Who asks, by the verified token. `agency`, `region` and `name` (whole, or "") are what the
    office set for them; `phone` and `email` are theirs for certain, or None."""

    id: str
    roles: frozenset[str]
    agency: str | None
    region: str | None
    phone: str | None = None
    email: str | None = None
    name: str = ""
    acting_by: str | None = None  # the representation by which this person acts
    represented: str | None = None  # the person in whose name

    @property
    def acts_as(self) -> str:
        """Whose applications these are."""
        return self.represented or self.id

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Person":
        """From what `told` gave."""
        return cls(**{**told, "roles": frozenset(told["roles"])})

    @property
    def told(self) -> dict[str, Any]:
        """As JSON, for a session."""
        return {**self._asdict(), "roles": sorted(self.roles)}

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & OFFICE)


@dataclass(frozen=True)
class Request:
    person: Person | None
    body: Any
    query: dict[str, str]
    language: str
    now: datetime
    command: Command | None
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in small letters
    address: str = ""


@dataclass(frozen=True)
class Asked:
    """A request as it came, over HTTP or from a page. `headers`: names in small letters;
    `address`: of the network it came from."""

    person: Person | None
    path: str
    language: str
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True)
class Operation:
    """One route, as the OpenAPI document tells it."""

    method: str
    path: str
    name: str
    summary: str
    roles: frozenset[str] | None  # None: open to everybody, no token
    body: type[BaseModel] | None
    returns: type[BaseModel]
    status: int
    query: dict[str, str] = field(default_factory=dict)
    sealed_in: str | None = None  # the header with the sender's seal, where a token is not asked
    page: Callable[[BaseModel, str], str] | None = None  # HTML for browsers; others get JSON
    confirmed_by_code: bool = False  # carried out with the code that the person was sent

    @property
    def for_another(self) -> bool:
        """Whether a citizen may do it in the name of a person whom he represents."""
        return CITIZEN in (self.roles or ()) and self.path.startswith(FOR_ANOTHER)

    @property
    def may_be_empty(self) -> bool:
        """Whether a request may come without a body: nothing in it must be said."""
        fields = self.body.model_fields.values() if self.body else ()
        return not any(each.is_required() for each in fields)


class CodeSent(BaseModel):
    """Nothing is done yet: send the same request again with the code, in the header One-Time-Code.

    A code is good until `valid_until`; another one is sent from `another_from` on.
    """

    model_config = ConfigDict(extra="forbid")

    code_sent_to: str
    valid_until: datetime
    another_from: datetime


class Api:
    """`codes()` gives those that confirm operations; `acting(person, representation, now)` the
    person as he acts in the name of another, or raises NotAllowed; `is_over(person, began_at)` says
    whether what the person began then has been ended since, wherever he is signed in."""

    def __init__(
        self,
        app: Chalice,
        logger: Logger,
        codes: Callable[[], OneTimeCodes],
        acting: Callable[[Person, str, datetime], Person],
        is_over: Callable[[str, datetime], bool],
    ) -> None:
        self._app = app
        self._logger = logger
        self._codes = codes
        self._acting = acting
        self._is_over = is_over
        self._views: dict[str, tuple[Operation, Callable]] = {}

    @property
    def operations(self) -> list[Operation]:
        return [operation for operation, _ in self._views.values()]

    def named(self, name: str) -> Operation:
        return self._views[name][0]

    def operation(
        self,
        method: str,
        path: str,
        summary: str,
        returns: type[BaseModel],
        *,
        roles: Iterable[str] | None = ANYBODY,
        body: type[BaseModel] | None = None,
        status: int = 200,
        query: dict[str, str] | None = None,
        sealed_in: str | None = None,
        page: Callable[[BaseModel, str], str] | None = None,
        confirmed_by_code: bool = False,
    ) -> Callable[[Callable], Callable]:
        """Register view(request, **path parameters) -> what `returns` validates."""

        def register(view: Callable) -> Callable:
            allowed = None if roles is None else frozenset(roles)
            operation = Operation(
                method,
                path,
                view.__name__,
                summary,
                allowed,
                body,
                returns,
                status,
                query or {},
                sealed_in,
                page,
                confirmed_by_code,
            )
            self._views[operation.name] = (operation, view)

            def handle(**parameters: str) -> Response:
                return self._answer(operation, parameters)

            # Chalice reads the parameters from the path, and a view's name must be its own.
            self._app.route(path, methods=[method], name=view.__name__)(
                functools.wraps(view)(handle)
            )
            return view

        return register

    def perform(self, name: str, asked: Asked, **parameters: str) -> BaseModel:
        """Carry an operation out: who may ask, what may be said and what is answered is the same
        whether it is asked over HTTP or by a page.

        Answers CodeSent where a one-time code must come first. Raises casework.errors.OporaError.
        """
        operation, view = self._views[name]
        request = _request(operation, asked)
        if operation.for_another and (by := asked.headers.get(ACTING_HEADER.lower())):
            acting = self._acting(request.person, by, request.now)
            request = replace(request, person=acting)
        if operation.confirmed_by_code and (sent := self._confirm(operation, asked, request)):
            return sent
        return operation.returns.model_validate(view(request, **parameters))

    def _answer(self, operation: Operation, parameters: dict[str, str]) -> Response:
        raw = self._app.current_request
        language = language_of(raw.headers.get("accept-language"))
        try:
            if operation.roles is not None:
                self._must_still_hold(raw.context["authorizer"]["claims"])
            shown = self.perform(operation.name, _asked(operation, raw, language), **parameters)
            if operation.page and "text/html" in raw.headers.get("accept", ""):
                return _page(operation.page(shown, language))
            return _shown(shown, 202 if isinstance(shown, CodeSent) else operation.status)
        except errors.OporaError as error:
            self._logger.info("refused", extra={"code": error.code, "operation": operation.name})
            return problem(error, language)

    def _must_still_hold(self, token: Mapping[str, str]) -> None:
        """API Gateway only sees that a token is ours and an hour old at most; a block or a new
        password ends it at once. Pages have sessions of their own instead."""
        signed_in_at = datetime.fromtimestamp(int(token["auth_time"]), UTC)
        if self._is_over(token["cognito:username"], signed_in_at):
            raise errors.SignedOut()

    def _confirm(self, operation: Operation, asked: Asked, request: Request) -> CodeSent | None:
        """None when the request came with its code; else what the person now waits for."""
        person, codes = request.person, self._codes()
        if person.phone is None:
            raise NotAllowed("phone_not_verified")
        exactly = [operation.method, asked.path, json.dumps(request.query, sort_keys=True)]
        command = request.command.key if request.command else None
        confirmed = Confirmed.of(
            person.id, *exactly, hashlib.sha256(asked.body).hexdigest(), command=command
        )
        code = asked.headers.get(CODE_HEADER.lower())
        if code is not None:
            return codes.use(confirmed, code, request.now)
        message = functools.partial(code_message, operation.name, request.language)
        sent = codes.send(confirmed, person.phone, message, request.now)
        shown = {"code_sent_to": one_time_codes.masked(person.phone), **sent._asdict()}
        return CodeSent.model_validate(shown)


# ---- the request --------------------------------------------------------------------------------


def _asked(operation: Operation, raw: Any, language: str) -> Asked:
    return Asked(
        None if operation.roles is None else person_of(raw.context["authorizer"]["claims"]),
        raw.context["path"],
        language,
        raw.raw_body,
        dict(raw.query_params or {}),
        {name.lower(): value for name, value in raw.headers.items()},
        raw.context.get("identity", {}).get("sourceIp") or "",
    )


def _request(operation: Operation, asked: Asked) -> Request:
    if operation.roles is not None and not asked.person.roles & operation.roles:
        raise NotAllowed("role_needed")
    return Request(
        asked.person,
        _body(operation, asked.body),
        _query(operation, asked.query),
        asked.language,
        now(),
        _command(operation, asked),
        asked.body,
        asked.headers,
        asked.address,
    )


def person_of(claims: dict[str, str]) -> Person:
    """API Gateway gives the groups of a token as text: "officers,supervisors" or "[a b]".

    Names that we ourselves act under ("system", "agency:<name>") are nobody's to sign up with, and
    whoever files for an agency decides nothing.
    """
    id_ = claims["cognito:username"]
    if id_ == SYSTEM or ":" in id_:
        raise NotAllowed()
    groups = claims.get("cognito:groups", "").strip("[]").replace(",", " ").split()
    roles = frozenset(_GROUPS[group] for group in groups if group in _GROUPS) or {CITIZEN}
    roles = {AGENCY} if AGENCY in roles else roles
    agency = claims.get("custom:agency") if AGENCY in roles else None
    phone, email = _verified(claims, "phone_number"), _verified(claims, "email")
    set_by_office = agency, claims.get("custom:region")
    return Person(id_, frozenset(roles), *set_by_office, phone, email, claims.get("name", ""))


def _verified(claims: dict[str, str], name: str) -> str | None:
    """A number or an address that its owner has shown to be his; anybody may claim any."""
    return claims.get(name) if claims.get(f"{name}_verified") == "true" else None


def _body(operation: Operation, data: bytes) -> BaseModel | None:
    if len(data) > BODY_AT_MOST:
        raise BadRequest("body_too_large", at_most=BODY_AT_MOST)
    if operation.body is None:
        return None
    parsed = {} if operation.may_be_empty and not data else _json(data)
    try:
        return operation.body.model_validate_json(json.dumps(parsed))
    except ValidationError as error:
        raise InvalidForm([_shape_problem(found) for found in error.errors()]) from None


def _json(data: bytes) -> Any:
    try:
        parsed = json.loads(data.decode(), parse_float=_finite, parse_constant=_no_constant)
        json.dumps(parsed, ensure_ascii=False).encode()  # refuses half a surrogate pair
    except UnicodeDecodeError as error:
        raise BadRequest("not_utf8") from error
    except (ValueError, RecursionError) as error:
        raise BadRequest("broken_json") from error
    if not isinstance(parsed, dict):
        raise BadRequest("object_expected")
    return parsed


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:20]} is beyond every number")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_SHAPE_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_in_list",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
}


def _shape_problem(found: dict[str, Any]) -> Problem:
    """pydantic's finding in our words."""
    context = found.get("ctx", {})
    details = {
        "at_most": context.get("max_length", ""),
        "at_least": context.get("min_length", ""),
        "options": context.get("expected", ""),
        "expected": found["type"],
    }
    where = ".".join(str(part)[:60] for part in found["loc"])
    return Problem(where, _SHAPE_CODES.get(found["type"], "wrong_type"), details)


def _query(operation: Operation, asked: Mapping[str, str]) -> dict[str, str]:
    if unknown := sorted(set(asked) - set(operation.query)):
        raise BadRequest("unknown_parameter", names=", ".join(name[:40] for name in unknown[:5]))
    return dict(asked)


def _command(operation: Operation, asked: Asked) -> Command | None:
    key = asked.headers.get("idempotency-key")
    if key is None or operation.method != "POST" or operation.roles is None:
        return None
    if not 0 < len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise BadRequest("bad_idempotency_key")
    exactly = [operation.method, asked.path, asked.body.decode(errors="replace")]
    exactly += filter(None, [asked.headers.get(ACTING_HEADER.lower())])
    return Command.of(asked.person.id, key, request=exactly)


# ---- the answer ---------------------------------------------------------------------------------


def _page(html: str) -> Response:
    """For people: nothing runs in it or comes from elsewhere but its own style, and where it leads
    nobody learns whence they came."""
    styles = " ".join(map(_style_hash, re.findall(r"<style>(.*?)</style>", html, re.DOTALL)))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"default-src 'none'; style-src {styles}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(html, headers=headers)


def _style_hash(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def language_of(accepted: str | None) -> str:
    """'en' when English is preferred to Russian, else 'ru'."""
    best, language = 0.0, "ru"
    for part in (accepted or "").lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            quality = 0.0
        if tag[:2] in ("ru", "en") and quality > best:
            best, language = quality, tag[:2]
    return language


def _shown(model: BaseModel, status: int) -> Response:
    return Response(
        model.model_dump_json(by_alias=True),
        status_code=status,
        headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
    )


def problem(error: errors.OporaError, language: str) -> Response:
    document = problem_document(error, language)
    return _problem_response(document, language)


def problem_document(error: errors.OporaError, language: str) -> dict[str, Any]:
    """What is wrong, in words: {type, title, status, code, errors: [{field, code, message}]}."""
    kind = next(cls for cls in type(error).__mro__ if cls in STATUS)
    status = 413 if error.code == "body_too_large" else STATUS[kind]
    found = [shown_problem(p, language) for p in getattr(error, "problems", ())]
    if error.code == "unknown_region":  # a value like any other, only that no form names its field
        message = text_of("errors", error.code, language, error.details)
        found = [{"field": "region", "code": error.code, "message": message}]
    document = _document(status, error.code, language, error.details)
    return document | {"errors": found} if found else document


def problem_response(status: int, code: str, language: str) -> Response:
    return _problem_response(_document(status, code, language, {}), language)


def _document(status: int, code: str, language: str, details: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": f"urn:opora:problem:{code}",
        "title": text_of("errors", code, language, details),
        "status": status,
        "code": code,
    }


def _problem_response(document: dict[str, Any], language: str) -> Response:
    return Response(
        json.dumps(document, ensure_ascii=False),
        status_code=document["status"],
        headers={
            "Content-Type": PROBLEM,
            "Content-Language": language,
            "Cache-Control": "no-store",
        },
    )
