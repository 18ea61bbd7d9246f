"""Agreement on spans: which stretches of a text people marked, as unitised alpha and as characters in common.

A label is JSON: ``{"length": 300, "spans": [[225, 295], [370, 400, "name"]]}``: the text's length and spans from, up to and
without, in characters, each with a category where there are several. Spans of one category that touch or overlap are one.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.agreement.bootstrap import Measure
from annotation.agreement.table import Table
from core.errors import Invalid
from core.told import told

NOTHING = told("nobody marked anything in a text that two people read")


def alpha_u(table: Table) -> Measure:
    """Krippendorff's alpha for unitising: 1 - Do / De over all categories and texts.

    Krippendorff (1995), "On the reliability of unitizing continuous data", in the notation of Krippendorff (2004), "Measuring
    the reliability of qualitative text analysis data", section 4: there for one text, here each text has the people who read
    it and weighs by its length. (The family of 2016 splits this into finer questions; it is not meant here.)
    """
    parts = np.zeros((table.tasks, 2))
    for task, marks in _texts(table):
        for sections in map(_Sections.of, _by_category(marks)):
            parts[task] += np.array([sections.observed(), sections.expected()]) * marks[0].length
    return Measure(csr_array(parts), lambda sums: 1 - sums[0] / np.where(sums[1] > 0, sums[1], np.nan), NOTHING)


def character_iou(table: Table) -> Measure:
    """Characters both marked over characters either marked, of each pair, averaged in a task and then over tasks; 1 where neither marked any."""
    return _in_common(table, lambda both, one, other: both / (one + other - both))


def character_f1(table: Table) -> Measure:
    """Twice the characters both marked over the sum of what each marked, averaged as `character_iou`."""
    return _in_common(table, lambda both, one, other: 2 * both / (one + other))


@dataclass(frozen=True)
class _Marks:
    """One person's spans of a text, by category, in order and apart from each other."""

    length: int
    spans: dict[str, list[tuple[int, int]]]

    @classmethod
    def of(cls, label: str) -> "_Marks":
        try:
            read = json.loads(label)
            length, given = int(read["length"]), [(int(start), int(end), str(*kind)) for start, end, *kind in read["spans"]]
        except (ValueError, TypeError, KeyError) as error:
            raise Invalid(told(
                "{label!r} is no label of spans: write length, and spans as [from, to] in JSON.",
                label=label[:80],
            )) from error
        spans: dict[str, list[tuple[int, int]]] = {}
        for start, end, kind in sorted(given):
            if not 0 <= start < end <= length:
                raise Invalid(told(
                    "The span [{start}, {end}] is not within a text of {length} characters.",
                    start=start, end=end, length=length,
                ))
            there = spans.setdefault(kind, [])
            if there and start <= there[-1][1]:
                start, end = there[-1][0], max(end, there.pop()[1])
            there.append((start, end))
        return cls(length, spans)


@dataclass(frozen=True)
class _Sections:
    """Everybody's spans and gaps of one category in one text: begin, length, whether it is a span, and whose."""

    begin: np.ndarray
    size: np.ndarray
    marked: np.ndarray
    who: np.ndarray
    length: int
    people: int

    @classmethod
    def of(cls, spans: list[tuple[int, list[tuple[int, int]]]]) -> "_Sections":
        rows = [(start, end - start, is_span, who) for who, (n, own) in enumerate(spans) for start, end, is_span in _tiled(own, n)]
        begin, size, marked, who = (np.array(column) for column in zip(*rows, strict=True))
        return cls(begin, size.astype(float), marked, who, spans[0][0], len(spans))

    def observed(self) -> float:
        """Do: squared distances of the spans that meet, and the squared lengths of those that lie in another's gap (equation 2)."""
        shift = np.subtract.outer(self.begin, self.begin)
        one, other = self.size[:, None], self.size[None, :]
        span, gap = self.marked, ~self.marked
        meet = np.logical_and.outer(span, span) & (-one < shift) & (shift < other)
        inside = np.logical_and.outer(span, gap) & (shift >= 0) & (shift <= other - one)
        apart = np.where(meet, shift**2 + (shift + one - other) ** 2, 0) + np.where(inside, one**2, 0)
        # A span in a gap counts from both sides: once here and once more, for the pair the other way round.
        apart += np.where(inside.T, other**2, 0)
        between = np.not_equal.outer(self.who, self.who)
        return float(apart[between].sum() / (self.people * (self.people - 1) * self.length**2))

    def expected(self) -> float:
        """De: what all spans, thrown anywhere into the text, would differ by (equation 3)."""
        span, gap = self.size[self.marked], self.size[~self.marked]
        meeting = (len(span) - 1) / 3 * (2 * span**3 - 3 * span**2 + span)
        room = np.maximum(gap[None, :] - span[:, None] + 1, 0).sum(1)
        whole = self.people * self.length
        ways = whole * (whole - 1) - (span * (span - 1)).sum()
        return float(2 / self.length * (meeting + span**2 * room).sum() / ways)


def _texts(table: Table) -> Iterator[tuple[int, list[_Marks]]]:
    """Each task that two people or more answered, with what they marked; `Invalid` when they read texts of different lengths."""
    marks = [_Marks.of(label) for label in table.labels]
    ends = np.cumsum(table.sizes)
    for task, (start, end) in enumerate(zip(ends - table.sizes, ends, strict=True)):
        given = [marks[label] for label in table.label[start:end]]
        if len({one.length for one in given}) > 1:
            raise Invalid("Two answers to one task give its text two lengths: they are not about the same text.")
        if len(given) > 1:
            yield task, given


def _by_category(marks: list[_Marks]) -> Iterator[list[tuple[int, list[tuple[int, int]]]]]:
    """For each category anybody used, everybody's spans of it, with the text's length."""
    for kind in sorted({kind for one in marks for kind in one.spans}):
        yield [(one.length, one.spans.get(kind, [])) for one in marks]


def _tiled(spans: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int, bool]]:
    """The spans and, between them, the gaps: together all of the text."""
    at = 0
    for start, end in spans:
        if start > at:
            yield at, start, False
        yield start, end, True
        at = end
    if at < length:
        yield at, length, False


def _in_common(table: Table, ratio: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Measure:
    parts = np.zeros((table.tasks, 2))
    for task, marks in _texts(table):
        masks = _masks(marks)
        both = masks @ masks.T
        one, other = np.triu_indices(len(marks), 1)
        size = np.diag(both)
        with np.errstate(invalid="ignore"):
            found = ratio(both[one, other], size[one], size[other])
        parts[task] = np.nan_to_num(found, nan=1.0).mean(), 1
    return Measure(csr_array(parts), lambda sums: sums[0] / sums[1])


def _masks(marks: list[_Marks]) -> np.ndarray:
    """For each person which characters they marked, once for each category."""
    kinds = sorted({kind for one in marks for kind in one.spans})
    masks = np.zeros((len(marks), len(kinds), marks[0].length))
    for who, one in enumerate(marks):
        for kind, spans in one.spans.items():
            for start, end in spans:
                masks[who, kinds.index(kind), start:end] = 1
    return masks.reshape(len(marks), -1)
