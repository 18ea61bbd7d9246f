"""A JSON column that keeps the order of keys, for what people wrote in an order they meant."""

from typing import Any

from django.db import models
from psycopg.types.json import Json


class OrderedJSONField(models.JSONField):
    """PostgreSQL's `json` instead of `jsonb`, which sorts keys by length; it cannot be searched, only read."""

    def db_type(self, connection: Any) -> str:
        return "json"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # As `jsonb`, which Django would send, the order were lost on the way.
        return None if value is None else Json(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # psycopg has parsed it already: Django turns that off for jsonb alone.
        return value
