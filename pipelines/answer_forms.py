"""The form of an answer to a task, as a strict JSON schema: from the task type's Payload, narrowed to the very question."""

from collections.abc import Iterable
from typing import Any

from annotation.asks import Ask
from annotation.records import Question
from annotation.task_types import TaskType

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NULL: Schema = {"type": "null"}
# What a Payload's schema says that is no part of the form; strict servers refuse some of it.
DROPPED = ("default", "title")


def answer_form(task_type: TaskType, question: Question) -> Schema:
    """Every property required, null where it may be left out, and no other allowed: servers that are strict know no optional ones.

    What a Payload leaves open is as the question has it: the answers to its questions, the fields to translate.
    """
    form = task_type.Payload.model_json_schema()
    known = {"answers": _asked(task_type.asks(question), question), "content": _translated(question)}
    for name, its in form["properties"].items():
        if (narrow := known.get(name)) is not None:
            form["properties"][name] = _or_null(narrow) if NULL in its.get("anyOf", ()) else narrow
    return _strict(form)


def said(content: Any) -> Any:
    """An answer in that form as a person gives it, without what is null."""
    if isinstance(content, dict):
        return {name: said(one) for name, one in content.items() if one is not None}
    return [said(one) for one in content] if isinstance(content, list) else content


def _asked(asks: Iterable[Ask], question: Question) -> Schema | None:
    """The answer to each question; one may be left out that is not required, or asked only on some answer to another."""
    shapes = {ask.name: ask.shape(question) for ask in asks}
    wanted = [ask.name for ask in asks if ask.required and not ask.when]
    return {"type": "object", "properties": shapes, "required": wanted} if shapes else None


def _translated(question: Question) -> Schema:
    """The texts that a translation of the source has; how many entries a list has the answer's own check says."""
    wanted = [name for name in question.kind.translatable if question.source.get(name) is not None]
    return {"type": "object", "properties": {name: _like(question.source[name]) for name in wanted}, "required": wanted}


def _like(value: Any) -> Schema:
    return {"type": "array", "items": _like(value[0])} if isinstance(value, list) else TEXT


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _strict(value) for name, value in schema.items() if name not in (*DROPPED, "properties", "$defs", "required")}
    kept |= {name: {key: _strict(one) for key, one in schema[name].items()} for name in ("properties", "$defs") if name in schema}
    if "properties" in kept:
        wanted = schema.get("required", ())
        kept["properties"] = {name: one if name in wanted else _or_null(one) for name, one in kept["properties"].items()}
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept


def _or_null(schema: Schema) -> Schema:
    return schema if NULL in schema.get("anyOf", ()) else {"anyOf": [schema, NULL]}
