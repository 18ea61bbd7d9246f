"""The loop's second statement, bare: an answer is stored and its lease ends, and nothing else is asked."""

from django.db import connection

ANSWER = """
WITH done AS (
    UPDATE annotation_assignment SET status = 'submitted' WHERE id = %(assignment)s AND status = 'active' RETURNING id
)
INSERT INTO annotation_submission (assignment_id, payload, seconds, flagged, idempotency_key, body_hash)
SELECT id, %(payload)s, 0, '', %(key)s, '' FROM done RETURNING id
"""


def store(assignment: int, payload: str, key: str) -> int:
    """The second statement: the answer is there and the lease is over; returns the answer's id."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, {"assignment": assignment, "payload": payload, "key": key})
        return cursor.fetchone()[0]
