"""docs/new-service.md: the service that the page writes is one that can be offered."""

import re
from datetime import date
from pathlib import Path

import pytest

from adapters import definitions
from casework.questionnaire import questionnaire

PAGE = Path(__file__).parents[2] / "docs" / "new-service.md"


@pytest.fixture
def written(tmp_path):
    """The file as the page has it."""
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    file = tmp_path / "transport-card.toml"
    file.write_text(blocks[0])
    return file


def test_the_service_of_the_page_has_no_mistake(opora, written):
    said = opora("services", "check", written)
    assert (said.status, said.out) == (0, "1 file(s) checked: no mistake(s)\n")


def test_the_mistake_that_the_page_shows_is_told_so(opora, written):
    """Whoever writes `above` is told what is known there."""
    written.write_text(written.read_text().replace("at_least = 1", "above = 0"))
    said = opora("services", "check", written)
    assert said.status == 1
    shown = re.search(r"^# services/transport-card\.toml:(.+?), …$", PAGE.read_text(), re.MULTILINE)
    assert f"transport-card.toml:{shown[1]}" in said.out


def test_its_questions_stand_on_pages_as_shown(written):
    """From the file alone: nobody writes HTML for a service."""
    service = definitions.read_service(written)
    asked = questionnaire(service, definitions.layout(), {}, date(2026, 4, 27))
    drawn = (f"{s.title}: {' | '.join(page.title for page in s.pages)}" for s in asked.sections)
    (shown,) = re.findall(r"^```text\n(.*?)\n```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert "\n".join(drawn) == shown
