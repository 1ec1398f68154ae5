"""Imports run down only, without circles; mkdocs is imported in website/ alone, anthropic in one file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "generator"
STAGES = ("feeds", "stories", "analysis", "website", "digest", "mail", "subscribers")
# From the top; a module may import what stands on a later line. Stages stand on one line: they don't import each other.
FLOORS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("jobs",),
    ("sample",),
    ("delivery", "setup"),
    ("wiring",),
    ("pipeline",),
    ("steps",),
    ("checking",),
    STAGES,
    ("record",),
    ("ports", "resources"),
    ("model",),
    ("settings",),
    ("mail_settings",),
    ("pages_address", "checked_yaml", "shapes"),
    ("errors",),
    ("__init__",),
)
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor}
FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The folder or module directly below the package that a file belongs to."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions and for types."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path: Path) -> set[str]:
    """The rooms of our own that a file imports from."""
    own = [name.split(".") for name in imports(path) if name.startswith("generator.")]
    return {parts[1] if parts[1] in FLOOR else "__init__" for parts in own}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_down(path: Path) -> None:
    mine = room(path)
    assert mine in FLOOR, f"{mine} has no floor: say where it stands in tests/test_layers.py and generator/README.md"
    for other in rooms(path) - {mine}:
        assert FLOOR[other] > FLOOR[mine], f"{path.name} ({mine}) imports {other}, which is not below it"


def test_no_circle_inside_a_room() -> None:
    graph = {".".join(["generator", *p.relative_to(PACKAGE).with_suffix("").parts]): imports(p) for p in FILES}
    graph = {name: {other for other in targets if other in graph and other != name} for name, targets in graph.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_guests_stay_in_their_rooms() -> None:
    for path in FILES:
        used = {name.split(".")[0] for name in imports(path)}
        if used & {"mkdocs", "material"}:
            assert room(path) == "website", path
        if "click" in used:
            assert room(path) in ("cli", "commands"), path
    assert len([p for p in FILES if "anthropic" in {n.split(".")[0] for n in imports(p)}]) <= 1
