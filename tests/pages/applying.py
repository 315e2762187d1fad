"""What a citizen does on the pages of a form: every page of every section, from an example form."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.pages.visitor import Page, Visitor

SENT = {True: "yes", False: "no"}


def begin(visitor: Visitor, service: str) -> str:
    """A draft from the page of its service; gives its number."""
    page = visitor.follow(visitor.open(f"/cabinet/services/{service}"), "Заполнить заявление")
    return visitor.submit(page, {"region": "RU-MOW"}).path.split("/")[3]


def fill_in(visitor: Visitor, number: str, form: Mapping[str, Any]) -> Page:
    """Section after section, as far as there are any; gives the list of sections."""
    done: set[str] = set()
    while True:
        tasks = visitor.open(f"/cabinet/applications/{number}/form")
        left = [link for link in sections(tasks) if link not in done]
        if not left:
            return tasks
        done.add(left[0])
        page = visitor.open(left[0])
        while path_of(page).count("/") > 4:  # a page of questions leads to the next, or to the list
            done.add(path_of(page))
            page = answer(visitor, page, form)


def sections(tasks: Page) -> list[str]:
    links = tasks.tree.xpath("//a[contains(@class, 'govuk-task-list__link')]/@href")
    return [link for link in links if "/form/" in link]


def path_of(page: Page) -> str:
    return urlsplit(page.path).path


def answer(visitor: Visitor, page: Page, form: Mapping[str, Any]) -> Page:
    """What the form says to the questions of the page; the page that comes next."""
    name = path_of(page).split("/")[5]
    if "Добавить человека" in page.text:
        for member in form.get(name) or ():
            page = visitor.follow(page, "Добавить человека")
            while path_of(page).count("/") > 5:
                page = visitor.submit(page, answers(page, member))
                assert not page.errors, (page.path, page.errors)
        return visitor.submit(page, button="Продолжить")
    after = visitor.submit(page, answers(page, form))
    assert not after.errors, (page.path, after.errors)
    return after


def answers(page: Page, form: Mapping[str, Any]) -> dict[str, str]:
    inputs = page.form().inputs
    said: dict[str, str] = {}
    for name, value in form.items():
        if f"{name}-day" in inputs:
            parts = zip(("day", "month", "year"), value.split("."), strict=True)
            said |= {f"{name}-{part}": text for part, text in parts}
        elif name in inputs and not isinstance(value, list):
            said[name] = offered(inputs[name], SENT.get(value, str(value)))
    return said


def offered(field: Any, wanted: str) -> str:
    """Of free times the first; the example's is none of them."""
    options = list(getattr(field, "value_options", ()))
    return options[0] if options and wanted not in options else wanted
