"""What the pages are connected to, beside the operations of the API."""

from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from aws_lambda_powertools import Logger

from adapters.settings import from_environment
from functions.intake.wiring import batches, documents, vault

settings = from_environment()
logger = Logger(service="portal")


def signing_address(visit: Any, sha256: str) -> str:
    """The page of the identity provider on which the person signs; it sends the browser back."""
    back = visit.address_of(f"/cabinet/signed?next={visit.path}")
    asked = {"signer": visit.person.id, "sha256": sha256, "back": back}
    return f"{settings.signing_page}?{urlencode(asked)}"


@cache
def posted_to() -> str:
    """Where browsers post files to: origins, as a policy lists them."""
    uploads = documents().invitation("any", "any", "image/png")["url"]
    inbox = batches().invite("any", "any", "any")["url"]
    return " ".join(sorted({_origin(uploads), _origin(inbox)}))


@cache
def shown_from() -> str:
    """Where browsers fetch the files that a page shows."""
    return _origin(vault().address("any", "any", "image/png", download=False))


def _origin(address: str) -> str:
    place = urlsplit(address)
    return f"{place.scheme}://{place.netloc}"
