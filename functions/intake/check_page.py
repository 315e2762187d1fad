"""The page that the QR code of a paper leads to: readable on a telephone, without any script."""

from html import escape

from adapters import definitions
from functions.intake.check_bodies import CheckedPaper

STYLE = (
    "body{font:1.125rem/1.5 'PT Sans',system-ui,sans-serif;margin:0;color:#16191d;background:#fff}"
    "main{max-width:38rem;margin:0 auto;padding:1.5rem 1rem}"
    "h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}"
    ".verdict{border-left:.5rem solid;padding:.75rem 1rem;margin:0 0 1.5rem;font-weight:700}"
    ".holds{border-color:#0b6b3a;background:#eaf6ef}.not{border-color:#a3161c;background:#fbecec}"
    "dl{margin:0 0 1.5rem}dt{font-weight:700;margin-top:.75rem}dd{margin:0}"
)

HOLDS = "holds"
IN_FORCE = (HOLDS, "appealed")


def page(checked: CheckedPaper, language: str) -> str:
    words = {name: said[language] for name, said in definitions.texts("check_page").items()}
    body = _issued(checked, words) if checked.issued else _not_ours(words)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{words["heading"]}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{words['heading']}</h1>{body}</main></body></html>"
    )


def _issued(checked: CheckedPaper, words: dict[str, str]) -> str:
    holds = checked.standing in IN_FORCE
    verdict = words["holds" if holds else "holds_not"]
    facts = {"title": checked.title, "number": checked.number, "day": f"{checked.day:%d.%m.%Y}"}
    terms = (f"<dt>{words[name]}</dt><dd>{escape(told)}</dd>" for name, told in facts.items())
    more = "" if checked.standing == HOLDS else f"<p>{escape(checked.told)}</p>"
    return (
        f'<p class="verdict {"holds" if holds else "not"}">{verdict}</p>'
        f"{more}<dl>{''.join(terms)}</dl><p>{words['compare']}</p>"
    )


def _not_ours(words: dict[str, str]) -> str:
    return f'<p class="verdict not">{words["not_ours"]}</p><p>{words["not_ours_told"]}</p>'
