"""Batches, the tasks reserved for one person at once until a day they are due: how far one is, and what is left given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count

from annotation.models import Assignment, Campaign
from annotation.queue import HELD
from core.models import User

DONE = (Assignment.Status.SUBMITTED, Assignment.Status.SKIPPED)

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


def give_back(campaign_id: int, person_id: int) -> int:
    """Give back what is reserved and not begun; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(RETURN, {"campaign": campaign_id, "person": person_id})
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
