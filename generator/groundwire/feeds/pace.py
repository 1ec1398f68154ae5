"""When a feed is asked again, and what an answer means for it: decisions only, nothing here touches the world.

Next check = max(60 min, the feed's TTL, max-age, Expires), at most 24 h; after failures Retry-After (at most 24 h) or
exponential back-off; a permanent redirect is proposed after three runs; 410 is confirmed once, then the feed is asked no more
(but by `--force`, or by a machine that remembers nothing).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from groundwire.feeds.memory import Memory

SHORTEST = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
# A run by a daily schedule starts minutes early or late (GitHub's by up to 30): a feed that says "a day" is not to be missed
# every second time.
SLACK = timedelta(minutes=30)
LONG = timedelta(hours=12)
GONE_CONFIRMED = 2
MOVED_CONFIRMED = 3


def is_due(memory: Memory, *, now: datetime) -> bool:
    """Say whether the feed may be asked now. A clock that was set back does not silence it for ever."""
    if memory.gone >= GONE_CONFIRMED:
        return False
    return memory.due is None or now >= memory.due or memory.due - now > LONGEST


def conditions(memory: Memory) -> dict[str, str]:
    """Return the validators of the last answer, verbatim (RFC 9110, section 13.1).

    None where there is nothing to fall back on.
    """
    if not memory.checksum:
        return {}
    pairs = (("If-None-Match", memory.etag), ("If-Modified-Since", memory.last_modified))
    return {name: value for name, value in pairs if value}


def after_answer(memory: Memory, *, status: int, headers: Mapping[str, str], moved_to: str, now: datetime) -> Memory:
    """Return the memory after a 200 (its validators replace the old ones) or a 304 (which need not repeat them)."""
    wait = max(SHORTEST, timedelta(minutes=memory.ttl_minutes), _max_age(headers), _expires(headers, now))
    moved = memory.moved + 1 if moved_to and moved_to == memory.moved_to else int(bool(moved_to))
    same = status == 304
    return replace(
        memory,
        etag=_validator(headers.get("etag", memory.etag if same else "")),
        last_modified=_validator(headers.get("last-modified", memory.last_modified if same else "")),
        due=now + _early(min(wait, LONGEST)),
        errors=0,
        error="",
        gone=0,
        moved_to=moved_to,
        moved=moved,
    )


def after_failure(memory: Memory, *, why: str, status: int, retry_after: str, now: datetime) -> Memory:
    """Return the memory after an answer that was none; its items stay."""
    errors, gone = memory.errors + 1, memory.gone + 1 if status == 410 else 0
    wait = SHORTEST * 2 ** min(errors - 1, 5)
    if status in (429, 503) and (asked := _retry_after(retry_after, now)):
        wait = asked
    wait = max(SHORTEST, min(wait, LONGEST))
    why = "the publisher says that this feed is gone for good (410): remove it" if gone >= GONE_CONFIRMED else why
    return replace(memory, errors=errors, error=why, gone=gone, due=now + _early(wait))


def put_off(memory: Memory, *, retry_after: str, now: datetime) -> Memory:
    """Return the memory of a feed that was not asked because its server had just asked another one to wait."""
    wait = max(SHORTEST, min(_retry_after(retry_after, now), LONGEST))
    return replace(memory, due=now + wait)


def advice(memory: Memory) -> str:
    """Say what an owner should change in newsletter.yml, '' if nothing."""
    if memory.moved >= MOVED_CONFIRMED:
        return f"has moved for good: write url: {memory.moved_to}"
    return ""


def _early(wait: timedelta) -> timedelta:
    return wait - SLACK if wait > LONG else wait


def _validator(value: str) -> str:
    return value if len(value) <= 1_000 else ""


def _max_age(headers: Mapping[str, str]) -> timedelta:
    match = re.search(r"(?:^|[\s,])max-age=(\d{1,8})", headers.get("cache-control", ""), re.IGNORECASE)
    return timedelta(seconds=int(match.group(1))) if match else timedelta()


def _expires(headers: Mapping[str, str], now: datetime) -> timedelta:
    if "max-age" in headers.get("cache-control", "").lower():
        return timedelta()
    return _until(headers.get("expires", ""), now)


def _retry_after(value: str, now: datetime) -> timedelta:
    return timedelta(seconds=int(value)) if re.fullmatch(r"\d{1,8}", value.strip()) else _until(value, now)


def _until(value: str, now: datetime) -> timedelta:
    try:
        then = parsedate_to_datetime(value)
        return max(timedelta(), then - now) if then.tzinfo else timedelta()
    except (ValueError, TypeError, OverflowError):
        return timedelta()
