"""What should this person see next: one statement that finds a task, takes a slot and makes the assignment."""

from contextlib import nullcontext
from datetime import datetime
from hashlib import md5
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils.crypto import salted_hmac
from psycopg.types.json import Jsonb

from annotation.models import Assignment, Guideline, Member, Submission, Task
from core.clock import DatabaseNow
from core.errors import Conflict
from core.events import event, record_all
from core.models import Event
from core.prepared import Hole, Prepared, cursor
from core.told import told

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
    FROM annotation_campaign c JOIN annotation_member m ON m.dataset_id = c.dataset_id JOIN core_user u ON u.id = m.user_id
    WHERE c.id = %(campaign)s AND c.status = 'live' AND u.id = %(person)s AND u.is_active AND m.status = 'active'
      AND m.role <> 'manager'
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
), place AS (
    SELECT t.priority, t.id FROM annotation_assignment a JOIN annotation_task t ON t.id = a.task_id
    WHERE a.campaign_id = %(campaign)s AND a.person_id = %(person)s AND t.purpose = 'work' ORDER BY a.id DESC LIMIT 1
), work AS (
    SELECT first.id, first.stage, lane.language FROM lane, LATERAL (
        SELECT t.id, t.stage, queue.priority FROM (
            SELECT id, priority FROM annotation_task
            WHERE campaign_id = %(campaign)s AND purpose = 'work' AND language = lane.language AND stage = lane.stage
              AND status = 'open' AND open > 0 {stretch}
        ) AS queue JOIN annotation_task t ON t.id = queue.id
        WHERE lane.purpose = 'work' AND (lane.batch_size = 0) = {single}
          AND t.stage = lane.stage AND t.status = 'open' AND t.open > 0
          AND NOT EXISTS (SELECT FROM annotation_assignment a WHERE a.task_id = t.id AND a.person_id = %(person)s
                          AND a.status NOT IN ('expired', 'released'))
          AND (t.stage = 'annotate' OR (
                SELECT a.id FROM annotation_task o JOIN annotation_assignment a ON a.task_id = o.id
                WHERE o.unit_id = t.unit_id AND o.campaign_id = t.campaign_id AND a.person_id = %(person)s
                  AND a.stage = 'annotate' AND a.status = 'submitted' LIMIT 1) IS NULL)
          AND NOT (lane.others AND (  -- also of the texts that this record is composed of
                SELECT a.id FROM annotation_unit whole LEFT JOIN annotation_reference r ON r.item_id = whole.item_id
                JOIN annotation_unit part ON part.item_id = ANY (ARRAY[whole.item_id, r.target_id]) AND part.language = whole.language
                JOIN annotation_task o ON o.unit_id = part.id AND o.campaign_id <> t.campaign_id
                JOIN annotation_assignment a ON a.task_id = o.id AND a.person_id = %(person)s AND a.status = 'submitted'
                WHERE whole.id = t.unit_id LIMIT 1) IS NOT NULL)
        ORDER BY queue.priority DESC, queue.id LIMIT 1 FOR NO KEY UPDATE OF t {locked}
    ) AS first ORDER BY first.priority DESC, first.id LIMIT 1
), known AS (
    SELECT language, purpose FROM lane WHERE {single} AND purpose IN ('training', 'test')
    UNION ALL
    SELECT language, 'gold' FROM work, person WHERE stage = 'annotate' AND gold_rate > 0 AND gold_rate * 4294967296 > (
        SELECT ('x' || left(md5(%(chance)s::text || count(*)), 8))::bit(32)::bigint FROM annotation_assignment a
        WHERE a.campaign_id = %(campaign)s AND a.person_id = %(person)s AND a.status NOT IN ('expired', 'released'))
), gold AS (
    SELECT least_used.id, least_used.stage FROM known, LATERAL (  -- so that nobody looks through the gold who is to have none
        SELECT t.id, t.stage FROM annotation_task t JOIN annotation_gold g ON g.task_id = t.id AND g.status = 'active'
        WHERE t.campaign_id = %(campaign)s AND t.purpose = known.purpose AND t.language = known.language
          AND t.stage = 'annotate' AND t.status = 'open' AND t.open > 0
          AND NOT EXISTS (SELECT FROM annotation_task o JOIN annotation_assignment a ON a.task_id = o.id
                          WHERE o.unit_id = t.unit_id AND o.campaign_id = t.campaign_id AND a.person_id = %(person)s
                            AND (o.id <> t.id OR a.status NOT IN ('expired', 'released')))
        ORDER BY t.needed - t.open, md5(%(chance)s::text || t.id) LIMIT 1 FOR NO KEY UPDATE OF t {locked}
    ) AS least_used LIMIT 1
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
# The head of each lane has something for nearly everybody. Who has answered all of it and is far ahead of the others goes
# on behind their last task, instead of passing thousands of their own again at every claim; and only then looks everywhere.
HEAD = "ORDER BY priority DESC, id LIMIT 100"
BEHIND = "AND priority = (SELECT priority FROM place) AND id > (SELECT id FROM place)"
BELOW = "AND priority < (SELECT priority FROM place)"
STRETCHES = (HEAD, BEHIND, BELOW, "")
ONE = {"single": "true", "status": "'active'", "until": "clock_timestamp() + person.lease"}
# All of a batch is due at one moment.
OF_BATCH = {"single": "false", "status": "'reserved'", "until": "%(since)s + person.term"}


def _tries(**kind: str) -> list[str]:
    """Others take what they need without waiting for each other; only who finds nothing at all waits for what they hold."""
    passing_by = [CLAIM.format(**kind, stretch=part, locked="SKIP LOCKED") for part in STRETCHES]
    return [*passing_by, CLAIM.format(**kind, stretch="", locked="")]


TRIES, RESERVE = _tries(**ONE), _tries(**OF_BATCH)

# An answer is there, its lease is over, and an Event says so; one that came late takes its slot again first.
ANSWER = """
WITH slot AS (
    UPDATE annotation_task SET open = open - 1 WHERE id = %(task)s AND %(late)s
), done AS (
    UPDATE annotation_assignment SET status = 'submitted' WHERE id = %(assignment)s RETURNING id
), answer AS (
    INSERT INTO annotation_submission (assignment_id, payload, guideline_id, seconds, flagged, pastes, idempotency_key, body_hash)
    SELECT id, %(payload)s, %(guideline)s, %(seconds)s, %(flagged)s, %(pastes)s, %(key)s, %(hash)s FROM done RETURNING id, created
), told AS (
    INSERT INTO core_event (actor_id, verb, subject, scope, data)
    SELECT %(actor)s, %(verb)s, %(subject)s, %(scope)s, %(data)s || jsonb_build_object('submission', id) FROM answer
)
SELECT id, created FROM answer
"""

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
    return _claim(TRIES, {"campaign": campaign_id, "person": person_id})


def reserve(campaign_id: int, person_id: int, since: datetime) -> int | None:
    """Reserve the task that a claim would give, for the person's batch begun at `since`; None when nothing is left for them."""
    return _claim(RESERVE, {"campaign": campaign_id, "person": person_id, "since": since})


def _claim(tries: list[str], who: dict[str, Any]) -> int | None:
    who["chance"] = chance(who["campaign"], who["person"])
    return next(filter(None, (_execute(statement, who) for statement in tries)), None)


def _execute(statement: str, who: dict[str, Any]) -> int | None:
    # Alone it needs no transaction around it, and that saves two round trips.
    guard = transaction.atomic if connection.in_atomic_block else nullcontext
    for last in (False, True):
        try:
            with guard(), cursor() as opened:
                opened.execute(statement, who)
                found = opened.fetchone()
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
    with transaction.atomic(), connection.cursor() as opened:
        opened.execute(SWEEP)
        expired = [row[0] for row in opened.fetchall()]
        rows = Assignment.objects.filter(pk__in=expired).select_related("campaign")
        record_all(event("expire", row, data={"person": row.person_id}) for row in rows)
    return len(expired)


def _locked() -> Any:
    simulated = Member.objects.filter(dataset=OuterRef("campaign__dataset"), user=OuterRef("person"), simulated=True)
    shown = Guideline.objects.filter(campaign=OuterRef("campaign"), created__lte=OuterRef("started")).values("pk")[:1]
    rows = Assignment.objects.select_related("task").select_for_update(of=("task", "self"), no_key=True)
    return rows.annotate(now=DatabaseNow(), simulated=Exists(simulated), shown=Subquery(shown)).filter(pk=Hole("pk"))


LOCKED = Prepared(_locked)


def locked(assignment: Assignment) -> Assignment:
    """The assignment as it is now, with its task, both locked until the transaction ends.

    It knows besides ``now`` by the database's clock, whether its person is ``simulated``, and the ``shown`` guideline, the
    one in force when the work was handed out. Always the task first: the claim and everybody else lock in this order, so
    that nobody waits in a circle.
    """
    row = LOCKED.first(pk=assignment.pk)
    if row is None:
        raise Conflict("This assignment is not there any more.")
    row.campaign = row.task.campaign = assignment.campaign
    return row


def store(row: Assignment, answer: Submission, told: Event, *, late: bool) -> Submission:
    """End a lease by its answer, and record the Event that tells of it, in one statement; `row` comes from `locked`."""
    values = {
        "task": row.task_id, "late": late, "assignment": row.pk,
        "payload": Jsonb(answer.payload), "guideline": answer.guideline_id, "seconds": answer.seconds,
        "flagged": answer.flagged, "pastes": answer.pastes, "key": answer.idempotency_key, "hash": answer.body_hash,
        "actor": told.actor_id, "verb": told.verb, "subject": told.subject, "scope": told.scope, "data": Jsonb(told.data),
    }  # fmt: skip
    with cursor() as opened:
        opened.execute(ANSWER, values)
        answer.pk, answer.created = opened.fetchone()
    row.status = Assignment.Status.SUBMITTED
    row.task.open -= late
    return answer


def free(row: Assignment, status: str, *, reason: str = "") -> None:
    """End a lease without an answer and give its slot back; `row` comes from `locked`."""
    if row.status not in HELD:
        raise Conflict(told(
            "This assignment is not yours any more: it is {status}. Take the next one.",
            status=told(row.get_status_display()),
        ))
    row.status, row.reason = status, reason
    row.save(update_fields=["status", "reason"])
    Task.objects.filter(pk=row.task_id).update(open=F("open") + 1)
