"""What an answer is worth: the shape of a campaign's ``credit``, and how answers, minutes and words are counted."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from typing import Any, Literal

import regex
from pydantic import BaseModel, ConfigDict, Field

CENT = Decimal("0.000001")
QUANTUM = Decimal("0.0001")
WORD = regex.compile(r"\b\w.*?\b", regex.WORD | regex.DOTALL)
# Scripts that put no spaces between words, with how many of their characters are reckoned a word. Nothing in Unicode cuts
# them into words without a dictionary, and a bill may not depend on a dictionary's version: so grapheme clusters that
# begin with a letter or digit are counted and divided. A convention, not a linguistic claim; anybody can check it by hand.
UNSPACED = {
    2: ("Han", "Hiragana", "Katakana", "Bopomofo"),
    4: ("Thai", "Lao", "Khmer", "Myanmar"),
    3: ("Tibetan", "Javanese", "Balinese"),
}
HAS_LETTER = regex.compile(r"[\p{L}\p{N}]")
CLUSTERS = {
    size: regex.compile(r"(?=[\p{L}\p{N}])(?=[" + "".join(rf"\p{{Script={name}}}" for name in names) + r"])\X")
    for size, names in UNSPACED.items()
}


class Pay(BaseModel):
    """A campaign's ``credit``: so much of a unit for each answer, minute or source word."""

    model_config = ConfigDict(extra="forbid")

    per: Literal["submission", "minute", "word"] = "submission"
    rate: Decimal = Field(ge=0, max_digits=12, decimal_places=6)
    unit: str = Field("EUR", pattern=r"^[A-Za-z]{1,12}$", description="a currency, or points")
    cap_minutes: float = Field(10, gt=0, le=24 * 60, description="one answer counts for no more minutes than this")

    def quantity(self, *, seconds: float, texts: Iterable[str]) -> Decimal:
        """How many answers, minutes or words one answer is, to four decimals; `seconds` are the server's."""
        if self.per == "submission":
            return Decimal(1)
        if self.per == "word":
            return Decimal(sum(map(words, texts)))
        minutes = min(Decimal(max(seconds, 0)) / 60, Decimal(str(self.cap_minutes)))
        return minutes.quantize(QUANTUM, ROUND_HALF_EVEN)

    def amount(self, quantity: Decimal) -> Decimal:
        """What so many are worth, to six decimals, half to even; nothing is rounded to cents before it is paid out."""
        return (quantity * self.rate).quantize(CENT, ROUND_HALF_EVEN)


def words(text: str) -> int:
    """The words of a text in whatever scripts it mixes.

    Between spaces as Unicode's default word boundaries have it (UAX 29), counting what holds a letter or digit; in scripts
    without spaces by grapheme clusters, two to a word for Chinese and Japanese, four for Thai, Lao, Khmer and Burmese,
    three for Tibetan, Javanese and Balinese, each rounded up.
    """
    count = 0
    for size, clusters in CLUSTERS.items():
        text, found = clusters.subn(" ", text)
        count += ceil(found / size)
    return count + sum(1 for word in WORD.findall(text) if HAS_LETTER.search(word))


def texts_of(content: dict[str, Any], fields: Iterable[str]) -> list[str]:
    """Every text in the named fields of a record, out of its lists and tables."""
    return [text for name in fields if name in content for text in _leaves(content[name])]


def _leaves(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for one in value for text in _leaves(one)]
    return [value] if isinstance(value, str) else []
