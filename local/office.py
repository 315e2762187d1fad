"""People at work in the local cloud: what each does, through the API, as over the wire."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from adapters import definitions
from adapters.aws import client
from adapters.casebook import open_casebook, rules_of
from adapters.executions import Executions, step_payload
from casework.application import Application
from casework.review import next_step
from local import openid_provider, scans, users
from local.bank import Bank
from local.cloud import LocalCloud
from local.identity_provider import IdentityProvider
from local.payment_provider import PaymentProvider
from local.registries import Registries
from local.scanner import TAKES, Scanner

SERVICE = "social-service-need"
PROVIDERS = Path(__file__).parent / "providers.toml"


class Refused(Exception):
    """The API answered with a problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        super().__init__(f"{status} {problem}")

    @property
    def code(self) -> str:
        return self.problem["code"]

    @property
    def fields(self) -> dict[str, str]:
        """Code by field."""
        return {error["field"]: error["code"] for error in self.problem.get("errors", [])}


class Caller:
    """Somebody signed in. A token lives an hour of virtual time, so each call takes a fresh one."""

    def __init__(
        self, cloud: LocalCloud, name: str, /, groups: tuple[str, ...] = (), **attributes: str
    ) -> None:
        """`name`: the id; the attribute `name` is what people are called."""
        self._cloud = cloud
        self.name = name
        self._groups = groups
        self._attributes = attributes

    def token(self) -> str:
        return self._cloud.sign_in(self.name, self._groups, self._attributes)

    def get(self, path: str) -> Any:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        return self._call("POST", path, body, {"Idempotency-Key": key} if key else {})

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("PATCH", path, body, {})

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path, None, {})

    def confirmed(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Any:
        """Ask, read the code from the SMS, and ask again with it."""
        headers = {"Idempotency-Key": key} if key else {}
        self._call(method, path, body, headers)
        return self._call(method, path, body, {**headers, "One-Time-Code": self.code()})

    @property
    def phone(self) -> str:
        return users.verified_phone(self.name)["phone_number"]

    def code(self) -> str:
        """The one-time code in the last SMS to this person."""
        text = [text for number, text in self._cloud.sms if number == self.phone][-1]
        return re.search(r"\b[0-9]{6}\b", text)[0]

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        answer = self._cloud.request(method, path, token=self.token(), json=body, headers=headers)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json)
        return answer.json


