"""What should this person see next: one statement that finds a task, takes a slot and makes the assignment."""

from contextlib import nullcontext
from datetime import datetime
from hashlib import md5
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils.crypto import salted_hmac

from annotation.models import Assignment, Guideline, Member, Task
from core.clock import DatabaseNow
from core.errors import Conflict
from core.events import event, record_all

# A person has its slot.
HELD = (Assignment.Status.ACTIVE, Assignment.Status.RESERVED)

# What a person has already (also when its time is up and nobody has swept it: the slot is still theirs) comes before
# anything new, and of a batch the first is next; where work is taken in batches only these are given. Each lane, a language
# and a stage, is walked along the index ``task_queue`` to its first task that is free for this person. `open`, on the locked
# row, is the guard: counting assignments here would count by the statement's snapshot and give slots away twice. A slot is
# taken only for an assignment that was made.
#
# Gold takes the place of the work that would have come, in its language, when chance says so for this person and the number
# of answers they have given or hold; so it comes only while there is work, and nobody can tell when. A person who is not
# qualified yet gets the gold of training or of the test instead of work, one by one. Of the gold there is, the least used
# comes first.
CLAIM = """
WITH person AS (
    SELECT m.role, m.languages, make_interval(mins => c.lease_minutes) AS lease, make_interval(days => c.batch_days) AS term,
           c.dataset_id, c.gold_rate, c.batch_size, c.task_type ->> 'name' AS task_type, c.qualification <> '{{}}' AS tested,
           coalesce(c.audience ->> 'role', 'annotator') AS asked, coalesce((c.audience ->> 'others')::boolean, false) AS others
    FROM annotation_campaign c JOIN annotation_member m ON m.dataset_id = c.dataset_id
    WHERE c.id = %(campaign)s AND c.status = 'live' AND m.user_id = %(person)s AND m.status = 'active'
), held AS (
    UPDATE annotation_assignment a SET lease_until = greatest(a.lease_until, clock_timestamp() + person.lease),
           started = CASE a.status WHEN 'active' THEN a.started ELSE clock_timestamp() END, status = 'active'
    FROM person WHERE {single} AND a.id = (
        SELECT b.id FROM annotation_assignment b
        WHERE b.campaign_id = %(campaign)s AND b.person_id = %(person)s AND b.status IN ('active', 'reserved')
        ORDER BY b.status, b.lease_until, b.id LIMIT 1 FOR NO KEY UPDATE)
    RETURNING a.id
), lane AS (
    SELECT language, stage, others, batch_size, CASE WHEN stage = 'annotate' AND person.tested THEN (
               SELECT CASE WHEN q.status = 'training' THEN 'training' WHEN q.status = 'testing' THEN 'test'
                           WHEN q.status = 'passed' AND q.expires > clock_timestamp() THEN 'work' END
               FROM annotation_qualification q WHERE q.dataset_id = person.dataset_id AND q.person_id = %(person)s
                 AND q.language = spoken.language AND q.task_type = person.task_type) ELSE 'work' END AS purpose
    FROM person, jsonb_array_elements_text(person.languages) AS spoken (language),
         unnest(ARRAY['annotate', 'verify', 'adjudicate']) AS stage
    WHERE NOT EXISTS (SELECT FROM held) AND person.role = CASE stage WHEN 'annotate' THEN person.asked ELSE 'expert' END
      AND NOT EXISTS (SELECT FROM annotation_hold h WHERE h.campaign_id = %(campaign)s AND h.person_id = %(person)s
                      AND h.language = spoken.language AND h.status = 'active')
), work AS (
    SELECT first.id, first.stage, lane.language FROM lane, LATERAL (
        SELECT t.id, t.stage, t.priority FROM annotation_task t
        WHERE t.campaign_id = %(campaign)s AND t.purpose = 'work' AND lane.purpose = 'work' AND (lane.batch_size = 0) = {single}
          AND t.language = lane.language AND t.stage = lane.stage AND t.status = 'open' AND t.open > 0
          AND NOT EXISTS (SELECT FROM annotation_assignment a WHERE a.task_id = t.id AND a.person_id = %(person)s
                          AND a.status NOT IN ('expired', 'released'))
          AND (t.stage = 'annotate' OR NOT EXISTS (
                SELECT FROM annotation_task o JOIN annotation_assignment a ON a.task_id = o.id
                WHERE o.unit_id = t.unit_id AND o.campaign_id = t.campaign_id AND a.person_id = %(person)s
                  AND a.stage = 'annotate' AND a.status = 'submitted'))
          AND NOT (lane.others AND EXISTS (
                SELECT FROM annotation_task o JOIN annotation_assignment a ON a.task_id = o.id
                WHERE o.unit_id = t.unit_id AND o.campaign_id <> t.campaign_id AND a.person_id = %(person)s
                  AND a.status = 'submitted'))
        ORDER BY t.priority DESC, t.id LIMIT 1 FOR NO KEY UPDATE OF t {locked}
    ) AS first ORDER BY first.priority DESC, first.id LIMIT 1
), known AS (
    SELECT language, purpose FROM lane WHERE {single} AND purpose IN ('training', 'test')
    UNION ALL
    SELECT language, 'gold' FROM work, person WHERE stage = 'annotate' AND gold_rate > 0 AND gold_rate * 4294967296 > (
        SELECT ('x' || left(md5(%(chance)s::text || count(*)), 8))::bit(32)::bigint FROM annotation_assignment a
        WHERE a.campaign_id = %(campaign)s AND a.person_id = %(person)s AND a.status NOT IN ('expired', 'released'))
), gold AS (
    SELECT t.id, t.stage FROM known JOIN annotation_task t ON t.language = known.language AND t.purpose = known.purpose
    JOIN annotation_gold g ON g.task_id = t.id AND g.status = 'active'
    WHERE t.campaign_id = %(campaign)s AND t.stage = 'annotate' AND t.status = 'open' AND t.open > 0
      AND NOT EXISTS (SELECT FROM annotation_task o JOIN annotation_assignment a ON a.task_id = o.id
                      WHERE o.unit_id = t.unit_id AND o.campaign_id = t.campaign_id AND a.person_id = %(person)s
                        AND (o.id <> t.id OR a.status NOT IN ('expired', 'released')))
    ORDER BY t.needed - t.open, md5(%(chance)s::text || t.id) LIMIT 1 FOR NO KEY UPDATE OF t {locked}
), task AS (
    SELECT id, stage FROM gold UNION ALL SELECT id, stage FROM work WHERE NOT EXISTS (SELECT FROM gold)
), taken AS (
    INSERT INTO annotation_assignment AS a (task_id, campaign_id, person_id, stage, status, lease_until, started, reason)
    SELECT task.id, %(campaign)s, %(person)s, task.stage, {status}, {until}, clock_timestamp(), ''
    FROM task, person
    ON CONFLICT (task_id, person_id) DO UPDATE
    SET stage = EXCLUDED.stage, status = EXCLUDED.status, lease_until = EXCLUDED.lease_until, started = EXCLUDED.started,
        draft = CASE WHEN a.stage = EXCLUDED.stage THEN a.draft END
    WHERE a.status IN ('expired', 'released')
    RETURNING a.id, a.task_id
), slot AS (
    UPDATE annotation_task t SET open = t.open - 1 FROM taken WHERE t.id = taken.task_id
)
SELECT id FROM held UNION ALL SELECT id FROM taken
"""
ONE = {"single": "true", "status": "'active'", "until": "clock_timestamp() + person.lease"}
# All of a batch is due at one moment.
OF_BATCH = {"single": "false", "status": "'reserved'", "until": "%(since)s + person.term"}
# Others take what they need without waiting for each other; only who finds nothing at all waits for what they hold.
PASS_BY, WAIT = (CLAIM.format(**ONE, locked=locked) for locked in ("SKIP LOCKED", ""))
RESERVE, RESERVE_WAIT = (CLAIM.format(**OF_BATCH, locked=locked) for locked in ("SKIP LOCKED", ""))

