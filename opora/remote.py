"""Commands that talk to a running `opora run`."""

import csv
import json
import sys
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from adapters.calendars import calendar_for
from adapters.wording import text_of
from opora.failure import Failure
from opora.instants import duration, instant, working_days
from opora.output import print_table

HEADER = "X-Opora-Local"
UNREADABLE = "файл не прочитан"  # how a report begins that has no rows
STRAYS = "файлов без строки"  # how its totals end when scans belong to no row
ZONE = calendar_for("RU-MOW").region.zone
LONGEST = 600  # seconds; a year with hundreds of open applications takes minutes


def show_clock(url: str) -> int:
    print(_call(url, "/_local/clock")["now"])
    return 0


def turn_clock(url: str, action: str, value: str) -> int:
    asked = json.dumps(_asked(action, value)).encode()
    print("Turning the clock; everything due on the way happens ...", file=sys.stderr)
    print(_call(url, "/_local/clock", asked)["now"])
    return 0


def _asked(action: str, value: str) -> dict[str, Any]:
    if action == "advance-to":
        return {"to": instant(value, ZONE).isoformat()}
    if days := working_days(value):
        return {"working_days": days}
    return {"seconds": duration(value).total_seconds()}


def published_keys(url: str) -> dict[str, Any]:
    """The public keys of an office, as it publishes them."""
    return _call(url, "/check/key")


def show_token(url: str, person: str) -> int:
    print(_call(url, f"/_local/token/{quote(person, safe='')}")["token"])
    return 0


def drop(url: str, file: Path, agency: str, service: str, *, dry_run: bool = False) -> int:
    """The report is written beside the file, as it is beside the dropped one in S3; that of a dry
    run under a name of its own. Exit status 1 when the file could not be read, rows were rejected,
    or scans belong to no row."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from error
    if not agency or "/" in agency:
        raise Failure(f"{agency!r} is not an agency: give its code, for example A")
    if not service or "/" in service:
        raise Failure(f"{service!r} is not a service: `opora services list` names them")
    asked = {"agency": agency, "service": service, "name": file.name}
    where = urlencode(asked | ({"dry_run": "yes"} if dry_run else {}))
    print(f"Dropped {file.name} into the inbox of {agency}; waiting ...", file=sys.stderr)
    answer = _call(url, f"/_local/drop?{where}", data)
    report = file.with_name(f"{file.name}{'.dry-run' if dry_run else ''}.report.csv")
    try:
        report.write_text(answer["report"], encoding="utf-8-sig", newline="")
    except OSError as error:
        done = "judged" if dry_run else "taken in"
        raise Failure(
            f"the file is {done}, but {report} cannot be written: {error.strerror}; "
            f"the report is in S3 at {answer['key']}"
        ) from error
    summary = answer["report"].partition("\r\n\r\n")[0].splitlines()
    lines = list(csv.reader(summary, delimiter=";"))
    for line in lines:
        print(": ".join(cell for cell in line if cell))
    print(f"Report: {report} (in S3: {answer['key']})")
    whole = UNREADABLE not in (line[0] for line in lines) and lines[-1][0] != STRAYS
    return 0 if whole and ["с ошибками", "0"] in lines else 1


def show_history(url: str, number: str, *, verify: bool) -> int:
    found = _call(url, f"/_local/history/{quote(number, safe='')}")
    print_table(
        (
            e["sequence"],
            e["at"][:19].replace("T", " "),
            e["actor"],
            e["kind"],
            json.dumps(e["data"], ensure_ascii=False),
        )
        for e in found["events"]
    )
    if not verify:
        return 0
    broken = found["broken_at"]
    print("The chain is whole." if broken is None else f"The chain is broken at event {broken}.")
    return 0 if broken is None else 1


def stored(url: str, service: str) -> list[dict[str, Any]]:
    """Every application of the service, with its form: adapters/stored.py says in what shape."""
    return _call(url, f"/_local/stored/{quote(service, safe='')}")["applications"]


def _call(url: str, path: str, body: bytes | None = None) -> dict[str, Any]:
    address, headers = url.rstrip("/") + path, {HEADER: "1", "Content-Type": "application/json"}
    try:
        request = Request(address, body, headers)  # noqa: S310 - the user names the URL
        with urlopen(request, timeout=LONGEST) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        raise Failure(_reason(error)) from error
    except (URLError, OSError, ValueError, HTTPException) as error:
        raise Failure(f"nothing answers at {url}: start it with `opora run`") from error


def _reason(error: HTTPError) -> str:
    try:
        return json.load(error)["error"]
    except (ValueError, KeyError, TypeError):
        return text_of("errors", "error", "en", {})
