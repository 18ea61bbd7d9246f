"""Statements that never change but for their values: the ORM writes them once, PostgreSQL plans them once a connection."""

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Model, QuerySet
from django.db.models.expressions import DatabaseDefault
from psycopg import RawCursor
from psycopg.sql import Literal

from core.instances import maker

M = TypeVar("M", bound=Model)


class PreparedCursor(RawCursor):
    """Takes statements with ``%(name)s`` in them and writes each but once as PostgreSQL reads it, with ``$1``.

    It remembers what it prepared: the query log asks for it.
    """

    def execute(self, statement: str, values: dict[str, Any]) -> "PreparedCursor":  # type: ignore[override]
        numbered, names = _numbered(statement)
        return super().execute(numbered, [values[name] for name in names])

    def _convert_query(self, *given: Any) -> Any:
        self._query = super()._convert_query(*given)
        return self._query


@cache
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with a number for each name, in the order of the names."""
    names: dict[str, int] = {}

    def one(found: re.Match[str]) -> str:
        name = found[1]
        return f"${names.setdefault(name, len(names) + 1)}" if name else "%"

    return re.sub(r"%(?:\((\w+)\)s|%)", one, statement), tuple(names)


def cursor() -> CursorWrapper:
    """A cursor that sends values beside the statement, so that PostgreSQL recognises it and keeps its plan.

    Whether it does is the setting ``DATABASES["default"]["OPTIONS"]["prepare_threshold"]``. Django's own cursors write the
    values into the text: for them every statement is a new one.
    """
    here = connections[DEFAULT_DB_ALIAS]  # every look through `connection` asks anew whose thread this is
    here.close_if_health_check_failed()
    here.ensure_connection()
    with here.wrap_database_errors:
        return here._prepare_cursor(PreparedCursor(here.connection))


class Hole(Expression):
    """Where a value comes in when the statement is executed, by its name."""

    def __init__(self, name: str, output_field: Any = None) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Prepared(Generic[M]):
    """A queryset with `Hole`s, written to SQL once: for a wide join that takes the ORM longer than PostgreSQL needs to answer.

    ``Prepared(lambda: Member.objects.filter(user=Hole("user"))).first(user=7)``
    """

    def __init__(self, make: Callable[[], QuerySet[M]]) -> None:
        self.make = make

    def first(self, **values: Any) -> M | None:
        """The first row, as the queryset orders them; None when there is none."""
        return next(iter(self.all(**values)), None)

    def all(self, **values: Any) -> list[M]:
        """All rows, as the queryset would give them, with their related rows and annotations."""
        statement, build = self._written
        with cursor() as opened:
            opened.execute(statement, values)
            return build(opened.fetchall())

    @cached_property
    def _written(self) -> tuple[str, Callable[[list[Any]], list[M]]]:
        """The statement, and what makes model instances of its rows."""
        compiler = self.make().query.get_compiler(DEFAULT_DB_ALIAS)
        statement, one = _filled(*compiler.as_sql()), maker(compiler)
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return statement, lambda found: [one(row) for row in compiler.apply_converters(found, converters)]


def append(row: M) -> M:
    """Insert a new row by a statement written once for its model; `row` knows its key then, and what the database filled in.

    Raises `ValueError` where the row brings a value for a column that the database fills in: that is ``save``'s to do.
    """
    statement, _given, told = _insert(type(row))
    values = _values(row)
    with cursor() as opened:
        opened.execute(statement, values)
        for field, value in zip(told, opened.fetchone(), strict=True):
            setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def change(row: Model, was: Sequence[str], told: Model, **values: Any) -> bool:
    """Give the fields of one row these values if its ``status`` is one of `was`, and insert `told`, both or neither; whether it was.

    The rows in memory stay as they are. The statement is written once for a model and its fields; where a value is an
    expression the ORM writes it.
    """
    model = type(row)
    if any(hasattr(value, "resolve_expression") for value in values.values()):
        with transaction.atomic(savepoint=False):
            changed = model._base_manager.filter(pk=row.pk, status__in=was).update(**values)
            return bool(changed and append(told))
    statement, fields = _update(model, tuple(values), type(told))
    here = connections[DEFAULT_DB_ALIAS]
    given = {f"new_{f.column}": f.get_db_prep_save(getattr(one, "pk", one), here) for f, one in zip(fields, values.values(), strict=True)}
    with cursor() as opened:
        opened.execute(statement, {"pk": row.pk, "was": list(was)} | given | _values(told))
        return bool(opened.rowcount)


def _values(row: Model) -> dict[str, Any]:
    """What a new row is inserted with, by column."""
    _statement, given, told = _insert(type(row))
    if own := [field.name for field in told if not isinstance(getattr(row, field.attname), DatabaseDefault | None)]:
        raise ValueError(f"{row!r} brings its own {', '.join(own)}")
    here = connections[DEFAULT_DB_ALIAS]
    return {field.column: field.get_db_prep_save(field.pre_save(row, add=True), here) for field in given}


def append_all(rows: Sequence[Model]) -> None:
    """Insert new rows of one model in one statement, sent as one JSON document; each knows its key then.

    What the database fills in besides is read when it is asked for. Several times as fast as ``bulk_create``, whose statement is
    written anew for every row of it. For plain columns and JSON.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = model._meta.concrete_fields
    told = [field for field in fields if field.has_db_default()]
    given = [field for field in fields if not field.primary_key and field not in told]
    with connection.cursor() as opened:
        opened.execute(_insert_all(model), [_document(rows, given)])
        # The keys are drawn row by row, so in the document's order.
        for row, (drawn,) in zip(rows, sorted(opened.fetchall()), strict=True):
            row.pk = drawn
            for field in told:
                row.__dict__.pop(field.attname, None)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _document(rows: Sequence[Model], given: list[Any]) -> str:
    values = [{field.column: getattr(row, field.attname) for field in given} for row in rows]
    return orjson.dumps(values, default=str).decode()


