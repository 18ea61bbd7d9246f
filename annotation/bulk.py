"""Many rows at once: PostgreSQL's COPY, and identifiers drawn beforehand so that rows can point at each other."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """So many unused identifiers of a table."""
    sequence = "CAST(pg_get_serial_sequence(%s, 'id') AS regclass)"
    sql = f"SELECT nextval(sequence) FROM {sequence} AS sequence, generate_series(1, %s)"
    return [row[0] for row in fetch(sql, [model._meta.db_table, count])] if count else []


def copy_in(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows, with JSON given as its text; columns not named get the database's defaults."""
    sql = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    # Django does not know COPY: what psycopg raises becomes Django's own error here.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def analyze(*tables: type[models.Model]) -> None:
    """Let PostgreSQL look at tables that have just grown, as it does by itself after a while; until then its plans are for small ones."""
    for model in tables:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def fetch(sql: str, parameters: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
