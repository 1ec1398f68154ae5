"""Old months of the ledger in fewer words: what a later run asks of them stays, the rest of the story goes.

A month is compacted once, in place, when all of it is older than 180 days; a row says so. Killed in between, the old file or the new one is
there. Where Git joins an old copy with the new one by union, both are true, and the next run reads the same.

stories  one row a story and event: entries and marks (nothing is published twice), the path (addresses live for ever). Headlines and what stood
         where are for mends of new pages, the first sight of an undated entry for as long as it is on no page, a choice until it is published.
feeds    of each feed and month its last news, and whether it was failing at the end.
spend    one row a day and model for all calls that are settled.
batches  those that are not done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path

from generator.record.atomic import write_atomic
from generator.record.ledger import Ledger, Row, line_of

AGE = timedelta(days=180)
DONE = "compacted"
Known = AbstractSet[tuple[str, str]]  # the entries that are, or were, on a page


def compact(ledger: Ledger, *, now: datetime) -> tuple[str, ...]:
    """Compact every month that is old enough; the names of the files that changed."""
    old = [(stream, path) for stream in RULES for path in ledger.months(stream) if _is_old(path, now)]
    due = [(stream, path) for stream, path in old if not _is_compacted(path)]
    if not due:
        return ()
    known = _published(ledger.rows("stories"))
    for stream, path in due:
        rows = list(ledger.rows_of(path))
        mark = {"at": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "event": DONE}
        write_atomic(path, "".join(line_of(row) for row in (*RULES[stream](rows, known), mark)))
    return tuple(path.name for _, path in due)


def _is_old(path: Path, now: datetime) -> bool:
    """Whether the month of a file's name ended long enough ago."""
    year, month = (int(part) for part in path.stem.rsplit("-", 2)[1:])
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return end < now - AGE


def _is_compacted(path: Path) -> bool:
    """Whether a row says so: the last one, unless Git has joined lines since."""
    said = f'"event": "{DONE}"'.encode()
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 200))
        return said in file.read() or said in path.read_bytes()


def _published(rows: Iterable[Row]) -> Known:
    """Less those that people took off: what is known of them stays whole."""
    on: set[tuple[str, str]] = set()
    off: set[tuple[str, str]] = set()
    for row in rows:
        if row.get("event") in ("published", "joined", "separated"):
            (off if row["event"] == "separated" else on).update((str(feed), str(entry)) for feed, entry in _pairs(row))
    return on - off


def _pairs(row: Row) -> list[list[str]]:
    found = row.get("entries")
    return [pair for pair in found if isinstance(pair, list) and len(pair) == 2] if isinstance(found, list) else []


def _is_whole(row: Row) -> bool:
    """Whether a row says what such a row says; one that a person broke stays as it is."""
    marks, entries = row.get("marks"), row.get("entries")
    texts = [*(marks if isinstance(marks, list) else [None]), *(part for pair in _pairs(row) for part in pair), row.get("story")]
    return isinstance(entries, list) and len(entries) == len(_pairs(row)) and all(isinstance(text, str) for text in texts)


def _stories(rows: Sequence[Row], known: Known) -> list[Row]:
    folded: dict[tuple[str, str], Row] = {}
    kept: list[Row] = []
    for row in rows:
        event, story = str(row.get("event")), str(row.get("story"))
        if event == "seen":
            kept += [row] if (str(row.get("feed")), str(row.get("entry"))) not in known else []
        elif event == "chosen":  # and then waited for its analysis
            kept += [row] if not {(str(feed), str(entry)) for feed, entry in _pairs(row)} <= known else []
        elif event not in ("published", "joined") or not _is_whole(row):
            kept.append(row)
        elif (event, story) in folded:
            first = folded[event, story]
            first["entries"] += [pair for pair in _pairs(row) if pair not in first["entries"]]
            first["marks"] = sorted({*first["marks"], *row["marks"]})
        else:
            short: Row = {key: row[key] for key in ("at", "event", "story", "path", "category") if key in row}
            folded[event, story] = {**short, "entries": _pairs(row), "marks": row["marks"]}
    return [*folded.values(), *kept]


def _feeds(rows: Sequence[Row], known: Known) -> list[Row]:
    last: dict[tuple[str, bool], Row] = {}
    for row in sorted(rows, key=lambda row: (str(row.get("newest", "")), str(row["at"]))):
        last[str(row.get("feed")), row.get("event") == "news"] = row
    return list(last.values())


def _spend(rows: Sequence[Row], known: Known) -> list[Row]:
    calls: dict[str, dict[str, Row]] = {}
    for number, row in enumerate(rows):
        calls.setdefault(str(row.get("call") or number), {})[str(row.get("event"))] = row
    days: dict[tuple[str, str], Row] = {}
    kept: list[Row] = []
    for events in calls.values():
        if events.keys() == {"reserved", "charged"}:
            _add(days, events["reserved"], events["charged"])
        else:
            kept += events.values()
    return [*days.values(), *kept]


def _add(days: dict[tuple[str, str], Row], reserved: Row, charged: Row) -> None:
    day, model = str(reserved["at"])[:10], str(reserved.get("model", ""))
    fresh: Row = {
        "at": f"{day}T00:00:00Z",
        "event": "charged",
        "call": f"{day} {model}",
        "model": model,
        "for": {},
        "in": 0,
        "out": 0,
        "usd": 0.0,
    }
    sum_ = days.setdefault((day, model), fresh)
    for category, usd in dict(charged.get("for", {})).items():
        sum_["for"][category] = round(sum_["for"].get(category, 0.0) + float(usd), 8)
    for key in ("in", "out"):
        sum_[key] += int(charged.get(key, 0))
    sum_["usd"] = round(sum_["usd"] + float(charged.get("usd", 0)), 8)


def _batches(rows: Sequence[Row], known: Known) -> list[Row]:
    begun = {str(row.get("batch")) for row in rows if row.get("event") == "intended"}
    done = begun & {str(row.get("batch")) for row in rows if row.get("event") in ("settled", "void")}
    return [row for row in rows if str(row.get("batch")) not in done]  # what began in another month may still need its end


Rule = Callable[[Sequence[Row], Known], list[Row]]
RULES: Mapping[str, Rule] = {"stories": _stories, "feeds": _feeds, "spend": _spend, "batches": _batches}
