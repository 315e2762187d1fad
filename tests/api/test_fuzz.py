"""Whatever follows the OpenAPI document, and whatever does not, gets an answer the document knows.

Requests are made from the document itself (schemathesis), with numbers of real applications among
them, for everybody who can sign in, and news of payments with the provider's seal and without. The
same requests in every run.
"""

import re
from io import BytesIO

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.office import form_of
from local.people import person
from tests.api.people import NEW, in_review, tokens
from tests.conftest import START
from tests.journeys.provision_steps import benefit, chosen, granted
from tests.template import operations

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    re.sub("(?!^)([A-Z])", r"_\1", name).lower()
    for events in operations().values()
    for name in events
]
# Their parameters are any text: there is nothing to break.
UNBREAKABLE = {"list_services", "show_service", "show_schema", "show_openapi"}
UNBREAKABLE |= {"list_regions", "show_status", "show_hotline"}
UNBREAKABLE |= {"show_check_key", "check_paper"}  # whatever is no seal of ours has its answer
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
QUICK, LONG = 4, 400  # requests an operation and kind
KINDS = [
    pytest.param(operation, mode, id=f"{operation}, {mode.value}")
    for operation in OPERATIONS
    for mode in (POSITIVE, NEGATIVE)
    if mode is POSITIVE or operation not in UNBREAKABLE
]


@pytest.fixture(scope="module")
def filled(shared_office):
    """An office with an application at every stage that an applicant or officer can meet."""
    office = shared_office
    office.cloud.reset(start=START)
    office.registries.start_over()
    draft = office.citizen.post("/applications", NEW)["number"]
    full = office.draft(form_of(person(11)))
    asked, proposed = in_review(office, 12), in_review(office, 13)
    office.ask(asked, {"code": "unclear", "field": "income"})
    office.propose_refusal(proposed, "data_wrong", explanation="Сведения расходятся.")
    theirs = office.agency("lipa").post("/applications", NEW)["number"]
    provided, paid = chosen(office), benefit(office)
    certificate = granted(office, "disability-certificate", hand_over="mfc")
    numbers = [draft, full, asked, proposed, in_review(office, 14), theirs]
    return office, [*numbers, provided, paid, certificate], tokens(office)


@pytest.fixture(scope="module")
def schema(filled):
    office, *_ = filled
    return schemathesis.openapi.from_wsgi("/openapi.json", _sealing(office))


def _sealing(office):
    """The front door; what comes with a seal, and an even number of bytes, has a good one."""

    def answer(environ, start_response):
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = BytesIO(body)
        if "HTTP_X_PAYMENT_SEAL" in environ and len(body) % 2 == 0:
            seal = office.payments.seal(body.decode(errors="replace"))
            environ["HTTP_X_PAYMENT_SEAL"] = seal
        return office.cloud.front_door(environ, start_response)

    return answer


def _fuzz(filled, schema, operation, mode, examples):
    _, numbers, signed_in = filled
    requests = schema.find_operation_by_id(operation).as_strategy(generation_mode=mode)

    @settings(
        max_examples=examples,
        deadline=None,  # time stands still
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(requests, st.sampled_from(sorted(signed_in)), st.sampled_from([*numbers, None]))
    def check(case, role, number):
        checks = [*CHECKS, negative_data_rejection]
        if number and "number" in case.path_parameters:
            case.path_parameters["number"] = number
            if case.method == "GET":
                checks = CHECKS  # nothing else was wrong with it
        if number and mode is POSITIVE and operation == "take_payment_news":
            case.body["payment"] = number
        case.headers["Authorization"] = f"Bearer {signed_in[role]}"
        case.call_and_validate(checks=checks)

    check()


@pytest.mark.parametrize(("operation", "mode"), KINDS)
def test_every_answer_is_documented(filled, schema, operation, mode):
    _fuzz(filled, schema, operation, mode, QUICK)


@pytest.mark.long
@pytest.mark.parametrize(("operation", "mode"), KINDS)
def test_every_answer_is_documented_however_long_one_tries(filled, schema, operation, mode):
    _fuzz(filled, schema, operation, mode, LONG)
