"""Why people skip and flag: a short list to choose from, with room for words of one's own, so that reasons can be counted."""

from collections import Counter
from collections.abc import Iterable

SKIP = (
    "I do not know the subject",
    "The source is broken or unclear",
    "It is offensive or upsetting",
    "The page did not work",
)
FLAG = (
    "The source has a mistake",
    "The source is culturally out of place",
    "I am not sure of my answer",
    "It names or shows a private person",
)
OTHER = "other"


def composed(chosen: str, said: str) -> str:
    """A reason of the list and one's own words as one text; either may be missing. The words stay exactly as written."""
    return f"{chosen}: {said}" if chosen and said.strip() else chosen or said


def tally(given: Iterable[tuple[str, int]], known: tuple[str, ...]) -> list[tuple[str, int]]:
    """How often each reason of the list was given, the most frequent first, from texts with how often each was.

    A text that begins with none of them counts as `OTHER`.
    """
    found: Counter[str] = Counter()
    for text, count in given:
        found[next((one for one in known if text == one or text.startswith(f"{one}: ")), OTHER)] += count
    return found.most_common()
