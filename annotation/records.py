"""What plugins see: plain frozen values, so that a plugin needs no database and no Django."""

from dataclasses import dataclass, field
from typing import Any

from annotation.schema import Kind


@dataclass(frozen=True)
class Choice:
    """One question with its options: what is said beside each, by the value an answer holds."""

    name: str
    text: str
    options: dict[str, str]


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


@dataclass(frozen=True)
class Answer:
    """One person's answer as an aggregator sees it: crowd-kit's task, worker, label, with a weight between 0 and 1."""

    task: int
    worker: str
    label: str
    weight: float = 1.0


@dataclass(frozen=True)
class Verdict:
    """What an aggregator concludes for one task: the label, its confidence between 0 and 1, and whether people agreed."""

    label: str
    confidence: float
    agreed: bool
