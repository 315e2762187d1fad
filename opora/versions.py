"""`opora services freeze`: released versions of service files, kept for those who began under them.

A version is released when it is frozen: its definition, expanded, goes to services/versions/, and
its digest into the lock there. From then on it never changes: a file that says otherwise under the
same version is a mistake (`opora services check`, and a test). See docs/decisions/versions.md.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters import definitions
from casework.service import ServiceDefinition
from opora.failure import Failure

HEADING = (
    "# Released versions of services, by `opora services freeze`. Never edit or remove a line.\n"
)


def lock_path() -> Path:
    return definitions.SERVICES / "versions/released.toml"


def released() -> dict[str, str]:
    """SHA-256 of each frozen definition, by "<id>.<version>"."""
    if not lock_path().is_file():
        return {}
    return tomllib.loads(lock_path().read_text(encoding="utf-8"))["digests"]


def freeze(service_ids: Sequence[str]) -> int:
    """Release the current version of these services, of all when none is named."""
    known, new = released(), 0
    for service_id in service_ids or definitions.service_ids():
        service = definitions.service(service_id)
        content, path = definitions.to_json(service), definitions.frozen_path(*_key(service))
        name = path.stem
        if known.get(name, _digest(content)) != _digest(content):
            raise Failure(f"{name} is released already, and has changed since: raise its `version`")
        if name not in known:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            known[name], new = _digest(content), new + 1
            print(f"released {name}")
    lines = (f'"{name}" = "{digest}"\n' for name, digest in sorted(known.items()))
    if new:
        lock_path().write_text(HEADING + "\n[digests]\n" + "".join(lines), encoding="utf-8")
    print(f"{new} version(s) released, {len(known)} kept")
    return 0


def broken_promises() -> Iterator[str]:
    """What is not as it was released: a version that has changed, or is gone."""
    for name, digest in released().items():
        service_id, _, version = name.rpartition(".")
        path = definitions.frozen_path(service_id, int(version))
        if not path.is_file():
            yield f"{name} was released and is gone: bring {path.name} back"
        elif _digest(path.read_bytes()) != digest:
            yield f"{name} was released and is not the same any more: bring {path.name} back"
    for service in definitions.services().values():
        path = definitions.frozen_path(*_key(service))
        if path.is_file() and path.read_bytes() != definitions.to_json(service):
            yield (
                f"{path.stem} is released, and its file, a block or a classifier has changed: "
                "raise its `version`"
            )


def _key(service: ServiceDefinition) -> tuple[str, int]:
    return service.id, service.version


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
