"""Compressed bodies, opened within a limit: one layer only, so that a bomb in a bomb stays shut."""

from __future__ import annotations

import zlib

_KNOWN = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_GZIP = b"\x1f\x8b"
MEMBERS = 1_000  # of a gzip file: 10 MB in the usual blocks of 64 kB has 160
_CHUNK = 1 << 16


class Unpackable(ValueError):
    """The body cannot be opened; the text says why."""


class TooLarge(ValueError):
    """More bytes come out than are wanted."""


def unpack(raw: bytes, encoding: str, *, limit: int) -> bytes:
    """Return the body as it was before `Content-Encoding` (RFC 9110, section 8.4), at most `limit` bytes.

    The bytes decide, not the header: servers send gzip without saying so, and say so without doing it. Raises Unpackable,
    TooLarge.
    """
    layers = [layer.strip().lower() for layer in encoding.split(",")]
    unknown = [layer for layer in layers if layer not in _KNOWN]
    if unknown:
        raise Unpackable(f"compressed as {unknown[0][:20]!r}, which was not asked for")
    if raw.startswith(_GZIP):
        return _members(raw, limit)
    if "deflate" in layers:
        return _deflated(raw, limit)
    if len(raw) > limit:
        raise TooLarge
    return raw


def _members(raw: bytes, limit: int) -> bytes:
    """Open every member of a gzip file (RFC 1952, section 2.2); what follows the last one is passed over."""
    parts: list[bytes] = []
    place = size = 0
    while raw.startswith(_GZIP, place):
        if len(parts) == MEMBERS:
            raise Unpackable(f"the answer is compressed in more than {MEMBERS} pieces")
        part, place = _open(raw, 31, limit - size, place)
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _deflated(raw: bytes, limit: int) -> bytes:
    try:
        return _open(raw, 15, limit)[0]
    except Unpackable:
        if raw.lstrip()[:1] in (b"<", b"{"):  # said to be compressed, and is not
            return raw
        return _open(raw, -15, limit)[0]  # without zlib's head, as some servers send it


def _open(raw: bytes, bits: int, limit: int, place: int = 0) -> tuple[bytes, int]:
    """Return the stream that begins at `place`, decompressed, and where it ends.

    It is fed in pieces, as zlib copies all that it is given and does not use.
    """
    machine = zlib.decompressobj(bits)
    parts: list[bytes] = []
    room = limit + 1
    while not machine.eof:
        chunk = raw[place : place + _CHUNK]
        if not chunk:
            raise Unpackable("the answer's compressed body is cut off")
        place += len(chunk)
        try:
            parts.append(machine.decompress(chunk, room))
        except zlib.error:
            raise Unpackable("the answer's compression is broken") from None
        room -= len(parts[-1])
        if room <= 0:
            raise TooLarge
    return b"".join(parts), place - len(machine.unused_data)
