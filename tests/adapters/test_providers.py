"""Providers in the table: put, replaced, read by region."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from adapters.providers import Providers
from casework.errors import NotFound
from casework.provision_actions import Need, Offer, Provider

LIPA = Provider(
    "lipa",
    "RU-MOW",
    "Центр «Липа»",
    "ул. Липовая, д. 3",
    "ЛО-1",
    date(2030, 12, 31),
    None,
    Decimal("4.6"),
    210,
    (Offer(Need.MEDICAL, Decimal("150.00"), 7),),
)


@pytest.fixture
def providers(dynamodb_client, table):
    return Providers(dynamodb_client, table.name)


def test_what_is_put_is_what_is_read(providers):
    providers.put(LIPA)
    assert providers.get("RU-MOW", "lipa") == LIPA
    assert providers.of("RU-MOW") == [LIPA]


def test_the_same_id_again_replaces_it(providers):
    providers.put(LIPA)
    dearer = replace(LIPA, offers=(Offer(Need.MEDICAL, Decimal("200.00"), 7),))
    providers.put(dearer)
    assert providers.of("RU-MOW") == [dearer]


def test_a_region_has_its_own(providers):
    providers.put(LIPA)
    providers.put(replace(LIPA, region="RU-SPE"))
    assert [provider.region for provider in providers.of("RU-SPE")] == ["RU-SPE"]
    with pytest.raises(NotFound):
        providers.get("RU-LEN", "lipa")
