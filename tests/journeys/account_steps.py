"""What people do to get an account, and to get back into it."""

import re
from typing import Any

from local.office import Office, post_file
from local.scans import good_jpeg
from tests.api.people import check_problem

PHONE, EMAIL, PASSWORD = "+79991234567", "maria@example.com", "Kolokol77"


class Newcomer:
    """Somebody whom nobody made beforehand; `token` is there once he is in."""

    def __init__(self, office: Office) -> None:
        self._cloud = office.cloud
        self._office = office
        self.token: str | None = None

    def get(self, path: str) -> Any:
        return self._asked("GET", path, None).json

    def post(self, path: str, body: Any = None) -> Any:
        return self._asked("POST", path, body).json

    def refused(self, path: str, body: Any, status: int, code: str | None = None) -> None:
        answer = self._cloud.request("POST", path, token=self.token, json=body)
        check_problem(answer, status, code)

    def _asked(self, method: str, path: str, body: Any) -> Any:
        answer = self._cloud.request(method, path, token=self.token, json=body)
        assert answer.status_code < 400, answer.json
        return answer

    def asks_for_access(
        self,
        phone: str,
        said: dict[str, str],
        *,
        account_phone: str = PHONE,
        with_scan: bool = True,
    ) -> str:
        """The number of the request."""
        phones = {"phone": phone, "account_phone": account_phone}
        body = {**said, **phones, "consents_to_processing": True}
        flow = self.post("/account/access-request", body)["flow"]
        asked = {"flow": flow, "code": code_in(self._office)}
        number = [self.post("/account/access-request/code", asked)["number"] for _ in range(2)]
        assert number[0] == number[1]
        if with_scan:
            file = {"flow": flow, "file_name": "passport.jpg", "content_type": "image/jpeg"}
            post_file(self.post("/account/access-request/scan", file), good_jpeg())
            self._cloud.advance(seconds=10)
        return number[0]


def signed_up(
    office: Office,
    newcomer: Newcomer,
    *,
    phone: str = PHONE,
    email: str = EMAIL,
    confirm: bool = False,
) -> Any:
    """The account, as it is told."""
    flow = newcomer.post("/account/sign-up", {"phone": phone})["flow"]
    newcomer.post("/account/sign-up/code", {"flow": flow, "code": code_in(office)})
    end = {"flow": flow, "password": PASSWORD, "email": email, "consents_to_processing": True}
    newcomer.token = newcomer.post("/account/sign-up/password", end)["token"]
    if confirm:
        newcomer.post("/account/email-confirmation", {"token": link_in(office)})
    return newcomer.get("/account")


def scan(office: Office, newcomer: Newcomer) -> None:
    """The passport, into the own archive."""
    file = {"file_name": "p.jpg", "content_type": "image/jpeg"}
    new = {"kind": "passport", "region": "RU-MOW", **file}
    post_file(newcomer.post("/archive/documents", new), good_jpeg())
    office.cloud.advance(seconds=10)


def code_in(office: Office, *, by_mail: bool = False) -> str:
    """The code in the last message."""
    text = office.cloud.emails[-1][2] if by_mail else office.cloud.sms[-1][1]
    return re.search(r"\b[0-9]{6}\b", text)[0]


def link_in(office: Office) -> str:
    """The secret in the link of the last letter."""
    return re.search(r"/email/([\w-]+)", office.cloud.emails[-1][2])[1]
