"""What many services say in the same words, written once and put in its place when a file is read.

In a service file, `{ block = "person" }` in a list stands for the list of the same name in
`services/blocks/person.toml`: fields among fields, documents among documents; with
`without = ["inn"]` all of them but those, which the file says in its own words or does not need;
with `when = {...}` all of them where that holds. A block that is named brings its measures with it.
A table or list that the file leaves out altogether is taken from the block "defaults". A choice
with `classifier = "..."` takes its options from `services/classifiers/`. All of it happens before a
definition is validated, so a definition says everything itself.
"""

from collections.abc import Mapping
from typing import Any

from casework.errors import BadDefinition

Raw = Mapping[str, Any]
LISTS = (
    "fields", "documents", "checks", "priorities", "requirements", "grounds", "circumstances",
    "refusals", "terms",
)  # fmt: skip
KEYS = ("name", "kind", "category", "code")  # what an entry of one of them is called by
DEFAULTS = "defaults"
SUPPORT = "support"  # what a service whose outcome lasts asks and refuses for


def expanded(
    raw: Raw, blocks: Mapping[str, Raw], classifiers: Mapping[str, list[Raw]]
) -> dict[str, Any]:
    """The file as a definition is validated from. Raises BadDefinition for an unknown name."""
    said = {**blocks.get(DEFAULTS, {}), **raw}
    for name in LISTS:
        if isinstance(said.get(name), list):
            said[name] = _placed(name, said[name], blocks)
    if _lasts(said) and SUPPORT in blocks:
        said |= _support(said, blocks[SUPPORT])
    measures = [blocks[name].get("measures", {}) for name in _named(raw, blocks)]
    if measures or "measures" in said:
        said["measures"] = {
            k: v for m in (*measures, said.get("measures", {})) for k, v in m.items()
        }
    if isinstance(said.get("fields"), list):
        said["fields"] = [_classified(field, classifiers) for field in said["fields"]]
    return said


def _lasts(said: Raw) -> bool:
    outcomes = [said.get("outcome"), *_lines(said.get("other_outcomes"))]
    return any(isinstance(o, Mapping) and o.get("lasting") is True for o in outcomes)


def _support(said: Raw, block: Raw) -> dict[str, Any]:
    """The lists of the block behind the file's own; its check compares what identifies people. What
    the file says itself under the same name stands in its place."""
    subject = said.get("subject")
    identity = subject.get("identity", []) if isinstance(subject, Mapping) else []
    checks = [{"fields": identity, **check} for check in block["checks"]]
    told = {"checks": checks, "refusals": block["refusals"]}
    return {name: [*(own := _lines(said.get(name))), *_others(own, told[name])] for name in told}


def _others(own: list[Any], entries: list[Any]) -> list[Any]:
    """The entries that are not called what one of the own is."""
    named = {_called(entry) for entry in own}
    return [entry for entry in entries if _called(entry) not in named]


def _called(entry: Any) -> Any:
    said = entry if isinstance(entry, Mapping) else {}
    return next((said[key] for key in KEYS if key in said), None)


def _named(raw: Raw, blocks: Mapping[str, Raw]) -> list[str]:
    """The blocks that the file names, and that those name; each brings its measures with it."""
    names: dict[str, None] = {}
    for name in LISTS:
        for line in filter(_is_block, _lines(raw.get(name))):
            if line["block"] in blocks:
                inner = {name: blocks[line["block"]].get(name)}
                names |= dict.fromkeys((line["block"], *_named(inner, blocks)))
    return list(names)


def _lines(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _is_block(line: Any) -> bool:
    return (
        isinstance(line, Mapping)
        and {"block"} <= set(line) <= {"block", "without", "when"}
        and isinstance(line["block"], str)
    )


def _placed(
    name: str, lines: list[Any], blocks: Mapping[str, Raw], within: tuple[str, ...] = ()
) -> list[Any]:
    """`within`: the blocks that are being put in their place already."""
    placed: list[Any] = []
    for line in lines:
        if not _is_block(line):
            placed.append(line)
        elif line["block"] in within:
            raise BadDefinition("block_in_itself", block=line["block"])
        elif name in blocks.get(line["block"], {}):
            within_it = (*within, line["block"])
            entries = _left(line, _placed(name, blocks[line["block"]][name], blocks, within_it))
            placed.extend(
                _under(line["when"], entry) if "when" in line else entry for entry in entries
            )
        else:
            raise BadDefinition("unknown_block", block=line["block"], list=name)
    return placed


def _left(line: Raw, entries: list[Any]) -> list[Any]:
    """The entries of a block without those that the line leaves out, each by its name."""
    names = [_called(entry) for entry in entries]
    without = line.get("without", [])
    if unknown := sorted(set(without) - set(names)):
        raise BadDefinition("not_in_block", block=line["block"], names=", ".join(unknown))
    return [entry for name, entry in zip(names, entries, strict=True) if name not in without]


def _under(condition: Any, entry: Any) -> Any:
    """The entry where the condition holds, besides its own."""
    if not isinstance(entry, Mapping):
        return entry
    own = {"all": [condition, entry["when"]]} if "when" in entry else condition
    return {**entry, "when": own}


def _classified(field: Any, classifiers: Mapping[str, list[Raw]]) -> Any:
    if not isinstance(field, Mapping):
        return field
    if isinstance(field.get("fields"), list):
        return {**field, "fields": [_classified(inner, classifiers) for inner in field["fields"]]}
    if "classifier" not in field:
        return field
    if field["classifier"] not in classifiers:
        raise BadDefinition("unknown_classifier", classifier=field["classifier"])
    plain = {key: value for key, value in field.items() if key != "classifier"}
    return {**plain, "options": classifiers[field["classifier"]]}
