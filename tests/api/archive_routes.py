"""Every route of the archive, and what is answered to somebody who has nothing in it."""

from tests.journeys.archive_steps import PASSPORT

LOOKS = {"how": "look"}
CLOSED = [
    # (method, path, body): by a stranger, whom nobody granted anything, and by all but citizens
    ("GET", "/archive", None, 200),
    ("POST", "/archive/documents", PASSPORT | {"kind": "no_such"}, 422),
    ("GET", "/archive/documents/{document}", None, 404),
    ("POST", "/archive/documents/{document}/versions",
     {"file_name": "a.pdf", "content_type": "application/pdf"}, 404),
    ("PATCH", "/archive/documents/{document}", {"number": "1"}, 404),
    ("DELETE", "/archive/documents/{document}", None, 404),
    ("POST", "/archive/documents/{document}/look", LOOKS, 404),
    ("POST", "/archive/from-application",
     {"number": "{number}", "document": "{uploaded}", "kind": "passport"}, 404),
    ("POST", "/applications/{number}/documents/from-archive",
     {"document": "{document}", "kind": "passport"}, 404),
    ("GET", "/archive/grants", None, 200),
    ("POST", "/archive/grants", {"name": "?"}, 422),
    ("DELETE", "/archive/grants/{grant}", None, 404),
    ("GET", "/archive/log", None, 200),
    ("GET", "/archive/granted", None, 200),
    ("POST", "/archive/granted/{grant}/look", {"document": "{document}"}, 202),
]  # fmt: skip
