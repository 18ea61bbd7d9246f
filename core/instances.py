"""Model instances by the hundred, without what Django does for each and none of our models needs: of rows read, and new ones."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

import orjson
from django.db import DEFAULT_DB_ALIAS
from django.db.models import JSONField, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import RelatedPopulator, get_related_populators

M = TypeVar("M", bound=Model)


def rows(found: QuerySet[M]) -> list[M]:
    """All rows of a queryset of whole models, as it would give them, made as `Prepared` makes them: for hundreds at once."""
    compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
    results = compiler.execute_sql()
    one = maker(compiler)
    return [one(row) for row in compiler.results_iter(results)]


def maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes a model instance of a row: as Django's own `ModelIterable`, less what none of our models needs."""
    info, select = compiler.klass_info, compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    related = get_related_populators(info, select, DEFAULT_DB_ALIAS)

    def one(row: Sequence[Any]) -> Model:
        instance = _instance(info["model"], names, row[first:last])
        for populator in related:
            _populate(populator, row, instance)
        for name, place in compiler.annotation_col_map.items():
            setattr(instance, name, row[place])
        return instance

    return one


def instances(model: type[M], names: Sequence[str], found: Iterable[Sequence[Any]]) -> list[M]:
    """Rows of a cursor's, of which these attributes were asked for, as instances; JSON is read."""
    json = [isinstance(model._meta.get_field(name), JSONField) for name in names]
    read = ([orjson.loads(value) if its and value is not None else value for its, value in zip(json, row, strict=True)] for row in found)
    return [_instance(model, names, row) for row in read]


def fresh(model: type[M], **values: Any) -> M:
    """A new row that is not written yet, as ``model(**values)`` makes it of fields that it has, in a fifth of the time."""
    made, (constant, called, related) = model.__new__(model), _defaults(model)
    made._state = ModelState()
    inside = made.__dict__
    inside.update(constant)
    for name, make in called:
        if name not in values:
            inside[name] = make()
    for name, value in values.items():
        if name in related:
            made._state.fields_cache[name], name, value = value, related[name], value and value.pk
        inside[name] = value
    return made


@cache
def _defaults(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, str]]:
    """What a new row has by attribute: what is always the same, what is made anew each time; and its relations' attributes."""
    fields = model._meta.concrete_fields
    called = [(field.attname, field.get_default) for field in fields if field.has_default() and callable(field.default)]
    constant = {field.attname: field.get_default() for field in fields if field.attname not in dict(called)}
    return constant, called, {field.name: field.attname for field in fields if field.is_relation}


def _instance(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """What ``Model.from_db`` makes of a row, in a fifth of the time: none of ours has an ``__init__`` or a signal that listens."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(zip(names, values, strict=True))
    return made


def _populate(related: RelatedPopulator, row: Sequence[Any], instance: Model) -> None:
    """What ``RelatedPopulator.populate`` does: a row's instance knows the related one and, where there is one only, is known to it."""
    values = related.reorder_for_init(row) if related.reorder_for_init else row[related.cols_start : related.cols_end]
    made = None if values[related.pk_idx] is None else _instance(related.model_cls, related.init_list, values)
    related.local_setter(instance, made)
    if made is not None:
        related.remote_setter(made, instance)
        for further in related.related_populators:
            _populate(further, row, made)
