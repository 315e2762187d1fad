"""People who sign documents, with a certification authority of their own. All of them are invented.

Keys are made once a process: it is the making that costs time.
"""

import datetime as dt
import functools
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

NOW = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)


class Signer(NamedTuple):
    key: Any
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


@functools.cache
def authority(name: str = "Удостоверяющий центр «Пример»") -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    return Signer(key, _certificate(name, key.public_key(), name, key, NOW + YEAR, ca=True))


@functools.cache
def signer(
    kind: str = "ec", until: dt.datetime = NOW + YEAR, name: str = "Образцова Мария Ивановна"
) -> Signer:
    """With a certificate of the authority. `kind`: ec | rsa | alone (nobody vouches for it)."""
    key = (
        rsa.generate_private_key(65537, 2048)
        if kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    by = authority()
    if kind == "alone":
        return Signer(key, _certificate(name, key.public_key(), name, key, until))
    issuer = by.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    return Signer(key, _certificate(name, key.public_key(), issuer, by.key, until))


def _certificate(
    name: str, public: Any, issuer: str, key: Any, until: dt.datetime, ca: bool = False
) -> x509.Certificate:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    usage = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
            "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    usage |= {"key_cert_sign": True} if ca else {"content_commitment": True}
    return (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(NOW, until) - 2 * YEAR)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


# ---- signing ------------------------------------------------------------------------------------


@functools.cache
def pdf() -> bytes:
    from pypdf import PdfWriter  # noqa: PLC0415

    writer, made = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(made)
    return made.getvalue()


def signed_pdf(
    by: Signer, data: bytes | None = None, field: str = "Signature1", reserved: int | None = None
) -> bytes:
    """`reserved`: bytes for the signature; by default as many as it takes."""
    from asn1crypto import keys  # noqa: PLC0415
    from asn1crypto import x509 as asn1  # noqa: PLC0415
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import signers  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    der = by.certificate.public_bytes(serialization.Encoding.DER)
    key = by.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signing = signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(der),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )
    metadata = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    writer, made = IncrementalPdfFileWriter(BytesIO(data or pdf())), BytesIO()
    signers.sign_pdf(writer, metadata, signer=signing, output=made, bytes_reserved=reserved)
    return made.getvalue()


XML = "<?xml version='1.0' encoding='utf-8'?><заявление><доход>18000</доход></заявление>".encode()


def signed_xml(by: Signer, data: bytes = XML, qualified: bool = True, **how: Any) -> bytes:
    from lxml import etree  # noqa: PLC0415
    from signxml import XMLSigner  # noqa: PLC0415
    from signxml.xades import XAdESSigner  # noqa: PLC0415

    algorithm = "ecdsa-sha256" if isinstance(by.key, ec.EllipticCurvePrivateKey) else "rsa-sha256"

    class Utf8:
        def _tostring(self, xml_node, **how):
            return etree.tostring(xml_node, **{"encoding": "utf-8", **how})

    class Signing(Utf8, XAdESSigner if qualified else XMLSigner):
        """Of elements with Russian names too."""

    signing = Signing(signature_algorithm=algorithm)
    root = etree.fromstring(data)
    signed = signing.sign(root, key=by.key, cert=[by.certificate], **how)
    return etree.tostring(signed, xml_declaration=True, encoding="utf-8")


def signed_beside(by: Signer, data: bytes, *options: Any) -> bytes:
    """A detached CMS signature, DER."""
    told = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, *options]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    signing = builder.add_signer(by.certificate, by.key, hashes.SHA256())
    return signing.sign(serialization.Encoding.DER, told)


# ---- GOST, by openssl and its engine ------------------------------------------------------------


class GostSigner(NamedTuple):
    key: bytes
    certificate: bytes
    root: bytes

    def sign(self, data: bytes, *told: str) -> bytes:
        """A detached CMS signature, DER."""
        with tempfile.TemporaryDirectory() as folder:
            files = _laid(folder, key=self.key, leaf=self.certificate, data=data)
            return _openssl(
                *("cms", "-sign", "-engine", "gost", "-binary", "-outform", "DER", *told),
                *("-in", files["data"], "-inkey", files["key"], "-signer", files["leaf"]),
            )


@functools.cache
def gost_signer(bits: int = 256) -> GostSigner:
    algorithm = ("-engine", "gost", "-newkey", f"gost2012_{bits}", "-pkeyopt", "paramset:A")
    digest = f"-md_gost12_{bits}"
    with tempfile.TemporaryDirectory() as folder:
        files = _laid(folder, root_key=b"", root=b"", key=b"", request=b"")
        made = ("-nodes", "-keyout")
        _openssl(
            *("req", "-x509", *algorithm, digest, *made, files["root_key"], "-out", files["root"]),
            *("-subj", "/CN=GOST Example Authority", "-days", "3650"),
        )
        _openssl(
            *("req", "-new", *algorithm, digest, *made, files["key"], "-out", files["request"]),
            *("-subj", "/CN=Example Signer"),
        )
        leaf = _openssl(
            *("x509", "-req", "-engine", "gost", digest, "-days", "3650", "-CAcreateserial"),
            *("-in", files["request"], "-CA", files["root"], "-CAkey", files["root_key"]),
        )
        read = {name: Path(path).read_bytes() for name, path in files.items()}
    return GostSigner(read["key"], leaf, read["root"])


def _laid(folder: str, **contents: bytes) -> dict[str, str]:
    for name, content in contents.items():
        Path(folder, name).write_bytes(content)
    return {name: str(Path(folder, name)) for name in contents}


def _openssl(*told: str) -> bytes:
    return subprocess.run(["openssl", *told], capture_output=True, check=True).stdout
