"""How fast mail is made and handed over: python benchmarks/emails.py [--messages 100000] [--sent 1000].

Made: a letter of 50 items, its messages one after the other in one process. Handed over: the whole sender (ledger, pace,
SMTP) to Debian's smtp-sink, beside smtplib's own `sendmail` of the same finished messages and nothing else. (Not `email.py`: run from here, that would hide
the standard library's package of this name.)
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groundwire.mail.letter import Letter, compose_letter
from groundwire.mail.message import Recipient, Stencil, stencil
from groundwire.mail.smtp import Relay, Reply
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Page
from groundwire.settings import Settings, Smtp
from groundwire.subscribers.database import Database
from groundwire.subscribers.dispatch import Rules, World, dispatch
from groundwire.subscribers.ledger import Claim, Deliveries

ITEMS, PAIRS, SENDER = 50, 7, "briefing@example.org"
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
SETTINGS = Settings(title="The Example Briefing", url="https://example.github.io/briefing/")


def letter() -> Letter:
    """Compose a long issue: 50 items of three sentences."""
    said = "The harbour authority said on Friday that its cranes are working again. "
    articles, body = [], []
    for number in range(ITEMS):
        meta = {
            "id": f"s-{number:010x}",
            "title": f"Story number {number}",
            "description": "d",
            "date": NOW,
            "category": "research",
        }
        articles.append(Page(f"articles/2026/11/story-{number}.md", ArticleMeta.model_validate(meta), "", ""))
        body.append(f"### [Story number {number}](../articles/2026/11/story-{number}.md)\n\n{said * 3}\n")
    window = {"since": NOW - timedelta(days=7), "until": NOW}
    meta = {"id": "2026-w48", "subject": "Fifty stories", "date": NOW, "window": window, "status": "ready"}
    issue = Page("issues/2026-w48.md", IssueMeta.model_validate(meta), "## Research\n\n" + "\n".join(body), "x")
    return compose_letter(issue, articles=articles, settings=SETTINGS)


def recipient(number: int, key: str = "") -> Recipient:
    """Make one recipient of many."""
    return Recipient(f"reader{number}@example.org", f"https://news.example.org/u/{number:032x}", id=key or str(number))


def made(count: int) -> tuple[float, int]:
    """Return the seconds of processor time for so many messages, and the bytes of one."""
    mould = stencil(letter())
    began = time.process_time()
    size = 0
    for number in range(count):
        size = len(mould.message(recipient(number)))
    return time.process_time() - began, size


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run Debian's smtp-sink on a free port."""
    binary = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    if binary is None:
        sys.exit("smtp-sink is not installed (Debian: apt-get install postfix)")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    process = subprocess.Popen([binary, "-u", "nobody", f"127.0.0.1:{port}", "64"], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield port
    finally:
        process.kill()
        process.wait()


def bare(port: int, messages: list[bytes]) -> float:
    """Count the messages a second by smtplib alone."""
    with smtplib.SMTP("127.0.0.1", port, "localhost") as peer:
        began = time.perf_counter()
        for number, data in enumerate(messages):
            peer.sendmail(SENDER, [f"reader{number}@example.org"], data)
        return len(messages) / (time.perf_counter() - began)


def ours(port: int, count: int, mould: Stencil) -> float:
    """Count the messages a second by the whole sender: ledger, pace, message, SMTP."""
    world = World(lambda: datetime.now(UTC), time.monotonic, time.sleep, lambda _: None)
    smtp = Smtp(host="127.0.0.1", port=port, security="none")
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "people.sqlite") as database:
        with database.write() as db:
            rows = [(number.to_bytes(8, "big"), f"reader{number}@example.org") for number in range(count)]
            db.executemany("INSERT INTO subscribers (id, email, status) VALUES (?, ?, 'active')", rows)
        deliveries = Deliveries(database)
        began = time.perf_counter()
        deliveries.freeze("2026-w48", now=datetime.now(UTC))
        with Relay(smtp, sender=SENDER) as relay:

            def post(claim: Claim) -> Reply:
                number = int.from_bytes(claim.subscriber, "big")
                return relay.send(claim.email, mould.message(recipient(number, claim.id)))

            reason = dispatch(deliveries, "2026-w48", post=post, rules=Rules(per_second=1e9), world=world)
        took = time.perf_counter() - began
        assert not reason, reason
        assert deliveries.counts("2026-w48") == {"sent": count}
    return count / took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--sent", type=int, default=1_000)
    given = parser.parse_args()
    seconds, size = made(given.messages)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"made: {given.messages} messages of {size / 1024:.0f} KiB in {seconds:.1f} s of one core, {peak:.0f} MB at most")
    mould = stencil(letter())
    finished = [mould.message(recipient(number)) for number in range(given.sent)]
    with sink() as port:  # in turn, so that both meet the same neighbours
        pairs = [(timed(lambda: bare(port, finished)), timed(lambda: ours(port, given.sent, mould))) for _ in range(PAIRS)]
    plain, whole = ([one[0] for one in side] for side in zip(*pairs, strict=True))
    work = [statistics.median(one[1] for one in side) / given.sent * 1e6 for side in zip(*pairs, strict=True)]
    share = statistics.median(b[0] / a[0] for a, b in pairs)
    print(
        f"handed over to smtp-sink, {given.sent} messages, median of {PAIRS}: smtplib alone {statistics.median(plain):.0f}/s, "
        f"the whole sender {statistics.median(whole):.0f}/s ({share:.0%}); own processor time a message: {work[0]:.0f} and {work[1]:.0f} µs"
    )


def timed(act: Callable[[], float]) -> tuple[float, float]:
    """Return what `act` gives, and the processor seconds of this process that it took: neighbours do not lengthen those."""
    began = time.process_time()
    return act(), time.process_time() - began


if __name__ == "__main__":
    main()
