"""Whom a person trusts with documents of the archive, and what others trust him with."""

from datetime import timedelta

from chalice import Response

from functions.portal.archive_pages import ALL, OWNER
from functions.portal.pages import page
from functions.portal.typed import days_of, said_of
from functions.portal.visit import Visit

GRANTS = f"{ALL}/grants"
GRANTED = "/cabinet/granted"


@page("GET", GRANTS, roles=OWNER)
def show_grants(visit: Visit) -> Response:
    archive = visit.do("show_archive")
    grants = visit.do("list_grants").grants
    titles = {document.id: document.title for document in archive.documents}
    return visit.html("grants.html", grants=grants, titles=titles)


@page("GET", f"{GRANTS}/new", roles=OWNER)
def show_new_grant(visit: Visit) -> Response:
    archive = visit.do("show_archive")
    good = [known for known in archive.documents if any(file.current for file in known.versions)]
    example = (visit.now + timedelta(days=30)).strftime("%d %m %Y")
    return visit.html("grant_new.html", documents=good, example=example)


@page("POST", f"{GRANTS}/new", roles=OWNER)
def give_grant(visit: Visit) -> Response:
    asked = said_of(visit, "name", "phone", "own_name", "may")
    more = {"documents": visit.values("documents"), **days_of(visit, "until")}
    visit.do("grant_documents", body=asked | {name: said for name, said in more.items() if said})
    return visit.go(GRANTS, told="granted")


@page("POST", f"{GRANTS}/{{grant}}/revoke", roles=OWNER, again=GRANTS)
def end_grant(visit: Visit, grant: str) -> Response:
    visit.do("revoke_grant", grant=grant)
    return visit.go(GRANTS, told="grant_revoked")


@page("GET", GRANTED, roles=OWNER)
def show_granted(visit: Visit) -> Response:
    return visit.html("granted.html", granted=visit.do("list_granted").granted)


@page("POST", f"{GRANTED}/{{grant}}/{{document}}", roles=OWNER, again=GRANTED)
def look_at_somebodys(visit: Visit, grant: str, document: str) -> Response:
    asked = {"document": document, "how": visit.value("how")}
    seen = visit.do("look_at_granted", grant=grant, body=asked)
    return visit.html("look.html", seen=seen, how=asked["how"], back_to=GRANTED, own=False)
