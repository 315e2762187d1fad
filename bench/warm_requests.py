"""CPU of a warm request in the API's handler, from API Gateway's event to its answer.

Ours: Chalice's routing, the person and their rights, the request's checks, the law, the shape of
the answer. Left out, being moto's: the AWS calls (and botocore around them); the note tells them.
The floor: json.loads, pydantic and json.dumps of the same bodies, which any API would do.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from pydantic import BaseModel

from bench.table import Row
from bench.timing import cpu_per_call
from local.office import SERVICE, Office, form_of
from local.people import person

Event = dict[str, Any]


def rows(office: Office) -> Iterator[Row]:
    from functions.intake import api, bodies  # noqa: PLC0415  wired once the cloud is there

    number = office.apply(form_of(person(1)))
    office.cloud.advance(minutes=1)  # the registries have replied: it awaits an officer
    draft = {"service": SERVICE, "region": "RU-MOW", "form": form_of(person(2))}
    requests = {
        "GET /services": (lambda: office.citizen.get("/services"), None, bodies.ServiceList),
        "GET /applications/{number}, in review": (
            lambda: office.show(number),
            None,
            bodies.ApplicationView,
        ),
        "POST /applications, a draft": (
            lambda: office.citizen.post("/applications", draft),
            bodies.NewApplication,
            bodies.ApplicationView,
        ),
    }
    with aws_cpu() as aws:
        for what, (act, request_model, answer_model) in requests.items():
            event = event_of(act, api)
            yield _row(what, event, api.handler, request_model, answer_model, aws)


def _row(
    what: str,
    event: Event,
    handler: Callable[[Event, None], dict],
    request_model: type[BaseModel] | None,
    answer_model: type[BaseModel],
    aws: Callable[[], float],
) -> Row:
    answer = handler(event, None)
    if answer["statusCode"] >= 400:
        raise ValueError(f"{what}: {answer}")
    passed = [(answer["body"], answer_model)]
    if request_model:
        passed.append((event["body"], request_model))

    def ours() -> None:
        handler(event, None)

    def floor() -> None:
        for body, model in passed:
            json.dumps(model.model_validate(json.loads(body)).model_dump(mode="json"))

    own, least = cpu_per_call(ours, floor, outside=aws)
    (whole,) = cpu_per_call(ours)
    return Row(
        what,
        own * 1000,
        "ms",
        least * 1000,
        "json + pydantic of the bodies",
        note=f"{whole * 1000:.2f} ms with AWS calls on moto; answer {len(answer['body']):,} chars",
    )


def event_of(act: Callable[[], object], api: Any) -> Event:
    """The event that the gateway makes of a real request."""
    with mock.patch.object(api, "handler", wraps=api.handler) as handler:
        act()
    return handler.call_args.args[0]


@contextmanager
def aws_cpu() -> Iterator[Callable[[], float]]:
    """Reads the CPU seconds spent in AWS calls so far."""
    spent = 0.0
    make_api_call = BaseClient._make_api_call

    def timed(client, operation, parameters):
        nonlocal spent
        start = time.process_time()
        try:
            return make_api_call(client, operation, parameters)
        finally:
            spent += time.process_time() - start

    with mock.patch.object(BaseClient, "_make_api_call", timed):
        yield lambda: spent
