"""The application that answers with pages: finds the page, knows who asks, and sees to it that
nothing typed is lost.

    @page("GET", "/cabinet/applications/{number}", roles=APPLICANTS)
    def show_application(visit: Visit, number: str) -> Response:
        return visit.html("application.html", case=visit.do("show_application", number=number))

A form posts to the path of its own page. When an operation refuses, the GET view of that path (or
of `again`) shows the page once more, with the errors and with everything that was typed. After
success a POST view goes on to another page. A form that comes when its session has ended is kept
for its person, and is there again after sign-in.
"""

import functools
import hmac
import json
import re
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote

from chalice import Chalice, Response

from adapters.applications import each_read_once
from adapters.clock import now
from casework.errors import BadRequest, NotAllowed, NotFound, OporaError
from functions.intake.http import BODY_AT_MOST
from functions.intake.wiring import sessions
from functions.portal.rendering import STATIC
from functions.portal.visit import (
    CODE,
    COOKIE,
    TOKEN,
    CodeNeeded,
    SignatureNeeded,
    Visit,
    is_token,
    new_token,
)
from functions.portal.wiring import logger, posted_to, shown_from, signing_address

app = Chalice(app_name="opora-pages")

NOT_FOUND = "/cabinet/not-found"
FORM = "application/x-www-form-urlencoded"
FIELDS_AT_MOST = 2000
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class Page(NamedTuple):
    """`roles`: whose it is, None for everybody's; `again`: which GET page shows a refused POST."""

    path: str
    view: Callable[..., Response]
    roles: frozenset[str] | None
    again: str


registered: dict[tuple[str, str], Page] = {}
"""By method and path."""


def page(
    method: str, path: str, *, roles: Iterable[str] | None = None, again: str | None = None
) -> Callable[[Callable], Callable]:
    """Register view(visit, **path parameters) -> Response; see Page. Without `again` a refused POST
    is shown by the GET view of its own path."""

    def register(view: Callable[..., Response]) -> Callable:
        allowed = None if roles is None else frozenset(roles)
        found = registered[method, path] = Page(path, view, allowed, again or path)

        def handle(**parameters: str) -> Response:
            return _answer(found, parameters)

        # What is no form is refused in words, below: Chalice would answer with JSON.
        app.route(path, methods=[method], name=view.__name__, content_types=["*/*"])(
            functools.wraps(view)(handle)
        )
        return view

    return register


# ---- finding the page ---------------------------------------------------------------------------


