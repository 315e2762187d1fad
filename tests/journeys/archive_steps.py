"""Steps of people with their archives of documents."""

from typing import Any

import requests

from local import users
from local.office import Caller, Office, post_file
from local.scanner import TAKES
from tests.files import born_digital_pdf

PASSPORT = {
    "kind": "passport",
    "file_name": "скан.pdf",
    "content_type": "application/pdf",
    "region": "RU-MOW",
    "paper": {"number": "4510 123456", "issuer": "ОВД Примерска", "issued_on": "2015-01-02"},
}
PDF = born_digital_pdf()


def put_in(office: Office, who: Caller, data: bytes = PDF, **known: Any) -> str:
    """A document in the archive, as far as it comes by itself; its id."""
    invited = who.post("/archive/documents", PASSPORT | known)
    post_file(invited, data)
    wait(office)
    return invited["document"]["id"]


def wait(office: Office) -> None:
    office.cloud.advance(seconds=TAKES.total_seconds())


def newest(who: Caller, document: str) -> dict[str, Any]:
    return who.get(f"/archive/documents/{document}")["versions"][0]


def trust(
    owner: Caller, trusted: Caller, *documents: str, key: str | None = None, **known: Any
) -> str:
    """A grant to somebody with an account of his own; its id."""
    asked = {
        "name": "Образцов Пётр Алексеевич",
        "phone": phone_of(trusted),
        "own_name": "Образцова Мария",
        "documents": documents,
        "may": "look",
        "until": "2026-03-31",
    }
    return owner.confirmed("POST", "/archive/grants", asked | known, key)["grants"][0]["id"]


def look(trusted: Caller, grant: str, document: str, how: str = "look") -> dict[str, Any]:
    body = {"document": document, "how": how}
    return trusted.confirmed("POST", f"/archive/granted/{grant}/look", body)


def phone_of(who: Caller) -> str:
    return users.verified_phone(who.name)["phone_number"]


def read(address: dict[str, Any]) -> requests.Response:
    return requests.get(address["url"], timeout=10)
