"""Freezing: the rows of a release copied in by the database itself, at one moment of a dataset that people work in."""

import json
from typing import Any

from django.db import connection

from annotation.models import Selection
from annotation.schema import Kind
from pipelines.gate import ACCEPTED, COUNT, STATE, parameters, report
from pipelines.layout import only_text
from pipelines.models import Release

# Units are all that changes in a dataset; items, translations, findings, answers and events are only ever added. So
# one statement that copies the units fixes the moment, and the others may take their time. They go by way of tables
# that are analysed: without their true sizes PostgreSQL plans for a handful of rows, and needs hours for many.
UNITS = """
CREATE TEMPORARY TABLE frozen_unit ON COMMIT DROP AS
SELECT u.id, u.item_id, u.language, u.status, u.current_id
FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id
WHERE i.dataset_id = %(dataset)s AND u.language = ANY(%(languages)s::text[])
"""
STATES = f"""
CREATE TEMPORARY TABLE frozen_state ON COMMIT DROP AS
WITH {STATE.replace("annotation_unit", "frozen_unit")} SELECT item_id, kind, language, state FROM state
"""
# Each text once in each language, with every translation it went through, what checks found, and who looked at it.
TEXTS = """
CREATE TEMPORARY TABLE frozen_text ON COMMIT DROP AS
WITH unit AS MATERIALIZED (SELECT * FROM frozen_unit WHERE status = ANY(%(accepted)s::text[]) OR status = 'composed'),
person AS (SELECT user_id, pseudonym, role FROM annotation_member WHERE dataset_id = %(dataset)s),
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
        'by', coalesce(p.pseudonym, CASE WHEN t.author_id IS NOT NULL THEN 'administrator' END),
        'made_by', nullif(t.made_by - ARRAY['run', 'memory'], '{}'), 'findings', f.findings)) ORDER BY t.id) AS translations
    FROM annotation_translation t JOIN unit u ON u.id = t.unit_id
    LEFT JOIN person p ON p.user_id = t.author_id LEFT JOIN finding f ON f.translation_id = t.id
    GROUP BY t.unit_id
),
answer AS (
    SELECT k.unit_id, max(k.round) AS rounds, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'by', p.pseudonym, 'role', p.role, 'campaign', c.slug, 'round', k.round, 'stage', a.stage,
        'decision', s.payload -> 'decision', 'rating', s.payload -> 'rating', 'guideline', g.version,
        'answers', coalesce(s.payload -> 'answers', s.payload -> 'own' -> 'answers'),
        'edited', CASE WHEN a.stage <> 'annotate' AND EXISTS (
            SELECT 1 FROM annotation_translation t
            WHERE t.unit_id = k.unit_id AND t.author_id = a.person_id AND t.content @> (s.payload -> 'content')
        ) THEN true END)) ORDER BY s.id) AS submissions
    FROM annotation_task k JOIN unit u ON u.id = k.unit_id AND k.purpose = 'work'  -- who downloads it must not learn the gold
    JOIN annotation_campaign c ON c.id = k.campaign_id
    JOIN annotation_assignment a ON a.task_id = k.id JOIN annotation_submission s ON s.assignment_id = a.id
    LEFT JOIN annotation_guideline g ON g.id = s.guideline_id LEFT JOIN person p ON p.user_id = a.person_id
    GROUP BY k.unit_id
),
label AS (  -- what a campaign's last round concluded from people's choices
    SELECT n.unit_id, jsonb_object_agg(n.slug, jsonb_build_object(
        'answers', n.answers, 'outcome', n.outcome, 'confidence', n.confidence, 'aggregator', n.signature)) AS labels
    FROM (SELECT DISTINCT ON (k.unit_id, k.campaign_id) k.unit_id, c.slug, o.outcome, o.confidence, o.signature,
                 coalesce(s.payload -> 'answers', s.payload -> 'own' -> 'answers') AS answers
          FROM annotation_task k JOIN unit u ON u.id = k.unit_id AND k.purpose = 'work'
          JOIN annotation_campaign c ON c.id = k.campaign_id JOIN annotation_consensus o ON o.task_id = k.id
          JOIN annotation_submission s ON s.id = o.chosen_id ORDER BY k.unit_id, k.campaign_id, k.round DESC) AS n
    WHERE n.answers IS NOT NULL GROUP BY n.unit_id
),
verifier AS (  -- nobody, where the campaign's rule let a text through without an expert
    SELECT DISTINCT ON (u.id) u.id AS unit_id, CASE WHEN NOT e.data ? 'without_expert' THEN
           coalesce(p.pseudonym, CASE WHEN e.actor_id IS NULL THEN 'operator' ELSE 'administrator' END) END AS name
    FROM unit u JOIN core_event e ON e.subject = 'unit:' || u.id AND e.verb = 'verify'
    LEFT JOIN person p ON p.user_id = e.actor_id
    WHERE u.status = 'verified' ORDER BY u.id, e.id DESC
)
SELECT s.id AS source_id, l.tag AS language, s.kind, s.key,
       -- The source's places in its texts are none in the translation, which has its own where they are known.
       CASE WHEN t.id IS NULL THEN s.content ELSE s.content
           - ARRAY(SELECT jsonb_array_elements_text(%(carried)s::jsonb -> s.kind)) || t.content END AS content,
       jsonb_strip_nulls(jsonb_build_object(
           'item', s.kind || '/' || s.key, 'origin', coalesce(t.origin, s.origin), 'hash', coalesce(t.hash, s.hash),
           'made', CASE WHEN m.id IS NOT NULL THEN
               jsonb_build_object('from', w.kind || '/' || w.key, 'by', m.made_by - 'run') END,
           'status', nullif(u.status, 'composed'), 'verified_by', v.name, 'rounds', a.rounds,
           'translations', h.translations, 'submissions', a.submissions, 'labels', b.labels)) AS origin
FROM annotation_item s CROSS JOIN unnest(%(languages)s::text[] || %(source)s::text) AS l (tag)
LEFT JOIN annotation_making m ON m.item_id = s.id LEFT JOIN annotation_item w ON w.id = m.source_id
LEFT JOIN unit u ON u.item_id = s.id AND u.language = l.tag
LEFT JOIN annotation_translation t ON t.id = u.current_id
LEFT JOIN history h ON h.unit_id = u.id
LEFT JOIN answer a ON a.unit_id = u.id
LEFT JOIN label b ON b.unit_id = u.id
LEFT JOIN verifier v ON v.unit_id = u.id
WHERE s.dataset_id = %(dataset)s
"""
# A row is put together from its own text and those it points at; its split is the selection's, where that draws splits.
ROWS = """
INSERT INTO pipelines_releaseitem (release_id, kind, language, split, key, cluster, record, provenance)
WITH chosen AS (
    SELECT item_id, language FROM frozen_state WHERE state = ANY(%(accepted)s::text[])
    UNION  -- the source's own rows, of every item that is ready in some language; what was written in another has none
    SELECT s.item_id, %(source)s FROM frozen_state s JOIN annotation_item o ON o.id = s.item_id AND o.language = %(source)s
    WHERE s.state = ANY(%(accepted)s::text[])
),
part AS (
    SELECT item_id, language, '' AS field, item_id AS source_id FROM chosen
    UNION ALL
    SELECT c.item_id, c.language, r.field, r.target_id
    FROM chosen c JOIN annotation_reference r ON r.item_id = c.item_id
)
SELECT %(release)s, i.kind, p.language, coalesce(nullif(c.split, ''), i.split), i.key,
    coalesce((array_agg(x.key ORDER BY %(rank)s::jsonb -> i.kind -> p.field) FILTER (WHERE p.field <> ''))[1], i.key),
    (jsonb_agg(x.content) FILTER (WHERE p.field = '')) -> 0
        || coalesce(jsonb_object_agg(p.field, CASE WHEN %(plain)s::jsonb ? x.kind
            THEN x.content -> (%(plain)s::jsonb ->> x.kind) ELSE x.content END) FILTER (WHERE p.field <> ''), '{}')
        || jsonb_build_object('id', i.kind || '/' || i.key, 'key', i.key, 'lang', p.language,
            'split', coalesce(nullif(c.split, ''), i.split)),
    jsonb_build_object('texts', jsonb_agg(
        CASE WHEN p.field = '' THEN x.origin ELSE x.origin || jsonb_build_object('field', p.field) END
        ORDER BY %(rank)s::jsonb -> i.kind -> p.field NULLS FIRST))
        || CASE WHEN c.bucket <> '' THEN jsonb_build_object('bucket', c.bucket) ELSE '{}' END
FROM part p JOIN annotation_item i ON i.id = p.item_id
JOIN frozen_text x ON x.source_id = p.source_id AND x.language = p.language
LEFT JOIN annotation_selected c ON c.selection_id = %(selection)s AND c.item_id = i.id
GROUP BY i.id, p.language, c.id
"""
TABLES = {"frozen_unit": UNITS, "frozen_state": STATES, "frozen_text": TEXTS}