@cache
def _insert_all(model: type[Model]) -> str:
    fields = model._meta.concrete_fields
    given = [field for field in fields if not (field.primary_key or field.has_db_default())]
    columns = ", ".join(f'"{field.column}"' for field in given)
    types = ", ".join(f'"{field.column}" {_type(field)}' for field in given)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {columns} FROM jsonb_to_recordset(%s::jsonb)'
        f' AS new ({types}) RETURNING "{model._meta.pk.column}"'
    )


@cache
def _insert(model: type[Model]) -> tuple[str, list[Any], list[Any]]:
    """The statement, the fields it is given, and those the database fills in and tells."""
    fields = model._meta.concrete_fields
    told = [field for field in fields if field.primary_key or field.has_db_default()]
    given = [field for field in fields if field not in told]
    columns, holes = _columns(given)
    returned = ", ".join(f'"{field.column}"' for field in told)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({holes}) RETURNING {returned}', given, told


@cache
def _update(model: type[Model], names: tuple[str, ...], told: type[Model]) -> tuple[str, list[Any]]:
    """The statement, whose count is that of the rows it changed, and the fields it gives new values."""
    fields = [model._meta.get_field(name) for name in names]
    sets = ", ".join(f'"{field.column}" = %(new_{field.column})s' for field in fields)
    columns, holes = _columns(_insert(told)[1])
    return (
        f'WITH changed AS (UPDATE "{model._meta.db_table}" SET {sets} WHERE "{model._meta.pk.column}" = %(pk)s'
        f' AND "status" = ANY(%(was)s) RETURNING 1) INSERT INTO "{told._meta.db_table}" ({columns}) SELECT {holes} FROM changed'
    ), fields


def _columns(fields: list[Any]) -> tuple[str, str]:
    """The columns, and a hole for a value of each that says its type: outside of VALUES nothing else does."""
    typed = ", ".join(f"%({f.column})s::{_type(f)}" for f in fields)
    return ", ".join(f'"{f.column}"' for f in fields), typed


def _type(field: Any) -> str:
    return field.rel_db_type(connection) if field.is_relation else field.db_type(connection)


def _filled(statement: str, values: tuple[Any, ...]) -> str:
    """The statement with its constants in it, so that a plan for every value can use an index of some of them."""
    written = (f"%({v.name})s" if isinstance(v, Hole) else Literal(v).as_string().replace("%", "%%") for v in values)
    return statement.replace("%%", "%%%%") % tuple(written)
