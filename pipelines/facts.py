"""What a release says of itself, counted from its frozen rows alone, so that every build says the same."""

from typing import Any

from django.db import connection

from pipelines.models import Release

# A text that stands in many rows (a shared premise) is counted once in each language.
COUNTED = """
WITH text AS MATERIALIZED (
    SELECT DISTINCT ON (r.language, t ->> 'item') r.language, t AS body
    FROM pipelines_releaseitem r, jsonb_array_elements(r.provenance -> 'texts') t
    WHERE r.release_id = %(release)s AND (t ? 'status' OR t ? 'submissions') ORDER BY r.language, t ->> 'item'
),
history AS MATERIALIZED (SELECT language, jsonb_array_elements(body -> 'translations') AS t FROM text),
finding AS (SELECT jsonb_array_elements(t -> 'findings') AS f FROM history),
answer AS MATERIALIZED (SELECT language, jsonb_array_elements(body -> 'submissions') AS a FROM text),
maker AS (  -- a signature names provider, model and prompt
    SELECT m.value AS signature FROM history, jsonb_each_text(t -> 'made_by') m
    WHERE m.key IN ('translate', 'back_translate', 'localise', 'by')
)
SELECT 'rows', kind, language, split, count(*) FROM pipelines_releaseitem
WHERE release_id = %(release)s GROUP BY 2, 3, 4
UNION ALL SELECT 'origins', language, body ->> 'origin', '', count(*) FROM text WHERE body ? 'status' GROUP BY 2, 3
UNION ALL SELECT 'statuses', language, body ->> 'status', '', count(*) FROM text WHERE body ? 'status' GROUP BY 2, 3
UNION ALL SELECT 'experts', language, '', '', count(*) FROM text WHERE body ? 'verified_by' GROUP BY 2
UNION ALL SELECT 'drafts', t ->> 'origin', '', '', count(*) FROM history GROUP BY 2
UNION ALL SELECT 'made', r.language, t #>> '{made,by,step}', '', count(DISTINCT t ->> 'item')
    FROM pipelines_releaseitem r, jsonb_array_elements(r.provenance -> 'texts') t
    WHERE r.release_id = %(release)s AND t ? 'made' GROUP BY 2, 3
UNION ALL SELECT 'makers', signature, '', '', count(*) FROM maker GROUP BY 2
UNION ALL SELECT 'findings', f ->> 'check', f ->> 'verdict', '', count(*) FROM finding GROUP BY 2, 3
UNION ALL SELECT 'campaigns', a ->> 'campaign', a ->> 'stage', '', count(*) FROM answer GROUP BY 2, 3
UNION ALL SELECT 'people', coalesce(a ->> 'role', 'other'), '', '', count(DISTINCT a ->> 'by') FROM answer GROUP BY 2
UNION ALL SELECT 'decisions', language,
    CASE WHEN a ->> 'edited' = 'true' THEN 'edited and accepted' ELSE a ->> 'decision' END, '', count(*)
    FROM answer WHERE a ->> 'stage' <> 'annotate' AND a ? 'decision' GROUP BY 2, 3
"""

Facts = dict[str, dict[tuple[str, ...], int]]
NAMES = ("rows", "origins", "statuses", "experts", "drafts", "made", "makers", "findings", "campaigns", "people", "decisions")


def facts(release: Release) -> Facts:
    """Counts by name and by what they are counted by, in bytewise order: ``facts["rows"][kind, language, split]``."""
    found: Facts = {name: {} for name in NAMES}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"release": release.pk})
        for name, *by, number in sorted(cursor.fetchall()):
            found[name][tuple(part for part in by if part)] = number
    return found


def recorded(counted: Facts) -> bool:
    """Whether any text in it was, or was made from, a recorded draft."""
    return ("recorded",) in counted["drafts"]


def row_counts(counted: Facts) -> dict[str, dict[str, dict[str, int]]]:
    """Rows by kind, language and split."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for (kind, language, split), number in counted["rows"].items():
        found.setdefault(kind, {}).setdefault(language, {})[split] = number
    return found
