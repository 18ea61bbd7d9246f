"""What plugins see: plain frozen values, so that a plugin needs no database and no Django."""

from dataclasses import dataclass, field
from typing import Any, Literal

from annotation.schema import Kind


@dataclass(frozen=True)
class Shown:
    """One field of the record as people see it: in which languages, and in which form where its type does not say it."""

    name: str
    sides: tuple[Literal["source", "target"], ...] = ("source", "target")
    form: Literal["", "chat", "outline", "code", "math"] = ""
    """A list as turns of a dialogue, or as an outline; a text as code, or with its formulas drawn."""
    title: str = ""


@dataclass(frozen=True)
class Question:
    """What a person is asked about: the source, the present draft (None when there is none), and the languages of both."""

    kind: Kind
    kind_name: str
    source: dict[str, Any]
    draft: dict[str, Any] | None
    source_language: str
    target_language: str
    context: dict[str, Any] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    """For an adjudication: the letters of the answers that disagree."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer as an aggregator sees it: crowd-kit's task, worker, label, with a weight between 0 and 1.

    ``label`` is the answer as one comparable text. ``weight`` is what the person is worth (accuracy on gold); only the
    aggregators that say so count it. ``value`` is what the label stands for where the label itself cannot be worked with:
    the text (or its fields) behind a digest, ``[[start, end, label], …]`` in code points, ``{"left": …, "right": …}``.
    """

    task: int
    worker: str
    label: str
    weight: float = 1.0
    value: Any = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an aggregator concludes for one task: the label, its confidence between 0 and 1, and whether people agreed.

    The label need not be one that somebody gave for this task: a model may overrule them, a mean lies between them.
    ``value`` is the conclusion itself where it is more than its label: a number, the text chosen, the spans merged.
    ``distribution`` is every possible label's probability (or share of the weight), where the aggregator has one.
    """

    label: str
    confidence: float
    agreed: bool
    value: Any = None
    distribution: dict[str, float] = field(default_factory=dict)
