"""The user pool of Cognito: it keeps passwords and says in its tokens who somebody is.

A person's name there is the account's id. The second factor is ours (adapters/one_time_codes.py):
no token is handed out before the code has come, and the pool's client gives none to anybody else.
"""

import base64
import json
from contextlib import suppress
from typing import Any

from casework.errors import Unavailable

_WRONG = ("NotAuthorizedException", "UserNotFoundException", "UserNotConfirmedException")
_LATER = ("TooManyRequestsException", "LimitExceededException", "InternalErrorException")


class UserPool:
    def __init__(self, client: Any, pool: str, app: str) -> None:
        """`app`: id of the pool's client that signs in for somebody (ADMIN_USER_PASSWORD_AUTH)."""
        self._client = client
        self._pool = pool
        self._app = app

    def add(self, person: str, phone: str, email: str, password: str) -> None:
        """Again, only the password and the attributes are set."""
        with suppress(self._client.exceptions.UsernameExistsException):
            self._client.admin_create_user(
                UserPoolId=self._pool, Username=person, MessageAction="SUPPRESS"
            )
        self.set_phone(person, phone)
        self.set_email(person, email, confirmed=False)
        self.set_password(person, password)

    def set_password(self, person: str, password: str) -> None:
        self._client.admin_set_user_password(
            UserPoolId=self._pool, Username=person, Password=password, Permanent=True
        )

    def set_phone(self, person: str, phone: str) -> None:
        self._set(person, phone_number=phone, phone_number_verified="true")

    def set_email(self, person: str, email: str, *, confirmed: bool) -> None:
        self._set(person, email=email, email_verified=str(confirmed).lower())

    def token(self, person: str, password: str) -> str | None:
        """An ID token, good for an hour; None when the password is not this person's.

        Raises Unavailable.
        """
        try:
            signed_in = self._client.admin_initiate_auth(
                UserPoolId=self._pool,
                ClientId=self._app,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": person, "PASSWORD": password},
            )
        except self._client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _WRONG:
                return None
            raise Unavailable() if code in _LATER else error from error
        return signed_in["AuthenticationResult"]["IdToken"]

    def works_here(self, person: str) -> bool:
        """Whether the person is in a group: of the office, or of an agency."""
        try:
            found = self._client.admin_list_groups_for_user(
                UserPoolId=self._pool, Username=person, Limit=1
            )
        except self._client.exceptions.UserNotFoundException:
            return False
        return bool(found["Groups"])

    def _set(self, person: str, **attributes: str) -> None:
        told = [{"Name": name, "Value": value} for name, value in attributes.items()]
        self._client.admin_update_user_attributes(
            UserPoolId=self._pool, Username=person, UserAttributes=told
        )


def claims_of(token: str) -> dict[str, str]:
    """What a token that we were just given by the pool itself says; lists as API Gateway writes
    them. Never of a token that came from outside: nothing is verified here."""
    body = token.split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return {name: _text(value) for name, value in told.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
