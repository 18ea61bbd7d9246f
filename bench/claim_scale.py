"""The claim at a million tasks: how long its one statement takes in the database, and that it does not grow with the queue."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from annotation import queue
from annotation.actions import campaigns, datasets
from annotation.models import Campaign, Dataset
from core.models import User

CAMPAIGNS, PEOPLE, OVERLAP, CLAIMS = 10, 500, 3, 2000
SMALL, LARGE = 10_000, 1_000_000
LANGUAGES = ["sw", "my", "ur", "yo", "am"]
SCHEMA = {"kinds": {"sentence": {"fields": {"text": {"type": "text", "translate": True}}}}}

# One item and one unit for every task; the tasks of a campaign are spread over the languages.
ITEMS = """
INSERT INTO annotation_item (dataset_id, kind, key, split, language, origin, content, hash)
SELECT %(dataset)s, 'sentence', %(name)s || n, 'test', 'en', 'imported', jsonb_build_object('text', 'Sentence ' || n), ''
FROM generate_series(1, %(tasks)s) AS n RETURNING id
"""
UNITS = """
INSERT INTO annotation_unit (item_id, language, status, route, reasons)
SELECT id, (%(languages)s::text[])[1 + id / %(campaigns)s %% array_length(%(languages)s::text[], 1)], 'drafted', 'people', '[]'
FROM annotation_item WHERE dataset_id = %(dataset)s
"""
# Of each campaign's tasks the first third is done, and then come as many, to one hundredth of all, whose slots are all taken.
TASKS = """
INSERT INTO annotation_task (campaign_id, unit_id, language, round, stage, purpose, status, needed, open, priority, reason)
SELECT %(first)s + place %% %(campaigns)s, unit, language, 1, 'annotate', 'work',
       CASE WHEN place < %(tasks)s / 3 THEN 'done' ELSE 'open' END, %(overlap)s,
       CASE WHEN place < %(tasks)s / 3 + %(tasks)s / 100 THEN 0 ELSE %(overlap)s END, 0, ''
FROM (SELECT u.id AS unit, u.language, row_number() OVER (ORDER BY u.id) - 1 AS place
      FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id WHERE i.dataset_id = %(dataset)s) AS units
