"""The loop's two statements, bare: the queue's own claim, and an answer that is stored unread while its lease ends."""

from collections.abc import Callable
from typing import Any

from annotation import queue

ANSWER = """
WITH done AS (
    UPDATE annotation_assignment SET status = 'submitted' WHERE id = %(assignment)s AND status = 'active' RETURNING id
)
INSERT INTO annotation_submission (assignment_id, payload, seconds, flagged, pastes, idempotency_key, body_hash)
SELECT id, %(payload)s, 0, '', 0, %(key)s, '' FROM done RETURNING id
"""
# How a statement is sent: as Django does, with its values in its text, or prepared as we do.
Cursor = Callable[[], Any]


def claim(cursor: Cursor, campaign: int, person: int) -> int | None:
    """The first statement: the assignment's id, or None when nothing is left at all."""
    who = {"campaign": campaign, "person": person, "chance": queue.chance(campaign, person)}
    with cursor() as opened:
        for statement in queue.TRIES:
            opened.execute(statement, who)
            if found := opened.fetchone():
                return found[0]
    return None


def store(cursor: Cursor, assignment: int, payload: str, key: str) -> int:
    """The second statement: the answer is there and the lease is over; returns the answer's id."""
    with cursor() as opened:
        opened.execute(ANSWER, {"assignment": assignment, "payload": payload, "key": key})
        return opened.fetchone()[0]
