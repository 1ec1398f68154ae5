"""The shapes of single values that people write: an address, a slug, a time. Settings, front matter and categories use the same ones.

Each says in its error what it should be, and in JSON Schema what an editor can hold people to.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 2, 9998  # that a datetime can hold with a margin


class Part(BaseModel):
    """Base of every part of the settings: frozen, and strict about its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("should be an address that starts with https://")
    if parts.username or parts.password:
        raise ValueError("should carry no user name or password")
    try:
        parts.port  # noqa: B018  # read, it is judged
    except ValueError:
        raise ValueError("should have a port from 0 to 65535") from None
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise ValueError("should be a network, written as address/bits") from None


def _moment(value: Any) -> Any:
    """Read a time as a person means it: a date alone is its midnight, a time without a zone is UTC."""
    if isinstance(value, int | float | bool) or value is None:
        raise ValueError("should be a date and time")
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    try:
        parsed = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError("should be a date and time") from None
    _in_range(parsed)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _in_range(day: date) -> date:
    """In another zone, or a month on, it must be a date too."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"should be of a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _alias(value: str) -> str:
    if not _is_alias(value):
        mended = value.strip().removesuffix(".md").strip("/") + "/"
        raise _wrong("a path below the site's address that ends with /", mended if _is_alias(mended) else "")
    return value


def _is_alias(value: str) -> bool:
    rooted = value.startswith("/") or ".." in value.split("/")
    return not rooted and value.endswith("/") and not re.search(r"[\s\\:?#]", value)


def _slug(value: str) -> str:
    if not re.fullmatch(_SLUG, value):
        mended = "-".join(re.findall(r"[a-z0-9]+", value.lower())) if value.isascii() else ""
        raise _wrong("lower-case words with hyphens between", mended)
    return value


def _wrong(should: str, instead: str) -> PydanticCustomError:
    """Make an error that says what was probably meant, where that is mechanical."""
    hint = {"instead": instead} if instead else {}
    return PydanticCustomError("shape", f"should be {should}", hint)


def _lowered(value: str) -> str:
    return value.lower()


def _like(pattern: str, should: str) -> AfterValidator:
    """Make a validator: the whole text matches the pattern, or the error says what it should be."""
    whole = re.compile(pattern)

    def check(value: str) -> str:
        if not whole.fullmatch(value):
            raise ValueError(f"should be {should}")
        return value

    return AfterValidator(check)


def _text(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


_SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_ADDRESS = r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+\.[^\s<>@,;:\".]+"
_COLOUR = r"#[0-9a-fA-F]{6}"
_STORY = r"s-[0-9a-f]{10}"
_ISSUE = r"\d{4}-w\d{2}(-[a-z0-9]+)?"
_HASH = r"sha256:[0-9a-f]{16,64}"
_TIME = r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*([Zz]|[+-]\d{2}:?\d{2})?)?"

Url = Annotated[str, AfterValidator(_http_url), _text(format="uri", pattern="^https?://")]
Network = Annotated[str, AfterValidator(_network), _text()]
Slug = Annotated[str, AfterValidator(_slug), _text(pattern=f"^{_SLUG}$")]
Address = Annotated[str, _like(_ADDRESS, "one email address"), _text(format="email")]
Language = Annotated[str, _like(_LANGUAGE, "a language tag (BCP 47)"), _text(pattern=f"^{_LANGUAGE}$")]
Colour = Annotated[
    str,
    _like(_COLOUR, "# and six hexadecimal digits, in quotes: # begins a comment in YAML"),
    AfterValidator(_lowered),
    _text(pattern=f"^{_COLOUR}$"),
]
Day = Annotated[date, AfterValidator(_in_range)]
Moment = Annotated[datetime, BeforeValidator(_moment), _text(pattern=f"^{_TIME}$")]
StoryId = Annotated[
    str,
    _like(_STORY, "s- and ten characters of 0-9 a-f; `groundwire new article` writes one"),
    _text(pattern=f"^{_STORY}$"),
]
IssueId = Annotated[str, _like(_ISSUE, "the year and the ISO week"), _text(pattern=f"^{_ISSUE}$")]
Hash = Annotated[
    str,
    _like(_HASH, "sha256: and hexadecimal digits; leave it out in a page that a person wrote"),
    _text(pattern=f"^{_HASH}$"),
]
Alias = Annotated[str, AfterValidator(_alias), _text(pattern=r"^[^/\s\\:?#][^\s\\:?#]*/$")]