"""
# Everybody has answered their part of what is done, and one person the first open tasks of the first campaign as well.
ANSWERED = """
INSERT INTO annotation_assignment (task_id, campaign_id, person_id, stage, status, lease_until, started, reason)
SELECT t.id, t.campaign_id, %(person)s + (t.id + shift) %% %(people)s, 'annotate', 'submitted', now(), now(), ''
FROM annotation_task t JOIN annotation_campaign c ON c.id = t.campaign_id, generate_series(0, %(overlap)s - 1) AS shift
WHERE c.dataset_id = %(dataset)s AND t.status = 'done'
"""
AHEAD = """
INSERT INTO annotation_assignment (task_id, campaign_id, person_id, stage, status, lease_until, started, reason)
SELECT id, campaign_id, %(person)s, 'annotate', 'submitted', now(), now(), '' FROM annotation_task
WHERE campaign_id = %(campaign)s AND status = 'open' AND open > 0 ORDER BY id LIMIT %(limit)s ON CONFLICT DO NOTHING
"""
GIVE_UP = "UPDATE annotation_assignment SET status = 'submitted' WHERE id = %s"


def run(
    say: Callable[[str], None], *, small: int = SMALL, large: int = LARGE, people: int = PEOPLE, claims: int = CLAIMS
) -> dict[str, Any]:  # fmt: skip
    """The milliseconds of a claim by the 95th percentile, at both sizes, and for somebody who is far ahead of all others."""
    few = measure(say, tasks=small, people=people, claims=claims)
    many = measure(say, tasks=large, people=people, claims=claims)
    return {
        "tasks": large,
        "campaigns": CAMPAIGNS,
        "people": people,
        "claims": claims,
        "p50_ms": many["p50_ms"],
        "p95_ms": many["p95_ms"],
        "p99_ms": many["p99_ms"],
        "p95_ms_10k": few["p95_ms"],
        "growth": round(many["p95_ms"] / few["p95_ms"], 2),
        "ahead": many["ahead"],
        "ahead_p95_ms": many["ahead_p95_ms"],
    }


def measure(say: Callable[[str], None], *, tasks: int, people: int, claims: int) -> dict[str, Any]:
    """Build a dataset of so many tasks, then let people of it claim in turn, everybody in every campaign."""
    began = time.perf_counter()
    dataset, rows, crowd = build(tasks, people)
    say(f"{tasks} tasks in {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        # The statement is measured, not the disk that a commit waits for, which is as slow at any size.
        cursor.execute("SET synchronous_commit = off")
    _times(rows, crowd, claims // 10)  # so that every statement is planned
    cuts = statistics.quantiles(_times(rows, crowd, claims), n=100, method="inclusive")
    found = {f"p{p}_ms": round(cuts[p - 1] * 1000, 2) for p in (50, 95, 99)}
    everywhere = crowd[2:3]  # who speaks all languages
    ahead = _run_ahead(rows[0], everywhere[0], limit=tasks // 20)
    far = statistics.quantiles(_times(rows[:1], everywhere, 50), n=100, method="inclusive")[94]
    found |= {"ahead": ahead, "ahead_p95_ms": round(far * 1000, 2)}
    say(f"{tasks} tasks: {found}")
    return found


def build(tasks: int, people: int) -> tuple[Dataset, list[Campaign], list[int]]:
    """A dataset in the midst of its work: a third of the tasks done, a hundredth taken; its live campaigns and its people."""
    name = f"scale-{tasks}"
    dataset = datasets.create(slug=name, name=name, schema=SCHEMA, languages=LANGUAGES, by=None)
    crowd = _crowd(dataset, people)
    rows = [campaigns.create(dataset, slug=f"c-{n}", name=f"C {n}", overlap=OVERLAP, by=None) for n in range(CAMPAIGNS)]
    dataset.campaigns.update(status="live")
    values = {"dataset": dataset.pk, "name": name, "tasks": tasks, "languages": LANGUAGES, "overlap": OVERLAP}
    values |= {"first": rows[0].pk, "campaigns": CAMPAIGNS, "person": crowd[0], "people": people}
    with connection.cursor() as cursor:
        for statement in (ITEMS, UNITS, TASKS, ANSWERED, "VACUUM ANALYZE"):
            cursor.execute(statement, values)
    return dataset, rows, crowd


def _crowd(dataset: Dataset, number: int) -> list[int]:
    """People who work in one language, in two, and in all."""
    people = User.objects.bulk_create(User(username=f"{dataset.slug}-{n}", password="!") for n in range(number))
    spoken = [LANGUAGES[:1], LANGUAGES[1:3], LANGUAGES]
    dataset.members.bulk_create(
        dataset.members.model(dataset=dataset, user=one, role="annotator", languages=spoken[n % 3])
        for n, one in enumerate(people)
    )
    return [one.pk for one in people]


def _run_ahead(campaign: Campaign, person: int, *, limit: int) -> int:
    """This person has answered the first open tasks there are for them, and nobody else has; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(AHEAD, {"campaign": campaign.pk, "person": person, "limit": limit})
        made = cursor.rowcount
        cursor.execute("VACUUM ANALYZE annotation_assignment")
    return made


def _times(rows: list[Campaign], crowd: list[int], number: int) -> list[float]:
    """Seconds of each claim over a local socket; each is answered, so that the next one is a new task."""
    found = []
    for n in range(number):
        campaign, person = rows[n % len(rows)], crowd[n // len(rows) * 7 % len(crowd)]
        began = time.perf_counter()
        assignment = queue.claim(campaign.pk, person)
        found.append(time.perf_counter() - began)
        if assignment is None:
            raise RuntimeError(f"nothing was left for person {person} in campaign {campaign.pk}")
        with connection.cursor() as cursor:
            cursor.execute(GIVE_UP, [assignment])
    return found
