"""A number that somebody has is drawn again."""

import secrets

from local.office import Office


def test_a_number_that_is_taken_is_drawn_again(office: Office, monkeypatch) -> None:
    draws = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(draws))
    begun = {"service": "social-service-need", "region": "RU-MOW", "form": {}}
    first = office.citizen.post("/applications", begun)["number"]
    second = office.citizen.post("/applications", begun)["number"]
    assert first != second
    assert len(office.citizen.get("/applications")["applications"]) == 2
