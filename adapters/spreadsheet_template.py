"""A workbook to type rows into: every column is text, so no program turns a number of a document
into a sum and drops its zeros, or a day into a number."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

_OPEN = "http://schemas.openxmlformats.org/"
_MAIN, _PACKAGE = f"{_OPEN}spreadsheetml/2006/main", f"{_OPEN}package/2006"
_RELATIONS = f"{_OPEN}officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_AT_FIRST = (1980, 1, 1, 0, 0, 0)  # the same rows make the same bytes

_PLAIN = 'fontId="0" fillId="0" borderId="0"'
_TEXT_FORMAT = 49  # "@", which every program knows


def workbook(lines: Sequence[Sequence[str]]) -> bytes:
    """One sheet with these lines, the first of them held in place while one scrolls."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (_FIXED | {"xl/worksheets/sheet1.xml": _sheet(lines)}).items():
            part = zipfile.ZipInfo(name, _AT_FIRST)
            part.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(part, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return out.getvalue()


def _sheet(lines: Sequence[Sequence[str]]) -> str:
    rows = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{len(lines[0])}" width="24" style="1"/></cols>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def _cell(text: str) -> str:
    return f'<c t="inlineStr" s="1"><is><t>{escape(text)}</t></is></c>'


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


_FIXED = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
    "xl/_rels/workbook.xml.rels": _relations(
        ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        '<sheets><sheet name="Заявления" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'  # Excel wants these two
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf numFmtId="0" {_PLAIN}/></cellStyleXfs>'
        f'<cellXfs count="2"><xf numFmtId="0" {_PLAIN} xfId="0"/>'
        f'<xf numFmtId="{_TEXT_FORMAT}" {_PLAIN} xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}
