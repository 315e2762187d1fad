"""`opora verify` before somebody who holds a file and wonders whether it is ours."""

import hashlib
import io
import json
from datetime import date

import pytest
import typst
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from adapters.sealed_pdf import sealed
from casework.application import number_from
from casework.seal import Seal, Stamped, key_name
from opora.cli import main

PLAIN = '= Решение\n#image(bytes(json(bytes(sys.inputs.blank))), alt: "QR")'.encode()


class Signer:
    """An office's key, without KMS."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def public(self, encoding: Encoding) -> bytes:
        return self._key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)

    def seal(self, document: bytes) -> Seal:
        stamped = Stamped(
            "https://opora.example.org/check",
            number_from(7),
            12,
            "decision",
            "large",
            date(2026, 11, 22),
            len(document),
            hashlib.sha256(document).hexdigest(),
        )
        name = key_name(self.public(Encoding.DER))
        return Seal(stamped, name, self._key.sign(stamped.message(name), ec.ECDSA(SHA256())))


@pytest.fixture(scope="module")
def office() -> Signer:
    return Signer()


@pytest.fixture(scope="module")
def paper(office) -> bytes:
    blank = io.BytesIO()
    Image.new("1", (3, 3), 1).save(blank, "PNG")
    inputs = {"blank": json.dumps(list(blank.getvalue()))}
    document = typst.Compiler(PLAIN, sys_inputs=inputs).compile(format="pdf")
    return sealed(document, office.seal(document))


@pytest.fixture
def file(paper, tmp_path):
    path = tmp_path / "decision.pdf"
    path.write_bytes(paper)
    return path


@pytest.fixture
def key(office, tmp_path):
    path = tmp_path / "key.pem"
    path.write_bytes(office.public(Encoding.PEM))
    return path


def test_a_genuine_paper(file, key, capsys):
    assert main(["verify", str(file), "--key", str(key)]) == 0

    told = capsys.readouterr().out
    assert told.startswith("Genuine")
    assert number_from(7) in told


def test_as_json(file, key, capsys):
    assert main(["verify", str(file), "--key", str(key), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["genuine"], told["day"], told["print"]) == (True, "2026-11-22", "large")


def test_with_the_keys_as_the_office_publishes_them(file, office, tmp_path, capsys):
    keys = tmp_path / "keys.json"
    others = [Signer(), office]
    published = [{"public_key": signer.public(Encoding.PEM).decode()} for signer in others]
    keys.write_text(json.dumps({"keys": published}))

    assert main(["verify", str(file), "--key", str(keys)]) == 0


def test_altered(file, key, capsys):
    file.write_bytes(file.read_bytes().replace(b"/Title", b"/Tytle", 1))

    assert main(["verify", str(file), "--key", str(key)]) == 1
    assert capsys.readouterr().out.startswith("NOT GENUINE: The file was altered")


def test_a_paper_of_somebody_else(file, tmp_path, capsys):
    key = tmp_path / "other.pem"
    key.write_bytes(Signer().public(Encoding.PEM))

    assert main(["verify", str(file), "--key", str(key)]) == 1
    assert "not among those given" in capsys.readouterr().out


def test_a_seal_that_somebody_else_made_in_our_name(office, paper, key, tmp_path, capsys):
    document = paper[: paper.index(b"%%EOF") + 5]
    forger, ours = Signer(), office.seal(document)
    forged = ours._replace(signature=forger.seal(document).signature)
    file = tmp_path / "forged.pdf"
    file.write_bytes(sealed(document, forged))

    assert main(["verify", str(file), "--key", str(key)]) == 1
    assert "we did not make it" in capsys.readouterr().out


@pytest.mark.parametrize(
    "contents", [b"", b"%PDF-1.7 and no more", b"\xff\xd8 a picture"], ids=["empty", "pdf", "jpeg"]
)
def test_no_paper_of_ours(contents, file, key, capsys):
    file.write_bytes(contents)

    assert main(["verify", str(file), "--key", str(key)]) == 1
    assert "no whole seal" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("contents", "told"),
    [(b"no key", "no public key"), (b"{}", "as /check/key gives it"), (b"\xff", "PEM text")],
)
def test_a_file_that_is_no_key(contents, told, file, tmp_path, capsys):
    key = tmp_path / "key.pem"
    key.write_bytes(contents)

    assert main(["verify", str(file), "--key", str(key)]) == 2
    assert told in capsys.readouterr().err


def test_a_file_that_is_not_there(key, tmp_path, capsys):
    assert main(["verify", str(tmp_path / "none.pdf"), "--key", str(key)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_without_a_key_an_office_is_asked_for_it(file, capsys):
    assert main(["verify", str(file), "--url", "http://127.0.0.1:9"]) == 2
    assert "opora run" in capsys.readouterr().err
