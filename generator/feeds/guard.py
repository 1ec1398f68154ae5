"""Where a request may go: the address is checked when the connection is made, after DNS, at every hop."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpcore2

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Place = tuple[str, int]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(httpcore2.ConnectError):
    """The name leads into a private network that the settings do not allow."""


def parse_networks(items: Iterable[str]) -> tuple[Network, ...]:
    """`fetch.allow_networks` as networks."""
    return tuple(ipaddress.ip_network(item) for item in items)


def allowed(address: str, networks: Sequence[Network] = ()) -> bool:
    """Whether a request may go to this literal address: a public one, or one inside an allowed network."""
    ip = _innermost(ipaddress.ip_address(address.split("%", 1)[0]))
    if any(ip in network for network in networks if network.version == ip.version):
        return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def refuse_literal(host: str, networks: Sequence[Network]) -> str:
    """Why a host that is a literal address may not be asked; '' for names (and behind a proxy that is all we can see)."""
    try:
        fine = allowed(host.strip("[]"), networks)
    except ValueError:
        return ""
    return "" if fine else _reason(host)


class GuardedBackend(httpcore2.SyncBackend):
    """Connects only where `allowed` says so. `routes` send a name elsewhere (the sample, tests), past DNS and check."""

    def __init__(self, networks: Sequence[Network], routes: Mapping[Place, Place]) -> None:
        self._networks = networks
        self._routes = routes

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A stream to the first allowed address of `host`. Raises ConnectError."""
        options: dict[str, Any] = {"timeout": timeout, "local_address": local_address, "socket_options": socket_options}
        if (host, port) in self._routes:
            return super().connect_tcp(*self._routes[(host, port)], **options)
        addresses = self._resolve(host, port)
        good = [address for address in addresses if allowed(address, self._networks)]
        if len(good) < len(addresses):  # one bad address among good ones is rebinding at work
            raise AddressRefused(_reason(host))
        last: Exception = httpcore2.ConnectError(f"no address for {host}")
        for address in good[:3]:
            try:
                return super().connect_tcp(address, port, **options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last

    @staticmethod
    def _resolve(host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"no such host {host}: {error}") from None
        return list(dict.fromkeys(str(item[4][0]) for item in found))


def _innermost(ip: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 one: the place where the packets end."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip
    return ip


def _reason(host: str) -> str:
    return f"{host} leads into a private network; where that is meant, name the network in fetch.allow_networks"
