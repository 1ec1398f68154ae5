"""Work on others' texts: whatever it raises is that text's failure, told with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from groundwire.errors import Unreadable
from groundwire.text.plain import clean

T = TypeVar("T")


def reason(error: Exception) -> str:
    """Return why a text could not be read, in words for the owner; of what nobody foresaw, its kind and its own words."""
    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply to be read"
    return f"reading it failed ({type(error).__name__}: {clean(str(error)[:1_000])[:120]})"


def call_here(function: Callable[..., T], *args: object) -> T:
    """Call a function of others' texts in this process, without a clock. Raises Unreadable with the reason, whatever it raises."""
    try:
        return function(*args)
    except Exception as error:
        raise Unreadable(reason(error)) from error
