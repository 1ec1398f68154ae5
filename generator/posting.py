"""An issue on its way out: letters from its file, messages from letters. For now into the outbox only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.errors import Refused
from generator.mail.letter import compose_letter
from generator.mail.message import Recipient
from generator.mail.outbox import Outbox, Posted
from generator.record.blocklist import blocked_pages
from generator.record.store import Issue, Store
from generator.settings import Settings, load_settings
from generator.wiring import Places


def dry_run(root: Path, *, recipients: Sequence[Recipient] = ()) -> str:
    """Put the newest ready issue into the outbox; the answer says where. Raises Refused where there is none."""
    settings, places = load_settings(root), Places(root)
    posted, issue = post(settings, places, recipients=recipients or (_to_owner(settings),))
    fresh = f"{posted.changed} new" if posted.changed else "unchanged"
    return f"{issue.meta.id}: {posted.messages} message(s), {fresh}, sent to nobody. Look at {posted.index}"


def post(settings: Settings, places: Places, *, recipients: Sequence[Recipient]) -> tuple[Posted, Issue]:
    """The newest ready issue as messages in the outbox."""
    store = Store(places.content)
    ready = [page for page in store.issues().require() if page.meta.status == "ready"]
    if not ready:
        raise Refused("no issue is ready; write one with `groundwire issue`, read it, and set in its front matter\nstatus: ready")
    issue = max(ready, key=lambda page: page.meta.date)
    articles = store.articles().pages
    unwanted = blocked_pages(articles, settings.block)
    letter = compose_letter(issue, articles=[p for p in articles if p.meta.id not in unwanted], settings=settings)
    return Outbox(places.outbox).post(letter, recipients), issue


def _to_owner(settings: Settings) -> Recipient:
    address = settings.publisher.email or settings.email.sender or "reader@example.org"
    return Recipient(address, f"mailto:{address}?subject=unsubscribe", name=settings.publisher.name)
