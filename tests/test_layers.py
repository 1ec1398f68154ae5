"""Imports run down only, without circles at any depth of packages; mkdocs is imported in website/ alone, anthropic in one file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "generator" / "groundwire"
STAGES = ("feeds", "events", "analysis", "website", "issues", "mail", "subscribers")
# From the top; a module may import what stands on a later line. Stages stand on one line: they don't import each other.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("sample",),
    ("delivery", "scaffolding"),
    ("wiring",),
    ("pipeline",),
    ("steps",),
    ("checking",),
    STAGES,
    ("verification", "llm"),
    ("publication",),
    ("ports", "resources", "files", "concurrency"),
    ("text",),
    ("model",),
    ("settings",),
    ("mail_settings",),
    ("pages_address", "checked_yaml", "shapes"),
    ("errors",),
    ("__init__",),
)
LAYER = {name: number for number, layer in enumerate(LAYERS) for name in layer}
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {
    ".".join(["groundwire", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__"): path for path in FILES
}


def imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions, for types, and by a name in a string."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"groundwire(\.\w+)+", node.value):
            found.add(node.value)
    return found


GRAPH = {name: {other for other in imports(path) if other in MODULES and other != name} for name, path in MODULES.items()}


def part(name: str) -> str:
    """The package or module directly below ours that a module belongs to."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_run_down(name: str) -> None:
    mine = part(name)
    assert mine in LAYER, f"{mine} has no layer: say where it stands in tests/test_layers.py and docs/architecture.md"
    for other in {part(one) for one in GRAPH[name]} - {mine, "__init__"}:
        assert LAYER[other] > LAYER[mine], f"{name} imports {other}, which is not below it"


def levels() -> Iterator[tuple[str, dict[str, set[str]]]]:
    """Each package with what its children, modules and packages, import from each other."""
    yield "modules", GRAPH
    for package in sorted({name.rpartition(".")[0] for name in MODULES if "." in name}):
        depth = package.count(".") + 2
        children: dict[str, set[str]] = {}
        for name, targets in GRAPH.items():
            if name.startswith(f"{package}."):
                child = ".".join(name.split(".")[:depth])
                inside = {".".join(one.split(".")[:depth]) for one in targets if one.startswith(f"{package}.")}
                children.setdefault(child, set()).update(inside - {child})
        yield package, children


@pytest.mark.parametrize(("package", "graph"), list(levels()), ids=[package for package, _ in levels()])
def test_no_circle_at_any_depth(package: str, graph: dict[str, set[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for other in graph.get(name, ()):
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_guests_stay_in_their_packages() -> None:
    for name, path in MODULES.items():
        used = {one.split(".")[0] for one in imports(path)}
        if used & {"mkdocs", "material"}:
            assert part(name) == "website", path
        if "click" in used:
            assert part(name) == "cli", path
    assert [name for name, path in MODULES.items() if "anthropic" in {n.split(".")[0] for n in imports(path)}] == [
        "groundwire.llm.providers.anthropic"
    ]
