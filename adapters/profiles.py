"""What people have told of themselves, one item a person, in the table of applications.

pk = PERSON#<person>   sk = PROFILE   version, values, and when each of them was told
"""

import json
from datetime import datetime
from typing import Any

from adapters.application_items import to_json
from adapters.sealed_table import item_of, plain
from casework.errors import VersionConflict
from casework.profile import NOTHING_TOLD, Profile


def person_key(person: str) -> str:
    """Under which everything lies that a person set up for himself."""
    return f"PERSON#{person}"


class Profiles:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def load(self, person: str) -> Profile:
        """Everybody has one; until something is told, it is empty."""
        found = self._client.get_item(TableName=self._table, Key=_key(person), ConsistentRead=True)
        if "Item" not in found:
            return NOTHING_TOLD
        item = plain(found["Item"])
        told_at = json.loads(item["told_at"])
        return Profile(
            int(item["version"]),
            json.loads(item["values"]),
            {name: datetime.fromisoformat(at) for name, at in told_at.items()},
        )

    def save(self, person: str, profile: Profile) -> None:
        """In the place of the version before it. Raises VersionConflict when that is gone."""
        item = {
            "pk": person_key(person),
            "sk": "PROFILE",
            "values": to_json(profile.values),
            "told_at": to_json({name: at.isoformat() for name, at in profile.told_at.items()}),
        }
        put_next_version(self._client, self._table, item, profile.version)

    def forget(self, person: str) -> None:
        self._client.delete_item(TableName=self._table, Key=_key(person))


def put_next_version(client: Any, table: str, item: dict[str, Any], version: int) -> None:
    """The item in the place of its version before that one. Raises VersionConflict."""
    try:
        client.put_item(
            TableName=table,
            Item=item_of({**item, "version": version}),
            ConditionExpression="attribute_not_exists(pk) OR version = :before",
            ExpressionAttributeValues=item_of({":before": version - 1}),
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        raise VersionConflict() from error


def _key(person: str) -> dict[str, Any]:
    return item_of({"pk": person_key(person), "sk": "PROFILE"})
