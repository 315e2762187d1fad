"""Every mistake of the files in services/, each with its file, its line and how to mend it.

A file is first brought into a shape that can be read: what has the wrong shape is told and put
aside, so that the rest can be looked at all the same; a name that was put aside is not called
unknown. Then come the contradictions within a definition (casework/service.py) and what cannot
happen, or always does (casework/soundness.py).
"""

import copy
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters import definitions
from casework.blocks import DEFAULTS, LISTS, expanded
from casework.contradictions import CHECKED, Contradiction, Place
from casework.errors import BadDefinition
from casework.fields import Option
from casework.parameters import ParameterFile
from casework.retention import Retention
from casework.service import ServiceDefinition
from casework.soundness import conditions_that_never_change, timing_and_figures
from opora.toml_lines import line_of, lines_of

NAMES = ("name", "kind", "code", "category", "value")
STAND_INS: dict[str, Any] = {
    **{"id": "unknown", "version": 1, "title": "?", "summary": "?", "who": ["?"], "source": "?"},
    "outcome": {"kind": "status", "approved": "?", "refused": "?", "next": "?"},
}
"""For what a definition cannot do without and the file does not tell as it should."""
REQUIRED_CONDITION = ("requirements", "grounds", "priorities", "circumstances")
REPAIRS = 100


class Mistake(NamedTuple):
    file: str
    line: int
    where: str
    problem: str


class Read(NamedTuple):
    """A file as tomllib read it, and where its lines are."""

    path: Path
    raw: dict[str, Any]
    lines: dict[Place, int]

    def mistake(self, place: Place, problem: str) -> Mistake:
        where = ".".join(map(str, place))
        return Mistake(str(self.path), line_of(self.lines, place), where, problem)


def mistakes(files: Iterable[Path], day: date) -> list[Mistake]:
    """Of all the files, by file and line; a mistake in a block is told once."""
    found = dict.fromkeys(mistake for path in files for mistake in _of_file(path, day))
    return sorted(found)


def every_file() -> list[Path]:
    """What there is to check in services/."""
    services = definitions.SERVICES
    folders = (services, *(services / name for name in ("blocks", "classifiers", "texts")))
    files = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    return [*files, services / "parameters/figures.toml", services / "parameters/retention.toml"]


def _of_file(path: Path, day: date) -> Iterator[Mistake]:
    try:
        read = _read(path)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        yield Mistake(str(path), int(line[1]) if line else 1, "", f"not TOML: {error}")
    except UnicodeDecodeError:
        yield Mistake(str(path), 1, "", "not UTF-8: save the file in that encoding")
    except OSError as error:
        yield Mistake(str(path), 1, "", error.strerror or str(error))
    else:
        kind = {
            "blocks": _of_block,
            "classifiers": _of_classifier,
            "texts": _of_texts,
            "parameters": _of_retention if path.name == "retention.toml" else _of_figures,
        }.get(path.resolve().parent.name)
        yield from kind(read) if kind else _of_service(read, day)


def _read(path: Path) -> Read:
    text = path.read_text(encoding="utf-8")
    return Read(path, tomllib.loads(text), lines_of(text.replace("\r\n", "\n")))


def _folder(name: str) -> dict[str, Read]:
    """The sound files of a folder of services/; what is wrong with the others is told of them."""
    found = {}
    for path in sorted((definitions.SERVICES / name).glob("*.toml")):
        try:
            found[path.stem] = _read(path)
        except (ValueError, OSError):
            continue
    return found


# ---- a service file ------------------------------------------------------------------------------


def _of_service(read: Read, day: date) -> Iterator[Mistake]:
    draft = _Draft(read, _folder("blocks"), _folder("classifiers"))
    yield from draft.unplaced
    service, told = draft.repaired()
    yield from told
    if service is None:
        return
    own = list(service.every_contradiction())
    broken = {said.place[:2] for said in own}
    found = [*own, *timing_and_figures(service, definitions.figures())]
    if not any(place[:1] == ("fields",) for place in broken):
        # What hangs on fields that contradict themselves cannot be judged.
        judged = conditions_that_never_change(service, day)
        found += [said for said in judged if said.place[:2] not in broken]
    yield from draft.shown(found)
    yield from _of_identity(read, service)


