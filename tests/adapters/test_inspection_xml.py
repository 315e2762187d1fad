"""Electronic documents in XML: known, complete, and bounded in every way."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.inspection import Verdict, inspect, xml
from tests.corpus import hostile

PROBLEMS = tomllib.loads(
    (Path(__file__).parents[2] / "services/texts/problems.toml").read_text(encoding="utf-8")
)
XML = {"application/xml"}
ATTRIBUTES = " ".join(f"a{number}='1'" for number in range(65))
NESTED = "<m:Other>" * 100_000


def judged(data: bytes) -> Verdict:
    return inspect(data, declared_type="application/xml", file_name="extract.xml", allowed=XML)


GOOD = {
    "UTF-8": hostile.extract(),
    "UTF-8 with its mark": b"\xef\xbb\xbf" + hostile.extract(),
    "windows-1251": hostile.extract(encoding="windows-1251"),
    "WINDOWS-1251": hostile.extract(encoding="WINDOWS-1251"),
    "more than we ask for": hostile.extract("<m:Signature><m:Value>MII=</m:Value></m:Signature>"),
    "a comment and CDATA": hostile.extract("<!-- a --><m:Note><![CDATA[<a>]]></m:Note>"),
    "named characters": hostile.extract("<m:Note>&lt;&amp;&#1103;</m:Note>"),
}

BAD = {
    "cut off": ("xml_not_well_formed", hostile.extract()[:-40]),
    "two roots": ("xml_not_well_formed", hostile.extract() + b"<a/>"),
    "bytes of another encoding": (
        "xml_not_well_formed",
        hostile.extract(encoding="windows-1251").replace(b'"windows-1251"', b'"utf-8"'),
    ),
    "attribute twice": ("xml_not_well_formed", hostile.extract("<m:A a='1' a='2'/>")),
    "UTF-16": ("xml_encoding", hostile.extract(encoding="utf-16")),
    "UTF-7": ("xml_encoding", hostile.extract().replace(b'"utf-8"', b'"utf-7"')),
    "koi8-r": ("xml_encoding", hostile.extract(encoding="koi8-r")),
    "a DTD": ("xml_entities", hostile.with_doctype("<!DOCTYPE a>")),
    "a DTD elsewhere": ("xml_entities", hostile.with_doctype('<!DOCTYPE a SYSTEM "https://a">')),
    "laughs": ("xml_entities", hostile.with_doctype(hostile.LAUGHS)),
    "a file": (
        "xml_entities",
        hostile.with_doctype('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    ),
    "deep": ("xml_too_deep", hostile.extract(NESTED + NESTED.replace("<", "</"))),
    "deep and never closed": ("xml_too_deep", hostile.extract(NESTED)),
    "wide": ("xml_too_large", hostile.extract("<m:A/>" * 50_000)),
    "attributes": (
        "xml_too_large",
        hostile.extract(f"<m:A {ATTRIBUTES}/>"),
    ),
    "unknown root": ("xml_unknown_schema", b'<?xml version="1.0"?><html/>'),
    "unknown namespace": (
        "xml_unknown_schema",
        hostile.extract().replace(hostile.NAMESPACE.encode(), b"urn:another"),
    ),
    "empty": ("xml_missing", hostile.extract(last_name=" \n ")),
    "left out": ("xml_missing", hostile.extract().replace(b"Group>", b"Grp>")),
    "in another place": (
        "xml_missing",
        hostile.extract("<m:Group>2</m:Group>").replace(b"Person>", b"Other>"),
    ),
}


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_a_known_document_is_accepted_as_it_is(data: bytes) -> None:
    verdict = judged(data)
    assert (verdict.accepted, verdict.defect) == (True, None)
    assert (verdict.cleaned, verdict.pages) == (data, 1)


@pytest.mark.parametrize(("defect", "data"), BAD.values(), ids=BAD)
def test_anything_else_is_refused_with_its_defect(defect: str, data: bytes) -> None:
    verdict = judged(data)
    assert verdict.defect == defect
    for language in ("ru", "en"):
        assert "{" not in PROBLEMS[defect][language].format(**verdict.details)


def test_what_is_missing_is_named() -> None:
    assert judged(hostile.extract(last_name="")).details == {"path": "Person/LastName"}


def test_with_an_application_no_xml_is_taken() -> None:
    verdict = inspect(hostile.extract(), declared_type=None, file_name="a.xml")
    assert (verdict.defect, verdict.content_type) == ("type_not_allowed", "application/xml")


def test_every_defect_that_the_reader_names_is_found_here() -> None:
    named = {word for word in xml.__doc__.split() if word.startswith("xml_")}
    assert named == {defect for defect, _ in BAD.values()}


@given(
    st.sampled_from([*GOOD.values(), BAD["laughs"][1]]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=8)), max_size=6),
    st.floats(0.3, 1),
)
@settings(max_examples=100, deadline=None)
def test_no_damage_makes_it_raise(
    data: bytes, damage: list[tuple[float, bytes]], kept: float
) -> None:
    changed = bytearray(data)
    for where, put in damage:
        place = int(where * len(changed))
        changed[place : place + len(put)] = put
    verdict = judged(bytes(changed[: int(kept * len(changed)) + 1]))
    assert verdict.accepted or verdict.defect in PROBLEMS
