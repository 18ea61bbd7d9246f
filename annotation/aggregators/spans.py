"""Spans: marked stretches of a text, merged character by character."""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import fsum
from typing import ClassVar, Literal

from annotation.aggregators import Aggregator, Share, Takes
from annotation.aggregators._shares import by_task
from annotation.records import Answer, Verdict
from core.errors import Invalid
from core.told import told

Span = tuple[int, int, str]


class Spans(Aggregator):
    """The characters that anybody (union), everybody (intersection) or most of the weight (majority) marked, label by label.

    An answer's ``value`` is ``[[start, end, label], …]`` in code points, the end outside; so is the verdict's. Stretches of
    one label that touch become one. The confidence is how much people's characters overlap with the verdict's, the mean of
    intersection over union; agreed above ``threshold``. The verdict's label is that of an answer with just these characters,
    or the spans as JSON. Somebody who weighs nothing does not count, unless nobody does.
    """

    name: ClassVar[str] = "spans"
    label: ClassVar[str] = "Spans, by characters"
    takes: ClassVar[Takes] = "spans"
    keep: Literal["union", "intersection", "majority"] = "majority"
    threshold: Share = 0.5

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        return {task: self._conclude(votes) for task, votes in by_task(answers).items()}

    def _conclude(self, votes: list[Answer]) -> Verdict:
        counted = [one for one in votes if one.weight] or votes
        weights = [one.weight or 1.0 for one in counted]
        total, marked = fsum(weights), [_merged(_read(one)) for one in counted]
        # Everybody's weight but half of the lightest person's is more than anybody could leave out.
        enough = {"union": 0.0, "majority": total / 2, "intersection": total - min(weights) / 2}[self.keep]
        kept = _merged(piece for piece, held in _pieces(marked, weights) if held > enough)
        labels = [one.label for one, spans in zip(counted, marked, strict=True) if spans == kept]
        likeness = fsum(w * _overlap(spans, kept) for w, spans in zip(weights, marked, strict=True)) / total
        return Verdict(min(labels, default=_json(kept)), likeness, likeness > self.threshold, value=[list(one) for one in kept])


def _read(answer: Answer) -> list[Span]:
    """The answer's spans; `Invalid` when they are none."""
    try:
        spans = [(start, end, label) for start, end, label in answer.value]
    except (TypeError, ValueError):
        spans = [(0, 0, "")]
    for start, end, label in spans:
        if type(start) is not int or type(end) is not int or not isinstance(label, str) or not 0 <= start < end:
            raise Invalid(
                told(
                    "Task {task}: the answer of {worker} is no list of [start, end, label] with start before end.",
                    task=answer.task, worker=answer.worker,
                )
            )
    return spans


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters in as few spans as possible, in order of place."""
    found: list[Span] = []
    for start, end, label in sorted(spans, key=lambda one: (one[2], one[0], one[1])):
        if found and found[-1][2] == label and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end, label))
    return sorted(found)


def _pieces(marked: list[list[Span]], weights: list[float]) -> Iterator[tuple[Span, float]]:
    """Every stretch between two edges of the spans of a label, with the weight of the people who marked it."""
    for label in sorted({span[2] for spans in marked for span in spans}):
        own = [[(start, end) for start, end, other in spans if other == label] for spans in marked]
        for start, end in pairwise(sorted({edge for spans in own for span in spans for edge in span})):
            held = (
                weight
                for weight, spans in zip(weights, own, strict=True)
                if any(low <= start and end <= high for low, high in spans)
            )
            yield (start, end, label), fsum(held)


def _overlap(one: list[Span], other: list[Span]) -> float:
    """Characters that both hold over characters that either holds, label by label; 1 when neither holds any."""
    both = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in other if a[2] == b[2])
    either = sum(end - start for start, end, _ in one + other) - both
    return both / either if either else 1.0


def _json(spans: list[Span]) -> str:
    return json.dumps(spans, ensure_ascii=False, separators=(",", ":"))
