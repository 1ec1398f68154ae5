"""The search of the site: an archive that is seldom made, a small current bundle, and what the reader's browser needs to ask both.

The bundles stand in `pagefind/`: the current one there itself, each archive in a folder of its own, named by its content.
`pagefind-entry.json`, which the browser reads first, is replaced last and at once: killed before that, the old search stands.
Under its key `groundwire` it says which archives belong to it and how large they are, what of them is hidden, where their lists of parts
are, and the filters' values. Beside it `order-….json` has all ids, newest first, for those who sort by date; `state.json` is the
builder's memory, and tells nothing that the bundles don't.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zlib import decompressobj

from groundwire.files.atomic import write_atomic
from groundwire.text.plain import digest
from groundwire.website.searching import canonical
from groundwire.website.searching.bundles import SIZES, Bundle, Plan, Shelf, Sizes, plan, plan_afresh, week_of
from groundwire.website.searching.pagefind import ENGINE, ENTRY, IGNORED, PART, PARTS, make_bundle

FOLDER = "pagefind"
STATE, INCOMING = "state.json", "incoming"
FORM = "3"  # of what is written here; another one makes all bundles anew, under other names
_ADDRESS = re.compile(rb'[^{]*\{"url":("(?:[^"\\]|\\.)*")')
AT_ONCE = 2  # bundles; a full archive takes 1.7 GB while it is made


@dataclass(frozen=True, slots=True)
class Searchable:
    """What readers can search. `urls` are the pages' addresses below the site's, oldest first; `filters` each one's values."""

    urls: tuple[str, ...]
    filters: Mapping[str, Sequence[str]]
    language: str
    now: datetime | None

    @property
    def code(self) -> str:
        """ISO 639-1, which Pagefind stems by."""
        return self.language.split("-")[0].lower()


def index_site(site: Path, pages: Searchable, *, changed: Collection[str] | None = None, sizes: Sizes = SIZES) -> None:
    """Bring `site`/pagefind/ up to date. `changed` are the addresses of pages written since the last call; None: all.

    What nothing asks for is not made: an unchanged site starts no process. Raises GroundwireError with Pagefind's own words.
    """
    folder = site / FOLDER
    if not pages.urls:
        shutil.rmtree(folder, ignore_errors=True)
        return
    shelf = _read(folder, pages) if changed is not None else None
    week = week_of(pages.now)
    afresh = plan_afresh(pages.urls, week=week, sizes=sizes)
    wanted = plan(shelf, pages.urls, changed=changed or (), week=week, sizes=sizes) if shelf else afresh
    made = _make(site, wanted, pages, shelf=shelf)
    if made is None or made.hidden(pages.urls) & set(made.live(pages.urls).values()):
        made = _make(site, afresh, pages, shelf=None) or Shelf(Bundle("", {}))
    _publish(folder, made, pages)
    shutil.rmtree(folder / INCOMING, ignore_errors=True)


def _make(site: Path, wanted: Plan, pages: Searchable, *, shelf: Shelf | None) -> Shelf | None:
    """Make what is wanted, in pagefind/incoming/. None: `current` would hold only what the archives hold already."""
    incoming = site / FOLDER / INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    jobs = {str(number): one for number, one in enumerate(wanted.archives) if not isinstance(one, Bundle)}
    if wanted.current is not None:
        jobs["current"] = wanted.current

    def make(job: tuple[str, Sequence[str]]) -> Bundle:
        return _indexed(site, job[1], incoming / job[0], pages)

    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        bundles = dict(zip(jobs, pool.map(make, jobs.items()), strict=True))
    archives = tuple(
        one if isinstance(one, Bundle) else _archived(site / FOLDER, bundles[str(number)], incoming / str(number))
        for number, one in enumerate(wanted.archives)
    )
    current = bundles.get("current") or (shelf.current if shelf else Bundle("", {}))
    made = Shelf(Bundle("", current.members), archives, wanted.week)
    return _given_back(site, made, pages) if "current" in bundles else made


def _given_back(site: Path, made: Shelf, pages: Searchable) -> Shelf | None:
    """Leave to an archive the pages that were written again just as it holds them; they leave `current`."""
    texts = made.texts
    same = {url for url, identity in made.current.members.items() if identity and texts.get(url) == identity}
    if not same:
        return made
    rest = [url for url in made.current.members if url not in same]
    if not rest:
        return None
    folder, incoming = site / FOLDER, site / FOLDER / INCOMING / "current"
    for archive in made.archives:
        for url in same & archive.members.keys():
            text = (incoming / f"fragment/{made.current.members[url]}.pf_fragment").read_bytes()
            write_atomic(folder / archive.folder / f"fragment/{archive.members[url]}.pf_fragment", text)  # it may be linked to
    shutil.rmtree(incoming)
    return Shelf(_indexed(site, rest, incoming, pages), made.archives, made.week)


def _indexed(site: Path, urls: Sequence[str], target: Path, pages: Searchable) -> Bundle:
    make_bundle(site, urls, target, language=pages.code)
    found = dict(_identities(target))
    return Bundle("", {url: found.get(url, "") for url in urls})  # '': the owner's template keeps it out of the search


