"""Every route about accounts, by the role of whoever asks; those open to everybody are not here.

(method, path, body, statuses): of the owner, a stranger, two agencies, an officer, a supervisor.
What would succeed is tried with what is wrong in it.
"""

CLOSED = [
    ("GET", "/account", None, (200, 200, 403, 403, 403, 403)),
    ("POST", "/account/email", {"email": "?"}, (422, 422, 403, 403, 403, 403)),
    ("POST", "/account/identity/registries", {}, (422, 422, 403, 403, 403, 403)),
    ("POST", "/account/identity/video", {}, (422, 422, 403, 403, 403, 403)),
    ("POST", "/account/identity/openid", None, (409, 409, 403, 403, 403, 403)),
    ("POST", "/account/identity/openid/answer", {}, (422, 422, 403, 403, 403, 403)),
    ("GET", "/access-requests", None, (403, 403, 403, 403, 200, 200)),
    ("GET", "/access-requests/nothing", None, (403, 403, 403, 403, 404, 404)),
    ("POST", "/access-requests/nothing/answer", {"outcome": "refused"},
     (403, 403, 403, 403, 404, 404)),
    ("POST", "/accounts/search", {"login": "?"}, (403, 403, 403, 403, 404, 404)),
    ("POST", "/accounts/nothing/block", {"reason": "stolen"}, (403, 403, 403, 403, 404, 404)),
]  # fmt: skip
