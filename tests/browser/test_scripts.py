"""What portal.js, uploads.js and office.js do, on pages made of nothing but what they look for."""

import io
import json
from urllib.parse import parse_qs

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.looks import check
from tests.template import ROOT

STATIC = ROOT / "functions/portal/static"
PLACE = "https://office.example"
STORE = "https://store.example"
PAGE = """<!doctype html><html lang="ru" class="govuk-template"><head><title>Проба</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/{css}">{scripts}</head>
<body class="govuk-template__body" {attributes}><script src="/assets/{start}"></script>
<main><h1>Проба</h1>{main}</main></body></html>"""
POLICY = f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {STORE}"
FROM_STORE = {"Access-Control-Allow-Origin": "*", "Location": f"{PLACE}/documents"}
SECRET = '<input type="hidden" name="_token" value="t"><input type="hidden" name="_key" value="k">'


class Stage:
    """A page at `PLACE`, the answers that its scripts get by path, and what they sent: to us, and
    to the store."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[tuple[str, dict[str, list[str]]]] = []
        self.raw: list[bytes] = []
        self.answers: dict[str, object] = {}
        self._html = ""
        page.context.route("**/*", self._answer)

    def show(self, main: str, *names: str, attributes: str = "") -> None:
        built = json.loads((STATIC / "manifest.json").read_text())
        names = ("portal.js", *names)
        scripts = (f'<script type="module" src="/assets/{built[name]}"></script>' for name in names)
        self.place(
            PAGE.format(
                css=built["portal.css"],
                start=built["start.js"],
                scripts="".join(scripts),
                attributes=attributes,
                main=main,
            )
        )
        self.page.goto(PLACE)

    def place(self, html: str) -> None:
        self._html = html

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(PLACE)
        if path.startswith("/assets/"):
            return route.fulfill(path=STATIC / path.removeprefix("/assets/"))
        if route.request.method == "POST" and path.startswith(STORE):
            self.raw.append(route.request.post_data_buffer)
        elif route.request.method == "POST":
            self.sent.append((path, parse_qs(route.request.post_data, keep_blank_values=True)))
        if path not in self.answers:
            headers = {"Content-Security-Policy": POLICY}
            return route.fulfill(
                body=self._html, content_type="text/html; charset=utf-8", headers=headers
            )
        answer = self.answers[path]
        if answer is None:
            return route.abort()
        if isinstance(answer, int):
            return route.fulfill(status=answer, headers=FROM_STORE)
        return route.fulfill(json=answer)


@pytest.fixture
def stage(browser):
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="ru-RU")
    context.set_default_timeout(5_000)
    thrown = []
    context.on("weberror", lambda error: thrown.append(str(error.error)))
    yield Stage(context.new_page())
    context.close()
    assert not thrown


# ---- forms ---------------------------------------------------------------------------------------


def test_a_double_click_sends_a_form_once(stage):
    stage.answers["/apply"] = 204  # the page stays
    stage.show(f'<form method="post" action="/apply">{SECRET}<button>Подать</button></form>')
    stage.page.get_by_role("button").dblclick()
    stage.page.wait_for_timeout(100)
    assert [path for path, _ in stage.sent] == ["/apply"]


DRAFT = f"""<form method="post" action="/draft" data-autosave="/draft/save">{SECRET}
<label>Имя <input name="first_name"></label>
<p class="opora-saved" data-saved aria-live="polite"></p><button>Продолжить</button></form>"""


def typed(stage, text):
    """And the two seconds without typing, which nobody waits for here."""
    stage.page.get_by_label("Имя").press_sequentially(text)
    stage.page.clock.run_for(2100)


@pytest.fixture
def draft(stage):
    stage.page.clock.install()
    stage.answers["/draft/save"] = {"saved": "14:05"}
    stage.show(DRAFT)
    return stage


def test_what_is_typed_is_saved_and_told(draft):
    typed(draft, "Анна")
    expect(draft.page.locator("[data-saved]")).to_have_text("Сохранено в 14:05")
    check(draft.page)
    ((path, fields),) = draft.sent
    assert path == "/draft/save"
    assert fields["first_name"] == ["Анна"]
    assert fields["script"] == ["1"]


@pytest.mark.long
def test_each_saving_has_a_key_of_its_own(draft):
    for text in ("А", "нна"):
        typed(draft, text)
        expect(draft.page.locator("[data-saved]")).to_have_text("Сохранено в 14:05")
    keys = [key for _, fields in draft.sent for key in fields["_key"]]
    assert len(set(keys)) == 2
    assert "k" not in keys


@pytest.mark.long
@pytest.mark.parametrize(("answer", "told"), [(None, "нет связи"), (422, "Не сохранено.")])
def test_what_was_not_saved_is_not_told_as_saved(draft, answer, told):
    draft.answers["/draft/save"] = answer
    typed(draft, "Анна")
    expect(draft.page.locator("[data-saved]")).to_contain_text(told)


# ---- files ---------------------------------------------------------------------------------------

UPLOAD = f"""<form method="post" action="{STORE}/uploads" enctype="multipart/form-data" data-upload>
<input type="hidden" name="key" value="a/b">
<input type="hidden" name="Content-Type" value="application/octet-stream">
<input type="hidden" name="success_action_redirect" value="{PLACE}/documents">
<label>Файл <input type="file" name="file" accept="application/pdf,image/jpeg" required></label>
<div data-upload-state aria-live="polite"></div><button>Загрузить</button></form>"""
JPEG = {"name": "снимок.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8 short"}
PDF = {"name": "справка.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" * 1_400_000}


def photo(side: int) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((side, side), 40).convert("RGB").save(made, "JPEG", quality=100)
    return made.getvalue()


def send(stage, file):
    stage.answers.setdefault(f"{STORE}/uploads", 303)
    stage.show(UPLOAD, "uploads.js")
    stage.page.get_by_label("Файл").set_input_files(file)
    stage.page.get_by_role("button", name="Загрузить").click()


def test_a_file_goes_to_the_store_and_the_browser_where_the_store_sends_it(stage):
    send(stage, JPEG)
    stage.page.wait_for_url(f"{PLACE}/documents")
    (sent,) = stage.raw
    assert b"a/b" in sent
    assert JPEG["buffer"] in sent


@pytest.mark.long
def test_a_photo_that_is_too_heavy_is_made_lighter(stage):
    heavy = photo(2000)
    assert len(heavy) > 5 * 1024 * 1024
    send(stage, {**JPEG, "buffer": heavy})
    stage.page.wait_for_url(f"{PLACE}/documents")
    assert len(stage.raw[0]) < 5 * 1024 * 1024


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "told"),
    [
        (PDF, "больше 5 МБ"),
        (JPEG | {"buffer": b""}, "ничего нет"),
        (JPEG | {"name": "письмо.docx", "mimeType": "application/msword"}, "не подойдёт"),
    ],
)
def test_what_cannot_be_taken_is_told_before_it_is_sent(stage, file, told):
    send(stage, file)
    expect(stage.page.locator("[data-upload-state]")).to_contain_text(told)
    assert stage.raw == []


@pytest.mark.long
@pytest.mark.parametrize(("broken", "told"), [(None, "нет связи"), (403, "не принят")])
def test_what_failed_is_told_and_sent_again_with_one_click(stage, broken, told):
    stage.answers[f"{STORE}/uploads"] = broken
    send(stage, JPEG)
    expect(stage.page.locator("[data-upload-state]")).to_contain_text(told)
    check(stage.page)
    stage.answers[f"{STORE}/uploads"] = 303
    stage.page.get_by_role("button", name="Загрузить").click()
    stage.page.wait_for_url(f"{PLACE}/documents")


# ---- the session ---------------------------------------------------------------------------------

SESSION = (
    'data-session-ends="2026-03-02T06:30:00+00:00" data-now="2026-03-02T06:00:00+00:00" '
    'data-session-page="/session" data-form-token="t"'
)


@pytest.fixture
def session(stage):
    stage.page.clock.install(time="2031-01-01T00:00:00Z")  # a visitor's clock is wrong by years
    stage.answers["/session"] = {"ends_at": "2026-03-02T06:55:00+00:00"}
    stage.show("<p>Форма</p>", attributes=SESSION)
    return stage


def test_before_the_session_ends_it_can_be_extended(session):
    dialog = session.page.get_by_role("dialog")
    session.page.clock.fast_forward("24:50")
    expect(dialog).to_be_hidden()
    session.page.clock.fast_forward("00:20")
    expect(dialog).to_contain_text("через 5 минут")
    check(session.page)
    dialog.get_by_role("button", name="Продлить").click()
    expect(dialog).to_be_hidden()
    assert session.sent == [("/session", {"_token": ["t"], "script": ["1"]})]
    session.page.clock.fast_forward("20:00")
    expect(dialog).to_be_hidden()
    session.page.clock.fast_forward("05:00")
    expect(dialog).to_be_visible()


@pytest.mark.long
def test_when_it_has_ended_it_says_so(session):
    session.page.clock.fast_forward("31:00")
    dialog = session.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Сеанс закончился")
    expect(dialog.get_by_role("button", name="Продлить")).to_be_hidden()


# ---- the console ---------------------------------------------------------------------------------

QUEUE = """<a href="#claimed" data-key="c">Взять</a>
<label>Поиск <input name="q"></label>
<label><input type="checkbox" data-keys-switch> Клавиши</label>
<div id="queue" data-live="30"><p data-row><a href="#1">Первое</a></p>
<p data-row><a href="#2">Второе</a></p></div>
<button data-live-pause="queue" type="button" hidden></button>"""


@pytest.fixture
def console(stage):
    stage.page.clock.install()
    stage.show(QUEUE, "office.js")
    return stage


def test_keys_go_from_row_to_row(console):
    for key, place in (("j", "Первое"), ("j", "Второе"), ("j", "Второе"), ("k", "Первое")):
        console.page.keyboard.press(key)
        expect(console.page.get_by_role("link", name=place)).to_be_focused()


@pytest.mark.long
def test_a_key_clicks_unless_somebody_types_or_turned_keys_off(console):
    console.page.get_by_label("Поиск").press("c")
    assert "#claimed" not in console.page.url
    console.page.get_by_label("Клавиши").uncheck()
    console.page.locator("h1").click()
    console.page.keyboard.press("c")
    assert "#claimed" not in console.page.url
    console.page.reload()
    expect(console.page.get_by_label("Клавиши")).not_to_be_checked()
    console.page.get_by_label("Клавиши").check()
    console.page.locator("h1").click()
    console.page.keyboard.press("c")
    assert "#claimed" in console.page.url


def test_what_updates_by_itself_can_be_paused(console):
    first = console.page.locator("#queue")
    console.place(QUEUE.replace("Первое", "Третье"))
    console.page.clock.run_for(31_000)
    expect(first).to_contain_text("Третье")
    console.page.get_by_role("button", name="Приостановить").click()
    console.place(QUEUE.replace("Первое", "Четвёртое"))
    console.page.clock.run_for(31_000)
    console.page.get_by_role("button", name="Обновлять снова").click()
    expect(first).to_contain_text("Третье")
    console.page.clock.run_for(31_000)
    expect(first).to_contain_text("Четвёртое")
