"""Whatever can go wrong or happen has its words, in Russian and in English."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

from adapters.definitions import text_names, texts
from casework import errors
from casework.application import Stage, event_kinds
from casework.review import Next, QuestionClock
from functions.intake.bodies import AskedGap

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(p for room in ("casework", "adapters", "functions")
                 for p in (ROOT / room).rglob("*.py"))  # fmt: skip
CLASSES = {
    name: cls
    for name, cls in vars(errors).items()
    if isinstance(cls, type) and issubclass(cls, errors.OporaError)
}
RAISERS = {**dict.fromkeys([*CLASSES, "bad_file", "DefectFound"], 0), "Problem": 1, "_digits": 2}
del RAISERS["InvalidForm"]  # made of problems
"""What makes an error or problem, and the place of the code among its arguments."""

CHOOSERS = {"_lacking_documents", "_out_of_turn", "_why_it_does_not_open"}
"""Functions that choose a code for one of those: what they return or call `code` is one."""

WORDS = texts("errors") | texts("problems")
RUSSIAN = re.compile(r"[А-Яа-яЁё]")


class Raised(NamedTuple):
    """`details`: the names that fill the text; None where the source does not tell them."""

    where: str
    code: str
    details: frozenset[str] | None


def raised() -> Iterator[Raised]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _codes_of(node, f"{path.relative_to(ROOT)}:{node.lineno}")
            elif isinstance(node, ast.FunctionDef) and node.name in CHOOSERS:
                chosen = [n.value for n in ast.walk(node) if isinstance(n, ast.Return | ast.Assign)]
                found = {code for value in chosen if value for code in _choices(value)}
                yield from (Raised(f"{path.name}:{node.name}", code, None) for code in found)


def _codes_of(call: ast.Call, where: str) -> Iterator[Raised]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in RAISERS:
        return
    place = RAISERS[name]
    if name in CLASSES and not call.args:
        yield Raised(where, CLASSES[name].code, _details(call, place))
    elif len(call.args) > place:
        for code in _choices(call.args[place]):
            yield Raised(where, code, _details(call, place))


def _details(call: ast.Call, place: int) -> frozenset[str] | None:
    """Keywords of an error, or the keys of the dict that a Problem is given."""
    if any(keyword.arg is None for keyword in call.keywords) or place == 2:
        return None
    if place == 0:
        return frozenset(keyword.arg for keyword in call.keywords)
    if len(call.args) < 3:
        return frozenset()
    given = call.args[2]
    return frozenset(_strings(*given.keys)) if isinstance(given, ast.Dict) else None


def _choices(value: ast.expr) -> list[str]:
    """The words that the expression may come to."""
    if isinstance(value, ast.IfExp):
        return _choices(value.body) + _choices(value.orelse)
    return _strings(value) if isinstance(value, ast.Constant) else []


def _strings(*nodes: ast.AST) -> list[str]:
    return [
        found.value
        for node in nodes
        for found in ast.walk(node)
        if isinstance(found, ast.Constant) and isinstance(found.value, str)
        if re.fullmatch(r"[a-z][a-z0-9_]*", found.value)
    ]


RAISED = sorted(raised(), key=lambda found: (found.code, found.where))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class TestErrors:
    def test_the_scan_finds_what_is_known_to_be_there(self):
        known = {"wrong_stage", "snils_format", "document_pending", "asked_twice", "broken_csv"}
        known |= {"document_missing", "unknown_number", "too_many_pages", "encrypted"}
        assert known <= {found.code for found in RAISED}

    @pytest.mark.parametrize("code", sorted({found.code for found in RAISED}))
    def test_every_code_that_is_raised_has_its_words(self, code):
        assert code in WORDS, [found.where for found in RAISED if found.code == code]

    @pytest.mark.parametrize("cls", sorted(CLASSES))
    def test_every_kind_of_error_has_its_words(self, cls):
        assert CLASSES[cls].code in WORDS

    @pytest.mark.parametrize("code", [*get_args(AskedGap.model_fields["code"].annotation)])
    def test_whatever_an_officer_asks_about_has_its_words(self, code):
        assert code in texts("problems")

    @pytest.mark.parametrize("code", sorted(WORDS))
    def test_both_languages_say_it(self, code):
        assert WORDS[code].keys() == {"ru", "en"}
        assert RUSSIAN.search(WORDS[code]["ru"])
        assert not RUSSIAN.search(re.sub(r"[«»]|МЮ", "", WORDS[code]["en"]))
        assert all(text == text.strip() for text in WORDS[code].values())

    def test_a_text_names_only_what_the_error_tells(self):
        unfilled = [
            (found.where, found.code, sorted(missing))
            for found in RAISED
            if found.details is not None
            for text in WORDS.get(found.code, {}).values()
            if (missing := placeholders(text) - found.details)
        ]
        assert unfilled == []


class TestStatuses:
    STATUSES = texts("statuses")

    @pytest.mark.parametrize(
        ("table", "names"),
        [
            ("stages", {stage.value for stage in Stage}),
            (
                "next",
                {step.value for step in Next if step is not Next.ASK}
                | {f"ask_{clock}" for clock in QuestionClock}
                | {"draft", "activate"},
            ),
            ("for_a_while", {"accepted", "activation", "ready"}),
            (
                "documents",
                {"announced", "inspected", "accepted", "rejected"}
                | {"replaced", "on_expert_check", "erased"},
            ),
            ("clock", set(QuestionClock)),
            ("events", event_kinds()),
        ],
    )
    def test_every_stage_step_and_event_has_a_name_and_nothing_else_does(self, table, names):
        assert self.STATUSES[table].keys() == names
        for named in self.STATUSES[table].values():
            assert named.keys() == {"ru", "en"}
            assert all(named.values())


# ---- languages ----------------------------------------------------------------------------------

RUSSIAN_ONLY = {
    "archive_notices": "letters",
    "notices": "letters",
    "support": "letters: its notice",
    "document_defects": "what an expert ticks",
    "machines": "drawn on pages",
    "told": "said on pages",
}
"""Letters and pages are Russian: their texts are plain strings. Whatever the API tells has both."""


def plain(told: Any) -> bool:
    """Whether any of the texts is in Russian alone."""
    if not isinstance(told, dict):
        return True
    return told.keys() != {"ru", "en"} and any(plain(text) for text in told.values())


@pytest.mark.parametrize("name", text_names())
def test_only_what_letters_and_pages_say_is_in_russian_alone(name):
    assert plain(texts(name)) == (name in RUSSIAN_ONLY)


# ---- letters ------------------------------------------------------------------------------------

MIXED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[А-Яа-яЁё])\w+\b")


def services_texts() -> list[Path]:
    return sorted((ROOT / "services").rglob("*.toml"))


def python_texts(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)
            and isinstance(n.value, str)]  # fmt: skip


class TestLetters:
    @pytest.mark.parametrize("path", services_texts(), ids=lambda path: path.name)
    def test_no_russian_word_of_the_services_hides_a_latin_letter(self, path):
        assert MIXED.findall(path.read_text("utf-8")) == []

    @pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
    def test_nor_one_of_the_code(self, path):
        if path.stem == "identifiers":
            return  # its tables of look-alikes are made of them
        mixed: list[Any] = [MIXED.findall(text) for text in python_texts(path)]
        assert [words for words in mixed if words] == []
