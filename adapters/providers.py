"""Providers of social services, by region, in the table of applications:

    pk = PROVIDERS#<region>   sk = PROVIDER#<id>

A region has tens of them, so that one query reads all that may be compared.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework.errors import NotFound
from casework.provision_actions import Need, Offer, Provider


class Providers:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, provider: Provider) -> None:
        """The same id again replaces it."""
        item = {**_key(provider.region, provider.id), "provider": {"S": _json(provider)}}
        self._client.put_item(TableName=self._table, Item=item)

    def get(self, region: str, id_: str) -> Provider:
        """Raises NotFound."""
        found = self._client.get_item(TableName=self._table, Key=_key(region, id_)).get("Item")
        if found is None:
            raise NotFound("unknown_provider", provider=id_)
        return _provider(found)

    def of(self, region: str) -> list[Provider]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"PROVIDERS#{region}"}},
        )
        return [_provider(item) for page in pages for item in page["Items"]]


def _key(region: str, id_: str) -> dict[str, Any]:
    return {"pk": {"S": f"PROVIDERS#{region}"}, "sk": {"S": f"PROVIDER#{id_}"}}


def _json(provider: Provider) -> str:
    told = {name: getattr(provider, name) for name in provider.__slots__}
    told["offers"] = [{n: getattr(offer, n) for n in offer.__slots__} for offer in provider.offers]
    return json.dumps(told, ensure_ascii=False, default=str)


def _provider(item: Mapping[str, Any]) -> Provider:
    told = json.loads(item["provider"]["S"])
    offers = tuple(
        Offer(Need(offer["need"]), Decimal(offer["price"]), offer["starts_in_days"])
        for offer in told["offers"]
    )
    return Provider(
        **{
            **told,
            "licensed_until": date.fromisoformat(told["licensed_until"]),
            "rating": Decimal(told["rating"]),
            "offers": offers,
        }
    )
