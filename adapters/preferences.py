"""By which channels people want to be told, one item a person, in the table of applications.

pk = PERSON#<person>   sk = PREFERENCES   version, and the channel by the group of notices
"""

from typing import Any

from adapters.profiles import person_key, put_next_version
from adapters.sealed_table import item_of, plain
from casework.preferences import Choice, Preferences


class PreferenceItems:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def load(self, person: str) -> Preferences:
        """Whoever has chosen nothing has an empty one."""
        found = self._client.get_item(TableName=self._table, Key=_key(person), ConsistentRead=True)
        if "Item" not in found:
            return Preferences()
        item = plain(found["Item"])
        chosen = {name: Choice(choice) for name, choice in item["chosen"].items()}
        return Preferences(int(item["version"]), chosen)

    def save(self, person: str, preferences: Preferences) -> None:
        """In the place of the version before it. Raises VersionConflict when that is gone."""
        chosen = {name: choice.value for name, choice in preferences.chosen.items()}
        item = {"pk": person_key(person), "sk": "PREFERENCES", "chosen": chosen}
        put_next_version(self._client, self._table, item, preferences.version)


def _key(person: str) -> dict[str, Any]:
    return item_of({"pk": person_key(person), "sk": "PREFERENCES"})
