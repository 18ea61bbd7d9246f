"""Error spans: what is wrong with a translation, marked where it is, as WMT's ESA or as MQM."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from annotation.asks import Ask
from annotation.asks._options import Options
from annotation.asks.rating import Rating
from annotation.asks.spans import Attribute, Spans
from annotation.records import Question
from annotation.task_types._asking import Asking
from annotation.task_types._places import texts
from annotation.task_types.direct_assessment import ANCHORS

ESA = {"error": "Error", "omission": "Missing from the translation"}
MQM = {
    "addition": "Accuracy: addition",
    "mistranslation": "Accuracy: mistranslation",
    "omission": "Accuracy: omission",
    "untranslated": "Accuracy: left untranslated",
    "grammar": "Fluency: grammar",
    "spelling": "Fluency: spelling",
    "punctuation": "Fluency: punctuation",
    "register": "Fluency: register",
    "inconsistency": "Fluency: inconsistency",
    "encoding": "Fluency: broken characters",
    "terminology": "Terminology",
    "style": "Style",
    "locale": "Locale convention",
    "non_translation": "Not a translation at all",
    "other": "Other",
}
SEVERITIES = {"esa": {"minor": "Minor", "major": "Major"}, "mqm": {"minor": "Minor", "major": "Major", "critical": "Critical"}}


class ErrorSpans(Asking):
    """Each error with category and severity, in the translation and, for what is missing, in the source; ESA adds a score.

    MQM's score is no answer but computed: a critical error costs 25, a major one 5, a minor one 1 (Freitag et al. 2021).
    """

    name: ClassVar[str] = "error_spans"
    label: ClassVar[str] = "Mark errors (ESA, MQM)"
    right_from: ClassVar[float] = 0.6

    mode: Literal["esa", "mqm"] = "esa"
    categories: Options = ()
    """Other categories than the mode's own."""
    weights: dict[str, float] = {"minor": 1, "major": 5, "critical": 25}
    """What an error of each severity costs."""

    def asks(self, question: Question | None = None) -> tuple[Ask, ...]:
        own = self.categories or {"esa": ESA, "mqm": MQM}[self.mode]
        severity = Attribute(name="severity", text="Severity", options=SEVERITIES[self.mode])
        marked = Spans(name="errors", text="Mark each error", over=_both(question), labels=own, attributes=(severity,))
        score = Rating(name="score", text="How good is the translation as a whole?", low=0, high=100, anchors=ANCHORS)
        return (marked, score) if self.mode == "esa" else (marked,)

    def exported(self, answer: BaseModel) -> dict[str, Any]:
        """Besides the spans how many errors there are, and what they cost together."""
        given = answer.answers.get("errors") or {"texts": {}}
        severities = [one["attributes"]["severity"] for marked in given["texts"].values() for one in marked["spans"]]
        return super().exported(answer) | {"errors.count": len(severities), "mqm": sum(self.weights.get(one, 0) for one in severities)}


def _both(question: Question | None) -> tuple[str, ...]:
    """The translation's texts, and those of the source beside them."""
    there = texts(question)
    sources = (f"source.{place.split('.')[1]}" for place in there if place.startswith("target."))
    return (*there, *sources)