def _identities(bundle: Path) -> Iterator[tuple[str, str]]:
    """Return Pagefind's id of each page, by address, from the file with its text."""
    for path in (bundle / "fragment").glob("*.pf_fragment"):
        packed = path.read_bytes()
        text = decompressobj(wbits=31).decompress(packed, 1_000)  # its address comes first, before the page's words
        found = _ADDRESS.match(text) or _ADDRESS.match(gzip.decompress(packed))
        if found:
            yield json.loads(found[1]).lstrip("/"), path.stem


def _archived(folder: Path, bundle: Bundle, made: Path) -> Bundle:
    """Put an archive in its place, without the engine: the browser takes that from the current bundle."""
    for pattern in ENGINE:
        for path in made.glob(pattern):
            path.unlink()
    heads = sorted(language["hash"] for language in _entry(made)["languages"].values())
    named = digest(*heads, FORM, length=12)
    name, numbers = f"archive-{named}", canonical.number(made, named[:6])
    if (folder / name).exists():
        _move(made, _files(made), folder / name)
    else:
        made.replace(folder / name)
    members = {url: numbers.get(identity, identity) for url, identity in bundle.members.items()}
    return Bundle(name, members, bundle.members if numbers else {})


def _files(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def _move(source: Path, names: Iterable[Path], target: Path) -> None:
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).replace(target / name)


def _publish(folder: Path, shelf: Shelf, pages: Searchable) -> None:
    """Move the new current bundle in, let the browser know of it, and take away what is no more asked for."""
    incoming = folder / INCOMING / "current"
    new = _files(incoming)
    _move(incoming, (name for name in new if name.name != ENTRY), folder)
    live, hidden = shelf.live(pages.urls), sorted(shelf.hidden(pages.urls) - {""})
    order = json.dumps([live[url] for url in reversed(pages.urls) if live.get(url)], separators=(",", ":"))
    order_name = f"order-{digest(order, length=10)}.json"
    write_atomic(folder / order_name, order)
    head = _entry(incoming if new else folder)
    told = {
        "pages": len(shelf.current.members),
        "archives": {f"{one.folder}/": len(one.members) for one in reversed(shelf.archives) if any(one.members.values())},
        "hidden": hidden,
        "order": order_name,
        "parts": _parts(folder, shelf, head),
        "filters": {name: list(values) for name, values in pages.filters.items()},
    }
    entry = json.dumps({**head, "groundwire": told}, ensure_ascii=False, separators=(",", ":"))
    write_atomic(folder / ENTRY, entry)
    write_atomic(folder / STATE, _memory(shelf, entry=entry, pages=pages))
    _sweep(folder, shelf, hidden, order_name=order_name, new=new)


def _parts(folder: Path, shelf: Shelf, head: Mapping[str, Any]) -> list[str]:
    """List every bundle's list of parts; empty if Pagefind's files could not be read, and the finder does without."""
    heads = {"": head, **{f"{one.folder}/": _entry(folder / one.folder) for one in shelf.archives}}
    names = [f"{place}parts.{language['hash']}.json" for place, one in heads.items() for language in one["languages"].values()]
    return names if all((folder / name).is_file() for name in names) else []


def _entry(bundle: Path) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads((bundle / ENTRY).read_text(encoding="utf-8"))
    return entry


def _sweep(folder: Path, shelf: Shelf, hidden: Collection[str], *, order_name: str, new: Collection[Path]) -> None:
    """Remove what the entry doesn't lead to any more: above all the text of pages that are gone."""
    for path in folder.glob("order-*.json"):
        if path.name != order_name:
            path.unlink()
    kept = {archive.folder for archive in shelf.archives}
    for path in folder.glob("archive-*"):
        if path.name not in kept:
            shutil.rmtree(path)
        else:
            for identity in hidden:
                (path / "fragment" / f"{identity}.pf_fragment").unlink(missing_ok=True)
    if new:
        for pattern in ("*.pf_meta", PARTS, "index/*", "filter/*", "fragment/*"):
            for path in folder.glob(pattern):
                if path.relative_to(folder) not in new:
                    path.unlink()


def _memory(shelf: Shelf, *, entry: str, pages: Searchable) -> str:
    bundles = [
        {"folder": one.folder, "members": dict(one.members), "texts": dict(one.texts)} for one in (shelf.current, *shelf.archives)
    ]
    state = {"made": _fingerprint(pages), "entry": digest(entry), "week": shelf.week, "bundles": bundles}
    return json.dumps(state, ensure_ascii=False, indent=0) + "\n"


def _read(folder: Path, pages: Searchable) -> Shelf | None:
    """Read what the last build made; None unless its files are still there and this program would make the same."""
    try:
        state: dict[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
        entry = (folder / ENTRY).read_text(encoding="utf-8")
        current, *archives = (Bundle(one["folder"], one["members"], one["texts"]) for one in state["bundles"])
        if state["made"] != _fingerprint(pages) or state["entry"] != digest(entry):
            return None
        there = all((folder / archive.folder / ENTRY).is_file() for archive in archives)
        return Shelf(current, tuple(archives), state["week"]) if there else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _fingerprint(pages: Searchable) -> str:
    return digest(version("pagefind_bin"), pages.code, IGNORED, str(PART), FORM)
