"""The account of whoever is signed in: how it stands, the address, and showing who one is."""

from chalice import Response

from functions.intake.http import CITIZEN
from functions.portal.entry_pages import SAID
from functions.portal.pages import page
from functions.portal.visit import Visit

OWNER = frozenset({CITIZEN})
HOME = "/cabinet/account"


@page("GET", HOME, roles=OWNER)
def show_account(visit: Visit) -> Response:
    return visit.html("account/account.html", account=visit.do("show_own_account"))


@page("POST", f"{HOME}/email", roles=OWNER, again=HOME)
def change_email(visit: Visit) -> Response:
    visit.do("change_email", {"email": visit.value("email")})
    return visit.go(HOME, told="link_sent")


@page("GET", "/cabinet/identity/registries", roles=OWNER)
def show_registries(visit: Visit) -> Response:
    return visit.html("account/registries.html")


@page("POST", "/cabinet/identity/registries", roles=OWNER)
def ask_registries(visit: Visit) -> Response:
    told = {name: visit.value(name) for name in (*SAID, "passport")}
    visit.do("ask_registries_who", told)
    return visit.go(HOME, told="registries_asked")


@page("GET", "/cabinet/identity/video", roles=OWNER)
def show_video(visit: Visit) -> Response:
    return visit.html("account/video.html")


@page("POST", "/cabinet/identity/video", roles=OWNER)
def ask_for_video_call(visit: Visit) -> Response:
    visit.do("ask_for_video_call", {"words": visit.value("words")})
    return visit.go(HOME, told="video_asked")


@page("POST", "/cabinet/identity/openid", roles=OWNER, again=HOME)
def begin_openid(visit: Visit) -> Response:
    """A page with a link: our forms may lead nowhere but to us."""
    return visit.html("account/openid.html", place=visit.do("begin_openid").url)


@page("GET", "/cabinet/identity/openid/answer", roles=OWNER)
def end_openid(visit: Visit) -> Response:
    """Who said no there comes back without a code."""
    told = {name: visit.query.get(name, "") for name in ("state", "code")}
    if not told["code"]:
        return visit.go(HOME, told="openid_declined")
    visit.do("end_openid", told)
    return visit.go(HOME, told="identity_confirmed")
