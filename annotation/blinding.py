"""What of a record is shown to those who are to answer: everything but what the task type conceals, and right answers."""

from typing import Any

from annotation.schema import Schema

Content = dict[str, Any]


def opened(content: Content, concealed: frozenset[str]) -> Content:
    """The record without the fields that are concealed."""
    return {name: value for name, value in content.items() if name not in concealed}


def blind(schema: Schema, context: Content, concealed: frozenset[str], *, whole: bool) -> Content:
    """The context without what is concealed, and without right answers: whoever translates an item today may label it tomorrow.

    Where a text of the record itself is concealed, not ``whole``, nothing that stands around it is shown but what it points at.
    """
    if "references" in context:
        context = context | {"references": opened(context["references"], concealed)}
    if not whole:
        context = {name: part for name, part in context.items() if name in ("references", "candidates")}
    around = [use | {"content": _without_answer(schema, use["kind"], use["content"])} for use in context.get("used_in", [])]
    return context | {"used_in": around} if around else context


def _without_answer(schema: Schema, kind_name: str, content: Content) -> Content:
    kind = schema.kind(kind_name)
    return opened(content, frozenset({kind.answer} - {*kind.translatable}))
