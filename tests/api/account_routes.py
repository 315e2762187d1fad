"""Every route for what people set up for themselves, by the role of whoever asks.

(method, path, body, statuses): of the owner, a stranger, two agencies, an officer, a supervisor.
What would succeed is tried with what is wrong in it.
"""

from tests.api.people import MISSING as NOBODYS

CLOSED = [
    ("GET", "/profile", None, (200, 200, 403, 403, 403, 403)),
    ("GET", "/profile/schema", None, (200, 200, 403, 403, 403, 403)),
    ("PATCH", "/profile", {"version": 9, "values": {}}, (409, 409, 403, 403, 403, 403)),
    ("GET", f"/applications/{NOBODYS}/prefill", None, (404, 404, 403, 403, 403, 403)),
    ("GET", "/representations", None, (200, 200, 403, 403, 403, 403)),
    ("POST", "/representations", {"kind": "parent"}, (422, 422, 403, 403, 403, 403)),
    ("GET", "/representations/queue", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/representations/nothing", None, (404, 404, 403, 403, 404, 404)),
    ("DELETE", "/representations/nothing", None, (404, 404, 403, 403, 403, 403)),
    # Nothing is done without the code.
    ("POST", "/representations/nothing/acceptance", None, (202, 202, 403, 403, 403, 403)),
    ("POST", "/representations/nothing/look", None, (403, 403, 403, 403, 404, 404)),
    ("POST", "/representations/nothing/confirmation", {"confirms": True},
     (403, 403, 403, 403, 404, 404)),
    ("GET", "/notification-preferences", None, (200, 200, 403, 403, 403, 403)),
    ("PATCH", "/notification-preferences", {"version": 9, "chosen": {}},
     (409, 409, 403, 403, 403, 403)),
    ("GET", "/support", None, (200, 200, 200, 200, 403, 403)),
    ("GET", "/support/queue", None, (403, 403, 403, 403, 200, 200)),
    ("POST", "/support", {"topic": "weather", "text": "?"}, (422, 422, 422, 422, 403, 403)),
    ("GET", f"/support/{NOBODYS}", None, (404, 404, 404, 404, 404, 404)),
    ("POST", f"/support/{NOBODYS}/message", {"text": "?"}, (404, 404, 404, 404, 403, 403)),
    ("POST", f"/support/{NOBODYS}/answer", {"text": "!"}, (403, 403, 403, 403, 404, 404)),
    ("POST", f"/support/{NOBODYS}/closing", None, (404, 404, 404, 404, 404, 404)),
]  # fmt: skip