class Office:
    """One cloud with its registries and the people who use it."""

    password = users.PASSWORD

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.registries = Registries(cloud)
        self.scanner = Scanner(cloud)
        self.payments = PaymentProvider(cloud)
        self.identity_provider = IdentityProvider(cloud)
        self.bank = Bank(cloud)
        self.openid = openid_provider.open_for(cloud)
        self.citizen = Caller(cloud, "citizen")
        self.relative = Caller(cloud, "relative")
        self.officer = _at_work(cloud, "officer", "Петрова Мария Сергеевна", "officers")
        self.second_officer = _at_work(cloud, "second-officer", "Соколов Андрей Ильич", "officers")
        # An appeal needs two who had no part in the decision.
        self.third_officer = _at_work(cloud, "third-officer", "Ким Елена Викторовна", "officers")
        self.supervisor = _at_work(
            cloud, "supervisor", "Громова Ольга Павловна", "officers", "supervisors"
        )
        self.expert = _at_work(cloud, "expert", "Лебедев Павел Олегович", "experts")
        self.auditor = _at_work(cloud, "auditor", "Зимина Вера Андреевна", "auditors")
        self.experts_at_work = True  # who judges each document as it comes, and finds it good
        officers = (self.officer, self.second_officer, self.third_officer, self.supervisor)
        officers = (*officers, self.expert, self.auditor)
        self.people = {person.name: person for person in (self.citizen, self.relative, *officers)}
        self.people["agency"] = self.agency("A")
        self.casebook = open_casebook(cloud.outputs["Applications"], client("dynamodb"))

    def enrol(self) -> None:
        """Everybody signs in once: from then on the pages know them by phone and password, too."""
        for person in self.people.values():
            person.token()

    def agency(self, name: str) -> Caller:
        return Caller(self.cloud, f"{name}-clerk", ("agencies",), **{"custom:agency": name})

    # ---- the citizen ----------------------------------------------------------------------------

    def draft(self, form: Mapping[str, Any], region: str = "RU-MOW", service: str = SERVICE) -> str:
        """A draft with its documents uploaded and found good; gives its number."""
        begun = {"service": service, "region": region, "form": dict(form)}
        number = self.citizen.post("/applications", begun)["number"]
        for kind in needed_documents(self.citizen.get(f"/applications/{number}")):
            self._send(number, kind, scans.good_jpeg())
        self._wait_for_verdict()
        return number

    def apply(self, form: Mapping[str, Any], region: str = "RU-MOW", service: str = SERVICE) -> str:
        """Draft, pay what is due, and submit; gives the number."""
        number = self.draft(form, region, service)
        if (fee := self.show(number)["fee"]) and not fee["paid"]:
            self.pay(number)
        self.submit(number)
        return number

    def submit(self, number: str) -> None:
        """Signed, where the service takes a signature; experts then judge the documents."""
        signed = self._signed(number, "submission")
        submitted = self.citizen.post(f"/applications/{number}/submission", signed)
        self.cloud.settle()
        self._experts_judge(number, submitted["documents"])

    def pay(self, number: str) -> str:
        """Pay the fee at the provider's page; gives the transaction."""
        asked = self.citizen.post(f"/applications/{number}/payment")
        transaction = self.payments.pay(asked["url"])
        self.cloud.settle()
        return transaction

    def sign(
        self, number: str, act: str, form: Mapping[str, Any] | None = None, provider: str = ""
    ) -> dict[str, str]:
        """The citizen's signature under the act; `form` or `provider` as it will be sent."""
        asked = {"act": act, "form": dict(form or {}), "provider": provider}
        shown = self.citizen.post(f"/applications/{number}/signing", asked)
        return self.identity_provider.sign(self.citizen.name, shown["sha256"])

    def _signed(
        self, number: str, act: str, form: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """What goes with the act into the body."""
        application = self.show(number)
        drafted = application["stage"] == "draft" and act != "submission"
        if drafted or not definitions.service(application["service"]).signed:
            return {}
        return {"signature": self.sign(number, act, form)}

    def upload(
        self,
        number: str,
        kind: str,
        data: bytes | None = None,
        *,
        file_name: str = "scan.jpg",
        content_type: str = "image/jpeg",
        replaces: str | None = None,
    ) -> dict[str, Any]:
        """Announce a document, post the file where the answer says, and wait for the verdict."""
        data = scans.good_jpeg() if data is None else data
        id_ = self._send(number, kind, data, file_name, content_type, replaces)
        self._wait_for_verdict()
        self._experts_judge(number, [self.document(number, id_)])
        return self.document(number, id_)

    def _wait_for_verdict(self) -> None:
        """The inspection's comes at once, and the scanner's in a moment when it does as usual."""
        self.cloud.advance(seconds=TAKES.total_seconds())

    def _send(
        self,
        number: str,
        kind: str,
        data: bytes,
        file_name="scan.jpg",
        content_type="image/jpeg",
        replaces: str | None = None,
    ) -> str:
        """Announce and post a document; gives its id."""
        new = {"kind": kind, "file_name": file_name, "content_type": content_type}
        new |= {"replaces": replaces} if replaces else {}
        invited = self.citizen.post(f"/applications/{number}/documents", new)
        post_file(invited, data)
        return invited["document"]["id"]

    def document(self, number: str, id_: str) -> dict[str, Any]:
        documents = self.show(number)["documents"]
        return next(document for document in documents if document["id"] == id_)

    def show(self, number: str) -> dict[str, Any]:
        return self.citizen.get(f"/applications/{number}")

    def answer(self, number: str, **answer: Any) -> dict[str, Any]:
        signed = self._signed(number, "answer", answer.get("form"))
        shown = self.citizen.post(f"/applications/{number}/answer", {**signed, **answer})
        self.cloud.settle()
        return shown

    def withdraw(self, number: str) -> None:
        signed = self._signed(number, "withdrawal")
        self.citizen.post(f"/applications/{number}/withdrawal", signed)
        self.cloud.settle()

    # ---- what follows an approval ---------------------------------------------------------------

    def load_providers(self) -> None:
        """Those of providers.toml, put into the list by an officer."""
        for provider in tomllib.loads(PROVIDERS.read_text())["providers"]:
            self.officer.post("/providers", provider)

    def propose_programme(self, number: str, *lines: Mapping[str, Any], review_on: str) -> None:
        proposed = {"lines": [dict(line) for line in lines], "review_on": review_on}
        self.officer.post(f"/applications/{number}/programme", proposed)
        self.cloud.settle()

    def agree(self, number: str, wishes: str | None = None) -> None:
        """Or not, and say what should be otherwise."""
        signed = {} if wishes else self._signed(number, "agreement")
        answer = {"agrees": wishes is None, "wishes": wishes, **signed}
        self.citizen.post(f"/applications/{number}/agreement", answer)
        self.cloud.settle()

    def choose(self, number: str, provider: str) -> None:
        signature = self.sign(number, "provider", provider=provider)
        chosen = {"provider": provider, "signature": signature}
        self.citizen.post(f"/applications/{number}/provider", chosen)
        self.cloud.settle()

    def record(
        self, number: str, line: int, event: str, on: str, result: str | None = None
    ) -> None:
        told = {"line": line, "event": event, "on": on, "result": result}
        self.officer.post(f"/applications/{number}/service-event", told)
        self.cloud.settle()

    # ---- officers -------------------------------------------------------------------------------

    def judge(
        self, number: str, document: str, verdict: str = "conforming", *defects: str, **more: str
    ) -> None:
        """As an expert; `more`: a note to the applicant."""
        given = {"verdict": verdict, "defects": list(defects), **more}
        self.expert.post(f"/applications/{number}/documents/{document}/check", given)
        self.cloud.settle()

    def _experts_judge(self, number: str, documents: list[dict[str, Any]]) -> None:
        for document in documents if self.experts_at_work else ():
            if document["awaits_expert"]:
                self.judge(number, document["id"])

    def ask(self, number: str, *gaps: dict[str, str], message: str | None = None) -> None:
        asked = {"gaps": list(gaps)} | ({"message": message} if message else {})
        self.officer.post(f"/applications/{number}/question", asked)
        self.cloud.settle()

    def approve(self, number: str, explanation: str | None = None) -> None:
        proposal = {"outcome": "approved", "explanation": explanation}
        self.officer.post(f"/applications/{number}/proposal", proposal)
        self.cloud.settle()

    def propose_refusal(self, number: str, *reasons: str, explanation: str | None = None) -> None:
        proposal = {"outcome": "refused", "reasons": list(reasons), "explanation": explanation}
        self.officer.post(f"/applications/{number}/proposal", proposal)
        self.cloud.settle()

    def confirm(self, number: str, agrees: bool = True, explanation: str | None = None) -> None:
        given = {"agrees": agrees, "explanation": explanation}
        self.second_officer.post(f"/applications/{number}/confirmation", given)
        self.cloud.settle()

    # ---- agencies -------------------------------------------------------------------------------

    def drop(
        self,
        agency: str,
        name: str,
        data: bytes,
        service: str = SERVICE,
        *,
        dry_run: bool = False,
    ) -> str:
        """Put a file into the agency's inbox; gives the key of its report once it is there."""
        key = f"{agency}/{service}/{'dry-run/' if dry_run else ''}{name}"
        client("s3").put_object(
            Bucket=self.cloud.outputs["BatchesBucket"], Key=f"inbox/{key}", Body=data
        )
        self.cloud.settle()
        return f"reports/{key}.report.csv"

    def report(self, key: str) -> str:
        found = client("s3").get_object(Bucket=self.cloud.outputs["BatchesBucket"], Key=key)
        return found["Body"].read().decode("utf-8-sig")

    def letters(self) -> list[str]:
        """Keys of the letters that wait to be printed."""
        listed = client("s3").list_objects_v2(Bucket=self.cloud.outputs["LettersBucket"])
        return [found["Key"] for found in listed.get("Contents", [])]

    # ---- the system -----------------------------------------------------------------------------

    def resume_reviews(self) -> int:
        """Start again what a restart of the process stopped: every application that is not at its
        end, from what the table says of it. Step Functions itself would never lose them."""
        numbers = self.casebook.unfinished()
        for number in numbers:
            application = self.casebook.load(number).application
            reviews = Executions(
                client("stepfunctions"), self.cloud.outputs[_machine_of(application)]
            )
            step = next_step(application, rules_of(application), self.cloud.now())
            reviews.start_review(number, step, application.execution)
        self._resume_provisions()
        self.scanner.scan_everything()
        return len(numbers)

    def _resume_provisions(self) -> None:
        provisions = Executions(client("stepfunctions"), self.cloud.outputs["ServiceProvision"])
        for number in self.casebook.unfinished(provided=True):
            application = self.casebook.load(number).application
            step = next_step(application, rules_of(application), self.cloud.now())
            provisions.start(number, step_payload(number, step))

    def execution(self, number: str) -> dict[str, Any]:
        application = self.casebook.load(number).application
        return self.cloud.execution(application.execution, _machine_of(application))


def _at_work(cloud: LocalCloud, id_: str, name: str, *groups: str) -> Caller:
    """Somebody of the office, by the name that the user pool knows."""
    return Caller(cloud, id_, groups, **{"name": name, "custom:region": "RU-MOW"})


def _machine_of(application: Application) -> str:
    return "AppealReview" if application.contests else "ApplicationReview"


def needed_documents(draft: Mapping[str, Any]) -> list[str]:
    """Kinds that a draft still lacks, as its problems tell."""
    return [
        problem["field"].removeprefix("documents.")
        for problem in draft["problems"]
        if problem["code"] == "document_missing"
    ]


def post_file(invited: Mapping[str, Any], data: bytes) -> None:
    """What a browser does with the answer to an announcement."""
    sent = requests.post(invited["url"], data=invited["fields"], files={"file": data}, timeout=10)
    sent.raise_for_status()


def form_of(person: Mapping[str, Any], **known: Any) -> dict[str, Any]:
    """The form of an invented person who lives alone on a small pension; `known` replaces."""
    names = (
        "last_name",
        "first_name",
        "patronymic",
        "birth_date",
        "snils",
        "inn",
        "passport",
        "phone",
        "email",
        "postcode",
    )
    return (
        {name: person[name] for name in names}
        | {
            "notify_by": "sms",
            "registration_address": person["address"],
            "lives_at_registration": True,
            "category": "low_income",
            "emergency": False,
            "income": "180000",
            "consents_to_processing": True,
            "confirms_truth": True,
        }
        | known
    )
