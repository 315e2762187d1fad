"""`opora verify`: is a file a paper that we issued, byte for byte? Needs no network with --key.

The format is told in docs/verify.md; this is one reader of it, and anybody may write another.
"""

import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from adapters.sealed_pdf import seal_in
from adapters.wording import text_of
from casework.errors import InvalidValue
from casework.seal import Seal, key_name
from opora.failure import Failure
from opora.output import print_table
from opora.remote import published_keys

LARGEST = 20 * 1024 * 1024  # bytes; a paper of ours has a fiftieth of it
PEM_END = "-----END PUBLIC KEY-----"

Keys = dict[str, ec.EllipticCurvePublicKey]


def verify(file: Path, key: Path | None, url: str, *, as_json: bool) -> int:
    """Exit status 0: genuine; 1: altered, or none of ours."""
    data = _read(file)
    keys = _keys(_text(key) if key else json.dumps(published_keys(url)))
    try:
        seal = seal_in(data)
        _check(seal, keys)
    except InvalidValue as error:
        _tell({"genuine": False, "code": error.code, "told": _words(error)}, as_json=as_json)
        return 1
    said = seal.stamped
    told = {
        "genuine": True,
        "number": said.number,
        "kind": said.kind,
        "print": said.print,
        "day": said.day.isoformat(),
        "key": seal.key,
        "page": seal.address,
    }
    _tell(told, as_json=as_json)
    return 0


def _check(seal: Seal, keys: Keys) -> None:
    """Raises InvalidValue: unknown_key, forged_seal."""
    if seal.key not in keys:
        raise InvalidValue("unknown_key", key=seal.key, known=", ".join(keys))
    try:
        keys[seal.key].verify(seal.signature, seal.message, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise InvalidValue("forged_seal") from error


def _keys(text: str) -> Keys:
    """Of PEM, or of what /check/key answers; each by the name that seals call it."""
    if text.lstrip().startswith("{"):
        try:
            text = "".join(key["public_key"] for key in json.loads(text)["keys"])
        except (ValueError, KeyError, TypeError) as error:
            raise Failure("the key file is JSON, but not as /check/key gives it") from error
    blocks = [part.strip() + f"\n{PEM_END}\n" for part in text.split(PEM_END)[:-1]]
    try:
        found = [load_pem_public_key(block.encode()) for block in blocks]
    except ValueError as error:
        raise Failure(f"a key cannot be read: {error}") from error
    keys = {_name(key): key for key in found if isinstance(key, ec.EllipticCurvePublicKey)}
    if not keys:
        raise Failure("no public key (PEM, P-256) in it: take the one published at /check/key")
    return keys


def _name(key: ec.EllipticCurvePublicKey) -> str:
    return key_name(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise Failure(f"{file} is larger than any paper of ours ({LARGEST // 1024 // 1024} MB)")
    return data


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{file} is no key: a key is PEM text") from error


def _words(error: InvalidValue) -> str:
    return text_of("errors", error.code, "en", error.details)


def _tell(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    elif told["genuine"]:
        print("Genuine: not a byte differs from what was issued.")
        print_table([(name, str(said)) for name, said in told.items() if name != "genuine"])
        print("Whether it still holds, that page says.")
    else:
        print(f"NOT GENUINE: {told['told']}")
