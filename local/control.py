"""What `opora run` answers beside the API, under /_local: the clock, people's tokens, the outbox.

Only from this machine, and changes only with a header that no web page can send to us by itself.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from adapters.aws import client
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from adapters.stored import record_of, stored_cases
from adapters.wording import text_of
from casework.errors import OporaError
from casework.fees import number_of
from casework.review import terms
from local.cloud import LocalCloud
from local.office import Office
from local.openid_provider import PEOPLE
from local.payment_provider import BadPageError, ProviderDownError

HEADER = "X-Opora-Local"
HERE = ("127.0.0.1", "localhost")
_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)
JUMPS = {
    "hour": "На час",
    "day": "На день",
    "working_day": "На рабочий день",
    "deadline": "До ближайшего срока",
    "month": "На 30 рабочих дней",
}
_LENGTHS: dict[str, dict[str, Any]] = {
    "hour": {"seconds": 3600},
    "day": {"seconds": 86400},
    "working_day": {"working_days": 1},
    "month": {"working_days": 30},
}
ROUTES = Map(
    [
        Rule("/_local/clock", methods=["GET"], endpoint="show_clock"),
        Rule("/_local/clock", methods=["POST"], endpoint="turn_clock"),
        Rule("/_local/time", methods=["GET"], endpoint="show_time"),
        Rule("/_local/time", methods=["POST"], endpoint="jump"),
        Rule("/_local/token/<path:person>", methods=["GET"], endpoint="token"),
        Rule("/_local/drop", methods=["POST"], endpoint="drop"),
        Rule("/_local/history/<path:number>", methods=["GET"], endpoint="history"),
        Rule("/_local/stored/<path:service>", methods=["GET"], endpoint="stored"),
        Rule("/_local/outbox", methods=["GET"], endpoint="outbox"),
        Rule("/_local/openid/authorize", methods=["GET"], endpoint="openid_people"),
        Rule("/_local/openid/authorize/<person>", methods=["GET"], endpoint="openid_sign_in"),
        Rule("/_local/pay", methods=["GET"], endpoint="show_payment"),
        Rule("/_local/pay", methods=["POST"], endpoint="pay"),
        Rule("/_local/sign", methods=["GET"], endpoint="show_signing"),
        Rule("/_local/sign/<path:person>/<sha256>", methods=["GET"], endpoint="sign"),
    ]
)


class Control:
    """A WSGI application in front of the front door."""

    def __init__(self, cloud: LocalCloud, office: Office) -> None:
        self._cloud = cloud
        self._office = office

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Any:
        if environ["PATH_INFO"].startswith("/_local/"):
            return self._local(environ, start_response)
        return self._cloud.front_door(environ, start_response)

    @Request.application
    def _local(self, request: Request) -> Response:
        try:
            if urlsplit(request.host_url).hostname not in HERE:
                raise Forbidden("another name for this machine")
            endpoint, parameters = ROUTES.bind_to_environ(request.environ).match()
            if request.method == "POST" and not _is_ours(request):
                raise BadRequest(f"The header {HEADER} is missing")
            answer = getattr(self, endpoint)(request, **parameters)
        except HTTPException as error:
            return _json({"error": error.description}, error.code or 500)
        except OporaError as error:
            return _json({"error": text_of("errors", error.code, "en", error.details)}, 400)
        if isinstance(answer, Response):
            return answer
        return answer if isinstance(answer, Response) else _json(answer, 200)

    # ---- endpoints ------------------------------------------------------------------------------

    def show_clock(self, _: Request) -> dict[str, Any]:
        return {"now": self._cloud.now().isoformat()}

    def turn_clock(self, request: Request) -> dict[str, Any]:
        """{"seconds": n}, {"to": instant} or {"working_days": n}; answers when all is settled."""
        try:
            to = self._instant(request.get_json()).astimezone(UTC)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadRequest("say how far: seconds, working_days, or an instant in `to`") from error
        self._turn(to)
        return self.show_clock(request)

    def _turn(self, to: datetime) -> None:
        if to < self._cloud.now():
            raise BadRequest(
                f"the clock stands at {self._cloud.now():%Y-%m-%d %H:%M} UTC already; "
                "it only goes ahead"
            )
        calendar = calendar_for("RU-MOW")
        calendar.day(calendar.local_day(to))  # beyond it no deadline can be told, and no way back
        self._cloud.advance_to(to)

    def show_time(self, _: Request, wrong: str = "") -> Response:
        """The same clock, for people."""
        zone = calendar_for("RU-MOW").zone
        deadline = self._next_deadline()
        told = {"now": self._cloud.now().astimezone(zone), "jumps": JUMPS.items(), "wrong": wrong}
        return _page("time.html", deadline=deadline and deadline.astimezone(zone), **told)

    def jump(self, request: Request) -> Response:
        asked = request.form.get("jump", "")
        if asked not in JUMPS:
            raise BadRequest(f"jump: one of {', '.join(JUMPS)}")
        try:
            to = self._next_deadline() if asked == "deadline" else self._instant(_LENGTHS[asked])
            if to is None:
                return self.show_time(request, "Ни у одного заявления срок не идёт.")
            self._turn(to.astimezone(UTC))
        except OporaError as error:
            return self.show_time(request, text_of("errors", error.code, "ru", error.details))
        return redirect("/_local/time", 303)

    def _next_deadline(self) -> datetime | None:
        """The first end of a term that is still to come, of all open applications."""
        now, casebook = self._cloud.now(), self._office.casebook
        with self._cloud.standing_still():
            cases = [casebook.load(number).application for number in casebook.unfinished()]
        due = (term for case in cases for term in terms(case, rules_of(case), now))
        ahead = (term.proven.due for term in due if not term.met_at and not term.proven.paused)
        return min((end for end in ahead if end > now), default=None)

    def _instant(self, asked: dict[str, Any]) -> datetime:
        now = self._cloud.now()
        if "seconds" in asked:
            return now + timedelta(seconds=asked["seconds"])
        if "to" in asked:
            to = datetime.fromisoformat(asked["to"])
            return to if to.tzinfo else to.replace(tzinfo=UTC)
        calendar = calendar_for("RU-MOW")
        number = calendar.working_days_through(calendar.local_day(now)) + asked["working_days"]
        ahead = calendar.working_day(number) - calendar.local_day(now)
        return now + ahead

    def token(self, _: Request, person: str) -> dict[str, str]:
        people = self._office.people
        if person not in people:
            raise NotFound(f"nobody is called {person!r} here; known: {', '.join(people)}")
        return {"token": people[person].token()}

    def drop(self, request: Request) -> dict[str, Any]:
        """Put the body into the agency's inbox; answers with the report when it is written."""
        agency, service, name = (request.args[key] for key in ("agency", "service", "name"))
        data, dry_run = request.get_data(), "dry_run" in request.args
        with self._cloud.standing_still():
            report = self._office.drop(agency, name, data, service, dry_run=dry_run)
            return {"key": report, "report": self._office.report(report)}

    def history(self, _: Request, number: str) -> dict[str, Any]:
        sealed = self._office.casebook.sealed_chain(number)
        events = [
            {
                "sequence": e.sequence,
                "kind": e.kind,
                "at": e.at.isoformat(),
                "actor": e.actor,
                "data": dict(e.data),
                "hash": stored,
            }
            for e, stored in sealed.events
        ]
        return {"number": number, "events": events, "broken_at": sealed.broken_at}

    def stored(self, _: Request, service: str) -> dict[str, Any]:
        """The service's applications with their forms: what `opora services impact` replays."""
        table = self._cloud.outputs["Applications"]
        with self._cloud.standing_still():
            cases = stored_cases(client("dynamodb"), table, service)
            return {"applications": [record_of(case) for case in cases]}

    def show_payment(self, request: Request) -> Any:
        """The page of the simulated payment provider; POST to the same address pays."""
        asked = self._payment(request)
        if not _wants_a_page(request):
            return {**asked, "how": f"POST to this address with the header {HEADER}"}
        return _page("pay.html", amount=asked["amount"], here=request.full_path)

    def pay(self, request: Request) -> Any:
        asked = self._payment(request)
        with self._cloud.standing_still():
            transaction = self._office.payments.pay(request.url)
        if not _wants_a_page(request):
            return {"transaction": transaction}
        return _page("paid.html", back=f"/cabinet/applications/{number_of(asked['payment'])}/fee")

    def _payment(self, request: Request) -> dict[str, str]:
        try:
            return self._office.payments.asked(request.url)
        except (BadPageError, KeyError) as error:
            raise BadRequest("this is no address that we gave: its seal does not fit") from error
        except ProviderDownError as error:
            raise BadRequest("the payment provider is down") from error

    def show_signing(self, request: Request) -> Response:
        """The page of the simulated identity provider: it asks nothing more, and sends back."""
        signer, sha256, back = (request.args[key] for key in ("signer", "sha256", "back"))
        place = urlsplit(back)
        if place.netloc != request.host:
            raise BadRequest("the way back leads elsewhere")
        fields = dict(parse_qsl(place.query)) | self._office.identity_provider.sign(signer, sha256)
        return _page("sign.html", sha256=sha256, path=place.path, fields=fields)

    def sign(self, _: Request, person: str, sha256: str) -> dict[str, str]:
        """The signature that the simulated identity provider makes for somebody signed in."""
        return self._office.identity_provider.sign(person, sha256)

    def openid_people(self, request: Request) -> Response:
        """The page of the simulated OpenID Connect provider."""
        return _page("openid.html", people=PEOPLE, query=request.query_string.decode())

    def openid_sign_in(self, request: Request, person: str) -> Response:
        """Somebody says yes there, and his browser is sent back to us."""
        try:
            return redirect(self._office.openid.sent_back(request.url, person), 303)
        except (KeyError, OporaError) as error:
            raise BadRequest("nobody was sent here with these words") from error

    def outbox(self, request: Request) -> dict[str, Any] | Response:
        """For people a page, for programs JSON."""
        cloud = self._cloud
        if _wants_a_page(request):
            return _page("outbox.html", sms=cloud.sms, emails=cloud.emails)
        return {
            "sms": [{"to": to, "text": text} for to, text in cloud.sms],
            "emails": [{"to": to, "subject": s, "text": text} for to, s, text in cloud.emails],
            "letters": self._office.letters(),
            "operators": [json.loads(news) for news in cloud.published("OperatorsTopic")],
            "agencies": [json.loads(news) for news in cloud.published("AgenciesTopic")],
        }


def _is_ours(request: Request) -> bool:
    """Browsers say whose page sent a form; programs send the header."""
    own = request.host_url.rstrip("/")
    return HEADER in request.headers or request.headers.get("Origin") == own


def _wants_a_page(request: Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _page(template: str, **data: Any) -> Response:
    """One of local/pages: they play other people's sites, so they look like nobody's."""
    html = _PAGES.get_template(template).render(**data)
    return Response(html, content_type="text/html; charset=utf-8")


def _json(value: Any, status: int) -> Response:
    return Response(
        json.dumps(value, ensure_ascii=False, indent=2), status, content_type="application/json"
    )