def respond(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The template has one greedy route for all pages; Chalice looks them up by their own."""
    logger.append_keys(request_id=event["requestContext"].get("requestId"))
    path = event["path"].rstrip("/") or "/"
    about = event["requestContext"]
    place = about.get("path") or path
    found = _matching(path)
    route, parameters = found or (NOT_FOUND, {})
    if (event["httpMethod"], route) not in registered:
        route = NOT_FOUND
    own = {"resourcePath": route, "page": path, "prefix": stage_of(place, path)}
    if route == NOT_FOUND:
        event = {**event, "httpMethod": "GET", "body": None}
        own["httpMethod"] = "GET"
    event = {**event, "pathParameters": parameters, "requestContext": {**about, **own}}
    answer = app(event, context)
    return _in_words(answer) if '"Code":' in answer["body"][:20] else answer


def stage_of(place: str, path: str) -> str:
    """What stands before the path in an address, for every link; never a slash alone, which makes a
    host of the next word."""
    return place.rstrip("/").removesuffix(path.rstrip("/"))


def _matching(path: str) -> tuple[str, dict[str, str]] | None:
    for route, pattern in _by_generality():
        if matched := pattern.fullmatch(path):
            return route, {name: unquote(value) for name, value in matched.groupdict().items()}
    return None


@functools.cache
def _by_generality() -> list[tuple[str, re.Pattern[str]]]:
    """Words go before parameters: asked for once all pages are registered."""
    routes = sorted({route for _, route in registered}, key=lambda route: (route.count("{"), route))
    return [(route, _pattern(route)) for route in routes]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    named = (f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile("".join(named))


# ---- answering ----------------------------------------------------------------------------------


def _answer(asked: Page, parameters: dict[str, str]) -> Response:
    try:
        visit = _visit()
    except OporaError as error:
        return _sealed(_refused(_nobody(), error), None)
    try:
        answer = _shown(visit, asked, parameters)
    except OporaError as error:
        answer = _refused(visit, error)
    return _sealed(answer, visit)


def _shown(visit: Visit, asked: Page, parameters: dict[str, str]) -> Response:
    ended = _end_if_over(visit)
    if visit.method == "POST" and not _is_ours(visit):
        raise NotAllowed("form_not_ours")
    if asked.roles is not None and visit.session is None:
        return _sign_in_first(visit, ended, _path_of(asked.again, parameters))
    if asked.roles is not None and not visit.person.roles & asked.roles:
        raise NotAllowed("role_needed")
    if visit.method == "GET":
        return _with_what_was_kept(visit, asked.view, parameters)
    return _acted(visit, asked, parameters)


def _is_ours(visit: Visit) -> bool:
    return hmac.compare_digest(visit.value(TOKEN).encode(), visit.form_token.encode())


def _sign_in_first(visit: Visit, ended: str | None, place: str) -> Response:
    """`ended`: whose session has; `place`: where the person goes on after sign-in."""
    if visit.method == "POST" and ended:
        sessions().keep_typed(ended, place, visit.form, visit.now)
    visit.path = place
    return visit.go_to_sign_in()


def _acted(visit: Visit, asked: Page, parameters: dict[str, str]) -> Response:
    place = _path_of(asked.again, parameters)
    try:
        answer = asked.view(visit, **parameters)
    except CodeNeeded as needed:
        return visit.html("code.html", sent=needed.sent, back=place)
    except SignatureNeeded as needed:
        sessions().keep_typed(visit.person.id, visit.path, visit.form, visit.now)
        provider = signing_address(visit, needed.told.sha256)
        return visit.html("sign.html", signing=needed.told, provider=provider, back=place)
    except OporaError as error:
        logger.info("refused", extra={"code": error.code})
        visit.show_again(error)
        if visit.value(CODE) and error.code.startswith("code_"):
            return visit.html("code.html", sent=None, back=place)
        if ("GET", asked.again) not in registered:
            raise
        named = {name: told for name, told in parameters.items() if f"{{{name}}}" in asked.again}
        return registered["GET", asked.again].view(visit, **named)
    if visit.person and "kept" in visit.query:
        sessions().forget_typed(visit.person.id, place)
    return answer


def _with_what_was_kept(
    visit: Visit, view: Callable[..., Response], parameters: dict[str, str]
) -> Response:
    if visit.person and "kept" in visit.query:
        visit.typed = sessions().typed(visit.person.id, visit.path) or {}
    with each_read_once():
        return view(visit, **parameters)


def _refused(visit: Visit, error: OporaError) -> Response:
    logger.info("refused", extra={"code": error.code})
    visit.show_again(error)
    return visit.html("refused.html", code=error.code)


def _in_words(answer: dict[str, Any]) -> dict[str, Any]:
    """What Chalice answers by itself, after it has logged what went wrong."""
    visit = _nobody()
    visit.status = answer["statusCode"]
    return _sealed(visit.html("refused.html", code="error"), None).to_dict()


@page("GET", NOT_FOUND)
def show_not_found(_: Visit) -> Response:
    raise NotFound("not_found")


@page("GET", "/assets/{name}")
def show_asset(_: Visit, name: str) -> Response:
    """Named by its content: it never changes."""
    found = STATIC / Path(name).name
    if found.suffix not in _KINDS or not found.is_file():
        raise NotFound("not_found")
    headers = {
        "Content-Type": _KINDS[found.suffix],
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Response(found.read_text(encoding="utf-8"), headers=headers)


# ---- the visit ----------------------------------------------------------------------------------


def _visit() -> Visit:
    raw, at = app.current_request, now()
    about = raw.context
    known = _cookie(raw.headers.get("cookie", ""))
    token = known or new_token()
    session = sessions().find(known) if known else None
    return Visit(
        raw.method,
        about["page"],
        about["prefix"],
        dict(raw.query_params or {}),
        _typed(raw.headers.get("content-type", ""), raw.raw_body) if raw.method == "POST" else {},
        token,
        session,
        at,
        about.get("identity", {}).get("sourceIp", ""),
        # Another site's form comes without a cookie: the one there is must stay.
        new_token=token if known is None and raw.method == "GET" else None,
        # API Gateway says the scheme; the local front door has no other than http.
        origin=f"{raw.headers.get('x-forwarded-proto', 'http')}://{about.get('domainName', '')}",
    )


def _nobody() -> Visit:
    return Visit("GET", "/", "", {}, {}, new_token(), None, now(), "")


def _cookie(header: str) -> str | None:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return found.value if found and is_token(found.value) else None


def _typed(content_type: str, body: bytes) -> dict[str, list[str]]:
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise BadRequest("form_expected")
    if len(body) > BODY_AT_MOST:
        raise BadRequest("body_too_large", at_most=BODY_AT_MOST)
    try:
        told = parse_qs(
            body.decode(),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=FIELDS_AT_MOST,
        )
    except UnicodeDecodeError as error:
        raise BadRequest("not_utf8") from error
    except ValueError as error:
        raise BadRequest("body_too_large", at_most=BODY_AT_MOST) from error
    return told


def _end_if_over(visit: Visit) -> str | None:
    """Whose session it was, if it has ended; one that goes on is noted."""
    if visit.session is None:
        return None
    if visit.session.ends_at > visit.now:
        visit.session = sessions().note_seen(visit.token, visit.session, visit.now)
        return None
    whose, visit.session = visit.session.person["id"], None
    return whose


def _path_of(pattern: str, parameters: dict[str, str]) -> str:
    quoted = {name: quote(value, safe="") for name, value in parameters.items()}
    return pattern.format(**quoted)


# ---- safety -------------------------------------------------------------------------------------


def _sealed(answer: Response, visit: Visit | None) -> Response:
    """Nothing from elsewhere runs in a page, frames it, or learns where its reader came from."""
    headers = {
        "Content-Security-Policy": _policy(),
        "Strict-Transport-Security": "max-age=31536000",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), microphone=(), camera=(), payment=()",
        "Cache-Control": "no-store",
    }
    if visit is not None and visit.new_token and "Cache-Control" not in answer.headers:
        told = f"{COOKIE}={visit.new_token}; Path=/; Secure; HttpOnly; SameSite=Lax"
        headers["Set-Cookie"] = told
    answer.headers = {**headers, **answer.headers}
    return answer


@functools.cache
def _policy() -> str:
    shown, posted = shown_from(), posted_to()
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' data: {shown}; frame-src {shown}; connect-src 'self' {posted}; "
        f"form-action 'self' {posted}; base-uri 'none'; frame-ancestors 'none'"
    )


def json_answer(told: Any) -> Response:
    """For the scripts of our pages."""
    return Response(json.dumps(told), headers={"Content-Type": "application/json"})
