"""What `opora run` answers beside the API, under /_local: the clock, people's tokens, the outbox.

Only from this machine, and changes only with a header that no web page can send to us by itself.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from adapters.calendars import calendar_for
from adapters.stored import record_of, stored_cases
from adapters.wording import text_of
from casework.errors import OporaError
from local.aws import REGION
from local.cloud import LocalCloud
from local.office import Office
from local.payment_provider import BadPageError, ProviderDownError

HEADER = "X-Opora-Local"
ROUTES = Map(
    [
        Rule("/_local/clock", methods=["GET"], endpoint="show_clock"),
        Rule("/_local/clock", methods=["POST"], endpoint="turn_clock"),
        Rule("/_local/token/<path:person>", methods=["GET"], endpoint="token"),
        Rule("/_local/drop", methods=["POST"], endpoint="drop"),
        Rule("/_local/history/<path:number>", methods=["GET"], endpoint="history"),
        Rule("/_local/stored/<path:service>", methods=["GET"], endpoint="stored"),
        Rule("/_local/outbox", methods=["GET"], endpoint="outbox"),
        Rule("/_local/pay", methods=["GET"], endpoint="show_payment"),
        Rule("/_local/pay", methods=["POST"], endpoint="pay"),
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
            endpoint, parameters = ROUTES.bind_to_environ(request.environ).match()
            if request.method == "POST" and HEADER not in request.headers:
                raise BadRequest(f"The header {HEADER} is missing")
            answer = getattr(self, endpoint)(request, **parameters)
        except HTTPException as error:
            return _json({"error": error.description}, error.code or 500)
        except OporaError as error:
            return _json({"error": text_of("errors", error.code, "en", error.details)}, 400)
        return _json(answer, 200)

    # ---- endpoints ------------------------------------------------------------------------------

    def show_clock(self, _: Request) -> dict[str, Any]:
        return {"now": self._cloud.now().isoformat()}

    def turn_clock(self, request: Request) -> dict[str, Any]:
        """{"seconds": n}, {"to": instant} or {"working_days": n}; answers when all is settled."""
        try:
            to = self._instant(request.get_json()).astimezone(UTC)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadRequest("say how far: seconds, working_days, or an instant in `to`") from error
        if to < self._cloud.now():
            raise BadRequest(
                f"the clock stands at {self._cloud.now():%Y-%m-%d %H:%M} UTC already; "
                "it only goes ahead"
            )
        calendar = calendar_for("RU-MOW")
        calendar.day(calendar.local_day(to))  # beyond it no deadline can be told, and no way back
        self._cloud.advance_to(to)
        return self.show_clock(request)

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
        with self._cloud.standing_still():
            report = self._office.drop(agency, name, request.get_data(), service)
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
        client = boto3.client("dynamodb", REGION)
        table = self._cloud.outputs["Applications"]
        with self._cloud.standing_still():
            return {"applications": [record_of(c) for c in stored_cases(client, table, service)]}

    def show_payment(self, request: Request) -> dict[str, Any]:
        """The page of the simulated payment provider; POST to the same address pays."""
        asked = self._payment(request)
        return {**asked, "how": f"POST to this address with the header {HEADER}"}

    def pay(self, request: Request) -> dict[str, Any]:
        self._payment(request)
        with self._cloud.standing_still():
            return {"transaction": self._office.payments.pay(request.url)}

    def _payment(self, request: Request) -> dict[str, str]:
        try:
            return self._office.payments.asked(request.url)
        except (BadPageError, KeyError) as error:
            raise BadRequest("this is no address that we gave: its seal does not fit") from error
        except ProviderDownError as error:
            raise BadRequest("the payment provider is down") from error

    def sign(self, _: Request, person: str, sha256: str) -> dict[str, str]:
        """The signature that the simulated identity provider makes for somebody signed in."""
        return self._office.identity_provider.sign(person, sha256)

    def outbox(self, _: Request) -> dict[str, Any]:
        cloud = self._cloud
        return {
            "sms": [{"to": to, "text": text} for to, text in cloud.sms],
            "emails": [{"to": to, "subject": s, "text": text} for to, s, text in cloud.emails],
            "letters": self._office.letters(),
            "operators": [json.loads(news) for news in cloud.published("OperatorsTopic")],
            "agencies": [json.loads(news) for news in cloud.published("AgenciesTopic")],
        }


def _json(value: Any, status: int) -> Response:
    return Response(
        json.dumps(value, ensure_ascii=False, indent=2), status, content_type="application/json"
    )
