"""API Gateway in front of the functions: moto stores the REST API but does not serve it.

A WSGI application, served over HTTP or called by werkzeug's test client. Routes, authorizers and
gateway responses come from the OpenAPI body that the template's translation gives the API.
"""

import base64
import json
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import jwt
from werkzeug.wrappers import Request, Response

from local.aws import ACCOUNT, Backends

log = logging.getLogger(__name__)

LARGEST_BODY = 10 * 1024 * 1024  # bytes, as API Gateway

# type -> (status, message), where the template does not say otherwise
GATEWAY_RESPONSES = {
    "UNAUTHORIZED": (401, "Unauthorized"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "DEFAULT_5XX": (502, "Internal server error"),
}


class GatewayError(Exception):
    def __init__(self, response_type):
        super().__init__(response_type)
        self.response_type = response_type


@dataclass(frozen=True)
class Route:
    resource: str
    method: str
    pattern: re.Pattern
    specificity: tuple
    operation: dict
    authorizer: str | None
    function_arn: str | None  # None: answered by the gateway itself


class FrontDoor:
    def __init__(self, api, stage: str, invoke: Callable, clock):
        body = api.properties["Body"]
        self._api_id, self._stage = api.physical_resource_id, stage
        self._invoke, self._clock = invoke, clock
        self._schemes = body.get("components", {}).get("securitySchemes", {})
        self._responses = body.get("x-amazon-apigateway-gateway-responses", {})
        self._routes = sorted(_routes(body), key=lambda route: route.specificity)

    def __call__(self, environ, start_response):
        request = Request(environ)
        with self._clock.working():  # time does not jump over a request
            response = self._respond(request)
        return response(environ, start_response)

    def _respond(self, request):
        path = _raw_path(request)
        try:
            route, path_parameters = self._match(request.method, path)
            claims = self._authorize(route, request)
            if (request.content_length or 0) > LARGEST_BODY:
                raise GatewayError("REQUEST_TOO_LARGE")
            if route.function_arn is None:
                return _mock_response(route.operation)
            event = self._event(request, route, path, path_parameters, claims)
            return self._call(route.function_arn, event)
        except GatewayError as error:
            return self._gateway_response(error.response_type, request, path)

    def _match(self, method, path):
        for route in self._routes:
            matched = route.pattern.fullmatch(path)
            if matched and route.method in (method, "ANY"):
                return route, matched.groupdict()
        raise GatewayError(
            "MISSING_AUTHENTICATION_TOKEN"
        )  # API Gateway's own name for no such route

    # ---- who is calling -----------------------------------------------------------------------

    def _authorize(self, route, request):
        if route.authorizer is None:
            return None
        scheme = self._schemes[route.authorizer]
        header = request.headers.get(scheme.get("name", "Authorization"), "")
        try:
            return _verified_claims(
                header, scheme["x-amazon-apigateway-authorizer"]["providerARNs"]
            )
        except jwt.InvalidTokenError:
            raise GatewayError("UNAUTHORIZED") from None

    # ---- calling the function ----------------------------------------------------------------

    def _event(self, request, route, path, path_parameters, claims):
        body, is_base64 = _body(request)
        authorizer = {"authorizer": {"claims": claims}} if claims is not None else {}
        return {
            "resource": route.resource,
            "path": path,
            "httpMethod": request.method,
            "headers": dict(request.headers) or None,
            "multiValueHeaders": _multi_value(request.headers) or None,
            "queryStringParameters": {key: values[-1] for key, values in request.args.lists()}
            or None,
            "multiValueQueryStringParameters": request.args.to_dict(flat=False) or None,
            "pathParameters": path_parameters or None,
            "stageVariables": None,
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": self._api_id,
                "domainName": request.host,
                "httpMethod": request.method,
                "identity": {
                    "sourceIp": request.remote_addr or "127.0.0.1",
                    "userAgent": request.headers.get("User-Agent"),
                },
                "path": path,  # as under a domain name of its own: no stage in front
                "protocol": "HTTP/1.1",
                "requestId": str(uuid.uuid4()),
                "requestTime": self._clock.now().strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "requestTimeEpoch": int(self._clock.now().timestamp() * 1000),
                "resourcePath": route.resource,
                "stage": self._stage,
                **authorizer,
            },
            "body": body,
            "isBase64Encoded": is_base64,
        }

    def _call(self, function_arn, event):
        answer, failed = self._invoke(function_arn, event)
        if failed:
            raise GatewayError("DEFAULT_5XX")
        try:
            return _response(answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            log.exception("Malformed Lambda proxy response: %s", answer)
            raise GatewayError("DEFAULT_5XX") from None

    # ---- answering in the gateway's own name -------------------------------------------------

    def _gateway_response(self, response_type, request, path):
        status, message = GATEWAY_RESPONSES[response_type]
        fallback = self._responses.get("DEFAULT_5XX" if status >= 500 else "DEFAULT_4XX", {})
        defined = self._responses.get(response_type, fallback)
        context = {
            "error.message": message,
            "error.messageString": json.dumps(message),
            "error.responseType": response_type,
            "requestId": str(uuid.uuid4()),
            "path": path,
            "httpMethod": request.method,
            "stage": self._stage,
        }
        templates = defined.get("responseTemplates") or {
            "application/json": '{"message":$context.error.messageString}'
        }
        content_type, template = next(iter(templates.items()))
        headers = {"Content-Type": content_type, **_static_headers(defined)}
        return Response(_render(template, context), int(defined.get("statusCode", status)), headers)


# ---- the routes of the template -----------------------------------------------------------------


def _routes(body):
    default_security = body.get("security")
    for resource, operations in body["paths"].items():
        for method, operation in operations.items():
            if "x-amazon-apigateway-integration" in operation:
                yield _route(resource, method, operation, default_security)


def _route(resource, method, operation, default_security):
    uri = operation["x-amazon-apigateway-integration"].get("uri")
    security = operation.get("security", default_security) or [{"NONE": []}]
    (authorizer,) = security[0] or ["NONE"]
    return Route(
        resource=resource,
        method="ANY" if method == "x-amazon-apigateway-any-method" else method.upper(),
        pattern=_pattern(resource),
        specificity=tuple(map(_generality, resource.split("/"))),
        operation=operation,
        authorizer=None if authorizer == "NONE" else authorizer,
        function_arn=re.search("functions/(.+)/invocations", uri)[1] if uri else None,
    )


def _pattern(resource):
    segments = resource.strip("/").split("/")
    return re.compile("/" + "/".join(map(_segment_pattern, segments)) + "/?")


def _segment_pattern(segment):
    if not segment.startswith("{"):
        return re.escape(segment)
    name = segment.strip("{+}")
    return f"(?P<{name}>.+)" if segment.endswith("+}") else f"(?P<{name}>[^/]+)"


def _generality(segment):
    """A literal segment goes before a parameter, a parameter before the rest of the path."""
    if segment.endswith("+}"):
        return 2, segment
    return (1, segment) if segment.startswith("{") else (0, segment)


# ---- tokens -------------------------------------------------------------------------------------


def _verified_claims(header, provider_arns):
    """Signature, algorithm, issuer, expiry (in virtual time) and kind of the token."""
    token = header.removeprefix("Bearer ").strip()
    unverified = jwt.decode(token, options={"verify_signature": False})
    pools = [Backends().cognito.user_pools[arn.split("/")[-1]] for arn in provider_arns]
    pool = next((pool for pool in pools if _issuer(pool) == unverified.get("iss")), None)
    if pool is None:
        raise jwt.InvalidIssuerError
    claims = jwt.decode(
        token,
        jwt.PyJWK(pool.json_web_key.as_dict(), algorithm="RS256").key,
        algorithms=["RS256"],
        issuer=_issuer(pool),
        options={"verify_aud": False, "require": ["exp", "iat", "sub"]},
    )
    if claims.get("token_use") != "id" or claims.get("aud") not in pool.clients:
        raise jwt.InvalidTokenError("An access token needs scopes")
    return {name: claim_text(value) for name, value in claims.items()}


def _issuer(pool):
    return f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}"


