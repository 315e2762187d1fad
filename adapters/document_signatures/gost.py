"""GOST R 34.10-2012 and 34.11-2012 by the openssl command with its gost engine, where both are.

No library of ours knows them. On a machine without the engine `is_here()` is false, and whoever
asks says that nothing was checked.
"""

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

DIGESTS = {"1.2.643.7.1.1.2.2": "md_gost12_256", "1.2.643.7.1.1.2.3": "md_gost12_512"}
"""OID of GOST R 34.11-2012, 256 and 512 bits: what openssl calls it."""

SIGNATURES = {
    "1.2.643.7.1.1.1.1": "md_gost12_256",
    "1.2.643.7.1.1.1.2": "md_gost12_512",
    "1.2.643.7.1.1.3.2": "md_gost12_256",
    "1.2.643.7.1.1.3.3": "md_gost12_512",
}
"""OID of GOST R 34.10-2012, alone and with its digest: the digest that goes with it."""

OLD = frozenset({"1.2.643.2.2.19", "1.2.643.2.2.3"})  # of 2001: signs nothing lawfully since 2020
SECONDS = 10


def is_gost(oid: str) -> bool:
    return oid in SIGNATURES or oid in DIGESTS or oid in OLD


@functools.cache
def is_here() -> bool:
    if shutil.which("openssl") is None:
        return False
    said = _openssl("engine", "-t", "gost")
    return said.returncode == 0 and b"[ available ]" in said.stdout


def digest(data: bytes, name: str) -> bytes:
    """Of that name: md_gost12_256 | md_gost12_512."""
    said = _openssl("dgst", "-engine", "gost", f"-{name}", "-binary", given=data)
    said.check_returncode()
    return said.stdout


def holds(key: bytes, signature: bytes, data: bytes, name: str) -> bool:
    """Whether the signature is of these data. `key`: SubjectPublicKeyInfo, DER."""
    with tempfile.TemporaryDirectory() as folder:
        key_file, signature_file = Path(folder, "key"), Path(folder, "signature")
        key_file.write_bytes(key)
        signature_file.write_bytes(signature)
        how = ("-verify", str(key_file), "-keyform", "DER", "-signature", str(signature_file))
        said = _openssl("dgst", "-engine", "gost", f"-{name}", *how, given=data)
    return said.returncode == 0 and said.stdout.strip() == b"Verified OK"


def leads_to(leaf: bytes, others: list[bytes], roots: list[bytes], moment: float) -> bool:
    """Whether the certificate (PEM, as the others) leads to one of the roots at that moment."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in ("leaf", "others", "roots")}
        for name, certificates in (("leaf", [leaf]), ("others", others), ("roots", roots)):
            files[name].write_bytes(b"\n".join(certificates))
        told = ["-no-CApath", "-no-CAstore", "-CAfile", str(files["roots"])]
        told += ["-attime", str(int(moment)), "-partial_chain"]
        told += ["-untrusted", str(files["others"])] if others else []
        said = _openssl("verify", "-engine", "gost", *told, str(files["leaf"]))
    return said.returncode == 0


def _openssl(*told: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["openssl", *told]
    return subprocess.run(  # noqa: S603  nothing that a sender chose stands in the command
        command, input=given, capture_output=True, timeout=SECONDS, check=False
    )
