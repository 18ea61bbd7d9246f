"""What an answer says of items: those it names are there, and the record it writes is one of its kind."""

from pydantic import BaseModel

from annotation.models import Item
from annotation.task_types import TaskType
from core.errors import Invalid
from core.told import listed, told


def check(item: Item, asked: TaskType, answer: BaseModel, *, below: str = "") -> None:
    """Raise `Invalid` with the field of the form, after `below`, where an answer about `item` is at odds with its dataset."""
    wrong: dict[str, str] = {field: _no_such(kind, key) for field, (kind, key) in _absent(item, asked, answer).items()}
    if asked.writes_items:
        wrong |= _unfit(item, asked, answer)
    if wrong:
        raise Invalid(listed(wrong), {below + field: why for field, why in wrong.items()})


def _absent(item: Item, asked: TaskType, answer: BaseModel) -> dict[str, tuple[str, str]]:
    named = asked.points_at(answer)
    if not named:
        return {}
    there = Item.objects.filter(dataset=item.dataset_id)
    return {field: (kind, key) for field, (kind, key) in named.items() if not there.filter(kind=kind, key=key).exists()}


def _unfit(item: Item, asked: TaskType, answer: BaseModel) -> dict[str, str]:
    kinds = item.dataset.kinds
    made = asked.makes(answer, kinds.kinds, item.kind)
    if made is None:
        return {}
    name, content = made
    kind = kinds.kind(name)
    found = {f"answers.{field}": problem for field, problem in kind.problems(content).items()}
    for field, target in kind.references.items():
        if field in content and not Item.objects.filter(dataset=item.dataset_id, kind=target, key=content[field]).exists():
            found[f"answers.{field}"] = _no_such(target, str(content[field]))
    return found


def _no_such(kind: str, key: str) -> str:
    return told("names {key!r}, and there is no such {kind}", key=key[:80], kind=kind)
