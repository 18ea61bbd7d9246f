"""What is carried through a translation by numbered tokens: regions that belong to no language, and the two ends of spans."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import regex

from core.told import told
from pipelines.steps._numbers import GROUPED
from pipelines.steps._texts import PLACEHOLDER, short

# A region is ⟦1⟧, a span ⟦+2⟧…⟦/2⟧. Whatever looks like a token in a text, or is half of one, is itself a region: so all
# tokens in a masked text are ours. Models write the digits of their language, and spaces or marks of direction inside.
OWN = r"⟦[^⟦⟧]*⟧ | [⟦⟧]"
NOISE = r"[\s\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]*"
TOKEN = regex.compile(rf"⟦{NOISE}([+/]?){NOISE}(\p{{Nd}}{{1,6}}){NOISE}⟧")
REGION = regex.compile(rf"{OWN} | {PLACEHOLDER.pattern}", PLACEHOLDER.flags)
REGION_OR_NUMBER = regex.compile(rf"{OWN} | {PLACEHOLDER.pattern} | {GROUPED}", PLACEHOLDER.flags)

Place = tuple[int, int]
"""Start and end in code points."""


@dataclass(frozen=True)
class Masked:
    """A text with tokens in it, what each stands for, and which number each of its spans has, in their order."""

    text: str
    regions: Mapping[int, str] = field(default_factory=dict)
    spans: Sequence[int] = ()

    def spaced(self, token: str) -> bool:
        """Whether the token stands between two spaces here; a model that does not find it so often sets it so."""
        return f" {token} " in self.text or self.text.startswith(f"{token} ")

    def plain(self, part: str) -> str:
        """A part of the masked text as it stands in the source."""
        if not self.regions and not self.spans:
            return part
        return TOKEN.sub(lambda token: "" if token[1] else self.regions[int(token[2])], part)


@dataclass(frozen=True)
class Restored:
    """An answer with its regions put back and its markers taken out; where its spans lie, by number; what went wrong.

    What is wrong is not mended: a lost region stays lost, one said twice stands twice, a token that means nothing stays.
    """

    text: str
    spans: Mapping[int, Place]
    lost: tuple[str, ...] = ()
    """A sentence for each region that is not there exactly once."""
    unplaced: tuple[int, ...] = ()
    """Spans whose two markers are not there once each, the first before the second with something between them."""


def mask(text: str, spans: Sequence[Place] = (), *, first: int = 1, numbers: bool = False) -> Masked:
    """The text with its regions and the ends of its spans as tokens, counted from ``first``.

    With ``numbers``, those written with digits are regions too. A region that a span begins or ends inside of stays as it is.
    """
    ends = {place for span in spans for place in span}
    found = (match.span() for match in (REGION_OR_NUMBER if numbers else REGION).finditer(text))
    kept = [(start, end) for start, end in found if not any(start < place < end for place in ends)]
    regions = {first + n: text[start:end] for n, (start, end) in enumerate(kept)}
    marks = [first + len(kept) + n for n in range(len(spans))]
    tokens = [(start, end, f"⟦{n}⟧") for n, (start, end) in zip(regions, kept, strict=True)]
    pieces, at = [], 0
    for start, end, token in sorted([*tokens, *_markers(spans, marks)], key=lambda one: one[:2]):
        pieces += [text[at:start], token]
        at = end
    return Masked("".join([*pieces, text[at:]]), regions, marks)


def _markers(spans: Sequence[Place], numbers: Sequence[int]) -> list[tuple[int, int, str]]:
    """The markers with their places; where several meet, what ends there comes first, the inner spans inside."""
    if not spans:
        return []
    numbered = list(zip(spans, numbers, strict=True))
    closing = [(end, -start, f"⟦/{n}⟧") for (start, end), n in reversed(numbered)]
    opening = [(start, -end, f"⟦+{n}⟧") for (start, end), n in numbered]
    ordered = sorted(closing, key=lambda one: one[:2]) + sorted(opening, key=lambda one: one[:2])
    return [(place, place, token) for place, _, token in ordered]


def restore(answer: str, masked: Masked) -> Restored:
    """What a model answered to a masked text, without tokens. A region may also stand there letter by letter, as in the source."""
    if not masked.regions and not masked.spans and "⟦" not in answer:  # as of most sentences
        return Restored(answer, {})
    text, seen, marks, at = "", Counter(), {}, 0
    strange: list[str] = []
    for token in TOKEN.finditer(answer):
        text, at = text + answer[at : token.start()], token.end()
        sign, number = token[1], int(token[2])
        if not sign and number in masked.regions:
            seen[number] += 1
            text += masked.regions[number]
        elif sign and number in masked.spans:
            seen[sign + str(number)] += 1
            if text[-1:] in ("", " ") and answer[at : at + 1] == " " and not masked.spaced(f"⟦{sign}{number}⟧"):
                text, at = (text, at + 1) if sign == "+" else (text[:-1], at)
            marks[sign + str(number)] = len(text)
        else:
            strange.append(token[0])
            text += token[0]
    text += answer[at:]
    spans = {n: place for n in masked.spans if (place := _place(text, n, seen, marks))}
    unplaced = tuple(n for n in masked.spans if n not in spans)
    return Restored(text, spans, (*_lost(answer, masked, seen), *_invented(strange)), unplaced)


def _place(text: str, number: int, seen: Counter, marks: Mapping[str, int]) -> Place | None:
    """Where a span lies, without spaces at its edges; None where its markers do not say so exactly."""
    if seen[f"+{number}"] != 1 or seen[f"/{number}"] != 1:
        return None
    start, end = marks[f"+{number}"], marks[f"/{number}"]
    inside = text[start:end]
    start, end = start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
    return (start, end) if start < end else None


def _lost(answer: str, masked: Masked, seen: Counter) -> list[str]:
    if not masked.regions:
        return []
    # A recorded answer, or one of an engine that reads no tokens, holds the regions themselves.
    written = Counter(REGION_OR_NUMBER.findall(TOKEN.sub(" ", answer)))
    said = []
    for number, region in masked.regions.items():
        if seen[number] > 1:
            said.append(told("{region} of the source stands {seen} times for once.", region=short(region), seen=seen[number]))
        elif not seen[number] and written[region] > 0:
            written[region] -= 1
        elif not seen[number]:
            said.append(told("{what} of the source is missing.", what=short(region)))
    return said


def _invented(strange: Sequence[str]) -> list[str]:
    return [told("{token} stands for nothing in this text.", token=short(token)) for token in strange]
