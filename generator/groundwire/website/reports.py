"""How a reader mends a page or tells us: the forge's editor and its issue form, filled in by the address, and plain mail."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from groundwire.publication.wording import Words
from groundwire.settings import Settings


@dataclass(frozen=True, slots=True)
class Report:
    """What can be told in two ways; '' where a way isn't set up."""

    label: str
    form: str
    mail: str


@dataclass(frozen=True, slots=True)
class Reports:
    """All that stands below a page."""

    edit: str
    reports: tuple[Report, ...]


def reports_for(settings: Settings, words: Words, *, path: str, url: str, title: str) -> Reports | None:
    """Make the links below one page; None where the owner set up neither a forge nor an address."""
    forge, email = (settings.site.forge or "").rstrip("/"), settings.site.report_email or settings.publisher.email
    if not forge and not email:
        return None
    found = []
    for kind, label in (("mistake", "report_mistake"), ("rights", "rights_request")):
        subject, body = words(f"{kind}_title", title=title), words(f"{kind}_body", url=url)
        form = _form(forge, subject, body, kind=kind, page=url) if forge else ""
        found.append(Report(words(label), form, _mail(email, subject, body) if email else ""))
    return Reports(_editor(forge, settings.site.branch, path) if forge else "", tuple(found))


def _kind(forge: str) -> str:
    host = urlsplit(forge).hostname or ""
    return next((kind for kind in ("github", "gitlab") if kind in host), "forgejo")


def _editor(forge: str, branch: str, path: str) -> str:
    place = {"github": "edit", "gitlab": "-/edit", "forgejo": "_edit"}[_kind(forge)]
    return f"{forge}/{place}/{quote(branch)}/content/{quote(path)}"


def _form(forge: str, subject: str, body: str, *, kind: str, page: str) -> str:
    """Return the address of a half-written issue.

    On GitHub it uses our form of that kind, with the page filled in; a repository without that form shows the plain text.
    """
    if _kind(forge) == "gitlab":
        return f"{forge}/-/issues/new?" + urlencode({"issue[title]": subject, "issue[description]": body}, quote_via=quote)
    fields = {"title": subject, "body": body}
    if _kind(forge) == "github":
        fields |= {"template": f"{kind}.yml", "page": page}
    return f"{forge}/issues/new?" + urlencode(fields, quote_via=quote)


def _mail(email: str, subject: str, body: str) -> str:
    """Return a mailto: address (RFC 6068: line ends are %0D%0A)."""
    fields = urlencode({"subject": subject, "body": body.replace("\n", "\r\n")}, quote_via=quote)
    return f"mailto:{quote(email, safe='@+')}?{fields}"
