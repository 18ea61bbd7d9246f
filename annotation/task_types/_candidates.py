"""The texts that are compared with each other, and a record to show it by."""

from typing import Any

from annotation.records import Question, Shown
from annotation.task_types._places import holding, place

KIND: dict[str, Any] = {
    "fields": {
        "prompt": {"type": "text", "translate": True},
        "one": {"type": "text", "translate": True},
        "other": {"type": "text", "translate": True},
    }
}
SOURCE: dict[str, Any] = {"prompt": "Why do rivers freeze?", "one": "Because it is cold.", "other": "They do not."}
TARGET: dict[str, Any] = {"prompt": "¿Por qué se hielan los ríos?", "one": "Porque hace frío.", "other": "No se hielan."}


def last_two(question: Question | None, between: tuple[str, ...]) -> tuple[str, str]:
    """The two that were named, else the record's last two texts: what both answer stands before them."""
    named = tuple(between) or tuple(place(question, name) for name in holding(question, "text")[-2:])
    return (named[0], named[1]) if len(named) == 2 else ("target.one", "target.other")


def around(shown: tuple[Shown, ...], places: tuple[str, ...]) -> tuple[Shown, ...]:
    """The fields without those that the question itself draws."""
    drawn = {one.split(".")[1] for one in places}
    return tuple(one for one in shown if one.name not in drawn)
