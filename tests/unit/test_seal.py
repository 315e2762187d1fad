"""What a QR code of ours says: one text for one seal, and no other text is taken for it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.application import NUMBER_SPACE, number_from
from casework.errors import InvalidValue
from casework.seal import Seal, Stamped, key_name, read

PAGE = "https://opora.example.org/check"
STAMPED = Stamped(
    PAGE, number_from(7), 12, "decision", "standard", date(2026, 11, 22), 48213, "ab" * 32
)
SEAL = Seal(STAMPED, "0123456789abcdef", b"\x30" + b"\x07" * 70)

stamps = st.builds(
    Stamped,
    st.sampled_from([PAGE, "http://127.0.0.1:8000/check"]),
    st.integers(0, NUMBER_SPACE - 1).map(number_from),
    st.integers(1, 999_999),
    st.sampled_from(["receipt", "decision", "ticket"]),
    st.sampled_from(["standard", "large"]),
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.integers(1, 99_999_999),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
)
seals = st.builds(
    Seal,
    stamps,
    st.binary(min_size=8, max_size=8).map(bytes.hex),
    st.binary(min_size=64, max_size=72),
)


@given(seals)
def test_what_is_sealed_is_read_back(seal):
    assert read(seal.address) == seal


@given(seals)
def test_the_signature_is_under_everything_before_the_last_dot(seal):
    assert seal.message.decode() == seal.address.rpartition(".")[0]


@given(seals, st.data())
def test_another_text_is_another_seal_or_none(seal, data):
    at = data.draw(st.integers(0, len(seal.address) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    changed = seal.address[:at] + other + seal.address[at + 1 :]
    try:
        told = read(changed)
    except InvalidValue:
        return
    assert (told == seal) == (changed == seal.address)


@given(st.text(max_size=700))
def test_any_text_is_a_seal_or_says_that_it_is_none(text):
    with pytest.raises(InvalidValue, match="unreadable_seal"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SEAL.address + "\n", id="a line end"),
        pytest.param(SEAL.text, id="no page"),
        pytest.param(SEAL.address.replace("/O1.", "/O2."), id="another format"),
        pytest.param(SEAL.address.replace("20261122", "20261322"), id="no such day"),
        pytest.param(SEAL.address.replace(STAMPED.number, "123-456-7890"), id="a wrong number"),
        pytest.param(SEAL.address.replace(".48213.", ".048213."), id="written another way"),
        pytest.param(SEAL.address.replace("https", "javascript"), id="another scheme"),
    ],
)
def test_no_seal(text):
    with pytest.raises(InvalidValue, match="unreadable_seal"):
        read(text)


def test_a_key_is_called_by_the_beginning_of_its_hash():
    assert key_name(b"") == "e3b0c44298fc1c14"
