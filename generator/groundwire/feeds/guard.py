"""Where a request may go: the address is checked when the connection is made, after DNS, at every hop.

Also when: each read and write, the handshake and the look-up of the name share one deadline, so that a server that sends
a byte now and then cannot hold a thread.
"""

from __future__ import annotations

import ipaddress
import math
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import httpcore2

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Place = tuple[str, int]
Resolve = Callable[[str, int], Sequence[str]]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")  # what IANA has assigned for the public; all else is something special
_ODD = tuple(
    ipaddress.ip_network(n)
    for n in (
        "168.63.129.16/32",  # Azure's own services, metadata among them, behind an address that looks public
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "2001::/23",  # protocols, Teredo among them: RFC 2928
        "2001:db8::/32",
        "3fff::/20",  # documentation, RFC 9637
    )
)


class AddressRefused(httpcore2.ConnectError):
    """The name leads into a private network that the settings do not allow."""


class Deadline(threading.local):
    """The moment (of the monotonic clock) at which the request that this thread makes must have ended."""

    at: float = math.inf

    def left(self, timeout: float | None) -> float:
        """Return the seconds that one step may take. Raises ReadTimeout where none are left."""
        seconds = min(self.at - time.monotonic(), math.inf if timeout is None else timeout)
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the time is up")
        return min(seconds, 3600.0)


def parse_networks(items: Iterable[str]) -> tuple[Network, ...]:
    """Read `fetch.allow_networks` as networks."""
    return tuple(ipaddress.ip_network(item) for item in items)


def allowed(address: str, networks: Sequence[Network] = ()) -> bool:
    """Say whether a request may go to this literal address: a public one, or one inside an allowed network."""
    ip = _innermost(ipaddress.ip_address(address.split("%", 1)[0]))
    if any(ip in network for network in networks if network.version == ip.version):
        return True
    if ip.version == 6 and ip not in _GIVEN_OUT:
        return False
    odd = any(ip in network for network in _ODD if network.version == ip.version)
    return ip.is_global and not (odd or ip.is_multicast or ip.is_reserved)


def refuse_literal(host: str, networks: Sequence[Network]) -> str:
    """Say why a host that is a literal address may not be asked; '' for names (and behind a proxy that is all we can see).

    Also the spellings that only `inet_aton` reads (2130706433, 0x7f.1, 127.1), and names for this machine (RFC 6761).
    """
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        bare = "127.0.0.1"
    try:
        fine = allowed(bare, networks)
    except ValueError:
        try:
            fine = allowed(socket.inet_ntoa(socket.inet_aton(bare)), networks)
        except (OSError, ValueError):
            return ""
    return "" if fine else _reason(host)


class GuardedBackend(httpcore2.SyncBackend):
    """Connects only where `allowed` says so, within the deadline.

    `routes` send a name elsewhere (the sample, tests), past DNS and check. With `check` off it leads to a proxy, which
    looks names up itself.
    """

    def __init__(
        self,
        networks: Sequence[Network],
        routes: Mapping[Place, Place],
        *,
        deadline: Deadline,
        resolve: Resolve | None = None,
        check: bool = True,
    ) -> None:
        self._networks, self._routes, self._deadline = networks, routes, deadline
        self._resolve, self._check = resolve or look_up, check

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Open a stream to the first allowed address of `host` that answers. Raises ConnectError, ConnectTimeout."""
        del timeout, local_address, socket_options  # httpcore2's interface: the deadline bounds all, and nobody sets the rest
        if (host, port) in self._routes:
            return self._connect(*self._routes[(host, port)], share=1)
        addresses = list(self._in_time(host, port))
        good = [a for a in addresses if not self._check or allowed(a, self._networks)]
        if len(good) < len(addresses):  # one bad address among good ones is rebinding at work
            raise AddressRefused(_reason(host))
        last: Exception = httpcore2.ConnectError(f"no address for {host}")
        for number, address in enumerate(good[:3]):
            try:  # an address that swallows packets must leave time for the next
                return self._connect(address, port, share=len(good[:3]) - number)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last

    def _connect(self, address: str, port: int, *, share: int) -> httpcore2.NetworkStream:
        inner = super().connect_tcp(address, port, timeout=self._deadline.left(None) / share)
        return _TimedStream(inner, self._deadline)

    def _in_time(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a name, within the deadline.

        getaddrinfo knows no timeout, so it is left behind where it takes too long.
        """
        if _is_address(host):
            return [host]
        answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        threading.Thread(target=ask, daemon=True, name="dns").start()
        try:
            found = answer.get(timeout=self._deadline.left(None))
        except queue.Empty:
            raise httpcore2.ConnectTimeout(f"looking up {host} took too long") from None
        if isinstance(found, Exception):
            raise httpcore2.ConnectError(f"no such host: {host}")
        return found


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every step ends at the deadline of the thread that uses it."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name, each once, as the system gives them. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _innermost(ip: Address) -> Address:
    """Return the IPv4 address inside a mapped, 6to4 or NAT64 one, where the packets end; any other address as it is."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip


def _reason(host: str) -> str:
    return f"{host} leads into a private network; where that is meant, name the network in fetch.allow_networks"
