"""A simulated payment provider: people pay at its page, it tells us, and gives money back.

It names each sum it receives, seals its news, tells again what was not acknowledged, and can be
down: then nobody can pay, and what is to go back waits in the queue.
"""

import json
import uuid
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from adapters.aws import client
from adapters.payment_provider import Refund
from adapters.secret import Secret
from local.aws import Backends
from local.cloud import LocalCloud

TELL_AGAIN = timedelta(minutes=10)


class ProviderDownError(Exception):
    """Its page does not open."""


class BadPageError(Exception):
    """Somebody changed the address of the page: the seal does not fit."""


class PaymentProvider:
    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._sqs = client("sqs")
        self._secret = Secret(client("secretsmanager"), cloud.outputs["PaymentsSecret"])
        self.start_over()
        cloud.attend(self.serve_one)

    def start_over(self) -> None:
        self.down = False
        self.told: list[dict[str, str]] = []  # every news, in order
        self.given_back: dict[str, str] = {}  # amount by transaction
        self.answers: list[int] = []  # HTTP statuses of our webhook

    # ---- the page -------------------------------------------------------------------------------

    def pay(self, url: str, *, amount: str | None = None, currency: str = "RUB") -> str:
        """Somebody pays at the page; gives the transaction. `amount`: another sum than asked."""
        asked = self.asked(url)
        transaction = f"tx-{uuid.uuid4().hex}"
        self._tell("received", asked["payment"], transaction, amount or asked["amount"], currency)
        return transaction

    def fail(self, url: str) -> None:
        """The bank says no."""
        asked = self.asked(url)
        transaction = f"tx-{uuid.uuid4().hex}"
        self._tell("failed", asked["payment"], transaction, asked["amount"], asked["currency"])

    def asked(self, url: str) -> dict[str, str]:
        """What the page asks for. Raises ProviderDownError, BadPageError, KeyError."""
        if self.down:
            raise ProviderDownError
        asked = dict(parse_qsl(urlsplit(url).query))
        told = (asked["payment"], asked["amount"], asked["currency"])
        if not self._secret.is_seal(asked.pop("seal", ""), *told):
            raise BadPageError
        return asked

    # ---- news -----------------------------------------------------------------------------------

    def replay(self, position: int = -1) -> int:
        """Tell something again, as it was; gives the HTTP status."""
        return self.send(self.told[position])

    def send(self, news: dict[str, str], **headers: str) -> int:
        body = json.dumps(news)
        sealed = {"X-Payment-Seal": self.seal(body)}
        whole = {"Content-Type": "application/json", **sealed, **headers}
        answer = self._cloud.request("POST", "/payments/webhook", body=body, headers=whole)
        self.answers.append(answer.status_code)
        return answer.status_code

    def seal(self, body: str) -> str:
        """What the header with the seal of news holds now."""
        at = str(int(self._cloud.now().timestamp()))
        return f"t={at},v1={self._secret.seal(at, body)}"

    def _tell(self, kind: str, payment: str, transaction: str, amount: str, currency: str) -> None:
        news = {
            "event": f"news-{uuid.uuid4().hex}",
            "kind": kind,
            "payment": payment,
            "transaction": transaction,
            "amount": amount,
            "currency": currency,
        }
        self.told.append(news)
        self._send_until_taken(news)

    def _send_until_taken(self, news: dict[str, str]) -> None:
        if self.send(news) >= 500:
            again = self._cloud.now() + TELL_AGAIN
            self._cloud.call_at(again, lambda: self._send_until_taken(news))

    # ---- giving back ----------------------------------------------------------------------------

    def serve_one(self) -> bool:
        """Take what is to go back from the queue; each sum goes back once, however often asked."""
        queue = self._cloud.outputs["Refunds"]
        if self.down or not Backends().sqs.queues[queue.split("/")[-1]]._messages:
            return False  # looked at from the inside: a call each time would slow every day down
        found = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        messages = found.get("Messages", [])
        for message in messages:
            self._give_back(Refund(**json.loads(message["Body"])))
            self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)

    def _give_back(self, refund: Refund) -> None:
        if refund.transaction in self.given_back:
            return
        self.given_back[refund.transaction] = refund.amount
        self._tell("refunded", refund.payment, refund.transaction, refund.amount, refund.currency)
