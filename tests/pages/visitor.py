"""Somebody with a browser that runs no scripts: opens pages, fills in forms, follows links."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import jwt
from lxml import html

from adapters.aws import client
from adapters.sessions import Sessions
from functions.intake.http import person_of
from local.cloud import LocalCloud
from local.front_door import claim_text
from local.office import Caller

HOST = "https://office.example"
FORM = "application/x-www-form-urlencoded"


def session_of(cloud: LocalCloud, caller: Caller) -> str:
    """The token of a session as sign-in gives it, without the page of sign-in."""
    claims = jwt.decode(caller.token(), options={"verify_signature": False})
    person = person_of({name: claim_text(value) for name, value in claims.items()})
    sessions = Sessions(client("dynamodb"), cloud.outputs["Applications"])
    return sessions.begin(person.told, cloud.now())


class Page:
    def __init__(self, path: str, answer: Any) -> None:
        self.path, self.status, self.headers = path, answer.status_code, answer.headers
        self.source: str = answer.text
        self.tree = html.fromstring(self.source, base_url=HOST + path)

    @property
    def title(self) -> str:
        return self.tree.findtext(".//title").strip()

    @property
    def text(self) -> str:
        """What is in `main`, blanks made one."""
        (main,) = self.tree.xpath("//main")
        return " ".join(main.text_content().split())

    @property
    def errors(self) -> list[str]:
        """Of the error summary."""
        return [
            " ".join(found.text_content().split())
            for found in self.tree.xpath("//*[contains(@class, 'govuk-error-summary__list')]//li")
        ]

    def link(self, text: str) -> str:
        """The path of the first link with these words."""
        for found in self.tree.xpath("//a"):
            if text in " ".join(found.text_content().split()):
                return found.get("href")
        raise AssertionError(f"no link {text!r} at {self.path}: {self.text[:500]}")

    def forms(self) -> list[Any]:
        return [form for form in self.tree.forms if not form.action.endswith("/sign-out")]

    def form(self, button: str | None = None) -> Any:
        """The first form of the page, or the one with that button."""
        for form in self.forms():
            if button is None or button in " ".join(form.text_content().split()):
                return form
        raise AssertionError(f"no form with {button!r} at {self.path}: {self.text[:500]}")


class Visitor:
    """Signed in as `caller`, or nobody."""

    def __init__(self, cloud: LocalCloud, caller: Caller | None = None) -> None:
        self._cloud = cloud
        self.cookie = session_of(cloud, caller) if caller else ""

    @property
    def form_token(self) -> str:
        """What every form of this session carries, for one who writes a form of his own."""
        return self.open("/cabinet").tree.xpath("string(//input[@name='_token']/@value)")

    def open(self, path: str) -> Page:
        """The page, after all redirects."""
        return self._went(path, self._ask("GET", path))

    def head(self, path: str) -> int:
        """The status alone, wherever it leads."""
        return self._ask("GET", path).status_code

    def leads_to(self, path: str) -> str:
        """Where the answer sends the browser, which does not go there."""
        return self._ask("GET", path).headers["Location"]

    def follow(self, page: Page, text: str) -> Page:
        return self.open(page.link(text))

    def submit(
        self,
        page: Page,
        values: Mapping[str, str | list[str]] | None = None,
        button: str | None = None,
        press: tuple[str, str] | None = None,
    ) -> Page:
        """Fill in the form (by names of its fields) and press its button. `press`: name and value
        of a button that says something itself. Refuses names that the form does not have."""
        form = page.form(button)
        fields: dict[str, list[str]] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        for name, value in (values or {}).items():
            known = sorted(form.inputs.keys())
            assert name in known, f"no field {name!r} at {page.path}: {known}"
            fields[name] = value if isinstance(value, list) else [value]
        if press:
            fields[press[0]] = [press[1]]
        action = urlsplit(urljoin(HOST + page.path, form.get("action", "")))
        path = action.path + (f"?{action.query}" if action.query else "")
        if form.method == "GET":
            return self.open(f"{path}?{urlencode(fields, doseq=True)}")
        return self.post(path, fields)

    def post(self, path: str, fields: Mapping[str, list[str]]) -> Page:
        body = urlencode(fields, doseq=True)
        return self._went(path, self._ask("POST", path, body))

    def read(self, path: str) -> str:
        """What is at that path, which need not be a page."""
        return self._ask("GET", path).text

    def _went(self, path: str, answer: Any) -> Page:
        for _ in range(5):
            if answer.status_code != 303:
                return Page(path, answer)
            path = answer.headers["Location"]
            answer = self._ask("GET", path)
        raise AssertionError(f"redirected without end: {path}")

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        headers = {"Cookie": f"__Host-session={self.cookie}"} if self.cookie else {}
        if body is not None:
            headers["Content-Type"] = FORM
        answer = self._cloud.request(method, path, body=body, headers=headers)
        for told in answer.headers.getlist("Set-Cookie"):
            self.cookie = told.partition(";")[0].partition("=")[2]
        return answer
