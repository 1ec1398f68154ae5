"""The one file that asks the DNS."""

from __future__ import annotations

from collections.abc import Callable

# (name, "TXT" or "MX") → what is there; nothing where there is no such record. Raises Unanswered where nobody answers.
Lookup = Callable[[str, str], tuple[str, ...]]
TIMEOUT_S = 10.0


class Unanswered(Exception):  # reads as what it is
    """No name server answered, so nothing is known."""


def system_lookup() -> Lookup:
    """Make a look-up that asks the machine's own resolver. It raises Unanswered if no name server answers."""
    import dns.exception
    import dns.resolver

    resolver = dns.resolver.Resolver()
    resolver.lifetime = TIMEOUT_S

    def lookup(name: str, kind: str) -> tuple[str, ...]:
        try:
            answer = resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.DNSException as error:
            raise Unanswered(f"no name server told the {kind} record of {name}: {type(error).__name__}") from None
        if kind == "TXT":  # one record may be several strings of 255 characters: they are one text (RFC 7208, 3.3)
            return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)
        return tuple(record.to_text() for record in answer)

    return lookup
