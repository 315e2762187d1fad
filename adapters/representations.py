"""Who acts in whose name, in the table of applications.

    pk = ACTING#<id>   sk = REPRESENTATION     its state; in the queue while an officer is awaited
                            EVENT#<sequence>   the chain; never changed
                            PERSON             the represented person: names, SNILS, phone
                            PROOF              name and place of the file that proves it

A representative's own are found through the index by applicant under `acting:<person>`, those
about a person under `represented:<person>`, or `asked:<phone>` until he has answered: nobody is
called so.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import reduce
from typing import Any

from adapters.application_items import chain_key, event_item, event_of, instant, to_json
from adapters.sealed_table import Command, Done, SealedTable, command_item, item_of
from casework.application import Event, chain
from casework.errors import NotFound
from casework.representation import (
    Awaits,
    Known,
    Proof,
    Representation,
    RepresentationCase,
    RepresentationChange,
    Rules,
    apply,
    fold,
    number_of,
)

QUEUE = "acting"  # no region is called so
AT_ONCE = 100


class Representations:
    def __init__(self, client: Any, table: str, rules: Rules) -> None:
        self._client = client
        self._table = table
        self._rules = rules
        self._sealed = SealedTable(client, table)

    # ---- reading --------------------------------------------------------------------------------

    def load(self, id_: str) -> RepresentationCase:
        """Raises NotFound."""
        case = self._read(number_of(id_))
        if not case.events:
            raise NotFound("unknown_representation")
        return case

    def of_representative(self, person: str) -> list[RepresentationCase]:
        """The newest first; those that are over, too."""
        return self._listed_under(f"acting:{person}")

    def about(self, person: str, phone: str | None) -> list[RepresentationCase]:
        """Those in which the person is represented, or is asked whether he agrees."""
        asked = self._listed_under(f"asked:{phone}") if phone else []
        return self._listed_under(f"represented:{person}") + asked

    def queue(self) -> list[RepresentationCase]:
        """Those that an officer is to look at, the first due first."""
        listed = self._sealed.listed("by_due", "queue", QUEUE, at_most=AT_ONCE)
        return [self._read(item["number"]) for item in listed]

    def _listed_under(self, applicant: str) -> list[RepresentationCase]:
        listed = self._sealed.listed(
            "by_applicant", "applicant", applicant, at_most=AT_ONCE, newest_first=True
        )
        return [self._read(item["number"]) for item in listed]

    def _read(self, number: str) -> RepresentationCase:
        items = {item["sk"]: item for item in self._sealed.query(chain_key(number))}
        events = [event_of(number, i) for sk, i in items.items() if sk.startswith("EVENT#")]
        person, proof = items.get("PERSON"), items.get("PROOF")
        return RepresentationCase(
            fold(number, events),
            tuple(events),
            Known(
                json.loads(person["values"]), person["own_name"], person["phone"], person["words"]
            )
            if person
            else None,
            Proof(*(proof[name] for name in Proof.__slots__)) if proof else None,
        )

    # ---- changing -------------------------------------------------------------------------------

    def change(
        self,
        id_: str,
        act: Callable[[RepresentationCase], RepresentationChange],
        *,
        actor: str,
        now: datetime,
        command: Command | None = None,
    ) -> Done:
        """Carry out `act` on the representation as it stands. Raises what `act` raises, KeyReused,
        and VersionConflict."""
        return self._sealed.change(
            number_of(id_),
            act,
            lambda case, change: self._write(case, change, actor, now, command),
            load=self._read,
            command=command,
        )

    def carried_out(self, command: Command | None) -> Done | None:
        """What came of the command, if it was carried out before. Raises KeyReused."""
        return self._sealed.carried_out(command, self._read)

    def forget(self, id_: str) -> None:
        """Who the represented person is, and which file proved the right."""
        pk = chain_key(number_of(id_))
        for sk in ("PERSON", "PROOF"):
            self._client.delete_item(TableName=self._table, Key=item_of({"pk": pk, "sk": sk}))

    def _write(
        self,
        case: RepresentationCase,
        change: RepresentationChange,
        actor: str,
        now: datetime,
        command: Command | None,
    ) -> Done:
        events = chain(case.representation, change.happenings, now, actor)
        representation = reduce(apply, events, case.representation)
        known = change.known or case.known
        puts = list(self._puts(representation, events, known, change, command, now))
        writes = [self._sealed.put(item, must_be_new=new) for item, new in puts]
        self._sealed.transact(writes, [item for item, _ in puts])
        return Done(self._read(representation.number), change.result)

    def _puts(
        self,
        representation: Representation,
        events: list[Event],
        known: Known | None,
        change: RepresentationChange,
        command: Command | None,
        now: datetime,
    ) -> Iterator[tuple[dict[str, Any], bool]]:
        """Every item of the transaction, and whether it must not exist yet."""
        pk = chain_key(representation.number)
        if command:
            yield command_item(command, representation.number, change.result, now), True
        for event in events:
            yield event_item(event), True
        if known:
            yield {"pk": pk, "sk": "PERSON", **_person_item(representation, known)}, False
        if proof := change.proof:
            named = {name: getattr(proof, name) for name in Proof.__slots__}
            yield {"pk": pk, "sk": "PROOF", **named}, False
        yield {"pk": pk, "sk": "REPRESENTATION", **self._state_item(representation)}, False

    def _state_item(self, representation: Representation) -> dict[str, Any]:
        due = representation.review_due(self._rules)
        waits = {"queue": QUEUE, "due": f"{instant(due)}#{representation.id}"} if due else {}
        return {
            "number": representation.number,
            "applicant": f"acting:{representation.representative}",
            "drafted_at": instant(representation.proposed_at),
            **waits,
        }


def _person_item(representation: Representation, known: Known) -> dict[str, Any]:
    item = {
        "number": representation.number,
        "values": to_json(known.values),
        "own_name": known.own_name,
        "phone": known.phone,
        "words": known.words,
    }
    lister = _lister_of_represented(representation, known)
    listed = {"applicant": lister, "drafted_at": instant(representation.proposed_at)}
    return item | (listed if lister else {})


def _lister_of_represented(representation: Representation, known: Known) -> str | None:
    if representation.represented:
        return f"represented:{representation.represented}"
    waits = representation.awaits is Awaits.PERSON and known.phone
    return f"asked:{known.phone}" if waits else None
