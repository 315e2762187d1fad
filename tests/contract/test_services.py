"""Every service file holds together, and cites where it has its figures from."""

import re
import tomllib

import pytest

from adapters import definitions
from casework import errors
from tests.template import ROOT

FILES = sorted(definitions.SERVICES.glob("*.toml"))
TEXTS = ("errors", "problems")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_service_file_is_valid_and_named_after_its_service(path):
    assert definitions.read_service(path).id == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_service_cites_its_sources(path):
    service = definitions.read_service(path)
    cited = (service, *service.terms, service.clarification, *service.grounds)
    assert all(part.source.strip() for part in cited)


def test_every_figure_cites_its_source():
    told = tomllib.loads((definitions.SERVICES / "parameters/figures.toml").read_text())
    figures = [figure for group in told.values() for figure in _leaves(group)]
    assert figures
    assert all(figure.get("source") for figure in figures)


def _leaves(group):
    """The tables that hold a value or a source."""
    if isinstance(group, list):
        return [leaf for part in group for leaf in _leaves(part)]
    if not isinstance(group, dict):
        return []
    if "source" in group or "value" in group or "amount" in group:
        return [group]
    return [leaf for part in group.values() for leaf in _leaves(part)]


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_told_in_both_languages(name):
    for code, text in definitions.texts(name).items():
        assert set(text) == {"ru", "en"}, code
        assert re.search("[а-яё]", text["ru"], re.IGNORECASE), code
        assert not re.search("[а-яё]{3}", text["en"], re.IGNORECASE), code  # "IV-МЮ" may stand


def test_every_code_that_is_raised_has_its_words():
    """Codes are written as literals; whoever adds one adds its text."""
    raising = re.compile(
        r"(?:BadRequest|NotFound|NotAllowed|WrongStage|InvalidValue)\(\s*\"(\w+)\""
    )
    naming = re.compile(r"Problem\([^()\"]*(?:\"[^\"]*\"|f\"[^\"]*\")?[^()\"]*,\s*\"(\w+)\"")
    known = definitions.texts("errors").keys() | definitions.texts("problems").keys()
    arithmetic = {"calendar.py", "deadline.py"}  # their errors are mistakes of ours, never shown
    for room in ("casework", "functions", "adapters"):
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            raised = {*raising.findall(source), *naming.findall(source)}
            assert path.name in arithmetic or raised <= known, path.name


def test_every_class_of_errors_has_its_words():
    classes = [errors.OporaError]
    for kind in classes:
        classes += kind.__subclasses__()
    assert {kind.code for kind in classes if kind.__module__ == errors.__name__} <= (
        definitions.texts("errors").keys() | definitions.texts("problems").keys()
    )
