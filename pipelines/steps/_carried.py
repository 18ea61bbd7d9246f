"""A whole item as a model gets it, with tokens for what must come through unharmed, and its answer made into a content again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.told import told
from pipelines.records import Draft, NotGenerated, text_of, texts
from pipelines.steps._protect import TOKEN, Masked, Restored, mask, restore
from pipelines.steps._texts import short


@dataclass(frozen=True)
class Carried:
    """An item's texts, masked, under one count of tokens, so that one that wanders from text to text is noticed."""

    draft: Draft
    masked: tuple[Masked, ...]
    """In the order of the item's texts."""
    content: dict[str, Any]
    """The item with the masked texts in it."""

    def plain(self, content: dict[str, Any]) -> dict[str, Any]:
        """A part of the masked content as it stands in the source."""
        return mapped(content, self._whole.plain)

    def said(self, content: dict[str, Any]) -> dict[str, Any]:
        """A part of the answer as people would read it."""
        return mapped(content, lambda text: restore(text, self._whole).text)

    def tokens(self, part: dict[str, Any]) -> str:
        """One of the tokens in a part, to show a model what they look like; empty where there is none."""
        return next((token[0] for token in TOKEN.finditer(text_of(part)) if not token[1]), "")

    def markers(self, part: dict[str, Any]) -> str:
        """The two markers of one of the spans that begin in a part; empty where there is none."""
        return next((f"⟦+{token[2]}⟧ and ⟦/{token[2]}⟧" for token in TOKEN.finditer(text_of(part)) if token[1] == "+"), "")

    @cached_property
    def _whole(self) -> Masked:
        regions = {number: region for one in self.masked for number, region in one.regions.items()}
        return Masked("", regions, [number for one in self.masked for number in one.spans])

    def restored(self, answer: dict[str, Any]) -> "Answer":
        """The answer to the whole masked content, token by token; `NotGenerated` when it is of another shape."""
        if len(texts(answer)) != len(self.masked) or list(answer) != list(self.content):
            raise NotGenerated("schema", told("The answer has not the shape of the item."))
        found = [restore(text, masked) for text, masked in zip(texts(answer), self.masked, strict=True)]
        left = iter(found)
        content = mapped(answer, lambda _: next(left).text)
        lost = tuple(problem for one in found for problem in one.lost)
        by_field = dict(zip(_flat(self.draft.source), found, strict=True))
        return self._with_spans(Answer(content, lost), by_field)

    def _with_spans(self, answer: "Answer", by_field: dict[Any, Restored]) -> "Answer":
        """With the spans whose markers all came through; of a field with one that did not there are none, and it is said which."""
        unplaced: list[str] = []
        for name, text, spans in _spans(self.draft):
            found = by_field[text, 0]
            numbers = self._numbers(text, name)
            if gone := [span for span, number in zip(spans, numbers, strict=True) if number in found.unplaced]:
                unplaced += [_named(self.draft.source[text], span) for span in gone]
                continue
            placed = zip(spans, (found.spans[number] for number in numbers), strict=True)
            answer.content[name] = [{"start": start, "end": end, "label": span["label"]} for span, (start, end) in placed]
        return Answer(answer.content, answer.lost, tuple(unplaced))

    def _numbers(self, text: str, name: str) -> list[int]:
        """The numbers of a spans field's spans; several fields may have theirs in one text, one after the other."""
        masked = dict(zip(_flat(self.draft.source), self.masked, strict=True))[text, 0]
        left = iter(masked.spans)
        numbers = {field: [next(left) for _ in spans] for field, its, spans in _spans(self.draft) if its == text}
        return numbers[name]


@dataclass(frozen=True)
class Answer:
    """A content out of a model's answer, with the spans that were found again, and sentences for what was not."""

    content: dict[str, Any]
    lost: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()


def carry(draft: Draft, *, numbers: bool = False) -> Carried:
    """The draft's source with tokens for its regions and its spans; with ``numbers``, those are regions too."""
    masked: list[Masked] = []
    first = 1
    for (field, _), text in zip(_flat(draft.source), texts(draft.source), strict=True):
        places = [(one["start"], one["end"]) for _, its, spans in _spans(draft) if its == field for one in spans]
        masked.append(mask(text, places, first=first, numbers=numbers))
        first += len(masked[-1].regions) + len(places)
    left = iter(masked)
    return Carried(draft, tuple(masked), mapped(draft.source, lambda _: next(left).text))


def mapped(content: dict[str, Any], turn: Callable[[str], str]) -> dict[str, Any]:
    """The content with every text turned into another, in order."""
    return {name: _turned(value, turn) for name, value in content.items()}


def _turned(value: Any, turn: Callable[[str], str]) -> Any:
    return [_turned(one, turn) for one in value] if isinstance(value, list) else turn(value)


def _flat(source: dict[str, Any]) -> list[tuple[str, int]]:
    """Field and number within it, for each text in order."""
    return [(name, n) for name, value in source.items() for n, _ in enumerate(texts({name: value}))]


def _spans(draft: Draft) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Each spans field the item has, the text it is of, and its spans."""
    fields = draft.kind.carried.items()
    return [(name, text, draft.item[name]) for name, text in fields if text in draft.source and draft.item.get(name)]


def _named(text: str, span: dict[str, Any]) -> str:
    return f"{span['label']} “{short(text[span['start'] : span['end']])}”"
