"""Somebody before a window: opens, presses, fills in and reads, all by the words on the page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from local.office import Office
from local.scans import good_jpeg
from tests.browser.conftest import sign_in
from tests.journeys.account_steps import code_in

MINE, CASES = "/cabinet/applications", "/office/applications"
ELSEWHERE = "http://127.0.0.1:8000"  # as the template says
PARTS = ("day", "month", "year")


class Desk:
    """`who`: a name of office.people. Nobody is signed in before `come` or `sign_in_by_sms`."""

    def __init__(self, page: Page, office: Office, who: str, site: str) -> None:
        self.page = page
        self._office, self._who, self._site = office, who, site
        page.route(f"{ELSEWHERE}/**", self._lead_here)

    def _lead_here(self, route: Route) -> None:
        """Those who take money and sign live at the port of `make run`; here it is another one."""
        here = route.request.url.replace(ELSEWHERE, self._site, 1)
        route.fulfill(status=307, headers={"Location": here})

    # ---- where one is ----------------------------------------------------------------------------

    def come(self, path: str) -> None:
        """Signed in anew, as after hours or days one has to be."""
        sign_in(self.page.context, self._office, self._who, self._site)
        self.open(path)

    def sign_in_by_sms(self) -> None:
        """With password and code, from the page one is at when asked to."""
        self.fill("Телефон или почта", self._office.people[self._who].phone)
        self.fill("Пароль", self._office.password)
        self.press("Продолжить")
        self.fill("Код, 6 цифр", code_in(self._office))
        self.press("Продолжить")

    def open(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, link: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link).first.click()

    def press(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).click()

    # ---- what one tells --------------------------------------------------------------------------

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, *options: str) -> None:
        """Of radio buttons and boxes."""
        for option in options:
            self.page.get_by_label(option, exact=True).check()

    def select(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def send_file(self, name: str = "скан.jpg") -> None:
        """From the page of one document: the file, and back."""
        self.press("Выбрать файл")
        scan = {"name": name, "mimeType": "image/jpeg", "buffer": good_jpeg()}
        self.page.get_by_label("Выберите файл").set_input_files(scan)
        with self.page.expect_navigation(url="**told=file_sent*"):
            self.page.get_by_role("button", name="Загрузить").click()

    def sign(self) -> None:
        """At the provider of signatures, and back with it."""
        self.press("Перейти к подписи")
        self.press("Подписать и вернуться")
        self.press("Отправить с подписью")

    # ---- what one reads --------------------------------------------------------------------------

    def reads(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)

    def does_not_read(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).not_to_contain_text(each)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def number(self) -> str:
        """Of the application whose page this is."""
        return self.path.split("/")[3]

    # ---- a whole form ----------------------------------------------------------------------------

    def fill_in(self, number: str, form: Mapping[str, Any]) -> None:
        """Section after section, page after page; ends at the list of sections."""
        done: set[str] = set()
        while left := [each for each in self._sections(number) if each not in done]:
            done.add(left[0])
            self.open(left[0])
            while self.path.startswith(f"{MINE}/{number}/form/"):
                self._answer(form)
                self.press("Продолжить")
                assert not self.page.title().startswith("Ошибка"), self.page.inner_text("main")

    def _sections(self, number: str) -> list[str]:
        self.open(f"{MINE}/{number}/form")
        links = self.page.locator("a.govuk-task-list__link").all()
        return [path for link in links if "/form/" in (path := link.get_attribute("href") or "")]

    def _answer(self, form: Mapping[str, Any]) -> None:
        fields = self.page.locator("main form [name]").all()
        for name, field in {field.get_attribute("name") or "": field for field in fields}.items():
            whole, _, part = name.partition("-")
            if part in PARTS and whole in form:
                field.fill(form[whole].split(".")[PARTS.index(part)])
            elif name in form:
                self._tell(field, name, form[name])

    def _tell(self, field: Locator, name: str, value: Any) -> None:
        sent = {True: "yes", False: "no"}.get(value, str(value))
        if field.get_attribute("type") in ("radio", "checkbox"):
            self.page.locator(f"[name='{name}'][value='{sent}']").check()
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(sent)
        else:
            field.fill(sent)
