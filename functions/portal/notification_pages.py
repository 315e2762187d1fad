"""By which channel a person wants to be told of which news."""

from chalice import Response

from functions.portal.archive_pages import OWNER
from functions.portal.pages import page
from functions.portal.typed import whole_of
from functions.portal.visit import Visit

NOTIFICATIONS = "/cabinet/notifications"
BY_FORM = "form"  # no choice: as the form of the application says
NAMED = "chosen."


@page("GET", NOTIFICATIONS, roles=OWNER)
def show_notifications(visit: Visit) -> Response:
    return visit.html("notifications.html", preferences=visit.do("show_preferences"))


@page("POST", NOTIFICATIONS, roles=OWNER)
def choose_channels(visit: Visit) -> Response:
    chosen = {
        name.removeprefix(NAMED): None if visit.value(name) == BY_FORM else visit.value(name)
        for name in visit.form
        if name.startswith(NAMED)
    }
    body = {"version": whole_of(visit, "version"), "chosen": chosen}
    visit.do("change_preferences", body=body)
    return visit.go(NOTIFICATIONS, told="channels_chosen")
