"""The shapes of requests and answers about accounts: signing up and in, recovery, identity."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from casework.files import UNJUDGED
from functions.intake.bodies import Body, ScanType, Then, View, Words

Typed = Annotated[str, StringConstraints(max_length=200)]
Secret = Annotated[str, StringConstraints(min_length=20, max_length=100)]
Password = Annotated[str, StringConstraints(max_length=300)]
FlowKind = Literal["sign_up", "sign_in", "recovery", "access"]


class NewSignUp(Body):
    phone: Typed


class Login(Body):
    login: Typed = Field(description="A phone, or an e-mail address that is confirmed")


class SignIn(Login):
    password: Password


class FlowCode(Body):
    """`flow`: as the answer to the first step said it."""

    flow: Secret
    code: Typed


class CodeAgain(Body):
    kind: FlowKind
    flow: Secret


class SignUpEnd(Body):
    flow: Secret
    password: Password
    email: Typed
    consents_to_processing: bool = False


class NewPassword(Body):
    flow: Secret
    password: Password


class Email(Body):
    email: Typed


class Link(Body):
    token: Secret


class SaidPerson(Body):
    """Who somebody says he is. `snils` or `inn`: one is enough."""

    last_name: Typed
    first_name: Typed
    patronymic: Typed = ""
    birth_date: Typed
    snils: Typed = ""
    inn: Typed = ""


class SaidIdentity(SaidPerson):
    passport: Typed


class NewAccessRequest(SaidPerson):
    """`phone`: where the person is reached from now on; `account_phone`: the one of the account, if
    it is another."""

    phone: Typed
    account_phone: Typed = ""
    words: Annotated[str, StringConstraints(max_length=2000)] = ""
    consents_to_processing: bool = False


class NewScan(Body):
    flow: Secret
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    content_type: ScanType = UNJUDGED
    then: Then | None = None


class VideoCall(Body):
    words: Words = Field(description="When it suits the person")


class OpenIdAnswer(Body):
    state: Secret
    code: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class RequestAnswer(Body):
    """`account`: whose the request was found to be; `reason`: why it is refused."""

    outcome: Literal["granted", "refused"]
    account: Annotated[str, StringConstraints(max_length=128)] = ""
    reason: Literal[
        "", "not_the_same_person", "scan_unreadable", "no_such_account", "did_not_come"
    ] = ""
    checked_by: Literal["", "video", "documents"] = ""


class AccountSearch(Body):
    login: Typed = Field(description="A phone, or an e-mail address that is confirmed")


class AccountBlock(Body):
    reason: Literal["rules_broken", "stolen", "wrong_data"]


# ---- answers ------------------------------------------------------------------------------------


class FlowView(View):
    """A code is on its way, if there is anybody to send it to: the answer is the same for all."""

    flow: str
    sent_to: str | None = Field(description="Part of what was typed; null: the account's own phone")
    valid_until: datetime
    another_from: datetime


class ProvenView(View):
    """The code was right: the next step is open until then."""

    flow: str
    until: datetime


class SignedInView(View):
    """`token`: an ID token, for the header Authorization."""

    token: str
    expires_at: datetime


class DoneView(View):
    done: Literal[True] = True


class UploadInvitation(View):
    """Where the file is posted, with these fields before it (multipart/form-data)."""

    url: str
    fields: dict[str, str]


class RequestTakenView(View):
    number: str
    due: datetime = Field(description="The office answers until then")


class WayView(View):
    way: str
    title: str
    missing: list[str] = Field(description="What is to be done before, in words")


class IdentityView(View):
    way: str
    title: str
    at: datetime


class CheckView(View):
    state: Literal["asked", "matched", "mismatched"]
    title: str
    asked_at: datetime
    differs: list[str] = Field(description="What a registry holds otherwise, in words")


class OwnAccountView(View):
    state: str
    state_title: str
    phone: str
    email: str | None
    email_confirmed: bool
    may_apply: bool
    identity: IdentityView | None
    check: CheckView | None
    ways: list[WayView]


class OpenIdView(View):
    url: str = Field(description="Where the person goes to be recognised")


class ActView(View):
    kind: str
    title: str
    at: datetime
    by: str
    by_name: str | None


class AccountView(View):
    """An account as the office sees it."""

    id: str
    state: str
    state_title: str
    phone: str
    email: str | None
    block: str | None
    identity: IdentityView | None
    acts: list[ActView]


class RequestLine(View):
    number: str
    kind: str
    kind_title: str
    asked_at: datetime
    due: datetime
    overdue: bool


class RequestList(View):
    requests: list[RequestLine]


class RequestView(RequestLine):
    """`said`: what the person said of himself; `scan`: where to look at it, for five minutes."""

    phone: str
    said: dict[str, str]
    account: str | None
    scan: str | None
    scan_state: str | None
    outcome: str | None
    refusal: str | None
