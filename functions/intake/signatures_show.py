"""The report on the electronic signatures of a document, in words."""

from typing import Any

from adapters import definitions
from casework.document_signatures import FoundSignature, report_of
from casework.ports import DocumentRecord


def shown(record: DocumentRecord, language: str) -> dict[str, Any] | None:
    if record.signatures is None:
        return None
    report = report_of(record.signatures)
    words = definitions.texts("document_signatures")
    return {
        "verdict": report.verdict,
        "title": words["verdicts"][report.verdict][language],
        "signatures": [_signature(found, words, language) for found in report.signatures],
    }


def _signature(found: FoundSignature, words: dict[str, Any], language: str) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in found.__slots__ if name != "doubts"}
    return told | {
        "proven": _statements(found.proven, words["proven"], language),
        "not_proven": _statements(found.doubts, words["doubts"], language),
    }


def _statements(codes: Any, words: dict[str, Any], language: str) -> list[dict[str, str]]:
    return [{"code": code, "text": words[code][language]} for code in codes]
