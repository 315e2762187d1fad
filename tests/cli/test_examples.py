"""The files that the walkthrough uses are as it says."""

from pathlib import Path

from adapters.inspection import inspect
from opora.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"


def test_the_example_form_is_good(capsys):
    assert main(["validate", "social-service-need", str(EXAMPLES / "form.json")]) == 0
    assert capsys.readouterr().out == "no problems\n"


def test_the_example_rows_have_one_wrong_snils(capsys):
    assert main(["validate", "social-service-need", str(EXAMPLES / "rows.csv")]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[:3] == ["4", "snils", "snils_check_digits"]


def test_the_example_scan_is_accepted():
    data = (EXAMPLES / "scan.png").read_bytes()
    verdict = inspect(data, declared_type="image/png", file_name="scan.png", dpi_at_least=300)
    assert verdict.accepted
