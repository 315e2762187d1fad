"""Simulated state registries: they read the queue of requests and answer into the queue of replies,
as the connectors of a real office would. How each behaves is data (registries.toml, `behave`)."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from adapters.accounts import Accounts, is_check
from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.queues import Queue, RegistryReply, RegistryRequest
from local.cloud import LocalCloud
from local.mailbox import taken_from

BEHAVIOUR = Path(__file__).parent / "registries.toml"


class Behaviour(NamedTuple):
    """Replies `after` a while, but not before `down_until`; what comes meanwhile gets no reply."""

    after: timedelta = timedelta(seconds=2)
    down_until: datetime | None = None


class Registries:
    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._requests = cloud.outputs["RegistryRequests"]
        self._replies = Queue(client("sqs"), cloud.outputs["RegistryReplies"])
        self._casebook = open_casebook(cloud.outputs["Applications"], client("dynamodb"))
        self._accounts = Accounts(client("dynamodb"), cloud.outputs["Applications"])
        self.start_over()
        cloud.attend(self.serve_one)

    def start_over(self) -> None:
        """Behave as the file says."""
        self._due: dict[datetime, list[RegistryReply]] = {}
        told = tomllib.loads(BEHAVIOUR.read_text())
        self._behaviour = {
            name: Behaviour(timedelta(seconds=said["after"]))
            for name, said in told["registries"].items()
        }
        self._differs = {(p["snils"], p["registry"]): tuple(p["differs"]) for p in told["people"]}

    def behave(self, registry: str, **behaviour) -> None:
        self._behaviour[registry] = Behaviour(**behaviour)

    def differ(self, snils: str, registry: str, *fields: str) -> None:
        """From now on the registry holds other values of these fields; none: it agrees again."""
        self._differs[snils, registry] = fields

    def serve_one(self) -> bool:
        """Take what is asked; each reply comes when the clock gets there."""
        asked = taken_from(self._requests)
        for request in asked:
            self._take(RegistryRequest(**request))
        return bool(asked)

    def _take(self, request: RegistryRequest) -> None:
        behaviour = self._behaviour.get(request.registry, Behaviour())
        if behaviour.down_until and self._cloud.now() < behaviour.down_until:
            return  # down: whoever asks will have to ask again
        differs = self._differences(request)
        outcome = "mismatched" if differs else "matched"
        reply = RegistryReply(request.number, request.check, request.form, outcome, differs)
        self._reply_at(self._cloud.now() + behaviour.after, reply)

    def _reply_at(self, instant: datetime, reply: RegistryReply) -> None:
        """What falls due together is sent together."""
        if instant not in self._due:
            self._due[instant] = []
            self._cloud.call_at(instant, lambda: self._replies.send(self._due.pop(instant)))
        self._due[instant].append(reply)

    def _differences(self, request: RegistryRequest) -> tuple[str, ...]:
        """A request names no person: a connector looks the application up, as we do here."""
        if all(registry != request.registry for _, registry in self._differs):
            return ()
        if is_check(request.number):
            said = self._accounts.find_check(request.number).said
            return self._differs.get((said.get("snils"), request.registry), ())
        snils = self._casebook.load(request.number).form["snils"]
        return self._differs.get((snils, request.registry), ())
