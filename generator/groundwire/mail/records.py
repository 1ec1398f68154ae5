"""What a domain's DNS says of its mail, judged as large mailboxes judge it: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from groundwire.mail.dns import Lookup, Unanswered

MOST_LOOKUPS = 10  # of one SPF record, all that it includes counted (RFC 7208, 4.6.4)
# where no selector is named: what relays and services usually take
SELECTORS = tuple("default dkim mail s1 s2 k1 k2 k3 selector1 selector2 google smtp key1 pm mta mx".split())
_FREE = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com aol.com icloud.com gmx.de gmx.net web.de mail.ru proton.me".split()
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `example` shows what to write where it is not right."""

    level: Literal["ok", "warning", "error"]
    what: str
    said: str
    example: str = ""


def judge(domain: str, lookup: Lookup, *, selector: str | None = None) -> tuple[Finding, ...]:
    """Judge everything about a sender's domain; a name server that does not answer is a warning, not a verdict."""
    if domain in _FREE:
        said = f"{domain} tells other mailboxes to refuse mail in its name that it did not send; take an address of a domain of your own"
        return (Finding("error", "sender", said, "email: {sender: briefing@example.org}"),)
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("SPF", lambda: spf(domain, lookup)),
        ("DKIM", lambda: dkim(domain, lookup, selector=selector)),
        ("DMARC", lambda: dmarc(domain, lookup)),
        ("MX", lambda: mx(domain, lookup)),
    )
    return tuple(_answered(what, check) for what, check in checks)


def _answered(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Unanswered as error:
        return Finding("warning", what, str(error))


def spf(domain: str, lookup: Lookup) -> Finding:
    """Judge the record that says who may send for the domain."""
    example = f'{domain}. TXT "v=spf1 include:spf.your-relay.example -all"'
    found = _spf_records(domain, lookup)
    if not found:
        return Finding("error", "SPF", f"{domain} does not say who may send for it", example)
    if len(found) > 1:
        return Finding("error", "SPF", f"{domain} has {len(found)} SPF records, so none counts; make them one", example)
    terms = found[0].lower().split()[1:]
    if any(term in ("+all", "all", "?all") for term in terms):
        return Finding("error", "SPF", f"the record lets everybody send: {found[0]}", example)
    lookups = _spf_lookups(domain, lookup, trail=())
    if lookups > MOST_LOOKUPS:
        said = f"the record needs {lookups} look-ups with all that it includes; above {MOST_LOOKUPS} it counts as broken"
        return Finding("error", "SPF", said, example)
    if not any(term in ("-all", "~all") or term.startswith("redirect=") for term in terms):
        return Finding("warning", "SPF", f"the record does not say that nobody else may send: {found[0]}", example)
    return Finding("ok", "SPF", found[0])


def _spf_records(domain: str, lookup: Lookup) -> list[str]:
    return [text for text in lookup(domain, "TXT") if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]


def _spf_lookups(domain: str, lookup: Lookup, *, trail: tuple[str, ...]) -> int:
    if domain in trail or len(trail) > MOST_LOOKUPS:
        return MOST_LOOKUPS + 1  # it leads back to itself
    count = 0
    for record in _spf_records(domain, lookup)[:1]:
        for term in record.lower().split()[1:]:
            name, _, value = term.lstrip("+-~?").partition(":" if "=" not in term else "=")
            if name in ("include", "redirect", "exists") or re.match(r"(a|mx|ptr)(/|$)", name):
                count += 1
            if name in ("include", "redirect") and value and count <= MOST_LOOKUPS:
                count += _spf_lookups(value, lookup, trail=(*trail, domain))
    return count


def dkim(domain: str, lookup: Lookup, *, selector: str | None) -> Finding:
    """Judge the key that signatures are checked with.

    The relay signs; only it can say which selector it uses.
    """
    found = [(name, record) for name in ((selector,) if selector else SELECTORS) for record in _keys(name, domain, lookup)]
    example = f'{selector or "s1"}._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=..."'
    if not found and selector:
        return Finding(
            "error", "DKIM", f"there is no key at {selector}._domainkey.{domain}; your relay shows which to publish", example
        )
    if not found:
        said = f"no key of {domain} at any usual selector; have your relay sign, and name its selector: email: {{dkim_selector: ...}}"
        return Finding("error", "DKIM", said, example)
    name, tags = found[0]
    bits = _bits(tags.get("p", ""))
    if bits == 0:
        return Finding("error", "DKIM", f"the key at {name}._domainkey.{domain} was withdrawn, or is none", example)
    if tags.get("k", "rsa") == "rsa" and bits < 1024:
        return Finding(
            "error", "DKIM", f"the key at {name}._domainkey.{domain} has {bits} bits; below 1024 it is not believed", example
        )
    note = "; 2048 bits are better" if tags.get("k", "rsa") == "rsa" and bits < 2000 else ""
    return Finding("warning" if note else "ok", "DKIM", f"a key at {name}._domainkey.{domain} ({bits} bits){note}")


def _keys(selector: str, domain: str, lookup: Lookup) -> Iterator[dict[str, str]]:
    for text in lookup(f"{selector}._domainkey.{domain}", "TXT"):
        tags = _tags(text)
        if "p" in tags and tags.get("v", "DKIM1") == "DKIM1":
            yield tags


def _bits(key: str) -> int:
    """Return about how long a key is, in bits, from its DER: enough to tell 512, 1024 and 2048 apart. 0 if it is none."""
    try:
        raw = base64.b64decode(re.sub(r"\s+", "", key), validate=True)
    except (binascii.Error, ValueError):
        return 0
    return 256 if len(raw) == 32 else max(0, (len(raw) - 34) // 16 * 128)


def dmarc(domain: str, lookup: Lookup) -> Finding:
    """Judge what becomes of mail in the domain's name that it did not send; a parent's record counts if the domain has none."""
    example = f'_dmarc.{domain}. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@{domain}"'
    parts = domain.split(".")
    for name in (".".join(parts[start:]) for start in range(max(1, len(parts) - 1))):
        records = [text for text in lookup(f"_dmarc.{name}", "TXT") if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if len(records) > 1:
            return Finding("error", "DMARC", f"_dmarc.{name} has {len(records)} records, so none counts; make them one", example)
        if records:
            tags = _tags(records[0])
            policy = (tags.get("sp") if name != domain else None) or tags.get("p", "")
            if policy.lower() not in ("none", "quarantine", "reject"):
                return Finding("error", "DMARC", f"the record names no policy: {records[0]}", example)
            note = " (nobody is told to refuse forgeries yet: p=none)" if policy.lower() == "none" else ""
            return Finding("ok", "DMARC", records[0] + note)
    return Finding("error", "DMARC", f"{domain} has no record; large mailboxes ask for one", example)


def mx(domain: str, lookup: Lookup) -> Finding:
    """Judge whether bounces and answers arrive anywhere."""
    found = lookup(domain, "MX")
    if not found or all(record.split()[-1] == "." for record in found):
        said = f"{domain} takes no mail, so bounces and answers are lost"
        return Finding("warning", "MX", said, f"{domain}. MX 10 mail.{domain}.")
    return Finding("ok", "MX", ", ".join(found))


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}
