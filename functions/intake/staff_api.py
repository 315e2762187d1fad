"""The part of the API about those who work here, for whoever gives them work or audits it."""

from typing import Any

from adapters.staff import Member
from casework.errors import BadRequest
from functions.intake import oversight_bodies as bodies
from functions.intake.access import api
from functions.intake.http import AUDITOR, SUPERVISOR, Request
from functions.intake.queue_filters import YES
from functions.intake.staff_names import may_be_given_work
from functions.intake.wiring import staff


@api.operation(
    "GET",
    "/staff",
    "Who works here, and who did, by name",
    bodies.StaffList,
    roles={SUPERVISOR, AUDITOR},
    query={
        "assignable": "yes: only those whom an application can be given to",
        "region": "Only those of this region",
    },
)
def list_staff(request: Request) -> dict[str, Any]:
    query = request.query
    if query.get("assignable", YES) != YES:
        raise BadRequest("bad_parameter", name="assignable", expected=YES)
    return {
        "people": [
            _shown(member, request)
            for member in staff().everybody()
            if query.get("region") in (None, member.region)
            and ("assignable" not in query or may_be_given_work(member, request.now))
        ]
    }


def _shown(member: Member, request: Request) -> dict[str, Any]:
    return {
        "id": member.id,
        "name": member.name or member.id,
        "short_name": member.short_name,
        "roles": sorted(member.roles),
        "region": member.region,
        "here": member.is_here(request.now),
    }
