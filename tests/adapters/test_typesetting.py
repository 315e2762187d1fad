"""Papers as PDFs: everything is there, readers of all kinds can read it, and text stays text."""

import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import definitions
from adapters.typesetting import REPLACEMENT, TEMPLATES, printable, typeset
from casework.errors import BadDefinition
from casework.paper_contents import Source, content
from casework.papers import Kind, Print
from tests.example_papers import CHECK_PAGE, sources

MM = 72 / 25.4
HOSTILE = {
    "markup": '#panic("x") $x$ *b* @ref <label> //c /* \\ #import "layout.typ": * `raw` = h1',
    "emoji": "Анна 😀 Мария",
    "right to left": "Анна \N{RIGHT-TO-LEFT OVERRIDE}авонавИ שלום",
    "long": "Ы" * 200,
    "lines": "Анна\r\nМария\nИвановна\tПетровна",
    "controls": "Анна\x00\x07\x1b[31m",
}


def set_(source: Source, **changed: object) -> bytes:
    return typeset(source.facts.kind, content(source) | changed, source.facts.print)


def first(kind: Kind, service: str, print_: Print = Print.STANDARD, **said: object) -> Source:
    return next(s for s in sources(service, print_, **said) if s.facts.kind == kind)


def text_of(pdf: bytes) -> str:
    """As one line; a place where a long word may be broken is no part of it."""
    pages = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", re.sub(r"[\u200b\u00ad]|-\s*\n", "", " ".join(pages)))


