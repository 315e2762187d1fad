"""The OpenAPI document, made from the operations themselves: it cannot tell of another API."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from casework.one_time_codes import DIGITS
from functions.intake.http import ACTING_HEADER, CODE_HEADER, PROBLEM, CodeSent, Operation

PATH_PARAMETERS = {
    "number": {"type": "string", "pattern": r"^\d{3}-\d{3}-\d{4}$", "example": "123-456-7890"},
    "service": {"type": "string", "example": "social-service-need"},
    "document": {"type": "string", "example": "5f0c2a9be1d34c7788aa5f0c2a9be1d3"},
    "grant": {"type": "string", "example": "8f14e45fceea467a9b1d2c3e4f5a6b7c"},
    "view": {"type": "string", "example": "5f0c2a9be1d3"},
    "batch": {"type": "string", "example": "5f0c2a9be1d34c7788aa5f0c2a9be1d3"},
    "representation": {"type": "string", "example": "c9f0f895fb98ab9159f51fd0297e236d"},
    "slot": {"type": "string", "example": "5f0c2a9be1d34c7788aa"},
    "paper": {"type": "string", "example": "decision-24-large"},
    "account": {"type": "string", "example": "8f14e45fceea467a9b1d2c3e4f5a6b7c"},
    "entry": {"type": "string", "example": "1234-5678-9012"},
    "seal": {"type": "string", "pattern": r"^O1\.", "example": "O1.123-456-7897.12.receipt..."},
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457; `errors` names each field, what is wrong and how to mend it.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}


FORM = "Form."
"""Before the id of a service: the name of its form's schema."""


def document(
    operations: Iterable[Operation], forms: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """`forms`: JSON Schema of each service's form, by the id of the service."""
    operations = sorted(operations, key=lambda operation: (operation.path, operation.method))
    models = {model for o in operations for model in (o.body, o.returns) if model}
    models |= {CodeSent for o in operations if o.confirmed_by_code}
    names, schemas = _schemas(models)
    _point_to_forms(schemas["NewApplication"], forms)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _operation(operation, names)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Opora",
            "version": "1",
            "description": "Applications for social services: from the draft to the decision.",
        },
        "paths": paths,
        "components": {
            "schemas": {
                **schemas,
                **{f"{FORM}{service}": schema for service, schema in forms.items()},
                "Problem": PROBLEM_SCHEMA,
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "ID token of the Cognito user pool",
                }
            },
        },
    }


def _schemas(models: set[type[BaseModel]]) -> tuple[dict[Any, str], dict[str, Any]]:
    """$ref of each model, and the schemas they point to."""
    wanted = [(m, "validation") for m in sorted(models, key=lambda model: model.__name__)]
    refs, definitions = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    return {model: ref["$ref"] for (model, _), ref in refs.items()}, definitions["$defs"]


def _point_to_forms(body: dict[str, Any], forms: Iterable[str]) -> None:
    """A draft may hold any part of a form, and what is not right yet: so the form's schema is told,
    by service, and not demanded before the application is submitted."""
    body["properties"]["service"]["examples"] = sorted(forms)
    body["properties"]["form"]["x-schema-by-service"] = {
        service: f"#/components/schemas/{FORM}{service}" for service in forms
    }


def _operation(operation: Operation, refs: dict[Any, str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation, refs),
        "security": [] if operation.roles is None else [{"token": []}],
    }
    if operation.roles is not None:
        described["description"] = "For: " + ", ".join(sorted(operation.roles))
    if operation.body is not None:
        schema = {"$ref": refs[operation.body]}
        described["requestBody"] = {
            "required": not operation.may_be_empty,
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for part in operation.path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}")
            yield {"name": name, "in": "path", "required": True, "schema": PATH_PARAMETERS[name]}
    for name, meaning in operation.query.items():
        yield {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
    yield {
        "name": "Accept-Language",
        "in": "header",
        "description": "ru (default) or en",
        "schema": {"type": "string"},
    }
    if operation.sealed_in:
        yield {
            "name": operation.sealed_in,
            "in": "header",
            "required": True,
            "description": "Who sends it, by a seal of the instant and the body",
            "schema": {"type": "string"},
        }
    if operation.for_another:
        yield {
            "name": ACTING_HEADER,
            "in": "header",
            "description": "A representation in force: the citizen does it in that person's name",
            "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        }
    if operation.confirmed_by_code:
        yield {
            "name": CODE_HEADER,
            "in": "header",
            "description": "The code that the same request without it sends to the person's phone",
            "schema": {"type": "string", "pattern": f"^[0-9]{{{DIGITS}}}$"},
        }
    if operation.method == "POST" and operation.roles is not None:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key with the same request is carried out once",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }


def _responses(operation: Operation, refs: dict[Any, str]) -> dict[str, Any]:
    good = {"application/json": {"schema": {"$ref": refs[operation.returns]}}}
    responses = {str(operation.status): {"description": "Done", "content": good}}
    if operation.confirmed_by_code:
        sent = {"application/json": {"schema": {"$ref": refs[CodeSent]}}}
        responses["202"] = {"description": "A code was sent; nothing is done yet", "content": sent}
    refusal = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in _refusals(operation):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": refusal}
    return responses


def _refusals(operation: Operation) -> Iterable[int]:
    """Every status that this operation may refuse with."""
    yield 400
    if operation.roles is not None:
        yield from (401, 403)
    elif operation.sealed_in or operation.body is not None:  # a wrong seal, a wrong code
        yield 403
    yield 404
    yield from (413, 415, 422, 429, 503)
    if operation.method in ("POST", "PATCH"):
        yield 409
