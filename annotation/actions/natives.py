"""Native items: what people wrote anew becomes a record of its own in their language, once it is accepted."""

from typing import Any

from annotation.actions import datasets, units
from annotation.models import Consensus, Item, Reference, Task, Translation, Unit
from annotation.task_types import task_types
from core.events import record
from core.hashing import digest


def make(task: Task) -> Item | None:
    """The item that a finished task's answer becomes, in the caller's transaction; doing it again gives the same one.

    None where the campaign's task type writes none. The item has a unit in each other language, still to be translated, and one
    in its own that is verified with the text as it was written. Whose it is, the event says, with the submission.
    """
    campaign = task.campaign
    asked = task_types.build(campaign.task_type)
    if not asked.writes_items:
        return None
    dataset, prompt = campaign.dataset, task.unit.item
    chosen = Consensus.objects.select_related("chosen__assignment__person").get(task=task).chosen
    answer = asked.Payload.model_validate(chosen.payload.get("own") or chosen.payload)
    kind, content = asked.makes(answer, dataset.kinds.kinds, prompt.kind)
    datasets.lock(dataset)
    item, is_new = Item.objects.get_or_create(
        dataset=dataset, kind=kind, key=f"{campaign.slug}/{task.pk}",
        defaults={
            "content": content, "language": task.language, "split": prompt.split, "origin": Item.Origin.NATIVE,
            "hash": digest({"kind": kind, "content": content}),
        },
    )  # fmt: skip
    if is_new:
        author = chosen.assignment.person
        _connect(item, author, {"submission": chosen.pk})
        record("write", item, by=author, data={"submission": chosen.pk, "task": task.pk, "prompt": prompt.pk})
    return item


def _connect(item: Item, author: Any, data: dict[str, Any]) -> None:
    """The item's references, and its units."""
    kind = item.dataset.kinds.kind(item.kind)
    for field, target in kind.references.items():
        if field in item.content:
            found = Item.objects.get(dataset=item.dataset_id, kind=target, key=item.content[field])
            Reference.objects.create(item=item, field=field, target=found)
    written = {name: item.content[name] for name in kind.translatable if name in item.content}
    if not written:
        return
    tags = item.dataset.language_tags
    Unit.objects.bulk_create(Unit(item=item, language=tag) for tag in tags)
    if own := Unit.objects.filter(item=item, language=item.language).first():
        own.item = item
        text = units.propose(own, content=written, origin=Translation.Origin.HUMAN, author=author, made_by=data)
        Unit.flow.move(own, "adopt", by=author, data={"translation": text.pk}, current=text)
        Unit.flow.move(own, "verify", by=author, data={"translation": text.pk})
