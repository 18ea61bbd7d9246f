"""The audit trail: every submission and move leaves one Event, in the transaction of what it tells of."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from core.instances import fresh
from core.models import Event
from core.prepared import append, append_all


def subject(row: models.Model) -> str:
    """How an Event names a row: ``unit:12``."""
    return f"{row._meta.model_name}:{row.pk}"


def event(verb: str, row: models.Model, *, by: Any = None, data: dict | None = None) -> Event:
    """An unsaved Event, for writing many at once with `record_all`."""
    scope = getattr(row, "event_scope", None)
    return fresh(Event, actor_id=by.pk if by is not None else None, verb=verb, subject=subject(row), scope=scope or "", data=data or {})


def record(verb: str, row: models.Model, *, by: Any = None, data: dict | None = None) -> Event:
    """Write one Event about `row`; call it inside the transaction of the change."""
    return append(event(verb, row, by=by, data=data))


def record_all(events: Iterable[Event]) -> None:
    """Write many Events in one statement."""
    append_all(list(events))
