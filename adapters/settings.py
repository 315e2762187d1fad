"""What the template tells every function through its environment, checked at cold start."""

import os

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True)

    applications_table: str
    uploads_bucket: str
    vault_bucket: str
    batches_bucket: str
    letters_bucket: str
    application_review: str
    appeal_review: str
    batch_intake: str
    service_provision: str
    benefit_payments: str
    transfers: str
    registry_requests: str
    scans_awaited: str
    deliveries: str
    paper_requests: str
    signature_checks: str
    operators_topic: str
    agencies_topic: str
    refunds: str
    erasures: str
    payment_page: str
    signing_page: str
    payments_secret: str
    signatures_secret: str
    codes_secret: str
    people: str
    people_client: str
    openid_issuer: str
    openid_client: str
    openid_secret: str
    seal_key: str
    check_page: str
    sender: str
    cabinet_url: str
    stack: str


def from_environment() -> Settings:
    """Raises pydantic.ValidationError naming every variable that is missing."""
    return Settings.model_validate({k.lower(): v for k, v in os.environ.items()})
