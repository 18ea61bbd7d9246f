"""What of a record is shown to those who are to answer: everything but the answer it came with."""

from typing import Any

from annotation.schema import Schema

Content = dict[str, Any]


def without_answer(schema: Schema, kind_name: str, content: Content) -> Content:
    """The record without its answer, unless that is itself a text to translate."""
    kind = schema.kind(kind_name)
    told = kind.answer if kind.answer in kind.translatable else None
    return {name: value for name, value in content.items() if name != kind.answer or name == told}


def blind(schema: Schema, context: Content) -> Content:
    """The context without the right answers: whoever translates an item today may be asked to label it tomorrow."""
    around = [use | {"content": without_answer(schema, use["kind"], use["content"])} for use in context.get("used_in", [])]
    return context | {"used_in": around} if around else context
