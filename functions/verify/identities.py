"""What registries reply of who somebody is: when all of them agree, the account is confirmed."""

from collections.abc import Iterable

from adapters.clock import now
from adapters.queues import RegistryReply
from casework import accounts as law
from casework.accounts import IdentityCheck
from casework.application import SYSTEM
from casework.errors import Conflict, NotFound, VersionConflict
from functions.verify.wiring import accounts, logger


def take_replies(number: str, replies: Iterable[RegistryReply]) -> None:
    def act(check: IdentityCheck) -> IdentityCheck:
        for reply in replies:
            check = law.replied(check, reply.check, reply.outcome, reply.fields)
        return check

    try:
        check = accounts().change_check(number, act)
    except NotFound:
        logger.warning("replies about an unknown identity check")
        return
    if check.verdict == law.MATCHED:
        _confirm(check)


def _confirm(check: IdentityCheck) -> None:
    owns = [check.said[name] for name in ("snils", "inn") if name in check.said]
    at, snils = now(), check.said.get("snils", "")
    try:
        accounts().change(
            check.account,
            lambda account: law.confirmed(account, law.REGISTRIES, SYSTEM, at, snils),
            "identity_confirmed",
            by=SYSTEM,
            now=at,
            owns=owns,
        )
    except VersionConflict:
        raise
    except Conflict:
        accounts().change_check(check.number, law.known_already)
