"""A noun's life: the table of moves its `status` may make, and the one way to make a move."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from core.errors import Conflict
from core.events import record


class Flow:
    """The moves of one model's ``status``: ``Flow(publish=(("built",), "published"), …)``, each verb naming its from-states and its end."""

    def __init__(self, **moves: tuple[Iterable[str], str]) -> None:
        self.moves = {verb: (tuple(sources), target) for verb, (sources, target) in moves.items()}

    def allows(self, row: models.Model, verb: str) -> bool:
        """Whether `row`, as last read, could make this move."""
        return row.status in self.moves[verb][0]

    def move(self, row: models.Model, verb: str, *, by: Any = None, data: dict | None = None, **changes: Any) -> None:
        """Make one move and record it; afterwards `row` shows the new status.

        One UPDATE that names the old states, plus one Event, in one transaction.
        Raises `Conflict` when the row is in none of the move's from-states any more.
        """
        sources, target = self.moves[verb]
        rows = type(row)._base_manager.filter(pk=row.pk)
        with transaction.atomic(savepoint=False):
            moved = rows.filter(status__in=sources).update(status=target, **changes)
            if moved:
                record(verb, row, by=by, data=data)
        if not moved:
            now = rows.values_list("status", flat=True).first()
            raise Conflict(f"{row} cannot {verb.replace('_', ' ')} any more: it is {now or 'gone'}.")
        row.status = target
        for name, value in changes.items():
            setattr(row, name, value)
