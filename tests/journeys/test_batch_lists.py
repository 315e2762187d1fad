"""An agency sends its file, follows it and reads the report; the office sees everybody's."""

import pytest
import requests

from local.agency_file import row, written
from local.office import Office, Refused, post_file


def test_a_file_is_sent_followed_and_reported(office: Office):
    ours, theirs = office.agency("lipa"), office.agency("klyon")
    new = {"service": "social-service-need", "file_name": "march.csv"}
    post_file(ours.post("/batches", new), written([row(1), row(2)]))
    office.cloud.settle()
    office.cloud.advance(minutes=5)
    (line,) = ours.get("/batches")["batches"]
    assert (line["file_name"], line["state"], line["readable"]) == ("march.csv", "reported", True)
    assert line["totals"] == {"rows": 2, "accepted": 2, "repeated": 0, "rejected": 0}
    shown = ours.get(f"/batches/{line['batch']}")
    assert (shown["parts"], shown["parts_done"]) == (1, 1)
    report = requests.get(shown["report_url"], timeout=10).content.decode("utf-8-sig")
    assert "accepted" in report or "принят" in report.lower()
    assert theirs.get("/batches?agency=lipa")["batches"] == []
    with pytest.raises(Refused, match="unknown_batch"):
        theirs.get(f"/batches/{line['batch']}")
    assert office.auditor.get("/batches")["batches"] == [line]
    assert office.officer.get("/batches?agency=klyon")["batches"] == []


@pytest.mark.parametrize("name", ["../march.csv", "march.exe", "a/b.csv", "x" * 120 + ".csv"])
def test_a_file_goes_into_its_own_inbox_and_nowhere_else(office: Office, name):
    new = {"service": "social-service-need", "file_name": name}
    with pytest.raises(Refused, match="invalid_form"):
        office.agency("lipa").post("/batches", new)
