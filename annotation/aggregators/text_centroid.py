"""Text centroid: of several texts for the same thing the one that is most like all the others."""

from collections.abc import Iterable
from itertools import permutations
from math import fsum
from typing import Any, ClassVar

from sacrebleu.metrics import CHRF

from annotation.aggregators import Aggregator, Share, Takes
from annotation.aggregators._shares import by_task
from annotation.records import Answer, Verdict

METRIC = CHRF()  # Popović (2015): character 1- to 6-grams, F2, white space left out


class TextCentroid(Aggregator):
    """The text with the highest mean chrF against the other people's; agreed when that is above ``threshold`` (0 to 1).

    A text is the answer's ``value`` with all its fields, or its label where it has none. Others count by their weight.
    """

    name: ClassVar[str] = "text_centroid"
    label: ClassVar[str] = "Most central text (chrF)"
    takes: ClassVar[Takes] = "texts"
    settles: ClassVar[bool] = True
    threshold: Share = 0.7

    def aggregate(self, answers: Iterable[Answer]) -> dict[int, Verdict]:
        return {task: self._conclude(votes) for task, votes in by_task(answers).items()}

    def _conclude(self, votes: list[Answer]) -> Verdict:
        texts = {one.label: _text(one.label if one.value is None else one.value) for one in votes}
        chrf = {pair: METRIC.sentence_score(texts[pair[0]], [texts[pair[1]]]).score / 100 for pair in permutations(texts, 2)}
        chrf |= {(label, label): 1.0 for label in texts}
        central = [(_mean(votes[:place] + votes[place + 1 :], one.label, chrf), one) for place, one in enumerate(votes)]
        likeness, chosen = min(central, key=lambda found: (-found[0], found[1].label))
        return Verdict(chosen.label, likeness, likeness > self.threshold, value=chosen.value)


def _mean(others: list[Answer], label: str, chrf: dict[tuple[str, str], float]) -> float:
    """The weighted mean of chrF against the others; 1 where there are none, and all alike where nobody weighs anything."""
    weights = [one.weight for one in others]
    weights = weights if any(weights) else [1.0] * len(others)
    total = fsum(weight * chrf[label, one.label] for weight, one in zip(weights, others, strict=True))
    return min(1.0, total / fsum(weights)) if others else 1.0


def _text(value: Any) -> str:
    """Every text in a value, field by field, a line each."""
    if isinstance(value, dict):
        return "\n".join(_text(value[key]) for key in sorted(value))
    return "\n".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)
