"""Freezing: one statement copies in all rows of a release, and so sees one moment of a database that people work in."""

import json
from typing import Any

from django.db import connection

from pipelines.gate import ACCEPTED, COUNT, STATE, parameters, report
from pipelines.layout import only_text
from pipelines.models import Release

# Every translation a released text went through, oldest first, with what checks found in it.
HISTORY = """
finding AS (
    SELECT f.translation_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'check', f.check_name, 'verdict', f.verdict, 'value', f.value, 'detail', nullif(f.detail, ''),
        'signature', f.signature)) ORDER BY f.id) AS findings
    FROM annotation_finding f JOIN annotation_translation t ON t.id = f.translation_id JOIN unit u ON u.id = t.unit_id
    GROUP BY f.translation_id
),
history AS (
    SELECT t.unit_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'hash', t.hash, 'origin', t.origin,
        'by', coalesce(m.pseudonym, CASE WHEN t.author_id IS NOT NULL THEN 'administrator' END),
        'made_by', nullif(t.made_by - 'run', '{}'), 'findings', f.findings)) ORDER BY t.id) AS translations
    FROM annotation_translation t JOIN unit u ON u.id = t.unit_id
    LEFT JOIN annotation_member m ON m.user_id = t.author_id AND m.dataset_id = %(dataset)s
    LEFT JOIN finding f ON f.translation_id = t.id
    GROUP BY t.unit_id
)
"""

# Who answered and who verified, by pseudonym.
PEOPLE = """
answer AS (
    SELECT k.unit_id, max(k.round) AS rounds, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'by', m.pseudonym, 'role', m.role, 'campaign', c.slug, 'round', k.round, 'stage', a.stage,
        'decision', s.payload -> 'decision', 'rating', s.payload -> 'rating', 'guideline', g.version,
        'edited', CASE WHEN a.stage <> 'annotate' AND EXISTS (
            SELECT 1 FROM annotation_translation t
            WHERE t.unit_id = k.unit_id AND t.author_id = a.person_id AND t.content = s.payload -> 'content'
        ) THEN true END)) ORDER BY s.id) AS submissions
    FROM annotation_task k JOIN unit u ON u.id = k.unit_id JOIN annotation_campaign c ON c.id = k.campaign_id
    JOIN annotation_assignment a ON a.task_id = k.id JOIN annotation_submission s ON s.assignment_id = a.id
    LEFT JOIN annotation_guideline g ON g.id = s.guideline_id
    LEFT JOIN annotation_member m ON m.user_id = a.person_id AND m.dataset_id = %(dataset)s
    GROUP BY k.unit_id
),
verifier AS (  -- nobody, where the campaign's rule let a text through without an expert
    SELECT DISTINCT ON (u.id) u.id AS unit_id, CASE WHEN NOT e.data ? 'without_expert' THEN
           coalesce(m.pseudonym, CASE WHEN e.actor_id IS NULL THEN 'operator' ELSE 'administrator' END) END AS name
    FROM unit u JOIN core_event e ON e.subject = 'unit:' || u.id AND e.verb = 'verify'
    LEFT JOIN annotation_member m ON m.user_id = e.actor_id AND m.dataset_id = %(dataset)s
    WHERE u.status = 'verified' ORDER BY u.id, e.id DESC
)
"""

FREEZE = f"""
WITH {STATE},
chosen AS MATERIALIZED (
    SELECT item_id, language FROM state WHERE state = ANY(%(accepted)s::text[])
    UNION  -- the source's own rows, of every item that is ready in some language
    SELECT item_id, %(source)s FROM state WHERE state = ANY(%(accepted)s::text[])
),
part AS MATERIALIZED (  -- the texts a row is made of: its own, and those it points at
    SELECT c.item_id, c.language, '' AS field, c.item_id AS source_id FROM chosen c
    UNION ALL
    SELECT c.item_id, c.language, r.field, r.target_id
    FROM chosen c JOIN annotation_reference r ON r.item_id = c.item_id
),
wanted AS MATERIALIZED (SELECT DISTINCT source_id, language FROM part),
unit AS MATERIALIZED (
    SELECT u.id, u.item_id, u.language, u.status, u.current_id
    FROM wanted w JOIN annotation_unit u ON u.item_id = w.source_id AND u.language = w.language
),
{HISTORY}, {PEOPLE},
text AS MATERIALIZED (  -- each text once in each language, and how it came to be
    SELECT w.source_id, w.language, s.kind, s.key, s.content || coalesce(t.content, '{{}}') AS content,
           jsonb_strip_nulls(jsonb_build_object(
               'item', s.kind || '/' || s.key, 'origin', coalesce(t.origin, s.origin), 'hash', coalesce(t.hash, s.hash),
               'status', u.status, 'verified_by', v.name, 'rounds', a.rounds,
               'translations', h.translations, 'submissions', a.submissions)) AS origin
    FROM wanted w JOIN annotation_item s ON s.id = w.source_id
    LEFT JOIN unit u ON u.item_id = w.source_id AND u.language = w.language
    LEFT JOIN annotation_translation t ON t.id = u.current_id
    LEFT JOIN history h ON h.unit_id = u.id
    LEFT JOIN answer a ON a.unit_id = u.id
    LEFT JOIN verifier v ON v.unit_id = u.id
),
assembled AS (
    SELECT p.item_id, p.language,
        (jsonb_agg(x.content) FILTER (WHERE p.field = '')) -> 0 AS own,
        jsonb_object_agg(p.field, CASE WHEN %(plain)s::jsonb ? x.kind THEN x.content -> (%(plain)s::jsonb ->> x.kind)
            ELSE x.content END) FILTER (WHERE p.field <> '') AS referred,
        (array_agg(x.key ORDER BY %(rank)s::jsonb -> i.kind -> p.field) FILTER (WHERE p.field <> ''))[1] AS first,
        jsonb_agg(CASE WHEN p.field = '' THEN x.origin ELSE x.origin || jsonb_build_object('field', p.field) END
            ORDER BY %(rank)s::jsonb -> i.kind -> p.field NULLS FIRST) AS texts
    FROM part p JOIN annotation_item i ON i.id = p.item_id
    JOIN text x ON x.source_id = p.source_id AND x.language = p.language
    GROUP BY p.item_id, p.language
),
frozen AS (
    INSERT INTO pipelines_releaseitem (release_id, kind, language, split, key, cluster, record, provenance)
    SELECT %(release)s, i.kind, g.language, i.split, i.key, coalesce(g.first, i.key),
           g.own || coalesce(g.referred, '{{}}') || jsonb_build_object(
               'id', i.kind || '/' || i.key, 'key', i.key, 'lang', g.language, 'split', i.split),
           jsonb_build_object('texts', g.texts)
    FROM assembled g JOIN annotation_item i ON i.id = g.item_id
)
{COUNT}
"""


def copy_rows(release: Release) -> dict[str, Any]:
    """Copy in every row that is ready under the release's terms; the gate's finding at that very moment."""
    dataset, tags = release.dataset, release.terms["languages"]
    kinds = dataset.kinds.kinds
    values = parameters(dataset, tags) | {
        "release": release.pk,
        "source": dataset.source_language,
        "accepted": ACCEPTED[release.terms["minimum"]],
        "plain": json.dumps({name: field for name, kind in kinds.items() if (field := only_text(kind))}),
        "rank": json.dumps({name: {f: i for i, f in enumerate(kind.references)} for name, kind in kinds.items()}),
    }
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, values)
        return report(dataset, tags, release.terms["minimum"], cursor.fetchall())
