"""Which server is asked, whether it is one's own, and which key it gets.

Whoever has a pull request merged writes newsletter.yml, but not the environment. So a key goes to the one address that it is for, whatever the
settings say: Anthropic's to Anthropic, another server's to the address that stands beside it in the environment. That is the whole address, path
included, because on the host of a gateway the path says whose account is asked. (A variable named for the host would bind less, and no workflow
could name it.)
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from groundwire.errors import Refused

ANTHROPIC = "https://api.anthropic.com"
ANTHROPIC_KEY = "ANTHROPIC_API_KEY"
OTHER_KEY, OTHER_SERVER = "GROUNDWIRE_MODEL_KEY", "GROUNDWIRE_MODEL_SERVER"
_PORTS = {"http": 80, "https": 443}
# This machine, RFC 1918, RFC 4193, link-local. Written out, because `is_private` of Python also means networks for documentation and tests.
_PRIVATE = tuple(
    ipaddress.ip_network(n)
    for n in (
        "0.0.0.0/32",
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::/127",
        "fc00::/7",
        "fe80::/10",
    )
)
# Names that public DNS has not: RFC 6761, RFC 6762, ICANN's reservation of 2024, RFC 8375.
_PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".home.arpa")
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


def server_url(base_url: str | None) -> str:
    """Return the address that is asked, in one spelling: `base_url`, or Anthropic's where there is none."""
    return _spelled(base_url or ANTHROPIC)


def is_anthropic(base_url: str | None) -> bool:
    """Say whether it is Anthropic's own server that is asked."""
    return server_url(base_url) == ANTHROPIC


def is_private(url: str) -> bool:
    """Say whether a server is on this machine or in a private network, by its literal address or its name alone: DNS is not asked."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_ntoa(socket.inet_aton(host)))  # as resolvers read 127.1 and 2130706433
        except (OSError, ValueError):
            return _is_private_name(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in _PRIVATE if network.version == address.version)


def key_for(base_url: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the key that the server gets, None for no key. Raises Refused where the environment's key is for another server."""
    if is_anthropic(base_url):
        return environment.get(ANTHROPIC_KEY) or None
    key, meant = environment.get(OTHER_KEY) or None, environment.get(OTHER_SERVER) or ""
    if key and _spelled(meant) != server_url(base_url):
        whose = f"is for {meant} and goes nowhere else" if meant else "is set, but not for which server"
        raise Refused(
            f"newsletter.yml names the server {base_url} (analysis.base_url), and {OTHER_KEY} {whose}; if that server is to get this key, "
            f"set in the environment:\n{OTHER_SERVER}={base_url}"
        )
    return key


def _is_private_name(host: str) -> bool:
    """Say whether a host's name is one of this machine or of a private network.

    A name without a dot is that of a neighbour (a container, /etc/hosts); with a dot behind it, it is a public top-level domain.
    """
    if not _NAME.fullmatch(host.removesuffix(".")):
        return False  # also what a client would read as other characters, as the ideographic full stop
    return "." not in host or f".{host.removesuffix('.')}".endswith(_PRIVATE_ENDINGS)


def _spelled(url: str) -> str:
    """Return an address in one spelling, so that two can be compared."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return url
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    at = "" if port == _PORTS.get(parts.scheme) else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{at}{parts.path.rstrip('/')}{query}"
