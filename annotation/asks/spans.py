"""Spans: marked stretches of texts, each with a label; they may overlap, nest, have attributes and belong together."""

import json
from random import Random
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from annotation.asks._ask import Ask, Name, Place, Said, text_at, texts_at
from annotation.asks._options import Options
from annotation.records import Question
from core.told import told

UNIT = "code point"
KEYS = {"start", "end", "label", "group", "attributes"}


class Attribute(BaseModel):
    """A further word on each span, one of its options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    text: Said
    options: Options = Field(min_length=2, max_length=30)
    required: bool = True


class Spans(Ask):
    """``{"unit": "code point", "texts": {"target.text": {"length": 30, "spans": [{"start": 4, "end": 9, "label": "PER"}]}}}``.

    The end is outside. ``length`` is the text's, so that nobody reads offsets of one text in another. Spans with the same
    ``group`` are pieces of one thing that does not hang together.
    """

    hint = told("mark at least one place")
    scale = "spans"
    aggregator = "spans"
    metric = ""
    structured = True

    example = {"type": "spans", "name": "names", "text": "Mark the names", "over": ["target.text"], "labels": {"PER": "Person", "LOC": "Place"}}

    type: Literal["spans"] = "spans"
    over: tuple[Place, ...] = Field(min_length=1)
    """The texts, or lists of texts, that places are marked in."""
    labels: Options = Field(min_length=1, max_length=60)
    attributes: tuple[Attribute, ...] = ()
    overlap: bool = Field(True, description="whether spans may overlap and nest")
    grouped: bool = Field(False, description="whether pieces of a text can be marked as one")
    most: int = Field(200, ge=1)
    required: bool = False

    def texts(self, question: Question, answers: dict[str, Any] | None = None) -> dict[str, str]:
        """The texts places are marked in, by place; a list's entries each for itself."""
        found: dict[str, str] = {}
        for place in self.over:
            listed = (answers or {}).get(place.split(".")[1]) if place.startswith("answers.") else texts_at(question, place)
            if isinstance(listed, list):
                found |= {f"{place}.{at}": one for at, one in enumerate(listed) if isinstance(one, str)}
            elif (text := text_at(question, place, answers)) is not None:
                found[place] = text
        return found

    def blank(self, value: Any) -> bool:
        return self.required and not _pieces(value)

    def untouched(self, value: Any) -> bool:
        return not _pieces(value)

    def problem(self, value: Any, question: Question, answers: dict[str, Any]) -> str | None:
        if not isinstance(value, dict) or value.get("unit") != UNIT or not isinstance(value.get("texts"), dict):
            return told("must name its unit, {unit!r}, and the texts with their spans", unit=UNIT)
        texts = self.texts(question, answers)
        if unknown := sorted(set(value["texts"]) - set(texts)):
            return told("has spans in {place}, which is no text here", place=unknown[0])
        for place, marked in value["texts"].items():
            if problem := self._problem(marked, len(texts[place])):
                return told("in {place}: {problem}", place=place, problem=problem)
        total = sum(len(marked["spans"]) for marked in value["texts"].values())
        return told("has {total} spans: {most} at most", total=total, most=self.most) if total > self.most else None

    def _problem(self, marked: Any, length: int) -> str | None:
        if not isinstance(marked, dict) or set(marked) != {"length", "spans"} or not isinstance(marked["spans"], list):
            return told("must have length and spans")
        if marked["length"] != length:
            return told(
                "was marked in a text of {marked} characters, and this one has {length}",
                marked=marked["length"], length=length,
            )
        for at, span in enumerate(marked["spans"], 1):
            if problem := self._span(span, length):
                return told("{at}. span {problem}", at=at, problem=problem)
        ordered = sorted(marked["spans"], key=lambda one: (one["start"], one["end"]))
        if not self.overlap and any(one["end"] > other["start"] for one, other in zip(ordered, ordered[1:], strict=False)):
            return told("has spans that overlap")
        return None

    def _span(self, span: Any, length: int) -> str | None:
        if not isinstance(span, dict) or not {"start", "end", "label"} <= set(span) <= KEYS:
            return told("must have start, end and label")
        start, end = span["start"], span["end"]
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
            return told("must lie within the {length} characters, its start before its end", length=length)
        if span["label"] not in [one.value for one in self.labels]:
            return told(
                "has the label {label!r}, which is none of {known}",
                label=str(span["label"])[:40], known=", ".join(one.value for one in self.labels),
            )
        if "group" in span and not (self.grouped and type(span["group"]) is int and span["group"] > 0):
            return told("has a group that is no whole number above 0") if self.grouped else told("has a group, and nothing is grouped here")
        return self._attributes(span.get("attributes", {}))

    def _attributes(self, given: Any) -> str | None:
        known = {one.name: one for one in self.attributes}
        if not isinstance(given, dict) or not set(given) <= set(known):
            return told(
                "has attributes other than {known}",
                known=", ".join(known),
            ) if known else told("has attributes, and there are none")
        for name, one in known.items():
            if name not in given and one.required:
                return told("lacks {name}", name=name)
            if name in given and given[name] not in [option.value for option in one.options]:
                return told(
                    "has a {name} that is none of {known}",
                    name=name, known=", ".join(option.value for option in one.options),
                )
        return None

    def label_of(self, value: Any) -> str:
        return super().label_of({place: sorted(map(_key, one["spans"])) for place, one in value["texts"].items() if one["spans"]})

    def compared(self, value: Any) -> dict[str, str]:
        """The spans of each text for themselves, as `annotation.agreement.spans` reads them.

        Those in what a person wrote themselves are compared with nobody's: everybody wrote another text.
        """
        return {
            place: json.dumps({"length": one["length"], "spans": [[s["start"], s["end"], s["label"]] for s in one["spans"]]})
            for place, one in value["texts"].items()
            if not place.startswith("answers.")
        }

    def alike(self, value: Any, expected: Any) -> float:
        """Twice the characters both marked with the same label over the sum of what each marked; 1 where neither marked any."""
        mine, right = _characters(value), _characters(expected)
        return 2 * len(mine & right) / (len(mine) + len(right)) if mine or right else 1.0

    def value_of(self, value: Any, part: str = "") -> Any:
        marked = value["texts"].get(part) or next(iter(value["texts"].values()), {"spans": []})
        return [[one["start"], one["end"], one["label"]] for one in marked["spans"]]

    def exported(self, value: Any) -> dict[str, Any]:
        return {"": json.dumps(value["texts"], ensure_ascii=False)}

    def sample(self, question: Question, dice: Random, answers: dict[str, Any]) -> Any:
        texts = self.texts(question, answers)
        return {"unit": UNIT, "texts": {place: {"length": len(text), "spans": self._some(text, dice)} for place, text in texts.items()}}

    def _some(self, text: str, dice: Random) -> list[dict[str, Any]]:
        if len(text) < 2:
            return []
        start = dice.randrange(len(text) - 1)
        chosen = {one.name: dice.choice(one.options).value for one in self.attributes}
        span = {"start": start, "end": dice.randint(start + 1, len(text)), "label": dice.choice(self.labels).value}
        return [span | ({"attributes": chosen} if chosen else {})]

    def shape(self, question: Question) -> dict[str, Any]:
        given = {one.name: {"type": "string", "enum": [o.value for o in one.options]} for one in self.attributes}
        label = {"type": "string", "enum": [one.value for one in self.labels]}
        fields: dict[str, Any] = {"start": {"type": "integer"}, "end": {"type": "integer"}, "label": label}
        fields |= {"attributes": _object(given)} if given else {}
        span = _object(fields)
        if self.grouped:
            span["properties"] |= {"group": {"type": "integer", "minimum": 1}}
        marked = _object({"length": {"type": "integer"}, "spans": {"type": "array", "items": span}})
        # Texts that are yet to be written have no names yet.
        written = any(place.startswith("answers.") for place in self.over)
        texts = {"type": "object", "additionalProperties": marked} if written else _object(dict.fromkeys(self.texts(question), marked))
        return _object({"unit": {"type": "string", "enum": [UNIT]}, "texts": texts})


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}


def _key(span: dict[str, Any]) -> list[Any]:
    return [span["start"], span["end"], span["label"], span.get("group", 0), sorted(span.get("attributes", {}).items())]


def _characters(value: Any) -> set[tuple[str, str, int]]:
    return {(place, s["label"], at) for place, one in value["texts"].items() for s in one["spans"] for at in range(s["start"], s["end"])}


def named(value: Any) -> dict[str, dict[str, Any]]:
    """Each span by the name relations call it by: ``target.text:4-9:PER``; what is no span has none."""
    known = ((place, span) for place, span in _pieces(value) if isinstance(span, dict) and {"start", "end", "label"} <= set(span))
    return {f"{place}:{span['start']}-{span['end']}:{span['label']}": span for place, span in known}


def _pieces(value: Any) -> list[tuple[str, Any]]:
    """Each span with its text's place, as far as anything can be read in what may be no answer."""
    texts = value.get("texts") if isinstance(value, dict) else None
    marked = {place: one.get("spans") for place, one in texts.items() if isinstance(one, dict)} if isinstance(texts, dict) else {}
    return [(place, span) for place, spans in marked.items() if isinstance(spans, list) for span in spans]
