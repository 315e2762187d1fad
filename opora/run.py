"""`opora run`: the whole system in one process, served over HTTP, its data kept between runs."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from opora import URL
from opora.failure import Failure
from opora.instants import instant

SAVE_EVERY = 60  # seconds


def run(port: int, aws_port: int, state: Path, *, fresh: bool, at: str | None) -> int:
    _must_be_free(port, "--port")
    _must_be_free(aws_port, "--aws-port")
    if port == aws_port:
        raise Failure("--port and --aws-port must differ")
    os.environ["OPORA_AWS_PORT"] = str(aws_port)  # before anything asks where S3 lives
    start = _start(at)
    _prepare(state, fresh, at)
    print("Starting the local cloud ...", file=sys.stderr)
    with _Stop() as stop, _served(port, aws_port, state, start) as (url, cloud, office):
        _greet(url, state, cloud, office)
        while not stop.wait(SAVE_EVERY):
            _save(cloud, state)
        print("\nStopping; the data are kept in", state, file=sys.stderr)
    return 0


def _start(at: str | None) -> datetime | None:
    from adapters.calendars import calendar_for  # noqa: PLC0415

    if at is None:
        return None
    calendar = calendar_for("RU-MOW")
    start = instant(at, calendar.region.zone)
    calendar.day(calendar.local_day(start))
    return start


def _prepare(state: Path, fresh: bool, at: str | None) -> None:
    """The folder may hold what is not ours: only the snapshot is forgotten."""
    from local.snapshot import FILE  # noqa: PLC0415

    kept = state / FILE
    try:
        state.mkdir(parents=True, exist_ok=True)
        if fresh:
            kept.unlink(missing_ok=True)
    except OSError as error:
        raise Failure(f"{state} cannot hold the data: {error.strerror}") from error
    if at and kept.exists():
        raise Failure(f"the data in {state} have their own time: --at goes with --fresh")


class _Stop:
    """Ctrl-C or a polite kill: leave at the next wait, cleanly."""

    def __enter__(self) -> threading.Event:
        self._stop = threading.Event()
        self._before = {
            number: signal.signal(number, lambda *_: self._stop.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self._stop

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


@contextmanager
def _served(
    port: int, aws_port: int, state: Path, start: datetime | None
) -> Iterator[tuple[str, Any, Any]]:
    # Imported late: moto must learn the port of S3 from the environment first.
    from local.cloud import LocalCloud  # noqa: PLC0415
    from local.control import Control  # noqa: PLC0415
    from local.live import serve  # noqa: PLC0415
    from local.office import Office  # noqa: PLC0415

    here = f"http://127.0.0.1:{port}"
    pages = {"PaymentPage": f"{here}/_local/pay", "CheckPage": f"{here}/check"}
    pages |= {"SigningPage": f"{here}/_local/sign"}
    pages |= {"CabinetUrl": f"{here}/cabinet", "OpenIdIssuer": f"{here}/_local/openid"}
    with LocalCloud(start=start, parameters=pages) as cloud:
        office = Office(cloud)
        _restore(cloud, office, state)
        office.enrol()
        with serve(cloud, port, aws_port, Control(cloud, office)) as url:
            yield url, cloud, office
        _save(cloud, state)


def _restore(cloud: Any, office: Any, state: Path) -> None:
    from local.snapshot import restore  # noqa: PLC0415

    try:
        if not restore(cloud, state):
            return
    except (ValueError, KeyError, OSError) as error:
        raise Failure(f"{state} cannot be read ({error}); start with --fresh") from error
    count = office.resume_reviews()
    print(f"Restored from {state}: {count} open application(s) go on", file=sys.stderr)


def _save(cloud: Any, state: Path) -> None:
    from local.snapshot import save  # noqa: PLC0415

    save(cloud, state)


def _must_be_free(port: int, option: str) -> None:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"port {port} is taken, perhaps by another `opora run`: choose one with {option}"
            ) from error


def _greet(url: str, state: Path, cloud: Any, office: Any) -> None:
    now: datetime = cloud.now()
    phone = {name: person.phone for name, person in office.people.items()}
    where = "" if url == URL else f" --url {url}"
    print(
        f"""
Opora runs at {url}   (virtual time: {now:%d.%m.%Y %H:%M} UTC; data in {state}/)

  API           {url}/openapi.json
  S3            {cloud.s3_url}
  Pages         {url}/   in Chromium, Chrome or Edge
  sign in       {url}/cabinet/sign-in   citizens, officers and supervisors alike: a phone and
                the password from below, then the code from the outbox
  outbox        {url}/_local/outbox   every SMS and e-mail; the newest is on top
  time machine  {url}/_local/time

People (password: {office.password}); a fresh token: opora token{where} NAME
  citizen          {phone["citizen"]}  applies
  relative         {phone["relative"]}  somebody the citizen may trust with documents
  agency           {phone["agency"]}  files for its clients, agency A
  officer          {phone["officer"]}  decides (region RU-MOW)
  expert           {phone["expert"]}  judges documents
  second-officer   {phone["second-officer"]}  confirms refusals
  third-officer    {phone["third-officer"]}  rules on appeals, with the supervisor
  supervisor       {phone["supervisor"]}  also releases what others hold
  auditor          {phone["auditor"]}  sees everything and changes nothing

Try, in another terminal:
  TOKEN=$(.venv/bin/opora token{where} citizen)
  curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"service": "social-service-need", "region": "RU-MOW", "form": {{}}}}' \\
    {url}/applications
  .venv/bin/opora clock{where} advance 30wd

Ctrl-C stops it.
""",
        flush=True,
    )
