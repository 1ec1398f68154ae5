"""The mailbox of a preview: takes every mail, sends none, and shows them as pages. Nothing is kept when it ends."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from groundwire.mail.message import ascii_address
from groundwire.mail.smtp import Reply

KEPT = 500  # the newest
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")


@dataclass
class Mailbox:
    """One mailbox for all addresses. Safe for several threads.

    `local` turns an address of the site into the one that is shown here.
    """

    path: str
    local: Callable[[str], str]
    _mails: list[EmailMessage] = field(default_factory=list)
    _first: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, address: str, data: bytes) -> Reply:
        """Take a message, as a relay does."""
        ascii_address(address)
        message = message_from_bytes(data, policy=policy.default)
        with self._lock:
            self._mails.append(message)
            dropped = max(0, len(self._mails) - KEPT)
            del self._mails[:dropped]
            self._first += dropped
        return Reply("accepted")

    def page(self, rest: str) -> str | None:
        """Return the page at `path` + rest: the list at '', a mail at 'N/', its HTML alone at 'N/html'; None if there is none."""
        if not rest:
            return self._list()
        found = re.fullmatch(r"(\d{1,9})/(html)?", rest)
        message = self._mail(int(found.group(1))) if found else None
        if not found or message is None:
            return None
        return self._inner(message) if found.group(2) else self._one(message)

    def _mail(self, number: int) -> EmailMessage | None:
        with self._lock:
            place = number - self._first
            return self._mails[place] if 0 <= place < len(self._mails) else None

    def _list(self) -> str:
        with self._lock:
            mails = list(enumerate(self._mails, start=self._first))
        rows = [
            f'<tr><td><a href="{number}/">{_said(mail, "Subject")}</a></td><td>{_said(mail, "To")}</td></tr>'
            for number, mail in reversed(mails)
        ]
        table = f"<table><tr><th>Subject</th><th>To</th></tr>{''.join(rows)}</table>" if rows else _EMPTY
        return _page("Mailbox", f"{_ABOUT}{table}", refresh=True)

    def _one(self, message: EmailMessage) -> str:
        keys = ("From", "To", "Subject", "Date", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID")
        head = "".join(f"<tr><th>{key}</th><td>{_said(message, key)}</td></tr>" for key in keys if message[key])
        leave = self.local(str(message["List-Unsubscribe"] or "").strip("<>"))
        once = (
            f'<form method="post" action="{html.escape(leave)}"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
            "<button>Unsubscribe, as a mail program does it</button></form>"
            if leave
            else ""
        )
        text, rich = message.get_body(("plain",)), message.get_body(("html",))
        shown = '<iframe src="html" title="The mail as HTML"></iframe>' if rich else ""
        plain = f"<pre>{self._linked(str(text.get_content()))}</pre>" if text else ""
        plain = f"<details><summary>As text</summary>{plain}</details>" if rich else plain
        title = str(message["Subject"])
        return _page(title, f'<p><a href="../">All mails</a></p><table>{head}</table>{once}{shown}{plain}')

    def _inner(self, message: EmailMessage) -> str:
        body = message.get_body(("html",))
        source = str(body.get_content()) if body else ""
        source = re.sub(r'(?<= href=")[^"]*', lambda m: html.escape(self.local(html.unescape(m.group()))), source)
        return source.replace("<head>", '<head><base target="_top">', 1)

    def _linked(self, text: str) -> str:
        parts, end = [], 0
        for found in _URL.finditer(text):
            target = html.escape(self.local(found.group()))
            parts += [html.escape(text[end : found.start()]), f'<a href="{target}">{html.escape(found.group())}</a>']
            end = found.end()
        return "".join([*parts, html.escape(text[end:])])


def _said(message: EmailMessage | Mapping[str, str], key: str) -> str:
    return html.escape(str(message[key]))


def _page(title: str, body: str, *, refresh: bool = False) -> str:
    again = '<meta http-equiv="refresh" content="2">' if refresh else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{again}
<title>{html.escape(title)}</title><style>{_STYLE}</style></head>
<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>
"""


_ABOUT = "<p>What this preview has mailed. Nobody got anything, and it is all forgotten when the preview ends.</p>"
_EMPTY = (
    "<p><strong>No mail yet.</strong> Subscribe on the site with any address; the mail that asks to confirm comes here. "
    "An address gets one such mail an hour at most.</p>"
)
_STYLE = """:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{text-align:left;padding:.4rem 1rem .4rem 0;vertical-align:top;border-top:1px solid #8886;
overflow-wrap:anywhere}th{white-space:nowrap;font-weight:600}iframe{width:100%;height:75vh;border:1px solid #8888;background:#fff;margin:1rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:.95rem/1.5 ui-monospace,monospace}button{font:inherit;padding:.5rem 1rem;min-height:2.75rem}"""
