"""Every command, setting and dependency is documented, examples hold, and documents cite only what is in the repository."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from groundwire.checked_yaml import read_yaml, validate
from groundwire.cli.main import groundwire
from groundwire.settings import Settings, documented_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = ROOT / "docs"
PACKAGE = ROOT / "generator" / "groundwire"
MADE = runpy.run_path(str(ROOT / "scripts" / "document.py"))  # what docs/reference/ has to say
DOCUMENTS = sorted(
    path
    for pattern in (
        "*.md",
        "generator/*.md",
        "generator/groundwire/categories/*.md",
        "docs/**/*.md",
        "benchmarks/*.md",
        ".github/**/*.md",
    )
    for path in ROOT.glob(pattern)
    if not path.is_relative_to(DOCS / "site")
)
# Paths that a run, a build or an owner makes, and names that stand for many: nothing in this repository answers to them.
MADE_LATER = re.compile(r"(content|site|outbox|\.groundwire|\.cache|\.venv)/|.*[A-Z]{4}|.*[…*]")
OURS = re.compile(
    r"(generator|groundwire|docs|tests|scripts|deploy|benchmarks|schemas|\.github|\.ci)/"
)  # in a copy of the template, too
IS_PATH = re.compile(r"[\w.…*-]+(/[\w.…*-]+)*/|[\w.…*-]+(/[\w.…*-]+)+\.(py|md|ya?ml|toml|json|gz|txt|html|js|css|sh|j2)")


def commands(group: click.Group = groundwire, prefix: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, f"the table of commands names {name}, which is not there"
        found.append((prefix + name, command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix}{name} ")
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_is_documented(name: str, command: click.Command) -> None:
    assert f"`{name}" in README or f"groundwire {name}" in README, f"README.md does not say `{name}`"
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option)), f"{name}: an option without help"


@pytest.mark.parametrize("key", [key for key, _, _ in documented_settings()])
def test_every_setting_is_documented(key: str) -> None:
    assert f"`{key}`" in (DOCS / "reference" / "settings.md").read_text(encoding="utf-8"), "run `python scripts/document.py`"


def test_every_dependency_has_its_reason() -> None:
    reasons = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in project["dependencies"]:
        name = re.split(r"[\[<>=]", line)[0]
        assert re.search(rf"^- `{re.escape(name)}`", reasons, re.MULTILINE), f"docs/dependencies.md gives no reason for {name}"


def test_the_readme_starts_with_the_two_commands() -> None:
    first = README.index("make demo")
    assert first < README.index("make test") < 900


def test_the_readme_s_settings_example_is_right() -> None:
    blocks = [b for b in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if b.startswith("title:") or "\ntitle:" in b]
    assert blocks
    for block in blocks:
        validate(read_yaml(block, file="README.md"), Settings, file="README.md")


def test_nothing_names_a_machine_or_a_registry() -> None:
    for path in [
        *DOCUMENTS,
        *ROOT.glob("*.toml"),
        *ROOT.glob("requirements/*"),
        *ROOT.glob(".github/**/*.*"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/work/|/root/|/home/\w+/|pythonhosted|pypi\.org/simple", text), path


@pytest.mark.parametrize(
    ("path", "make"),
    [
        (DOCS / "reference" / "settings.md", "settings_page"),
        (DOCS / "reference" / "commands.md", "commands_page"),
        (PACKAGE / "categories" / "README.md", "categories_page"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_made_from_the_code_is_current(path: Path, make: str) -> None:
    # In a process of its own: click keeps with each command the help option of whoever asked for it first.
    code = f"import runpy; print(runpy.run_path('scripts/document.py')['{make}'](), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == path.read_text(encoding="utf-8"), "run `python scripts/document.py`"


def text_of(document: Path) -> str:
    """Return a document without its fenced blocks: these are examples."""
    return re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as forges and Python-Markdown make them of plain words."""
    headings = re.findall(r"^#+ (.+)$", text_of(document), re.MULTILINE)
    explicit = {anchor for heading in headings for anchor in re.findall(r"\{ ?#([\w-]+) ?\}", heading)}
    return explicit | {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> Iterator[str]:
    """Yield the relative links of a document that lead nowhere."""
    for link in re.findall(r"\]\(<?([^)>\s]+)>?\)", re.sub(r"`[^`]*`", "", text_of(document))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            yield link


def broken_paths(document: Path) -> Iterator[str]:
    """Yield the paths in code spans of a document at which there is no file or folder: from the top, the document, or the package.

    What owners read speaks of their own pages and templates as well; of those nothing is asked.
    """
    for_owners = document.name == "CHANGELOG.md" or document.parent in (DOCS / "pages", ROOT / ".github")
    for span in re.findall(r"`([^`\s]+)`", text_of(document)):
        if not IS_PATH.fullmatch(span) or MADE_LATER.match(span) or (for_owners and not OURS.match(span)):
            continue
        if not any((base / span).exists() for base in (ROOT, document.parent, PACKAGE)):
            yield span


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_cite_only_what_is_there(document: Path) -> None:
    assert [*broken_links(document), *broken_paths(document)] == []


def test_the_code_cites_only_documents_that_are_there() -> None:
    files = [
        *ROOT.glob("*.toml"),
        *ROOT.glob("*.yml"),
        *(p for top in ("generator", "tests", "benchmarks") for p in (ROOT / top).rglob("*.py")),
    ]
    for file in files:
        for cited in re.findall(r"(?<![\w/])docs/[\w/-]+\.md", file.read_text(encoding="utf-8")):
            assert (ROOT / cited).exists(), f"{file} cites {cited}"


def test_every_decision_is_listed_and_numbered_once() -> None:
    files = sorted(path.name for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md")
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DOCS / "decisions" / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


def test_the_architecture_has_the_layers_that_the_tests_hold() -> None:
    layers = runpy.run_path(str(ROOT / "tests" / "test_layers.py"))["LAYERS"]
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", page.split("## The packages")[1].split("\n## ")[0], re.MULTILINE)
    told = [set(re.findall(r"`(\w+)(?:/|\.py)`", row)) for row in rows]
    bare = {"__main__", "__init__", "jobs"}  # what needs no line
    assert told == [set(layer) - bare for layer in layers if set(layer) - bare]
