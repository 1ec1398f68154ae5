"""The picture that a link shows in a messenger or a network: a front page in flat shapes, one a category, in the site's colour.

Drawn and written here (PNG, W3C recommendation of 2003; 1200 by 630 pixels), because a picture of ours must carry any owner's
colour and any language, and no picture library is worth its weight for nine of them. No letters stand on it: networks print
the title below.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Iterable

from groundwire.text.colour import mix, rgb
from groundwire.text.plain import digest

WIDTH, HEIGHT = 1200, 630
Span = tuple[float, float]
Shape = Callable[[float], Iterable[Span]]  # of a row's height in [-1, 1], the stretches in [-1, 1] that are filled
_PAPER, _INK, _RULE = "#fdfcf9", "#1c1b19", "#d8d2c6"
_SOFT = 4  # steps between paper and the site's colour, for smooth edges
_CENTRE, _RADIUS = (895, 355), 205
_GREY = 2


def _disc(y: float) -> Iterable[Span]:
    half = math.sqrt(max(0.0, 1 - y * y))
    yield -half, half


def _ring(y: float) -> Iterable[Span]:
    outer, inner = math.sqrt(max(0.0, 1 - y * y)), math.sqrt(max(0.0, 0.3 - y * y))
    yield from ((-outer, -inner), (inner, outer)) if inner else ((-outer, outer),)


def _diamond(y: float) -> Iterable[Span]:
    yield -(1 - abs(y)), 1 - abs(y)


def _triangle(y: float) -> Iterable[Span]:
    yield -(1 + y) / 2 * 1.1, (1 + y) / 2 * 1.1


def _bars(y: float) -> Iterable[Span]:
    for number, top in enumerate((0.35, -0.25, 0.05, -0.9)):
        if y >= top:
            yield -0.95 + number * 0.5, -0.6 + number * 0.5


def _steps(y: float) -> Iterable[Span]:
    yield -0.95, -0.95 + 1.9 * (math.floor((y + 1) * 2.5) + 1) / 5 if y < 1 else 0.95


def _grid(y: float) -> Iterable[Span]:
    if abs(y) < 0.95 and (y + 0.95) % 0.69 < 0.52:
        yield from ((left, left + 0.52) for left in (-0.95, -0.26, 0.43))


def _shield(y: float) -> Iterable[Span]:
    half = 0.8 if y < 0 else 0.8 * math.sqrt(max(0.0, 1 - y * y))
    yield -half, half


def _half(y: float) -> Iterable[Span]:
    if y <= 0.5:
        half = math.sqrt(max(0.0, 1 - (y * 0.75 - 0.25) ** 2))
        yield -half, half


_SHAPES: tuple[Shape, ...] = (_disc, _ring, _diamond, _triangle, _bars, _steps, _grid, _shield, _half)
_OF_CATEGORY: dict[str, Shape] = {
    "vulnerability": _diamond,
    "incident-report": _triangle,
    "threat-actor": _ring,
    "industry-news": _bars,
    "tool-or-technique": _grid,
    "regulation-and-compliance": _shield,
    "research": _disc,
    "best-practices": _steps,
    "uncategorised": _half,
    "": _disc,
}


def card(name: str, colour: str) -> bytes:
    """Draw the picture of a category (or of the site, for '') as PNG. The same name and colour give the same bytes."""
    shape = _OF_CATEGORY.get(name) or _SHAPES[int(digest(name, length=8), 16) % len(_SHAPES)]
    blends = [mix(_PAPER, colour, (step + 1) / _SOFT) for step in range(_SOFT)]
    rows = [_row(y, shape) for y in range(HEIGHT)]
    return _png(rows, [_PAPER, _INK, _RULE, *blends])


def _row(y: int, shape: Shape) -> bytes:
    row = bytearray(WIDTH)
    full = _GREY + _SOFT
    if y < 28:
        _fill(row, 0, WIDTH, full)
    elif 96 <= y < 102:
        _fill(row, 70, WIDTH - 70, 1)
    elif 150 <= y < 330:
        _headline(row, y - 150)
    elif 372 <= y < 560:
        _columns(row, y - 372)
    height = (y + 0.5 - _CENTRE[1]) / _RADIUS
    if -1 <= height <= 1:
        for start, end in shape(height):
            _soft(row, _CENTRE[0] + start * _RADIUS, _CENTRE[0] + end * _RADIUS)
    return bytes(row)


def _headline(row: bytearray, y: int) -> None:
    line, inside = divmod(y, 64)
    if inside < 40:
        _fill(row, 70, (560, 500, 330)[line], 1)


def _columns(row: bytearray, y: int) -> None:
    line, inside = divmod(y, 27)
    if inside < 9:
        _fill(row, 70, 300 if line < 6 else 210, _GREY)
        _fill(row, 330, 560 if line < 5 else 430, _GREY)


def _fill(row: bytearray, start: int, end: int, value: int) -> None:
    row[start:end] = bytes([value]) * (end - start)


def _soft(row: bytearray, start: float, end: float) -> None:
    """Fill from `start` to `end`, with the two edge pixels as light as they are little covered."""
    if end - start < 1:
        return
    first, last = math.ceil(start), math.floor(end)
    _fill(row, first, last, _GREY + _SOFT)
    for place, covered in ((first - 1, first - start), (last, end - last)):
        level = round(covered * _SOFT)
        if level:
            row[place] = _GREY + level


def _png(rows: Iterable[bytes], palette: Iterable[str]) -> bytes:
    raw = b"".join(b"\0" + row for row in rows)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    colours = b"".join(bytes(rgb(colour)) for colour in palette)
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
