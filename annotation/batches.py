"""Batches: many tasks reserved for one person at once, until a day they are due, and what is left of one given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count
from psycopg.types.json import Jsonb

from annotation.models import Assignment, Campaign
from annotation.policies import STAGES
from annotation.queue import HELD
from core.models import User

DONE = (Assignment.Status.SUBMITTED, Assignment.Status.SKIPPED)

# As in annotation/queue.py: lanes walked along ``task_queue``, `open` on the locked row is the guard, a slot is taken only
# for an assignment that was made. Everybody locks in the order of lane, priority and id, so that nobody waits in a circle.
# What makes a task free for a person is the queue's rule; a test holds the two statements to the same.
TAKE = """
WITH person AS (
    SELECT m.role, m.languages, make_interval(days => c.batch_days) AS term, c.batch_size AS size
    FROM annotation_campaign c JOIN annotation_member m ON m.dataset_id = c.dataset_id
    WHERE c.id = %(campaign)s AND c.status = 'live' AND m.user_id = %(person)s AND m.status = 'active'
      AND NOT EXISTS (SELECT FROM annotation_assignment a WHERE a.campaign_id = %(campaign)s
                      AND a.person_id = %(person)s AND a.status IN ('active', 'reserved'))
), lane AS (
    SELECT language, stage FROM person, jsonb_array_elements_text(person.languages) AS language,
           jsonb_array_elements_text(%(stages)s -> person.role) AS stage ORDER BY 1, 2
), task AS (
    SELECT free.id, free.stage FROM lane, LATERAL (
        SELECT t.id, t.stage, t.priority FROM annotation_task t
        WHERE t.campaign_id = %(campaign)s AND t.purpose = 'work' AND t.language = lane.language AND t.stage = lane.stage
          AND t.status = 'open' AND t.open > 0
          AND NOT EXISTS (SELECT FROM annotation_assignment a WHERE a.task_id = t.id AND a.person_id = %(person)s
                          AND a.status NOT IN ('expired', 'released'))
          AND (t.stage = 'annotate' OR NOT EXISTS (
                SELECT FROM annotation_task o JOIN annotation_assignment a ON a.task_id = o.id
                WHERE o.unit_id = t.unit_id AND o.campaign_id = t.campaign_id AND a.person_id = %(person)s
                  AND a.stage = 'annotate' AND a.status = 'submitted'))
        ORDER BY t.priority DESC, t.id LIMIT (SELECT size FROM person) FOR NO KEY UPDATE OF t {locked}
    ) AS free ORDER BY free.priority DESC, free.id LIMIT (SELECT size FROM person)
), taken AS (
    INSERT INTO annotation_assignment AS a (task_id, campaign_id, person_id, stage, status, lease_until, started, reason)
    SELECT task.id, %(campaign)s, %(person)s, task.stage, 'reserved', statement_timestamp() + person.term, clock_timestamp(), ''
    FROM task, person
    ON CONFLICT (task_id, person_id) DO UPDATE
    SET stage = EXCLUDED.stage, status = 'reserved', lease_until = EXCLUDED.lease_until, started = EXCLUDED.started,
        draft = CASE WHEN a.stage = EXCLUDED.stage THEN a.draft END
    WHERE a.status IN ('expired', 'released')
    RETURNING a.id, a.task_id
), slot AS (
    UPDATE annotation_task t SET open = t.open - 1 FROM taken WHERE t.id = taken.task_id
)
SELECT count(*) FROM taken
"""
PASS_BY, WAIT = TAKE.format(locked="SKIP LOCKED"), TAKE.format(locked="")

# A person waits for the locks on their own batch: the task first, as everywhere.
RETURN = """
WITH rest AS (
    SELECT a.id FROM annotation_assignment a JOIN annotation_task t ON t.id = a.task_id
    WHERE a.campaign_id = %(campaign)s AND a.person_id = %(person)s AND a.status = 'reserved'
    ORDER BY t.language, t.stage, t.priority DESC, t.id FOR NO KEY UPDATE OF t, a
), released AS (
    UPDATE annotation_assignment a SET status = 'released' FROM rest WHERE a.id = rest.id AND a.status = 'reserved'
    RETURNING a.task_id
), slot AS (
    UPDATE annotation_task t SET open = t.open + 1 FROM released WHERE t.id = released.task_id
)
SELECT count(*) FROM released
"""


@dataclass(frozen=True)
class Batch:
    """What somebody holds of a campaign: answered and held out of all they took, and when the rest is due."""

    done: int
    held: int
    due: datetime

    @property
    def total(self) -> int:
        return self.done + self.held


def take(campaign_id: int, person_id: int) -> int:
    """Reserve up to a batch of free tasks in the queue's order; returns how many, 0 for who holds work already.

    Run inside a transaction that holds the person's membership, so that two tabs do not both find nothing held.
    """
    who = {"campaign": campaign_id, "person": person_id, "stages": Jsonb(STAGES)}
    # Who finds every row locked waits for them: nobody goes home while others only hold a lock.
    return _count(PASS_BY, who) or _count(WAIT, who)


def give_back(campaign_id: int, person_id: int) -> int:
    """Give back what is reserved and not begun; returns how many."""
    return _count(RETURN, {"campaign": campaign_id, "person": person_id})


def _count(statement: str, who: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, who)
        return cursor.fetchone()[0]


def of(person: User, campaigns: Iterable[Campaign]) -> dict[int, Batch]:
    """Campaign id to the batch the person holds of it; one query.

    The tasks of a batch were taken in one statement and are due at one moment, by which its finished ones are known.
    """
    mine = Assignment.objects.filter(person=person, campaign__in=[one for one in campaigns if one.batch_size])
    rows = list(mine.order_by().values_list("campaign", "status", "lease_until").annotate(Count("pk")))
    dues: dict[int, datetime] = {}
    for campaign, status, due, _count in rows:
        if status in HELD:
            dues[campaign] = min(due, dues.get(campaign, due))
    return {
        campaign: Batch(
            done=sum(n for at, status, until, n in rows if at == campaign and status in DONE and until >= due),
            held=sum(n for at, status, _until, n in rows if at == campaign and status in HELD),
            due=due,
        )
        for campaign, due in dues.items()
    }
