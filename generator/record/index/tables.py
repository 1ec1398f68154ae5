"""The tables of the index (file.py), in one place: they are made together, and triggers of one note what changes in another.

Who owns them: listing.py `folders`; shelf.py the pages and what belongs to them; following.py `months` and `latest`; learning.py what the ledger's
rows come to; health.py `feeds`; derived.py `touched` and the answers.
"""

from __future__ import annotations

_PAGES = (
    "CREATE TABLE folders (folder TEXT PRIMARY KEY, names BLOB, stamps BLOB) WITHOUT ROWID",
    """CREATE TABLE pages (n INTEGER PRIMARY KEY, path TEXT UNIQUE, content_hash TEXT, id TEXT, pristine INTEGER, brief TEXT,
    listed INTEGER, withdrawn INTEGER, ripe INTEGER, awaited TEXT, last REAL, published REAL, category TEXT, added REAL)""",
    "CREATE INDEX by_id ON pages (id)",
    "CREATE INDEX by_last ON pages (last)",
    "CREATE INDEX by_published ON pages (published)",
    "CREATE INDEX by_withdrawn ON pages (n) WHERE withdrawn",
    "CREATE INDEX by_ripe ON pages (n) WHERE ripe",
    "CREATE INDEX by_awaited ON pages (awaited) WHERE awaited IS NOT NULL",
    "CREATE INDEX by_added ON pages (added) WHERE added IS NOT NULL",
    "CREATE TABLE marks (story TEXT, mark TEXT, n INTEGER, PRIMARY KEY (story, mark, n)) WITHOUT ROWID",
    "CREATE INDEX by_mark ON marks (mark)",
    "CREATE TABLE promises (n INTEGER, by TEXT, asked TEXT, answer TEXT)",
    "CREATE INDEX promises_by_page ON promises (n)",
    "CREATE INDEX promises_by_day ON promises (by)",
    "CREATE INDEX promises_answered ON promises (answer) WHERE answer != ''",
    "CREATE TABLE notes (n INTEGER, mark TEXT, PRIMARY KEY (n, mark)) WITHOUT ROWID",
)
_FOLLOWED = (
    # Each month's file: its stamp, '' of one that is too young to have one, its length and hash, and the hash of its lines in whatever order.
    """CREATE TABLE months (stream TEXT, name TEXT, stamp TEXT, length INTEGER, hash TEXT, lines TEXT, PRIMARY KEY (stream, name))
    WITHOUT ROWID""",
    "CREATE TABLE latest (stream TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID",
    "CREATE TABLE feeds (feed TEXT PRIMARY KEY, lines TEXT) WITHOUT ROWID",
)
LEARNED = {  # table → its columns
    "entries": "feed TEXT, entry TEXT, story TEXT, PRIMARY KEY (feed, entry)",
    "addresses": "mark TEXT PRIMARY KEY, story TEXT",
    "listed": "story TEXT, mark TEXT, feed TEXT, PRIMARY KEY (story, mark)",
    "published": "story TEXT PRIMARY KEY, at TEXT, path TEXT, title TEXT",
    "chosen": "story TEXT PRIMARY KEY, line TEXT",
    "counted": "story TEXT PRIMARY KEY, moment REAL, category TEXT",
    "merged": "story TEXT PRIMARY KEY, home TEXT",
    "let_go": "story TEXT PRIMARY KEY",
    "seen": "feed TEXT, entry TEXT, at TEXT, PRIMARY KEY (feed, entry)",
    "stood": "story TEXT, path TEXT, PRIMARY KEY (story, path)",
    "parted_entries": "feed TEXT, entry TEXT, story TEXT, PRIMARY KEY (feed, entry, story)",
    "parted_marks": "mark TEXT, story TEXT, line TEXT, PRIMARY KEY (mark, story)",
    "mends": "at TEXT, line TEXT",
}
_IN_ORDER = {"entries", "listed", "chosen", "mends"}  # of their rows it counts which came first
_LEARNED = (
    *(f"CREATE TABLE {name} ({columns}){'' if name in _IN_ORDER else ' WITHOUT ROWID'}" for name, columns in LEARNED.items()),
    "CREATE INDEX entries_by_story ON entries (story)",
    "CREATE INDEX listed_by_mark ON listed (mark)",
    "CREATE INDEX counted_by_moment ON counted (moment)",
)
ANSWERS = ("differing", "missing", "unplaced", "waiting")
# Table → the column with the story of which a new row, or one that goes, may change an answer. `marks` change with their page.
_STORY = {
    "pages": "id",
    "listed": "story",
    "parted_marks": "story",
    "published": "story",
    "merged": "story",
    "stood": "story",
    "chosen": "story",
    "let_go": "story",
}
_WHEN = (("INSERT", "NEW"), ("DELETE", "OLD"))
_DERIVED = (
    "CREATE TABLE touched (story TEXT PRIMARY KEY) WITHOUT ROWID",
    *(f"CREATE TABLE {name} (story TEXT PRIMARY KEY) WITHOUT ROWID" for name in ANSWERS),
    *(
        f"CREATE TRIGGER {table}_{event} AFTER {event} ON {table} BEGIN INSERT OR IGNORE INTO touched VALUES ({row}.{column}); END"  # noqa: S608  # names of this file's own
        for table, column in _STORY.items()
        for event, row in _WHEN
    ),
    # A page may have a source that stands, or stood, on another one.
    *(
        f"CREATE TRIGGER listed_elsewhere_{event} AFTER {event} ON listed"  # noqa: S608  # likewise
        f" BEGIN INSERT OR IGNORE INTO touched SELECT story FROM marks WHERE mark = {row}.mark; END"
        for event, row in _WHEN
    ),
)
TABLES = (*_PAGES, *_FOLLOWED, *_LEARNED, *_DERIVED)