def _of_identity(read: Read, service: ServiceDefinition) -> Iterator[Mistake]:
    """A file of services/ is named after its service, and a released version stays what it is."""
    if read.path.resolve().parent != definitions.SERVICES.resolve():
        return
    if service.id != read.path.stem:
        yield read.mistake(("id",), f"the file is named after its service: {service.id}.toml")
    frozen = definitions.frozen_path(service.id, service.version)
    if frozen.is_file() and definitions.to_json(service) != frozen.read_bytes():
        problem = f"version {service.version} is released and has changed: raise `version`"
        yield read.mistake(("version",), problem)


class _Told(str):
    """A text of a file, with the place of the table that it stands in."""

    __slots__ = ("home",)
    home: tuple[Read, Place]


class _Draft:
    """A service file with its blocks in place, each part remembered by where it came from."""

    def __init__(self, read: Read, blocks: dict[str, Read], classifiers: dict[str, Read]) -> None:
        self._read = read
        self._dropped: set[str] = set()
        self._born: dict[int, tuple[Read, Place]] = {}
        self._origins: dict[int, tuple[Read, Place]] = {}
        raw = self._traced(read.raw, read, ())
        self._blocks = {name: self._traced(block.raw, block, ()) for name, block in blocks.items()}
        self._classifiers = {
            name: self._traced(c.raw.get("options", []), c, ("options",))
            for name, c in classifiers.items()
        }
        self.unplaced = list(self._unplaced(raw))
        said = expanded(raw, self._blocks, self._classifiers)
        self._tree = self._plain(said, read, ())

    # ---- what was put where ----------------------------------------------------------------------

    def _traced(self, value: Any, read: Read, place: Place) -> Any:
        """The same, each table and array known by its identity, each text by its home."""
        if isinstance(value, dict):
            value = {key: self._traced(v, read, (*place, key)) for key, v in value.items()}
        elif isinstance(value, list):
            value = [self._traced(v, read, (*place, at)) for at, v in enumerate(value)]
        elif isinstance(value, str):
            value = _Told(value)
            value.home = (read, place[:-1])
            return value
        else:
            return value
        self._born[id(value)] = (read, place)
        return value

    def _unplaced(self, raw: dict[str, Any]) -> Iterator[Mistake]:
        """What cannot be put in place; it is taken out."""
        for name in LISTS:
            lines = raw.get(name)
            for line in list(lines) if isinstance(lines, list) else ():
                if problem := self._why_not(name, line):
                    read, place = self._born[id(line)]
                    yield read.mistake(place, problem)
                    lines.remove(line)
                    if isinstance(line, dict):
                        self._dropped |= {str(line[key]) for key in NAMES if key in line}

    def _why_not(self, name: str, line: Any) -> str:
        try:
            expanded({name: [line]}, self._blocks, self._classifiers)
        except BadDefinition as error:
            return _unknown_part(error, self._blocks, self._classifiers)
        return ""

    def _plain(self, value: Any, read: Read, place: Place) -> Any:
        """Without the traces; where each part stands is remembered."""
        if not isinstance(value, (dict, list)):
            return str(value) if isinstance(value, str) else value
        read, place = self._home(value, read, place)
        plain: Any
        if isinstance(value, dict):
            plain = {str(k): self._plain(v, read, (*place, str(k))) for k, v in value.items()}
        else:
            plain = [self._plain(v, read, (*place, at)) for at, v in enumerate(value)]
        self._origins[id(plain)] = (read, place)
        return plain

    def _home(self, value: Any, read: Read, place: Place) -> tuple[Read, Place]:
        """Of what was put together anew, the home of the first text in it."""
        texts = value.values() if isinstance(value, dict) and place else ()
        homes = (text.home for text in texts if isinstance(text, _Told))
        return self._born.get(id(value)) or next(homes, (read, place))

    def _origin(self, place: Place) -> tuple[Read, Place]:
        """The file and the place there; of what is missing, that of what it is missing in."""
        node, origin = self._tree, (self._read, ())
        for part in place:
            if not _holds(node, part):
                continue  # a tag that pydantic puts between: the kind of a measure, of a bound
            node = node[part]
            origin = self._origins.get(id(node), (origin[0], (*origin[1], part)))
        return origin

    # ---- what is wrong with it -------------------------------------------------------------------

    def repaired(self) -> tuple[ServiceDefinition | None, list[Mistake]]:
        """The definition without what has the wrong shape, and what that is."""
        told: list[Mistake] = []
        for _ in range(REPAIRS):
            try:
                return ServiceDefinition.model_validate(self._tree, context=CHECKED), told
            except ValidationError as error:
                errors = error.errors()
            told += [read.mistake(place, problem) for read, place, problem in self._shown(errors)]
            for loc in sorted({e["loc"]: e["type"] for e in errors}.items(), key=_depth):
                self._repair(*loc)
        return None, told

    def _shown(self, errors: list[Any]) -> Iterator[tuple[Read, Place, str]]:
        """One a place: where a value may be of several types, each of them has its own error."""
        found: dict[tuple[Path, Place], tuple[Read, Place, list[str]]] = {}
        for error in errors:
            read, place = self._origin(_untagged(error["loc"]))
            problems = found.setdefault((read.path, place), (read, place, []))[2]
            problems.append(_told(error, ServiceDefinition))
        for read, place, problems in found.values():
            separate = problems if place == () or len(set(problems)) == 1 else None
            for problem in dict.fromkeys(separate or _joined(problems)):
                yield read, place, problem

    def _repair(self, loc: Place, kind: str) -> None:
        path = self._path_of(_untagged(loc))
        node = self._at(path[:-1])
        if kind == "extra_forbidden" and isinstance(node, dict):
            node.pop(path[-1], None)
        elif _is_text(loc) and isinstance(node := self._at(self._path_of(loc[:-1])), dict):
            node[loc[-1]] = "?"
        elif "when" in path and path[0] not in REQUIRED_CONDITION:
            self._at(path[: path.index("when")]).pop("when", None)
        elif path[:1] == ("measures",) and len(path) > 1:
            self._dropped.add(str(path[1]))
            self._tree["measures"].pop(path[1], None)
        elif entry := _entry_of(path):
            self._drop(entry)
        else:
            self._stand_in(loc[0])

    def _drop(self, entry: Place) -> None:
        lines, at = self._at(entry[:-1]), entry[-1]
        if isinstance(lines, list) and isinstance(at, int) and at < len(lines):
            gone = lines.pop(at)
            named = gone if isinstance(gone, Mapping) else {}
            self._dropped |= {str(named[key]) for key in NAMES if key in named}

    def _stand_in(self, key: Any) -> None:
        defaults = self._blocks.get(DEFAULTS, {})
        if key in STAND_INS:
            self._tree[key] = copy.deepcopy(STAND_INS[key])
        elif key in defaults:
            self._tree[key] = copy.deepcopy(defaults[key])
        elif ServiceDefinition.model_fields[key].is_required():
            self._tree[key] = []
        else:
            self._tree.pop(key, None)

    def _path_of(self, loc: Place) -> Place:
        """The part of the place that is there, without pydantic's tags."""
        node, path = self._tree, []
        for part in loc:
            if _holds(node, part):
                node = node[part]
                path.append(part)
        return tuple(path)

    def _at(self, path: Place) -> Any:
        node: Any = self._tree
        for part in path:
            if not _holds(node, part):
                return None
            node = node[part]
        return node

    def shown(self, found: Iterable[Contradiction]) -> Iterator[Mistake]:
        """With the name that may have been meant, and the service where a block is at fault for it;
        without what only a repair has brought about."""
        for said in dict.fromkeys(found):
            if self._dropped & set(re.findall(r"[\w-]+", said.problem)):
                continue
            read, place = self._origin(said.place)
            elsewhere = "" if read is self._read else f" (in {self._read.path.name})"
            meant = _did_you_mean(said.name, said.known)
            yield read.mistake(place, said.problem + meant + elsewhere)


