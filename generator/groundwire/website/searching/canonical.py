"""Pagefind's bundle, written so that the same pages give the same bytes.

Pagefind 1.5 keeps filters in Rust's HashMap, whose order is random in every process: the values inside each filter's
file and the list of filters in the index's head come out shuffled. Here both are sorted, and the files renamed by their
new content. A bundle that looks different (another version) is left as it is.

Beside the head goes `parts.….json`: the word before which each part of the index begins, for the finder, which has to ask for
all parts of the words that begin alike. Pagefind itself loads one of them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

_HEAD = b"pagefind_dcd"


def settle(bundle: Path) -> None:
    """Put the bundle's shuffled parts in order."""
    entry_file = bundle / "pagefind-entry.json"
    entry = json.loads(entry_file.read_text(encoding="utf-8"))
    try:
        parts = [(language, *_parts(bundle, language["hash"])) for language in entry["languages"].values()]
    except (ValueError, TypeError, LookupError, OSError):
        return
    for language, meta, filters in parts:
        renamed = {old: _write(bundle, value, name="filter/{}.pf_filter", like=old) for old, value in filters.items()}
        meta[3] = sorted(([name, renamed[old]] for name, old in meta[3]), key=lambda one: str(one[0]))
        language["hash"] = _write(bundle, meta, name="pagefind.{}.pf_meta", like=language["hash"])
        firsts = json.dumps([first for first, _, _ in meta[2]], ensure_ascii=False, separators=(",", ":"))
        (bundle / f"parts.{language['hash']}.json").write_text(firsts, encoding="utf-8")
    entry_file.write_text(json.dumps(entry, separators=(",", ":")), encoding="utf-8")


def number(bundle: Path, prefix: str) -> dict[str, str]:
    """Name an archive's pages and parts by their number, with `prefix` before a page's. Return old name → new name.

    The head, which every reader downloads, holds numbers in half the bytes of Pagefind's random names. Only for a bundle whose
    folder is named by its content: its files aren't any more. Nothing is done, and {} returned, where the head cannot be read.
    """
    entry_file = bundle / "pagefind-entry.json"
    entry = json.loads(entry_file.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    try:
        heads = [(language, _read(bundle / f"pagefind.{language['hash']}.pf_meta")) for language in entry["languages"].values()]
        pages = dict.fromkeys(str(page) for _, meta in heads for page, _ in meta[1])
        parts = dict.fromkeys(str(part) for _, meta in heads for _, _, part in meta[2])
    except (ValueError, TypeError, LookupError, OSError):
        return names
    names = {page: f"{prefix}{place:03x}" for place, page in enumerate(pages)}
    numbers = {part: f"{place:x}" for place, part in enumerate(parts)}
    for old, new in names.items():
        (bundle / f"fragment/{old}.pf_fragment").rename(bundle / f"fragment/{new}.pf_fragment")
    for old, new in numbers.items():
        (bundle / f"index/{old}.pf_index").rename(bundle / f"index/{new}.pf_index")
    for language, meta in heads:
        meta[1] = [[names[page], count] for page, count in meta[1]]
        meta[2] = [[first, last, numbers[part]] for first, last, part in meta[2]]
        old = language["hash"]
        language["hash"] = _write(bundle, meta, name="pagefind.{}.pf_meta", like=old)
        (bundle / f"parts.{old}.json").rename(bundle / f"parts.{language['hash']}.json")
    entry_file.write_text(json.dumps(entry, separators=(",", ":")), encoding="utf-8")
    return names


def _parts(bundle: Path, identity: str) -> tuple[list[Any], dict[str, Any]]:
    """Read the head of one language's index, and its filters by name, each with its values in order."""
    meta = _read(bundle / f"pagefind.{identity}.pf_meta")
    filters = {}
    for _, old in meta[3]:
        name, values = _read(bundle / "filter" / f"{old}.pf_filter")
        filters[old] = [name, sorted(values, key=lambda value: str(value[0]))]
    return meta, filters


def _read(path: Path) -> Any:
    return _decode(gzip.decompress(path.read_bytes()).removeprefix(_HEAD), 0)[0]


def _write(bundle: Path, value: Any, *, name: str, like: str) -> str:
    """Write a part under a name made from its content, as long as the one it had; that name. The old file goes."""
    raw = _HEAD + _encode(value)
    (bundle / name.format(like)).unlink()
    language, _, old = like.rpartition("_")
    identity = f"{language}_{hashlib.sha256(raw).hexdigest()[: len(old)]}"
    (bundle / name.format(identity)).write_bytes(gzip.compress(raw, mtime=0))
    return identity


def _decode(data: bytes, at: int) -> tuple[Any, int]:
    """Decode the part of CBOR (RFC 8949) that Pagefind writes: whole numbers, text, lists, and simple values."""
    kind, extra = data[at] >> 5, data[at] & 31
    at += 1
    number = extra
    if 24 <= extra <= 27:
        size = 1 << (extra - 24)
        number, at = int.from_bytes(data[at : at + size], "big"), at + size
    if kind == 0:
        return number, at
    if kind == 1:
        return -1 - number, at
    if kind == 3:
        return data[at : at + number].decode("utf-8"), at + number
    if kind == 4:
        items = []
        for _ in range(number):
            item, at = _decode(data, at)
            items.append(item)
        return items, at
    if kind == 7 and extra in _SIMPLE:
        return _SIMPLE[extra], at
    raise ValueError(f"a kind of CBOR that Pagefind did not write before: {kind}")


_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}


def _encode(value: Any) -> bytes:
    if isinstance(value, bool) or value is None:
        return bytes([0xE0 | next(key for key, simple in _SIMPLE.items() if simple is value)])
    if isinstance(value, int):
        return _number(0, value) if value >= 0 else _number(1, -1 - value)
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return _number(3, len(raw)) + raw
    return _number(4, len(value)) + b"".join(map(_encode, value))


def _number(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size = next(n for n in (1, 2, 4, 8) if number < 1 << (8 * n))
    return bytes([kind << 5 | (24 + size.bit_length() - 1)]) + number.to_bytes(size, "big")
