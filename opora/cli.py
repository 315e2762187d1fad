"""`opora`: parse the command line, call one function, say in one sentence what went wrong.

Exit status: 0 done and good, 1 done and something is wrong with what was looked at, 2 the command
itself was wrong or could not be carried out.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from casework.errors import OporaError
from opora import URL
from opora.failure import Failure

EPILOG = "Start with `opora run` in one terminal; `opora COMMAND --help` tells the rest."

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")  # handlers log into our output
    try:
        return _COMMANDS[options.command](options)
    except Failure as failure:
        print(f"opora: {failure}", file=sys.stderr)
        return 2
    except OporaError as error:
        print(f"opora: {_told(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone, as `| head` does: keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _told(error: OporaError) -> str:
    from adapters.wording import text_of

    return text_of("errors", error.code, "en", error.details)


# ---- the commands, each imported when it is called: `deadline` needs no local cloud -------------
# ruff: noqa: PLC0415


def _run(options: argparse.Namespace) -> int:
    from opora.run import run

    return run(options.port, options.aws_port, options.state, fresh=options.fresh, at=options.at)


def _demo(options: argparse.Namespace) -> int:
    from opora.demo import JOURNEYS, OF_ONE_REVIEW, demo

    return demo(JOURNEYS if options.all else options.journey or OF_ONE_REVIEW)


def _clock(options: argparse.Namespace) -> int:
    from opora import remote

    if options.action == "show":
        return remote.show_clock(options.url)
    return remote.turn_clock(options.url, options.action, options.value)


def _token(options: argparse.Namespace) -> int:
    from opora import remote

    return remote.show_token(options.url, options.person)


def _drop(options: argparse.Namespace) -> int:
    from opora import remote

    return remote.drop(
        options.url, options.file, options.agency, options.service, dry_run=options.dry_run
    )


def _history(options: argparse.Namespace) -> int:
    from opora import remote

    return remote.show_history(options.url, options.number, verify=options.verify)


def _scan(options: argparse.Namespace) -> int:
    from opora.scan import scan

    return scan(options.queue, options.clamd, once=options.once)


def _verify(options: argparse.Namespace) -> int:
    from opora.verify import verify

    return verify(options.file, options.key, options.url, as_json=options.json)


def _validate(options: argparse.Namespace) -> int:
    from opora.validate import validate

    return validate(options.service, options.file, as_json=options.json)


def _deadline(options: argparse.Namespace) -> int:
    from opora.deadline import deadline

    return deadline(
        options.service,
        options.received,
        options.region,
        options.priority,
        options.event,
        as_json=options.json,
    )


def _services(options: argparse.Namespace) -> int:
    from opora import impact, services, versions

    actions: dict[str, Callable[[], int]] = {
        "list": lambda: services.show_list(as_json=options.json),
        "show": lambda: services.show_one(options.service, as_json=options.json),
        "check": lambda: services.check(options.files, as_json=options.json),
        "template": lambda: services.print_template(options.service, options.kind, options.xlsx),
        "docs": lambda: services.write_docs(options.file),
        "freeze": lambda: versions.freeze(options.services),
        "impact": lambda: impact.impact(
            options.file, options.url, options.table, options.stored, as_json=options.json
        ),
    }
    return actions[options.action]()


_COMMANDS: dict[str, Command] = {
    "run": _run,
    "demo": _demo,
    "clock": _clock,
    "token": _token,
    "drop": _drop,
    "history": _history,
    "validate": _validate,
    "deadline": _deadline,
    "services": _services,
    "verify": _verify,
    "scan": _scan,
}


# ---- the command line ---------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="opora",
        description="Takes citizens' applications for social services and decides them on time.",
        epilog=EPILOG,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    _add_remote(commands)
    _add_pure(commands)
    return parser


def _add_run(commands: argparse._SubParsersAction) -> None:
    run = commands.add_parser(
        "run",
        help="start the whole system on the local cloud",
        description="Start the whole system on the local cloud, on this machine, until Ctrl-C.",
    )
    run.add_argument("--port", type=_port, default=8000, help="of the API (default: %(default)s)")
    run.add_argument(
        "--aws-port", type=_port, default=8001, help="of S3, for uploads (default: %(default)s)"
    )
    run.add_argument(
        "--state",
        type=Path,
        default=Path(".opora"),
        metavar="FOLDER",
        help="where data are kept between runs (default: %(default)s)",
    )
    run.add_argument("--fresh", action="store_true", help="forget what earlier runs kept there")
    run.add_argument("--at", metavar="INSTANT", help="begin at this virtual time, with no data")
    demo = commands.add_parser(
        "demo",
        help="walk journeys from application to outcome, unattended",
        description="Walk eight journeys of one service on a virtual clock, from application to "
        "outcome, and say of each whether it went as it should. Five more show a fee, an "
        "appointment, an appeal, a programme and payments. Needs no `opora run`.",
    )
    demo.add_argument("journey", nargs="*", type=_journey, help="only these journeys, 1 to 13")
    demo.add_argument("--all", action="store_true", help="all thirteen journeys")


def _add_remote(commands: argparse._SubParsersAction) -> None:
    clock = _remote(commands, "clock", "show or turn the virtual clock of `opora run`")
    actions = clock.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("show", help="what time it is there")
    advance = actions.add_parser("advance", help="send the clock ahead")
    advance.add_argument("value", help="30d, 12h, 90m, or 30wd for working days")
    advance_to = actions.add_parser("advance-to", help="send the clock to a day or instant")
    advance_to.add_argument("value", help="2026-12-31 or 2026-12-31T10:00:00+03:00")
    token = _remote(commands, "token", "a fresh token of one of the invented people")
    token.add_argument(
        "person",
        help="citizen, relative, agency, officer, expert, second-officer, third-officer, "
        "supervisor",
    )
    drop = _remote(commands, "drop", "drop an agency's file and fetch its report")
    drop.add_argument(
        "file",
        type=Path,
        help="a table (CSV, XLSX, JSONL), or a ZIP of one and folders with scans "
        "(`services template` tells how)",
    )
    drop.add_argument("--agency", required=True, help="whose inbox, for example A")
    drop.add_argument("--service", default="social-service-need", help="default: %(default)s")
    drop.add_argument(
        "--dry-run",
        action="store_true",
        help="only judge the rows: no application, no notices, nothing is kept but the report",
    )
    history = _remote(commands, "history", "everything that happened to an application")
    history.add_argument("number", help="for example 123-456-7890")
    history.add_argument(
        "--verify", action="store_true", help="recompute the chain; exit status 1 if it is broken"
    )


def _remote(commands: argparse._SubParsersAction, name: str, told: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")
    parser.add_argument("--url", default=URL, help="of `opora run` (default: %(default)s)")
    return parser


def _add_pure(commands: argparse._SubParsersAction) -> None:
    validate = commands.add_parser(
        "validate",
        help="check a form (JSON) or an agency's rows (CSV)",
        description="Every problem of a form, of a list of forms (JSON), or of an agency's rows "
        "(CSV in UTF-8 or cp1251), before it is sent. Exit status 1 when there are any.",
    )
    validate.add_argument("service", help="id of the service")
    validate.add_argument("file", type=Path, help="JSON or CSV")
    _add_json(validate)

    deadline = commands.add_parser(
        "deadline",
        help="due dates with their day-by-day proof",
        description="When a decision is due, and why: each day counted or not.",
    )
    deadline.add_argument("service", help="id of the service")
    deadline.add_argument(
        "--received",
        required=True,
        metavar="INSTANT",
        help="2026-04-27T10:00:00+03:00; without an offset: the region's time",
    )
    deadline.add_argument("--region", default="RU-MOW", help="default: %(default)s")
    deadline.add_argument("--priority", metavar="CATEGORY", help="a priority category")
    deadline.add_argument(
        "--event",
        action="append",
        default=[],
        metavar="KIND=INSTANT",
        help="asked, answered or extended:<days>; may be repeated",
    )
    _add_json(deadline)

    _add_services(commands)
    _add_verify(commands)
    _add_scan(commands)


def _add_scan(commands: argparse._SubParsersAction) -> None:
    scan = commands.add_parser(
        "scan",
        help="scan uploads for malware with the office's own ClamAV",
        description="Scan uploads for malware with the office's own ClamAV, until stopped. For a "
        "stack with MalwareScanner=clamav; runs under its ClamavRole, in the stack's region.",
    )
    scan.add_argument("--queue", required=True, metavar="URL", help="the output ClamavRequests")
    scan.add_argument(
        "--clamd", metavar="ADDRESS", help="host:port or socket of clamd; without it, clamscan"
    )
    scan.add_argument("--once", action="store_true", help="end when nothing is left in the queue")


def _add_verify(commands: argparse._SubParsersAction) -> None:
    verify = commands.add_parser(
        "verify",
        help="whether a PDF is one that Opora issued, byte for byte",
        description="Whether a PDF is one that Opora issued, byte for byte; exit status 1 when it "
        "is not. Needs no network with --key. The format is described in docs/verify.md.",
    )
    verify.add_argument("file", type=Path, help="the PDF")
    key = verify.add_mutually_exclusive_group()
    key.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the office's published keys: PEM, or what /check/key answers",
    )
    key.add_argument(
        "--url", default=URL, help="of the office that publishes them (default: %(default)s)"
    )
    _add_json(verify)


def _add_services(commands: argparse._SubParsersAction) -> None:
    services = commands.add_parser(
        "services",
        help="list, show, check, release the service files, and what follows from them",
        description="Service files: what they say, whether they are sound, what follows from them.",
    )
    actions = services.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = _action(actions, "list", "every service")
    shown = _action(actions, "show", "one service")
    shown.add_argument("service", help="its id or its code, for example V2")
    checked = _action(
        actions,
        "check",
        "every mistake of service files, with its file and line; exit status 1 if there is any",
    )
    checked.add_argument("files", nargs="*", type=Path, help="default: all of services/")
    template = _action(actions, "template", "an agency's file: its columns and an example row")
    template.formatter_class = argparse.RawDescriptionHelpFormatter
    template.epilog = _WITH_SCANS
    template.add_argument("service", help="its id or its code, for example V2")
    form = template.add_mutually_exclusive_group()
    kinds = (
        ("csv", "for a spreadsheet (the default)"),
        ("jsonl", "as a line of JSON"),
        ("form", "the form alone, as the API takes it"),
    )
    for kind, told in kinds:
        form.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind, help=told)
    form.add_argument("--xlsx", type=Path, metavar="FILE", help="a workbook, all of its cells text")
    template.set_defaults(kind="csv")
    docs = _action(actions, "docs", "write docs/services.md anew from the service files")
    docs.add_argument("file", nargs="?", type=Path, default=Path("docs/services.md"))
    freeze = _action(
        actions,
        "freeze",
        "release the services as they are: applications keep the version they began under",
    )
    freeze.add_argument("services", nargs="*", help="ids; default: all")
    impact = _add_impact(actions)
    for parser in (listed, shown, checked, impact):
        _add_json(parser)


def _add_impact(actions: argparse._SubParsersAction) -> argparse.ArgumentParser:
    impact = _action(
        actions,
        "impact",
        "replay a changed service file over stored applications: whose outcome, amount or due "
        "date would change; nothing is written",
    )
    impact.add_argument("file", type=Path, help="the changed service file")
    where = impact.add_mutually_exclusive_group()
    where.add_argument("--url", default=URL, help="of `opora run` (default: %(default)s)")
    where.add_argument("--table", help="the DynamoDB table of a deployed office")
    where.add_argument("--stored", type=Path, metavar="FILE", help="JSON lines, as --url gives")
    return impact


_WITH_SCANS = """\
Scans come along in a ZIP: the table, and beside it a folder for each row. The folder is called by
the row's number in the table (the header is row 1), or as a column `folder` says. A file is
called by the kind of its document, which `services show` lists; a number after it tells several
apart:

  rows.csv
  2/passport.jpg
  2/income_certificate 1.pdf
  2/income_certificate 2.pdf

At most 200 MB, 5,000 files, 20 scans a row and 5 MB each. Names may be in cp866 or UTF-8. The
column `documents` still names the kinds whose originals the agency keeps instead of sending scans.
"""


def _action(actions: argparse._SubParsersAction, name: str, told: str) -> argparse.ArgumentParser:
    return actions.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON")


def _journey(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 13:
        raise argparse.ArgumentTypeError(f"{text!r} is not a journey: give a number from 1 to 13")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)
