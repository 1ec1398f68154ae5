"""What is the matter with stories, by pages and ledger together, worked out anew only for those of which something changed.

Four questions would each need a look at every story there ever was: which pages differ from what the ledger put there, which published stories have
no page any more, which pages stand where the ledger knows none, which chosen stories wait for theirs. The answers are tables. Triggers (tables.py)
note every story whose answer may be another one since (`touched`); before a question is asked its rows are made again.
"""

from __future__ import annotations

import sqlite3

# Answer (tables.py) → which of the touched stories `t` belong to it.
_ANSWERS = {
    "differing": """
        EXISTS (SELECT 1 FROM pages p WHERE p.id = t.story AND NOT p.withdrawn) AND (
            EXISTS (SELECT 1 FROM listed l WHERE l.story = t.story
                AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.story = l.story AND m.mark = l.mark))
            OR EXISTS (SELECT 1 FROM marks m WHERE m.story = t.story
                AND NOT EXISTS (SELECT 1 FROM listed l WHERE l.story = m.story AND l.mark = m.mark)
                AND (EXISTS (SELECT 1 FROM listed l WHERE l.mark = m.mark)
                    OR EXISTS (SELECT 1 FROM parted_marks p WHERE p.mark = m.mark AND p.story = m.story))))""",
    "missing": """
        EXISTS (SELECT 1 FROM published p WHERE p.story = t.story)
        AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.id = t.story) AND NOT EXISTS (SELECT 1 FROM merged m WHERE m.story = t.story)""",
    "unplaced": """
        EXISTS (SELECT 1 FROM pages p WHERE p.id = t.story AND p.listed
            AND NOT EXISTS (SELECT 1 FROM stood s WHERE s.story = p.id AND s.path = p.path))""",
    "waiting": """
        EXISTS (SELECT 1 FROM chosen c WHERE c.story = t.story) AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.id = t.story)
        AND NOT EXISTS (SELECT 1 FROM published p WHERE p.story = t.story) AND NOT EXISTS (SELECT 1 FROM let_go l WHERE l.story = t.story)""",
}


def work_out(db: sqlite3.Connection) -> None:
    """Bring the answers up to date."""
    if not db.execute("SELECT 1 FROM touched LIMIT 1").fetchall():
        return
    for name, condition in _ANSWERS.items():
        db.execute(f"DELETE FROM {name} WHERE story IN touched")  # noqa: S608  # names and conditions of this file's own
        db.execute(f"INSERT INTO {name} SELECT story FROM touched t WHERE {condition}")  # noqa: S608
    db.execute("DELETE FROM touched")
