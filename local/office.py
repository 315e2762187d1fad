"""People at work in the local cloud: what each does, through the API, as over the wire."""

from collections.abc import Mapping
from typing import Any

import boto3
import requests

from adapters.casebook import open_casebook, rules_of
from adapters.executions import Executions
from casework.review import next_step
from local import scans, users
from local.aws import REGION
from local.cloud import LocalCloud
from local.registries import Registries

SERVICE = "social-service-need"


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
        self, cloud: LocalCloud, name: str, groups: tuple[str, ...] = (), **attributes: str
    ) -> None:
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
        self.citizen = Caller(cloud, "citizen")
        self.officer = Caller(cloud, "officer", ("officers",), **{"custom:region": "RU-MOW"})
        self.second_officer = Caller(
            cloud, "second-officer", ("officers",), **{"custom:region": "RU-MOW"}
        )
        self.supervisor = Caller(
            cloud, "supervisor", ("officers", "supervisors"), **{"custom:region": "RU-MOW"}
        )
        known = (self.citizen, self.officer, self.second_officer, self.supervisor)
        self.people = {person.name: person for person in known} | {"agency": self.agency("A")}
        self.casebook = open_casebook(
            cloud.outputs["Applications"], boto3.client("dynamodb", REGION)
        )

    def agency(self, name: str) -> Caller:
        return Caller(self.cloud, f"{name}-clerk", ("agencies",), **{"custom:agency": name})

    # ---- the citizen ----------------------------------------------------------------------------

    def draft(self, form: Mapping[str, Any], region: str = "RU-MOW") -> str:
        """A draft with its documents uploaded and found good; gives its number."""
        begun = {"service": SERVICE, "region": region, "form": dict(form)}
        number = self.citizen.post("/applications", begun)["number"]
        for kind in needed_documents(self.citizen.get(f"/applications/{number}")):
            self.upload(number, kind)
        return number

    def apply(self, form: Mapping[str, Any], region: str = "RU-MOW") -> str:
        """Draft and submit; gives the number."""
        number = self.draft(form, region)
        self.citizen.post(f"/applications/{number}/submission")
        self.cloud.settle()
        return number

    def upload(
        self,
        number: str,
        kind: str,
        data: bytes | None = None,
        *,
        file_name: str = "scan.jpg",
        content_type: str = "image/jpeg",
    ) -> dict[str, Any]:
        """Announce a document, post the file where the answer says, and wait for the verdict."""
        new = {"kind": kind, "file_name": file_name, "content_type": content_type}
        invited = self.citizen.post(f"/applications/{number}/documents", new)
        post_file(invited, scans.good_jpeg() if data is None else data)
        self.cloud.settle()
        return self.document(number, invited["document"]["id"])

    def document(self, number: str, id_: str) -> dict[str, Any]:
        documents = self.show(number)["documents"]
        return next(document for document in documents if document["id"] == id_)

    def show(self, number: str) -> dict[str, Any]:
        return self.citizen.get(f"/applications/{number}")

    def answer(self, number: str, **answer: Any) -> dict[str, Any]:
        shown = self.citizen.post(f"/applications/{number}/answer", answer)
        self.cloud.settle()
        return shown

    def withdraw(self, number: str) -> None:
        self.citizen.post(f"/applications/{number}/withdrawal")
        self.cloud.settle()

    # ---- officers -------------------------------------------------------------------------------

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

    def drop(self, agency: str, name: str, data: bytes, service: str = SERVICE) -> str:
        """Put a file into the agency's inbox; gives the key of its report once it is there."""
        key = f"{agency}/{service}/{name}"
        self._s3().put_object(
            Bucket=self.cloud.outputs["BatchesBucket"], Key=f"inbox/{key}", Body=data
        )
        self.cloud.settle()
        return f"reports/{key}.report.csv"

    def report(self, key: str) -> str:
        found = self._s3().get_object(Bucket=self.cloud.outputs["BatchesBucket"], Key=key)
        return found["Body"].read().decode("utf-8-sig")

    def letters(self) -> list[str]:
        """Keys of the letters that wait to be printed."""
        listed = self._s3().list_objects_v2(Bucket=self.cloud.outputs["LettersBucket"])
        return [found["Key"] for found in listed.get("Contents", [])]

    # ---- the system -----------------------------------------------------------------------------

    def resume_reviews(self) -> int:
        """Start again what a restart of the process stopped: every application that is not at its
        end, from what the table says of it. Step Functions itself would never lose them."""
        numbers = self.casebook.unfinished()
        client = boto3.client("stepfunctions", REGION)
        reviews = Executions(client, self.cloud.outputs["ApplicationReview"])
        for number in numbers:
            application = self.casebook.load(number).application
            step = next_step(application, rules_of(application), self.cloud.now())
            reviews.start_review(number, step)
        return len(numbers)

    def execution(self, number: str) -> dict[str, Any]:
        return self.cloud.execution(number, "ApplicationReview")

    def _s3(self) -> Any:
        return boto3.client("s3", REGION)


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
