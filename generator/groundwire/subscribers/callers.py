"""Who is calling: the address that limits count. A header is believed only from a proxy that the owner named."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def caller(peer: str, forwarded: str, *, proxies: Sequence[str]) -> str:
    """Return the caller's address; an IPv6 one as its /64 (one household has as many of those as it likes).

    From the right of X-Forwarded-For, the first that is no named proxy: what stands left of it anybody can write.
    """
    networks = [ipaddress.ip_network(item) for item in proxies]
    found = peer
    for hop in [*reversed([part.strip() for part in forwarded.split(",")])] if forwarded else []:
        if not _within(found, networks):
            break
        if _parsed(hop) is None:
            break
        found = hop
    return _counted(found)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _within(text: str, networks: Sequence[Network]) -> bool:
    address = _parsed(text)
    return address is not None and any(address in network for network in networks)


def _counted(text: str) -> str:
    address = _parsed(text)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or text)
