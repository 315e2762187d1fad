"""Anybody who has a paper of ours in hand learns whether it is ours and still holds, and no more of
the person than the paper says."""

import base64
import hashlib
import html
import io
import re
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

import boto3
import pypdf
import pypdfium2
import pytest
import requests
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sealed_pdf import seal_in
from adapters.seals import SealKey
from casework.application import number_from
from casework.seal import FORMAT, LONGEST, Seal, read
from local.aws import REGION
from local.office import Office, form_of
from local.people import person
from tests.conftest import START

APPLICANT = form_of(person(3))
NOT_OURS = {"issued": False}


class Paper(NamedTuple):
    """A receipt in large print, as its owner has downloaded it."""

    office: Office
    number: str
    pdf: bytes

    @property
    def seal(self) -> Seal:
        return seal_in(self.pdf)

    def check(self, seal: str, accept: str = "application/json", language: str = "ru") -> Any:
        headers = {"Accept": accept, "Accept-Language": language}
        return self.office.cloud.request("GET", f"/check/{seal}", headers=headers)


@pytest.fixture(scope="module")
def paper(shared_office: Office) -> Paper:
    """Only read from here on: the tests of this module share it."""
    office = shared_office
    office.cloud.reset(start=START)
    office.registries.start_over()
    number = office.apply(APPLICANT)
    path = f"/applications/{number}/papers"
    listed = office.citizen.get(path)["papers"]
    name = next(shown["paper"] for shown in listed if shown["print"] == "large")
    told = office.citizen.get(f"{path}/{name}")
    return Paper(office, number, requests.get(told["url"], timeout=10).content)


def bare(answer: Any) -> Any:
    """What is said, without what is left unsaid."""
    assert answer.status_code == 200
    return {name: value for name, value in answer.json.items() if value is not None}


def keys(paper: Paper) -> dict[str, ec.EllipticCurvePublicKey]:
    found = paper.office.cloud.request("GET", "/check/key").json["keys"]
    assert {key["algorithm"] for key in found} == {"ECDSA P-256, SHA-256"}
    return {key["name"]: load_pem_public_key(key["public_key"].encode()) for key in found}


# ---- a paper of ours -----------------------------------------------------------------------------


def test_the_file_bears_a_seal_that_the_published_key_verifies(paper: Paper) -> None:
    seal, published = paper.seal, keys(paper)
    published[seal.key].verify(seal.signature, seal.message, ec.ECDSA(SHA256()))
    assert (seal.stamped.number, seal.stamped.kind, seal.stamped.print) == (
        paper.number, "receipt", "large",
    )  # fmt: skip
    with pytest.raises(InvalidSignature):
        published[seal.key].verify(seal.signature, seal.message + b".", ec.ECDSA(SHA256()))


def test_the_code_leads_to_the_page_that_the_paper_names(paper: Paper) -> None:
    text = pypdf.PdfReader(io.BytesIO(paper.pdf)).pages[0].extract_text()
    assert paper.seal.stamped.page in text.replace("\n", "")
    with pypdfium2.PdfDocument(paper.pdf) as opened:
        (code,) = zxingcpp.read_barcodes(opened[0].render(scale=150 / 72).to_pil())
    assert code.text == f"{paper.seal.stamped.page}/{paper.seal.text}"


def test_what_is_told_of_it(paper: Paper) -> None:
    assert bare(paper.check(paper.seal.text)) == {
        "issued": True,
        "number": paper.number,
        "kind": "receipt",
        "title": "Расписка о приёме заявления",
        "day": "2026-03-02",
        "standing": "holds",
        "told": "Документ действует.",
    }


def test_the_same_as_a_page(paper: Paper) -> None:
    answer = paper.check(paper.seal.text, "text/html,application/xhtml+xml;q=0.9")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert '<html lang="ru">' in page
    for said in ("Он действует.", paper.number, "02.03.2026", "Расписка о приёме заявления"):
        assert said in page
    assert 'class="verdict holds"' in page
    english = paper.check(paper.seal.text, "text/html", "en").get_data(as_text=True)
    assert '<html lang="en">' in english
    assert not re.search("[а-яё]", english)


def test_nothing_runs_in_the_page_but_its_own_style(paper: Paper) -> None:
    for seal in (paper.seal.text, "nobody's"):
        answer = paper.check(seal, "text/html")
        (style,) = re.findall("<style>(.*?)</style>", answer.get_data(as_text=True), re.DOTALL)
        known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        rules = answer.headers["Content-Security-Policy"].split("; ")
        assert rules[:2] == ["default-src 'none'", f"style-src 'sha256-{known}'"]
        assert {"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} < set(rules)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_learns_from_it_who_applied(paper: Paper) -> None:
    """Whatever the form says but for what any other form might say, too ("да", a year)."""
    said = [text for text in map(str, APPLICANT.values()) if len(text) > 4]
    assert len(said) > 10
    for accept in ("application/json", "text/html"):
        told = html.unescape(paper.check(paper.seal.text, accept).get_data(as_text=True))
        assert [text for text in [*said, paper.office.citizen.name] if text in told] == []


# ---- what is not ours ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_changed_by_one_sign_it_is_not_ours(paper: Paper, data: st.DataObject) -> None:
    seal = paper.seal.text
    at = data.draw(st.integers(0, len(seal) - 1))
    signs = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-."
    sign = data.draw(st.sampled_from(signs).filter(lambda sign: sign != seal[at]))
    assert bare(paper.check(seal[:at] + sign + seal[at + 1 :])) == NOT_OURS


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param({"number": number_from(7)}, id="a number that is nobody's"),
        pytest.param({"kind": "decision"}, id="another kind"),
        pytest.param({"event": 1}, id="another event"),
        pytest.param({"day": date(2026, 3, 3)}, id="another day"),
        pytest.param({}, id="the same again, as it would be drawn after a crash"),
    ],
)
def test_our_signature_alone_does_not_make_a_paper(paper: Paper, altered: dict[str, Any]) -> None:
    """Signed with our own key, and not what the history says was issued."""
    key = SealKey(boto3.client("kms", REGION), paper.office.cloud.outputs["SealKey"])
    seal = key.seal(paper.seal.stamped._replace(**altered))
    assert read(seal.address) == seal
    assert bare(paper.check(seal.text)) == NOT_OURS


def test_the_page_says_what_to_do_about_it(paper: Paper) -> None:
    page = paper.check("O1.nobody's", "text/html").get_data(as_text=True)
    assert 'class="verdict not"' in page
    assert "Документ действует" not in page
    assert "dl" not in re.findall(r"<(\w+)", page)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert('1')>",
        "..%2f..%2fetc%2fpasswd",
        "../../applications",
        "O1.\x00.12",
        "печать",
        "{{7*7}}",
        f"{FORMAT}.",
        "О1.123-456-7897.1.receipt.standard",  # its first letter is Cyrillic
        "\N{RIGHT-TO-LEFT OVERRIDE}1O",
        "x" * LONGEST,
        "x" * 8000,
    ],
)
def test_whatever_is_asked_for_is_no_more_than_unknown(paper: Paper, text: str) -> None:
    for accept in ("application/json", "text/html"):
        answer = paper.check(quote(text, safe=""), accept)
        told = answer.get_data(as_text=True)
        assert (answer.status_code, answer.mimetype) == (200, accept)
        assert text not in told
        assert text not in html.unescape(told)
