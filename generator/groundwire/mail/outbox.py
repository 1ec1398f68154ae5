"""The folder of a dry run: every message as an .eml file, and the letter as pages to look at. Nobody gets anything."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from groundwire.files.atomic import write_atomic
from groundwire.mail.letter import Letter
from groundwire.mail.message import Recipient, stencil
from groundwire.text.plain import digest, slugify


@dataclass(frozen=True)
class Posted:
    """The result: how many messages are there now, how many of them are new or changed, and where to look."""

    messages: int
    changed: int
    index: Path


class Outbox:
    """One folder of messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def post(self, letter: Letter, recipients: Iterable[Recipient]) -> Posted:
        """Write a message for each recipient, the letter as it looks, and the index, atomically. Again: nothing changes."""
        mould = stencil(letter)
        files = {message_file(letter.issue, one): mould.message(one) for one in recipients}
        changed = sum(write_atomic(self.folder / name, data) for name, data in files.items())
        write_atomic(self.folder / f"{letter.issue}.html", letter.html.replace(letter.token, "#"))
        write_atomic(self.folder / f"{letter.issue}.txt", letter.text.replace(letter.token, "(yours)"))
        index = self.folder / "index.html"
        write_atomic(index, self._index())
        return Posted(len(files), changed, index)

    def _index(self) -> str:
        rows = []
        for path in sorted(self.folder.glob("*.eml")):
            with path.open("rb") as file:
                headers = BytesHeaderParser(policy=policy.default).parse(file)
            issue = str(headers["Message-ID"]).strip("<").split(".")[0]
            cells = [_link(path.name, str(headers["To"])), html.escape(str(headers["Subject"]))]
            cells.append(f"{_link(f'{issue}.html', 'HTML')} {_link(f'{issue}.txt', 'text')}")
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        return _INDEX.replace("{rows}", "\n".join(rows))


def message_file(issue: str, recipient: Recipient) -> str:
    """Name a recipient's file: readable, and different for each address, whatever the address holds."""
    return f"{issue}-{slugify(recipient.address, limit=40) or 'reader'}-{digest(recipient.address, length=8)}.eml"


def _link(name: str, label: str) -> str:
    return f'<a href="{html.escape(name)}">{html.escape(label)}</a>'


_INDEX = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Outbox</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}td,th{padding:.4rem 1rem .4rem 0;text-align:left;vertical-align:top}</style>
<h1>Outbox</h1>
<p>A dry run: these messages were sent to nobody.</p>
<table>
<tr><th>To (opens in a mail program)</th><th>Subject</th><th>Look at it</th></tr>
{rows}
</table>
</html>
"""
