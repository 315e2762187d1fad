"""Every service file holds together, and cites where it has its figures from."""

import re
import tomllib
from datetime import date

import pytest

from adapters import definitions
from casework import errors
from casework.earlier_support import OWN_REGISTRY
from opora import versions
from opora.check import every_file, mistakes
from tests.template import ROOT

FILES = sorted(definitions.SERVICES.glob("*.toml"))
TEXTS = ("errors", "problems")
TODAY = date(2026, 4, 6)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_service_file_is_valid_and_named_after_its_service(path):
    assert definitions.read_service(path).id == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_service_cites_its_sources(path):
    service = definitions.read_service(path)
    cited = [service, *service.terms, service.clarification, *service.rules]
    cited += [service.fee] if service.fee else []
    assert all(part.source.strip() for part in cited)


def test_every_service_has_a_code_of_its_own():
    codes = [service.code for service in definitions.services().values()]
    assert None not in codes
    assert len(set(codes)) == len(codes)


def test_no_file_of_services_has_a_mistake():
    assert mistakes(every_file(), TODAY) == []


def test_every_released_version_is_kept_as_it_was_and_can_be_read():
    """What was released stays: raise `version` in the file, and leave services/versions/ alone."""
    assert list(versions.broken_promises()) == []
    for name in versions.released():
        service_id, _, version = name.rpartition(".")
        assert definitions.past_version(service_id, int(version)).version == int(version)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_registry_that_is_asked_answers_in_the_local_cloud(path):
    known = tomllib.loads((ROOT / "local/registries.toml").read_text())["registries"]
    known[OWN_REGISTRY] = "answered from our own applications"
    asked = {check.registry for check in definitions.read_service(path).checks}
    assert asked <= known.keys() | {OWN_REGISTRY}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_of_a_service_is_russian(path):
    service = definitions.read_service(path)
    texts = [service.title, service.summary, *service.who, service.appeal.text]
    texts += [text for o in service.outcomes for text in (o.approved, o.refused, o.next)]
    texts += [rule.refusal for rule in service.rules]
    titled = [*service.fields, *service.documents, *service.checks, *service.rules]
    titled += [*service.terms, *service.priorities, *service.refusals, *service.circumstances]
    texts += [part.title for part in titled] + [reason.mend for reason in service.refusals]
    for text in texts:
        assert re.search("[а-яё]", text, re.IGNORECASE), text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_two_fields_or_documents_of_a_service_are_called_alike(path):
    """A letter or a report that names one would leave people guessing which is meant."""
    service = definitions.read_service(path)
    for named in (service.fields, service.documents):
        titles = [part.title for part in named]
        assert [title for title in titles if titles.count(title) > 1] == []


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
        said = text["en"].partition("as in:")[0]  # an example is what is to be typed
        assert not re.search("[а-яё]{3}", said, re.IGNORECASE), code  # "IV-МЮ" may stand


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