def told(value: object) -> Iterator[str]:
    """Every text in the content of a paper."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from () if name == "code" else told(part)
    elif isinstance(value, list):
        for part in value:
            yield from told(part)
    elif isinstance(value, str):
        yield value


# ---- every service, every kind -------------------------------------------------------------------


def left_out(source: Source, said: dict[str, object]) -> set[str]:
    """What a template does not name, and what it says only where it is so."""
    template = "".join(
        (TEMPLATES / f"{name}.typ").read_text() for name in (source.facts.kind, "layout")
    )
    unnamed = {name for name in said if f"data.{name}" not in template}
    in_appeals = {"appeal_within"} if said.get("contests") else set()
    with_a_time = {"outcome", "decided_on"} if said.get("slot") else set()
    return unnamed | in_appeals | with_a_time


@pytest.mark.parametrize("service", definitions.service_ids())
def test_every_paper_of_every_service_says_what_it_should(service: str) -> None:
    found = set()
    for source in sources(service):
        said = content(source)
        pdf = set_(source)
        text = text_of(pdf).replace(" ", "").lower()
        expected = {
            name: value for name, value in said.items() if name not in left_out(source, said)
        }
        missing = [
            line
            for told_ in told(expected)
            for line in printable(told_).split("\n")
            if re.sub(r"\s+|\u200b", "", line).lower() not in text
        ]
        assert missing == []
        assert source.facts.number in text
        found.add(source.facts.kind)
    assert {Kind.RECEIPT, Kind.REQUEST, Kind.DECISION, Kind.LEDGER} <= found


def test_every_kind_belongs_to_some_service_and_has_its_template() -> None:
    kinds = {s.facts.kind for service in definitions.service_ids() for s in sources(service)}
    assert kinds == set(Kind)
    assert {path.stem for path in TEMPLATES.glob("*.typ")} == {*Kind, "layout"}


def test_a_decision_tells_both_officers_the_figures_and_the_way_to_court() -> None:
    _, refusal = (s for s in sources("social-service-need") if s.facts.kind == Kind.DECISION)
    text = text_of(set_(refusal))
    said = ("second-officer", "Доход семьи в месяц", "обратитесь в суд", "Прожиточный минимум")
    assert [words for words in said if words not in text] == []
    assert re.search(r"не больше [\d ]+,\d\d ₽", text)


# ---- readable for everybody ----------------------------------------------------------------------


@pytest.fixture(scope="module", params=list(Print))
def readers(request: pytest.FixtureRequest) -> dict[Kind, pypdf.PdfReader]:
    """One paper of each kind."""
    services = {Kind.TICKET: "doctor-appointment", Kind.EXTRACT: "registry-extract-and-subsidy"}
    services |= {Kind.CERTIFICATE: "disability-certificate"}
    return {
        kind: pypdf.PdfReader(
            io.BytesIO(set_(first(kind, services.get(kind, "social-service-need"), request.param)))
        )
        for kind in Kind
    }


@pytest.mark.parametrize("kind", Kind)
def test_a_paper_names_itself_its_language_and_the_standards_it_keeps(
    readers: dict[Kind, pypdf.PdfReader], kind: Kind
) -> None:
    reader = readers[kind]
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "ru"
    assert "123-456-7897" in reader.metadata.title
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalog["/MarkInfo"]["/Marked"]
    xmp = catalog["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part\W+2\b", xmp)
    assert re.search(r"pdfaid:conformance\W+A\b", xmp)
    assert re.search(r"pdfuaid:part\W+1\b", xmp)


@pytest.mark.parametrize("kind", Kind)
def test_a_paper_is_tagged_with_headings_in_order_and_tables_with_headers(
    readers: dict[Kind, pypdf.PdfReader], kind: Kind
) -> None:
    tags = [tag for tag, _ in _tags(readers[kind].trailer["/Root"]["/StructTreeRoot"])]
    headings = [int(tag[1]) for tag in tags if re.fullmatch(r"H[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert tags.count("Table") <= tags.count("TH")
    assert "Link" in tags


@pytest.mark.parametrize("kind", Kind)
def test_its_one_picture_is_the_place_of_the_code_on_the_first_page(
    readers: dict[Kind, pypdf.PdfReader], kind: Kind
) -> None:
    reader = readers[kind]
    pictures = [o for o in _objects(reader) if o.get("/Subtype") == "/Image"]
    assert [(p["/Width"], p["/Height"]) for p in pictures] == [(1, 1)]
    figures = [
        node for tag, node in _tags(reader.trailer["/Root"]["/StructTreeRoot"]) if tag == "Figure"
    ]
    assert [figure["/Alt"] for figure in figures] == ["QR-код для проверки этого документа"]


@pytest.mark.parametrize("print_", Print)
def test_the_place_of_the_code_is_34_mm_wide_and_always_the_same(print_: Print) -> None:
    boxes = {
        _picture(set_(first(kind, "social-service-need", print_))) for kind in ("receipt", "ledger")
    }
    ((left, bottom, right, top),) = boxes
    assert right - left == pytest.approx(34 * MM, abs=1)
    assert top - bottom == pytest.approx(34 * MM, abs=1)


@pytest.mark.parametrize("kind", Kind)
def test_every_font_is_embedded(readers: dict[Kind, pypdf.PdfReader], kind: Kind) -> None:
    described = [o for o in _objects(readers[kind]) if o.get("/Type") == "/FontDescriptor"]
    assert described
    for font in described:
        assert "PTSans" in font["/FontName"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & font.keys()


def test_print_is_large_enough() -> None:
    for print_, points in ((Print.STANDARD, 12), (Print.LARGE, 18)):
        source = first(Kind.DECISION, "social-service-need", print_)
        sizes = _sizes(set_(source))
        assert max(set(sizes), key=sizes.count) == points
        assert min(sizes) >= points * 0.9


def test_the_address_of_the_check_can_be_followed() -> None:
    reader = pypdf.PdfReader(io.BytesIO(set_(first(Kind.RECEIPT, "child-benefits"))))
    links = [a.get_object()["/A"]["/URI"] for a in reader.pages[0]["/Annots"]]
    assert set(links) == {CHECK_PAGE}


# ---- text stays text -----------------------------------------------------------------------------


@pytest.mark.parametrize("written", HOSTILE.values(), ids=HOSTILE)
def test_what_people_write_stays_text(written: str) -> None:
    source = first(Kind.CERTIFICATE, "disability-certificate", last_name=written)
    text = text_of(set_(source)).replace(" ", "")
    for line in printable(written).split("\n"):
        assert re.sub(r"\s+|\u200b", "", line) in text


def test_what_cannot_be_printed_is_seen_to_be_missing() -> None:
    assert printable("Анна 😀") == f"Анна {REPLACEMENT}"
    assert printable("a\N{RIGHT-TO-LEFT OVERRIDE}b") == "ab"
    assert printable("שלום") == REPLACEMENT * 4
    assert printable("и\u0306") == "й"
    assert printable("1\u202f000 ₽ № «ёж»") == "1\xa0000 ₽ № «ёж»"


RECEIPT = content(first(Kind.RECEIPT, "child-benefits"))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_can_be_set(long: str, short: str) -> None:
    said = {"person": long, "service": short, "documents": [short, long], "office": short}
    assert typeset("receipt", RECEIPT | said, Print.LARGE).startswith(b"%PDF-")


@given(st.text(max_size=300))
def test_printable_text_is_printable(text: str) -> None:
    assert printable(printable(text)).replace("\u200b", "") == printable(text).replace("\u200b", "")


def test_the_same_event_gives_the_same_bytes() -> None:
    assert len({set_(first(Kind.DECISION, "child-benefits")) for _ in range(3)}) == 1


def test_a_template_that_asks_for_what_is_not_there_says_so() -> None:
    with pytest.raises(BadDefinition) as raised:
        typeset("receipt", {name: RECEIPT[name] for name in RECEIPT if name != "terms"}, "standard")
    assert raised.value.details["kind"] == "receipt"
    assert "terms" in json.dumps(raised.value.details)


# ---- reading a PDF -------------------------------------------------------------------------------


def _objects(reader: pypdf.PdfReader) -> Iterator[dict]:
    for number in range(1, len(reader.xref[0]) + 1):
        found = reader.get_object(number)
        if isinstance(found, dict):
            yield found


def _tags(node: object) -> Iterator[tuple[str, dict]]:
    """Of the structure tree, from the top."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for kid in node:
            yield from _tags(kid)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"].removeprefix("/"), node
        yield from _tags(node.get("/K", []))


def _picture(pdf: bytes) -> tuple[float, ...]:
    page = pypdfium2.PdfDocument(pdf)[0]
    (picture,) = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    return tuple(round(side, 1) for side in picture.get_bounds())


def _sizes(pdf: bytes) -> list[float]:
    """The size of each piece of text on the first page, in points."""
    sizes: list[float] = []

    def visit(text: str, _: object, matrix: list[float], __: object, size: float) -> None:
        if text.strip():
            sizes.append(round(size * abs(matrix[3]), 1))

    pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    return sizes
