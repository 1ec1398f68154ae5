"""The documentation for owners: it builds, every page can be found, and what it tells people to type is right."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from groundwire.checked_yaml import read_yaml, validate
from groundwire.cli.main import groundwire
from groundwire.publication.categories import Category
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta
from groundwire.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "pages").rglob("*.md"))


def fenced(kind: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks of a kind, each with its page and number."""
    for page in PAGES:
        blocks = re.findall(rf"^ *```{kind}\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for number, block in enumerate(blocks, start=1):
            yield f"{page.stem}-{number}", re.sub(r"^ {3,4}", "", block, flags=re.MULTILINE) if block.startswith("   ") else block


def commands(block: str) -> list[list[str]]:
    """The command lines of a block; comments and prompts are none, and a line that ends with \\ goes on."""
    joined = block.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line, comments=True))]


def parse(words: list[str]) -> None:
    """Take a groundwire command as click would, without running it; files it names need not be there. Raises click.UsageError."""
    command: click.Command = groundwire
    context = command.make_context("groundwire", list(words))
    while isinstance(command, click.Group):
        left = [*context._protected_args, *context.args]
        if not left and command.invoke_without_command:
            return
        name, found, rest = command.resolve_command(context, left)
        assert found is not None
        command = found
        try:
            context = command.make_context(name, rest, parent=context)
        except click.BadParameter as error:
            if error.param is None or not isinstance(error.param.type, click.Path):
                raise
            return


SHELL = [(f"{where}: {' '.join(words)}", words) for where, block in fenced("sh") for words in commands(block)]


@pytest.mark.parametrize("words", [words for _, words in SHELL], ids=[name for name, _ in SHELL])
def test_what_they_tell_people_to_type_exists(words: list[str]) -> None:
    while re.fullmatch(r"[A-Z_]+=.*", words[0]) or words[0] in {"sudo", "env"}:
        words = words[1:]
    program = Path(words[0]).name
    if program == "groundwire":
        parse(words[1:])
    elif program == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), words


def told_inline() -> list[tuple[str, str]]:
    return [
        (page.name, command)
        for page in PAGES
        for command in re.findall(
            r"`(groundwire [^`]+)`", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        )
    ]


@pytest.mark.parametrize(("page", "command"), told_inline())
def test_commands_inside_sentences_exist(page: str, command: str) -> None:
    parse(shlex.split(command)[1:])


@pytest.mark.parametrize(("where", "block"), list(fenced("yaml")))
def test_examples_are_right(where: str, block: str) -> None:
    """Each YAML example is settings, a category or front matter, whole or in part, and valid as such."""
    keys = set(yaml.safe_load(block))
    for schema, rest in (
        (Settings, "title: T\nurl: https://me.github.io/t/\nfeeds: []\n"),
        (Category, ""),
        (ArticleMeta, "id: s-0123456789\ntitle: T\ndescription: D.\ndate: 2026-01-01T00:00:00Z\ncategory: research\n"),
        (
            IssueMeta,
            "id: 2026-w48\nsubject: S\ndate: 2026-11-27\nwindow: {since: 2026-11-20, until: 2026-11-27}\n",
        ),
    ):
        if keys <= set(schema.model_fields):
            missing = "".join(f"{line}\n" for line in rest.splitlines() if line.split(":")[0] not in keys)
            validate(read_yaml(missing + block, file=where), schema, file=where)
            return
    pytest.fail(f"{where}: no file has the keys {sorted(keys)}")


def test_they_build_and_every_page_is_in_the_navigation(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("site"))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(tmp_path / "docs" / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"NO_MKDOCS_2_WARNING": "1", "PATH": ""})
    assert done.returncode == 0, done.stdout + done.stderr
    for page in PAGES:
        assert (tmp_path / "docs" / "site" / f"{page.stem}.html").exists()
    assets = re.compile(r'(?:src|href)="https?://(?!squidfunk\.github\.io)[^"]*\.(?:js|css|woff2?|png|svg)')
    for page in (tmp_path / "docs" / "site").glob("*.html"):
        assert not assets.search(page.read_text(encoding="utf-8")), f"{page.name} fetches something from elsewhere"
