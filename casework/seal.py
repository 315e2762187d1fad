"""The seal of a paper that we issue: what its QR code carries, and how that is checked by anybody.

    <page>/O1.123-456-7897.12.decision.standard.20261122.48213.<hash>.<key>.<signature>

    page        the address that tells whether the paper still holds
    O1          this format
    number      of the application
    event       the event that the paper is about, by its place in the history
    kind        what it is: receipt, decision, ...
    print       standard | large
    day         YYYYMMDD on which it was issued
    size        bytes of the document that was sealed, before the QR code was put in
    hash        SHA-256 of those bytes, base64url without padding
    key         the first 16 hex digits of the SHA-256 of the public key (DER)
    signature   ECDSA P-256 with SHA-256 over everything before the last dot (the page, too: nobody
                can send readers elsewhere), DER, base64url

The format is told to the world in docs/verify.md: change it only by beginning an O2.
"""

import base64
import binascii
import hashlib
import re
from datetime import date
from typing import NamedTuple

from casework.application import is_number
from casework.errors import InvalidValue

FORMAT = "O1"
LONGEST = 600  # characters; an address with its seal has about 270
KEY_DIGITS = 16
_SHAPE = re.compile(
    r"(?P<page>https?://[!-~]{1,200})/O1\.(?P<number>[0-9-]{12})\.(?P<event>[1-9][0-9]{0,5})\.(?P<kind>[a-z_]{1,40})"
    r"\.(?P<print>standard|large)\.(?P<day>[0-9]{8})\.(?P<size>[1-9][0-9]{0,8})"
    r"\.(?P<hash>[A-Za-z0-9_-]{43})\.(?P<key>[0-9a-f]{16})\.(?P<signature>[A-Za-z0-9_-]{80,120})"
)


class Stamped(NamedTuple):
    """What a seal says; `sha256` in hex, `size` in bytes, both of the document before its QR code
    was put in. `page`: the address at which it is checked, without a slash at the end."""

    page: str
    number: str
    event: int
    kind: str
    print: str
    day: date
    size: int
    sha256: str

    def message(self, key: str) -> bytes:
        """What is signed by the key of that name."""
        parts = (
            FORMAT,
            self.number,
            str(self.event),
            self.kind,
            self.print,
            f"{self.day:%Y%m%d}",
            str(self.size),
            _written(bytes.fromhex(self.sha256)),
            key,
        )
        return f"{self.page}/{'.'.join(parts)}".encode()


class Seal(NamedTuple):
    """`key`: the name of the key that made `signature` (DER)."""

    stamped: Stamped
    key: str
    signature: bytes

    @property
    def message(self) -> bytes:
        return self.stamped.message(self.key)

    @property
    def address(self) -> str:
        """What the QR code says."""
        return f"{self.message.decode()}.{_written(self.signature)}"

    @property
    def text(self) -> str:
        """The seal alone, as the page is asked for it."""
        return self.address[len(self.stamped.page) + 1 :]


def read(address: str) -> Seal:
    """The seal in the text of a QR code.

    Raises InvalidValue (unreadable_seal) when there is none, or it is written in another way than
    ours: a seal has one text.
    """
    found = _SHAPE.fullmatch(address) if len(address) <= LONGEST else None
    if found is None or not is_number(found["number"]):
        raise InvalidValue("unreadable_seal")
    try:
        day = date.fromisoformat(found["day"])
        sha256, signature = _read(found["hash"]).hex(), _read(found["signature"])
    except (ValueError, binascii.Error) as error:
        raise InvalidValue("unreadable_seal") from error
    stamped = Stamped(
        found["page"],
        found["number"],
        int(found["event"]),
        found["kind"],
        found["print"],
        day,
        int(found["size"]),
        sha256,
    )
    seal = Seal(stamped, found["key"], signature)
    if seal.address != address:
        raise InvalidValue("unreadable_seal")
    return seal


def key_name(public_key: bytes) -> str:
    """How seals call a key (DER, SubjectPublicKeyInfo)."""
    return hashlib.sha256(public_key).hexdigest()[:KEY_DIGITS]


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