def copy_rows(release: Release, selection: Selection | None) -> dict[str, Any]:
    """Copy in every row that is ready under the release's terms, and that the selection kept if there is one.

    The gate's finding at that moment. In a transaction.
    """
    dataset, tags = release.dataset, release.terms["languages"]
    values = parameters(dataset, tags, selection) | _shape(dataset.kinds.kinds)
    values |= {"release": release.pk, "source": dataset.source_language}
    values |= {"accepted": ACCEPTED[release.terms["minimum"]]}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TABLES)}")
        for name, statement in TABLES.items():
            cursor.execute(statement, values)
            cursor.execute(f"ANALYZE {name}")
        cursor.execute(ROWS, values)
        cursor.execute(COUNT.replace("FROM state", "FROM frozen_state"))
        return report(dataset, tags, release.terms["minimum"], cursor.fetchall(), selection)


def _shape(kinds: dict[str, Kind]) -> dict[str, str]:
    """How references are resolved: which kinds become a plain text, the order of each kind's references, and what goes with texts."""
    plain = {name: field for name, kind in kinds.items() if (field := only_text(kind))}
    rank = {name: {field: place for place, field in enumerate(kind.references)} for name, kind in kinds.items()}
    carried = {name: list(kind.carried) for name, kind in kinds.items()}
    return {"plain": json.dumps(plain), "rank": json.dumps(rank), "carried": json.dumps(carried)}
