"""A release's rows as baselines see them: texts, choices and the right one; and folds where there is no train split."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Collate

from annotation.schema import Kind, Schema, SchemaField
from core.errors import Invalid
from core.hashing import digest
from core.told import told
from pipelines.layout import columns
from pipelines.models import Release
from pipelines.records import Row, texts

ANSWERS = ("label", "choice")
TRAIN = "train"
# What is scored when there is no split called test.
HELD_OUT = ("test", "validation", "dev")
FOLDS = 5


def unanswerable(schema: Schema, kind: str) -> str | None:
    """Why no baseline can answer this kind, or None when one can."""
    answer = schema.kind(kind).answer
    if answer is None:
        return told("The kind {kind} names no field as its answer, so there is nothing to predict.", kind=kind)
    if schema.kind(kind).fields[answer].type not in ANSWERS:
        return told("The answers of {kind} are free text; baselines choose among labels or options.", kind=kind)
    return None


def scored_split(splits: Iterable[str]) -> str:
    """The split that is scored: test, or what stands for it; train only where there is no other."""
    known = set(splits)
    if found := next((split for split in HELD_OUT if split in known), None):
        return found
    others = sorted(known - {TRAIN})
    if len(others) > 1:
        raise Invalid(told(
            "None of the splits {others} is called test, so it is not clear which to score.",
            others=", ".join(others),
        ))
    return others[0] if others else TRAIN


def read(release: Release, schema: Schema, kind: str, language: str, split: str, keys: Iterable[str] = ()) -> list[Row]:
    """Rows of one split in bytewise order of their keys; all of them, or those of the keys."""
    found = release.items.filter(kind=kind, language=language, split=split).order_by(Collate("key", "C"))
    if keys:
        found = found.filter(key__in=list(keys))
    shape, its = columns(schema, kind), schema.kind(kind)
    return [
        Row(
            key=key,
            language=language,
            split=split,
            cluster=cluster,
            texts=_texts(record, its, shape),
            choices=choices_of(its, record),
            answer=right_of(its, record),
        )
        for key, cluster, record in found.values_list("key", "cluster", "record").iterator(chunk_size=2000)
    ]


def folds(rows: list[Row]) -> list[list[Row]]:
    """The rows in up to five parts of about the same size, all rows of one source text in the same part."""
    by_cluster: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_cluster[row.cluster].append(row)
    parts: list[list[Row]] = [[] for _ in range(min(FOLDS, len(by_cluster)))]
    # The largest first, each into the part that has least; a hash in place of chance, so that it is always the same.
    for cluster in sorted(by_cluster, key=lambda name: (-len(by_cluster[name]), digest(name))):
        min(parts, key=len).extend(by_cluster[cluster])
    return parts


def choices_of(kind: Kind, record: dict[str, Any]) -> tuple[str, ...]:
    """The labels, or the options of this very row."""
    answer = _answer(kind)
    return answer.labels if answer.type == "label" else tuple(record[answer.of or ""])


def right_of(kind: Kind, record: dict[str, Any]) -> str | None:
    """The right choice of a row as it stands in the release; None where it has none."""
    value = record.get(kind.answer or "")
    if value is None:
        return None
    return choices_of(kind, record)[value] if _answer(kind).type == "choice" else value


def _answer(kind: Kind) -> SchemaField:
    return kind.fields[kind.answer or ""]


def _texts(record: dict[str, Any], kind: Kind, shape: dict[str, Any]) -> dict[str, str]:
    """The texts of a row by field; labels, numbers, plain strings and what is to be chosen from are none."""
    skipped = {kind.answer, _answer(kind).of}
    wanted = [name for name in kind.fields if name not in skipped and shape[name] not in ("label", "choice", "string")]
    found = {name: "\n".join(texts(_flat(record.get(name)))) for name in wanted}
    return {name: text for name, text in found.items() if text}


def _flat(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"": value}