# Locked rows are being answered or handed out at this moment: the next sweep looks at them again.
SWEEP = """
WITH due AS (
    SELECT a.id FROM annotation_assignment a JOIN annotation_task t ON t.id = a.task_id
    WHERE a.status IN ('active', 'reserved') AND a.lease_until < clock_timestamp()
    ORDER BY a.lease_until LIMIT 1000 FOR NO KEY UPDATE OF t, a SKIP LOCKED
), expired AS (
    UPDATE annotation_assignment a SET status = 'expired' FROM due WHERE a.id = due.id RETURNING a.id, a.task_id
), slots AS (
    UPDATE annotation_task t SET open = t.open + e.slots
    FROM (SELECT task_id, count(*) AS slots FROM expired GROUP BY task_id) AS e WHERE t.id = e.task_id
)
SELECT id FROM expired
"""


def claim(campaign_id: int, person_id: int) -> int | None:
    """The id of the assignment this person is to work on, with a fresh lease; None when nothing is left for them.

    Membership, languages and the campaign's state are read in the statement itself: it gives a stranger nothing.
    """
    who = {"campaign": campaign_id, "person": person_id, "chance": chance(campaign_id, person_id)}
    return _claim(PASS_BY, who) or _claim(WAIT, who)


def reserve(campaign_id: int, person_id: int, since: datetime) -> int | None:
    """Reserve the task that a claim would give, for the person's batch begun at `since`; None when nothing is left for them."""
    who = {"campaign": campaign_id, "person": person_id, "chance": chance(campaign_id, person_id), "since": since}
    return _claim(RESERVE, who) or _claim(RESERVE_WAIT, who)


