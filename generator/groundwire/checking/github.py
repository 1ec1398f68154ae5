"""Problems as GitHub shows them: annotations beside the lines, and the whole list on the run's page. Pure.

GitHub shows ten annotations of a kind a step and drops the rest in silence, so at most ten are made, of what the change touches first.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from groundwire.errors import Problem

MOST = 10


def commands(problems: Sequence[Problem], *, changed: Collection[str] = (), folder: str = "") -> list[str]:
    """Write workflow commands, at most ten.

    `folder` is the publication's below the repository's, '' at its top.
    """
    return [_command(problem, folder) for problem in ordered(problems, changed)[:MOST]]


def ordered(problems: Sequence[Problem], changed: Collection[str]) -> list[Problem]:
    """Sort problems: changed files first, and in each part errors before warnings."""
    return sorted(problems, key=lambda p: (p.file not in changed, p.level != "error", p.file, p.line, p.column))


def page(problems: Sequence[Problem], *, changed: Collection[str] = (), closing: str) -> str:
    """Write the run's page in Markdown: every problem as text, letter for letter, the changed files' first."""
    own = [p for p in ordered(problems, changed) if p.file in changed]
    others = [p for p in ordered(problems, changed) if p.file not in changed]
    parts = ["## Check", closing]
    if own:
        parts += ["### In the files of this change", _fenced(own)]
    if others:
        parts += ["### Elsewhere" if changed else "### Problems", _fenced(others)]
    return "\n\n".join(parts) + "\n"


def _command(problem: Problem, folder: str) -> str:
    place = {"file": f"{folder}{problem.file}"}
    if problem.line:
        place |= {"line": str(problem.line), "col": str(problem.column or 1)}
    place["title"] = problem.key or "Check"
    text = problem.message + (f"\nwrite: {problem.example}" if problem.example else "")
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    return f"::{problem.level} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _fenced(problems: Sequence[Problem]) -> str:
    text = "\n".join(map(str, problems))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