def _untagged(loc: Place) -> Place:
    """Without the kind of a measure, which pydantic puts behind its name."""
    return (*loc[:2], *loc[3:]) if loc[:1] == ("measures",) else loc


def _holds(node: Any, part: Any) -> bool:
    if isinstance(node, dict):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and part < len(node)


def _unknown_part(error: BadDefinition, blocks: Iterable[str], classifiers: Iterable[str]) -> str:
    said = error.details
    if error.code == "unknown_classifier":
        near = _did_you_mean(said["classifier"], classifiers)
        return f"unknown classifier: {said['classifier']}{near}"
    if error.code == "block_in_itself":
        return f"the block {said['block']} contains itself"
    if error.code == "not_in_block":
        return f"the block {said['block']} has no {said['names']} that could be left out"
    if said["block"] in blocks:
        return f"the block {said['block']} has no {said['list']}: leave the line out"
    return f"unknown block: {said['block']}{_did_you_mean(said['block'], blocks)}"


def _fields_of(raw: Mapping[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    fields = raw.get("fields")
    for at, field in enumerate(fields if isinstance(fields, list) else ()):
        if isinstance(field, dict):
            yield ("fields", at), field
            yield from ((("fields", at, *place), inner) for place, inner in _fields_of(field))


def _entry_of(path: Place) -> Place:
    """The innermost entry of a list that the path is in."""
    last = max((at for at, part in enumerate(path) if isinstance(part, int)), default=None)
    return () if last is None else path[: last + 1]


def _depth(error: tuple[Place, str]) -> tuple:
    """Later entries of a list first: taking one out does not move those before it."""
    return tuple((0, -part) if isinstance(part, int) else (1, str(part)) for part in error[0])


# ---- pydantic's words in ours --------------------------------------------------------------------


def _told(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    key, given, kind = error["loc"][-1] if error["loc"] else "", error["input"], error["type"]
    if kind == "missing":
        return f"{key} is missing: add it"
    if kind == "extra_forbidden":
        known = sorted(_keys_at(error["loc"][:-1], model))
        near = _did_you_mean(str(key), known)
        return f"unknown key: {key}{near or '; known here: ' + ', '.join(known)}"
    if kind == "string_too_short":
        return f"{key} is empty: write its text"
    if kind == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        return f"{given!r} is not written as it should be: {pattern}"
    if kind == "enum":
        known = re.findall(r"'([^']+)'", error["msg"])
        return f"unknown {key}: {given}{_did_you_mean(str(given), known) or '; ' + error['msg']}"
    return error["msg"].removeprefix("Value error, ")


def _joined(problems: list[str]) -> list[str]:
    return [" or ".join(dict.fromkeys(problems))]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1) if name else []
    return f"; did you mean {near[0]}?" if near else ""


def _keys_at(loc: Place, model: type[BaseModel]) -> set[str]:
    """The keys of the table at that place."""
    models = _models_at(loc, model)
    return {field.alias or name for found in models for name, field in found.model_fields.items()}


def _models_at(loc: Place, model: type[BaseModel]) -> list[type[BaseModel]]:
    models = [model]
    for part in loc:
        fields = [
            (found, field)
            for found in models
            for name, field in found.model_fields.items()
            if part in (name, field.alias)
        ]
        inner = [m for _, field in fields for m in _models_in(field.annotation)]
        models = list(dict.fromkeys(inner)) or list(dict.fromkeys(m for m, _ in fields)) or models
    return models


def _is_text(loc: Place) -> bool:
    """Whether any text will do there: a title, a source, a reason."""
    models = _models_at(loc[:-1], ServiceDefinition)
    fields = [found.model_fields[loc[-1]] for found in models if loc[-1] in found.model_fields]
    return bool(fields) and all(field.annotation is str and not _pattern(field) for field in fields)


def _pattern(field: Any) -> Any:
    return any(getattr(rule, "pattern", None) for rule in field.metadata)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


# ---- the other files -----------------------------------------------------------------------------


def _of_block(read: Read) -> Iterator[Mistake]:
    """Its shape; what it says is looked at in each service that takes it in."""
    classifiers = _folder("classifiers")
    for key, value in read.raw.items():
        if key not in ServiceDefinition.model_fields:
            near = _did_you_mean(key, ServiceDefinition.model_fields)
            yield read.mistake((key,), f"unknown key: {key}{near}")
            continue
        yield from _unplaced_in_block(read, key, value)
        plain = copy.deepcopy(value)
        for _, field in _fields_of({"fields": plain} if key == "fields" else {}):
            if field.pop("classifier", None) in classifiers:
                field["options"] = [{"value": "any", "title": "?"}]
        places = range(len(plain)) if isinstance(plain, list) else ()
        places = [at for at in places if "block" not in plain[at]]
        if isinstance(plain, list):
            plain = [plain[at] for at in places]
        try:
            adapter = TypeAdapter(ServiceDefinition.model_fields[key].annotation)
            adapter.validate_python(plain, context=CHECKED)
        except ValidationError as error:
            for found in error.errors():
                if found["type"] == "missing":
                    continue  # put in where the block is placed, or told of there
                loc = found["loc"]
                moved = (places[loc[0]], *loc[1:]) if loc and places else loc
                problem = _told({**found, "loc": (key, *loc)}, ServiceDefinition)
                yield read.mistake(_known_part(read, (key, *moved)), problem)


def _unplaced_in_block(read: Read, key: str, value: Any) -> Iterator[Mistake]:
    blocks = {name: block.raw for name, block in _folder("blocks").items()}
    classifiers = {n: c.raw.get("options", []) for n, c in _folder("classifiers").items()}
    for at, line in enumerate(value if key in LISTS and isinstance(value, list) else ()):
        try:
            expanded({key: [line]}, blocks, classifiers)
        except BadDefinition as error:
            yield read.mistake((key, at), _unknown_part(error, blocks, classifiers))


def _known_part(read: Read, place: Place) -> Place:
    """The place without pydantic's tags."""
    known: Place = ()
    for part in place:
        known = (*known, part) if (*known, part) in read.lines else known
    return known


def _of_classifier(read: Read) -> Iterator[Mistake]:
    for key in read.raw.keys() - {"options"}:
        yield read.mistake((key,), f"unknown key: {key}; a classifier has options only")
    options = read.raw.get("options") or []
    if not options:
        yield read.mistake((), "options are missing: a classifier needs them")
    seen: set[str] = set()
    for at, option in enumerate(options):
        try:
            value = Option.model_validate(option).value
        except ValidationError as error:
            for found in error.errors():
                place = _known_part(read, ("options", at, *found["loc"]))
                yield read.mistake(place, _told(found, Option))
            continue
        if value in seen:
            yield read.mistake(("options", at), f"option named twice: {value}")
        seen.add(value)


def _of_texts(read: Read, place: Place = (), within: Any = None) -> Iterator[Mistake]:
    for key, text in (read.raw if within is None else within).items():
        here = (*place, key)
        if isinstance(text, Mapping):
            missing = {"ru", "en"} - text.keys() if text.keys() & {"ru", "en"} else set()
            for language in sorted(missing):
                yield read.mistake(here, f"{language} is missing: add the text in that language")
            yield from _of_texts(read, here, text)
        elif not isinstance(text, str) or not text.strip():
            yield read.mistake(here, f"{key} is empty: write its text")


def _of_retention(read: Read) -> Iterator[Mistake]:
    try:
        Retention.model_validate(read.raw)
    except ValidationError as error:
        for found in error.errors():
            yield read.mistake(_known_part(read, found["loc"]), _told(found, Retention))


def _of_figures(read: Read) -> Iterator[Mistake]:
    try:
        file = ParameterFile.model_validate(read.raw)
    except ValidationError as error:
        for found in error.errors():
            yield read.mistake(_known_part(read, found["loc"]), _told(found, ParameterFile))
        return
    seen: set[tuple[Any, ...]] = set()
    for at, figure in enumerate(file.figures):
        key = (figure.name, figure.region, figure.since, figure.size)
        if key in seen:
            problem = f"{figure.name} of {figure.region} since {figure.since} is given twice"
            yield read.mistake(("figures", at), problem)
        seen.add(key)
        if not figure.source.strip():
            yield read.mistake(("figures", at, "source"), "source is empty: write its text")
    for name in file.titles.keys() - {figure.name for figure in file.figures}:
        yield read.mistake(("titles", name), f"{name} has a title and no figure: add or remove it")
