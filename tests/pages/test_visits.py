"""Sessions, forms, errors: what every page has in common."""

from datetime import timedelta

import pytest

from adapters.sessions import IDLE, LONGEST
from tests.pages.visitor import Visitor


@pytest.fixture
def visitor(office):
    return Visitor(office.cloud, office.citizen)


def test_a_stranger_is_led_to_sign_in_and_back(office):
    answer = office.cloud.request("GET", "/cabinet/session")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/cabinet/sign-in?next=/cabinet/session"


def test_a_session_ends_when_nothing_is_heard_of_the_person(office, visitor):
    assert visitor.open("/cabinet/session").status == 200
    office.cloud.advance(minutes=29)
    assert visitor.open("/cabinet/session").status == 200
    office.cloud.advance(minutes=31)
    answer = visitor._ask("GET", "/cabinet/session")
    assert answer.headers["Location"].startswith("/cabinet/sign-in")


def test_no_session_lasts_longer_than_a_day_at_work(office, visitor):
    for _ in range(int(LONGEST / timedelta(minutes=20)) - 1):
        office.cloud.advance(minutes=20)
        assert visitor.open("/cabinet/session").status == 200
    office.cloud.advance(minutes=21)
    assert visitor._ask("GET", "/cabinet/session").status_code == 303


def test_leaving_ends_the_session_and_changes_the_cookie(visitor):
    page = visitor.open("/cabinet/session")
    old = visitor.cookie
    (form,) = [form for form in page.tree.forms if form.action.endswith("/sign-out")]
    left = visitor.post("/cabinet/sign-out", dict(form.form_values()))
    assert "Вы вышли" in left.text
    assert visitor.cookie != old
    visitor.cookie = old
    assert visitor._ask("GET", "/cabinet/session").status_code == 303


def test_the_cookie_is_for_us_alone(office):
    told = Visitor(office.cloud)._ask("GET", "/cabinet").headers["Set-Cookie"]
    assert told.startswith("__Host-session=")
    assert told.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")


@pytest.mark.parametrize("token", ["", "0" * 64, "ё", None])
def test_a_form_that_is_not_ours_is_refused(visitor, token):
    fields = {} if token is None else {"_token": [token]}
    page = visitor.post("/cabinet/session", fields)
    assert page.status == 403
    assert page.title.startswith("Ошибка")


def test_a_token_of_another_session_is_not_ours(office, visitor):
    stranger = Visitor(office.cloud, office.relative)
    theirs = stranger.open("/cabinet/session").form().fields["_token"]
    assert visitor.post("/cabinet/session", {"_token": [theirs]}).status == 403


def test_a_form_may_be_prolonged_by_a_form_of_its_own(office, visitor):
    page = visitor.open("/cabinet/session")
    office.cloud.advance(minutes=20)
    assert "Сеанс продлён" in visitor.submit(page).text
    office.cloud.advance(minutes=20)
    assert visitor.open("/cabinet/session").status == 200
    assert timedelta(minutes=30) == IDLE


@pytest.mark.parametrize("path", ["/cabinet/nothing", "/cabinet/a/b/c/d", "/office/nothing"])
def test_an_address_without_a_page_says_so(visitor, path):
    page = visitor.open(path)
    assert page.status == 404
    assert "Такой страницы нет" in page.text


def test_nothing_from_elsewhere_runs_in_a_page(visitor):
    page = visitor.open("/cabinet")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not page.tree.xpath("//script[not(@src)] | //style | //@style | //@onclick")


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example", "//elsewhere.example", "/cabinet//x", "javascript:1"]
)
def test_sign_in_leads_to_no_other_place(target):
    from functions.portal.visit import _INSIDE  # noqa: PLC0415

    assert not _INSIDE.fullmatch(target) or "//" in target


@pytest.mark.parametrize("body", ["_token=%ff%fe", "a=" + "x" * 300_000, "&".join(["a=1"] * 3000)])
def test_a_broken_or_endless_form_is_refused_in_words(visitor, body):
    answer = visitor._ask("POST", "/cabinet/session", body)
    assert 400 <= answer.status_code < 500
    assert "<h1" in answer.text