def _claim(statement: str, who: dict[str, Any]) -> int | None:
    # Alone it needs no transaction around it, and that saves two round trips.
    guard = transaction.atomic if connection.in_atomic_block else nullcontext
    for last in (False, True):
        try:
            with guard(), connection.cursor() as cursor:
                cursor.execute(statement, who)
                found = cursor.fetchone()
                return found[0] if found else None
        except IntegrityError:  # another tab of this person was faster: what it got is the answer
            if last:
                raise
    return None


def chance(campaign_id: int, person_id: int) -> str:
    """What this person's draws of gold begin with: only the server can know it, and so when gold comes."""
    return salted_hmac("annotation.queue.gold", f"{campaign_id}:{person_id}", algorithm="sha256").hexdigest()


def drawn(chance: str, answered: int, rate: float) -> bool:
    """Whether gold comes after so many answers: the draw that the claim makes, for whoever must know beforehand."""
    return int(md5(f"{chance}{answered}".encode(), usedforsecurity=False).hexdigest()[:8], 16) < rate * 2**32


def sweep() -> int:
    """Take back every lease whose time is up by the database's clock; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SWEEP)
        expired = [row[0] for row in cursor.fetchall()]
        rows = Assignment.objects.filter(pk__in=expired).select_related("campaign")
        record_all(event("expire", row, data={"person": row.person_id}) for row in rows)
    return len(expired)


def locked(assignment: Assignment) -> Assignment:
    """The assignment as it is now, with its task, both locked until the transaction ends.

    It knows besides ``now`` by the database's clock, whether its person is ``simulated``, and the ``shown`` guideline, the
    one in force when the work was handed out. Always the task first: the claim and everybody else lock in this order, so
    that nobody waits in a circle.
    """
    campaign = assignment.campaign
    task = Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
    simulated = Member.objects.filter(dataset=campaign.dataset_id, user=OuterRef("person"), simulated=True)
    shown = Guideline.objects.filter(campaign=campaign, created__lte=OuterRef("started")).values("pk")[:1]
    row = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .annotate(now=DatabaseNow(), simulated=Exists(simulated), shown=Subquery(shown))
        .get(pk=assignment.pk)
    )
    task.campaign = row.campaign = campaign
    row.task = task
    return row


def free(row: Assignment, status: str, *, reason: str = "") -> None:
    """End a lease without an answer and give its slot back; `row` comes from `locked`."""
    if row.status not in HELD:
        raise Conflict(f"This assignment is not yours any more: it is {row.get_status_display()}. Take the next one.")
    row.status, row.reason = status, reason
    row.save(update_fields=["status", "reason"])
    Task.objects.filter(pk=row.task_id).update(open=F("open") + 1)
