"""The search index: what is due is read again, and all of it can be thrown away and made anew from the units."""

from collections.abc import Iterator

import orjson
from django.db import connection, transaction

from annotation.bulk import fetch
from annotation.folding import fold, grams, leaves

CHUNK = 1000
# A vector holds a megabyte at most. A text beyond this is looked through at each search instead.
MOST_GRAMS = 20_000
EVERYTHING = "everything"

# Locked, so that a text that changes meanwhile waits and makes the entry due once more; what is changing just now is left.
DUE = """
SELECT s.unit_id, s.dataset_id, u.language, i.key, i.content::text, t.content::text
FROM annotation_searchentry s JOIN annotation_unit u ON u.id = s.unit_id JOIN annotation_item i ON i.id = u.item_id
LEFT JOIN annotation_translation t ON t.id = u.current_id
WHERE s.grams IS NULL AND (%(dataset)s::bigint IS NULL OR s.dataset_id = %(dataset)s)
ORDER BY s.dataset_id, s.unit_id LIMIT %(limit)s FOR UPDATE OF s SKIP LOCKED
"""
FILL = """
UPDATE annotation_searchentry s SET folded = new.folded, grams = new.grams::tsvector
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new (unit, folded, grams) WHERE s.unit_id = new.unit
"""
EMPTY = "UPDATE annotation_searchentry SET folded = NULL, grams = NULL WHERE grams IS NOT NULL AND unit_id > %s AND unit_id <= %s"
WAITING = "SELECT count(*) FROM (SELECT FROM annotation_searchentry WHERE grams IS NULL AND dataset_id = %s LIMIT %s) AS due"


def catch_up(limit: int, *, dataset: int | None = None) -> int:
    """Read at most so many units that are due, of one dataset or all; returns how many that were."""
    done = 0
    while done < limit:
        with transaction.atomic():
            rows = fetch(DUE, {"dataset": dataset, "limit": min(CHUNK, limit - done)})
            if not rows:
                break
            read = [(unit, *entry(kept, tag, texts)) for unit, kept, tag, *texts in rows]
            with connection.cursor() as cursor:
                cursor.execute(FILL, [list(column) for column in zip(*read, strict=True)])
        done += len(rows)
    return done


def waiting(dataset: int, most: int) -> int:
    """How many units of a dataset no search finds yet, counted up to `most`."""
    return fetch(WAITING, [dataset, most])[0][0]


def forget() -> int:
    """Make every entry due, some at a time; returns how many there were."""
    (last,) = fetch("SELECT coalesce(max(unit_id), 0) FROM annotation_searchentry", [])[0]
    emptied = 0
    with connection.cursor() as cursor:
        for first in range(0, last, 20 * CHUNK):
            cursor.execute(EMPTY, [first, first + 20 * CHUNK])
            emptied += cursor.rowcount
    return emptied


def entry(dataset: int, language: str, texts: list[str | None]) -> tuple[str, str]:
    """What is kept of a unit: its texts folded, and their grams as PostgreSQL reads a vector. Given are key, source and present text."""
    key, *contents = texts
    folded = [fold(key or ""), *(fold(leaf) for one in contents if one for leaf in leaves(orjson.loads(one)))]
    found = set().union(*map(grams, folded))
    marks = [in_dataset(dataset), in_language(language)]
    kept = marks + ([EVERYTHING] if len(found) > MOST_GRAMS else list(found))
    return "\n".join(one for one in folded if one), " ".join(map(quoted, kept))


def in_dataset(dataset: int) -> str:
    """The mark of a dataset's entries; longer than any gram."""
    return f"dataset:{dataset}"


def in_language(tag: str) -> str:
    """The mark of a language's entries."""
    return f"language:{tag}"


def quoted(gram: str) -> str:
    """A gram as it stands in the text of a vector or a query."""
    return "'" + gram.replace("\\", "\\\\").replace("'", "''") + "'"


def query(dataset: int, terms: list[str], languages: list[str]) -> str:
    """The query for which the entries that have all terms are among those found."""
    asked = [f"({' & '.join(_asked(term))} | {quoted(EVERYTHING)})" for term in terms]
    tongues = " | ".join(quoted(in_language(tag)) for tag in languages)
    return " & ".join([quoted(in_dataset(dataset)), *([f"({tongues})"] if tongues else []), *asked])


def _asked(term: str) -> Iterator[str]:
    # What is shorter than a gram begins one wherever it stands.
    if len(term) < 3:
        yield quoted(term) + ":*"
        return
    for at in range(len(term) - 2):
        yield quoted(term[at : at + 3])