def claim_text(value):
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


# ---- requests and responses ---------------------------------------------------------------------


def _raw_path(request):
    """The path as it was sent: REST APIs hand it on, and its parameters, still percent-encoded."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    path = re.sub(r"^https?://[^/]*", "", raw).split("?")[0]
    return path or "/"


def _multi_value(headers):
    return {name: headers.getlist(name) for name in dict(headers)}


def _body(request):
    data = request.get_data()
    if not data:
        return None, False
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), True


def _response(answer):
    body = answer.get("body") or ""
    if not isinstance(body, str):
        raise TypeError("The body must be a text")
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body
    response = Response(content, int(answer["statusCode"]))
    response.headers["Content-Type"] = "application/json"  # as API Gateway
    for name, value in (answer.get("headers") or {}).items():
        response.headers[name] = _header_text(value)
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        response.headers.setlist(name, map(_header_text, values))
    return response


def _header_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mock_response(operation):
    """What SAM writes for CORS: an OPTIONS that the gateway answers with fixed headers."""
    (defined,) = operation["x-amazon-apigateway-integration"]["responses"].values()
    return Response("", int(defined.get("statusCode", 200)), _static_headers(defined))


def _static_headers(defined):
    return {
        parameter.split(".")[-1]: value.strip("'")
        for parameter, value in (defined.get("responseParameters") or {}).items()
        if value.startswith("'")
    }


def _render(template, context):
    """$context.name or ${context.name}; the longest name first."""
    for name in sorted(context, key=len, reverse=True):
        for reference in (f"$context.{name}", f"${{context.{name}}}"):
            template = template.replace(reference, context[name])
    return template
