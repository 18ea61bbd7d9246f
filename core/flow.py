"""A noun's life: the table of moves its `status` may make, and the one way to make a move."""

from collections.abc import Iterable
from typing import Any

import orjson
from django.db import connection, models, transaction

from core.errors import Conflict
from core.events import event, record_all
from core.prepared import change
from core.told import told


class Flow:
    """The moves of one model's ``status``: ``Flow(publish=(("built",), "published"), …)``, each verb naming its from-states and its end."""

    def __init__(self, **moves: tuple[Iterable[str], str]) -> None:
        self.moves = {verb: (tuple(sources), target) for verb, (sources, target) in moves.items()}

    def allows(self, row: models.Model, verb: str) -> bool:
        """Whether `row`, as last read, could make this move."""
        return row.status in self.moves[verb][0]

    def move(self, row: models.Model, verb: str, *, by: Any = None, data: dict | None = None, **changes: Any) -> None:
        """Make one move and record it; afterwards `row` shows the new status.

        One statement: an UPDATE that names the old states, and its Event.
        Raises `Conflict` when the row is in none of the move's from-states any more.
        """
        sources, target = self.moves[verb]
        if not change(row, sources, event(verb, row, by=by, data=data), status=target, **changes):
            now = type(row)._base_manager.filter(pk=row.pk).values_list("status", flat=True).first()
            raise Conflict(told(
                "{row} cannot {verb} any more: it is {status}.",
                row=row, verb=verb.replace("_", " "), status=told(now) if now else told("gone"),
            ))
        row.status = target
        for name, value in changes.items():
            setattr(row, name, value)

    def move_all(self, rows: Iterable[models.Model], verb: str, changes: dict[Any, dict[str, Any]], *, by: Any = None,
                 data: dict[Any, dict] | None = None) -> set[Any]:  # fmt: skip
        """Make one move for many rows of one model, each with its own changes, and record each; the keys of those that made it.

        ``changes`` and ``data`` go by key; every row changes the same fields. Unlike `move` it raises nothing for a row that is
        elsewhere by now, and leaves the given rows as they were read.
        """
        by_key = {row.pk: row for row in rows}
        if not by_key:
            return set()
        sources, target = self.moves[verb]
        model = type(next(iter(by_key.values())))
        with transaction.atomic(savepoint=False):
            # Locked in order first: an UPDATE that joins takes its rows in any.
            free = model._base_manager.filter(pk__in=by_key, status__in=sources).order_by("pk").select_for_update()
            moved = set(free.values_list("pk", flat=True))
            _change_all(model, target, {pk: changes[pk] for pk in moved})
            record_all(event(verb, by_key[pk], by=by, data=(data or {}).get(pk)) for pk in sorted(moved))
        return moved


def _change_all(model: type[models.Model], status: str, changes: dict[Any, dict[str, Any]]) -> None:
    if not changes:
        return
    fields = [model._meta.get_field(name) for name in next(iter(changes.values()))]
    rows = [{"pk": pk, **{f.column: getattr(one[f.name], "pk", one[f.name]) for f in fields}} for pk, one in changes.items()]
    table, key = f'"{model._meta.db_table}"', f'"{model._meta.pk.column}"'
    sets = "".join(f', "{f.column}" = new."{f.column}"' for f in fields)
    types = "".join(f', "{f.column}" {f.rel_db_type(connection) if f.is_relation else f.db_type(connection)}' for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} old SET status = %s{sets} FROM jsonb_to_recordset(%s::jsonb) AS new (pk bigint{types})"
            f" WHERE old.{key} = new.pk",
            [status, orjson.dumps(rows).decode()],
        )
