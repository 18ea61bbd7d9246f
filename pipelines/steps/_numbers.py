"""Reading the numbers in a text, in any script's digits and with any language's separators."""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import regex

# Where 1.500 is one thousand five hundred and 1,5 is one and a half; elsewhere it is the other way round.
# fmt: off
DECIMAL_COMMA = frozenset([
    "es", "pt", "fr", "de", "it", "nl", "ca", "gl", "ro", "pl", "cs", "sk", "hu", "ru", "uk", "be", "bg", "sr", "hr", "bs", "sl",
    "mk", "sq", "lt", "lv", "et", "fi", "sv", "da", "no", "nb", "nn", "is", "el", "tr", "az", "ka", "hy", "kk", "ky", "uz", "id",
    "jv", "vi", "eu", "af", "lb", "mn", "tg",
])
# fmt: on
# Spanish and English are written in both ways, by country.
DECIMAL_POINT_TAGS = frozenset({"es-MX", "es-419", "es-US", "es-PR", "es-GT", "es-HN", "es-NI", "es-PA", "es-DO", "es-PE"})
# .75 has no zero before its point.
TAIL = r"[.,٫]\p{Nd}++(?![.,]\p{Nd})"
# Groups of three, of two as in India, or none; what looks like neither (1,2,3 or 1.2.3) are several numbers.
GROUPED = (
    r"(?:(?<![\p{Nd}\p{L}\p{M}.,)])\.)?\p{Nd}++(?:(?:(?:,\p{Nd}{2})+,\p{Nd}{3}(?!\p{Nd})"
    rf"|(?:[.,٫٬،’'\u00a0\u202f\u2009]\p{{Nd}}{{3}}(?!\p{{Nd}}))+)(?:{TAIL})?|(?<!\p{{Nd}}[.,]\p{{Nd}}+){TAIL})?"
)
# An ordinary space groups digits only where the comma is taken for decimals.
SPACED = r"(?<!\p{Nd})\p{Nd}{1,3}(?:\x20\p{Nd}{3}(?!\p{Nd}))+(?:,\p{Nd}+)?"
# In Burmese the digits zero and four are often typed for the letters they look like.
# Full hours: 10:00 is often written 10.
FULL_HOUR = regex.compile(r"(?<![\p{Nd}:])(\p{Nd}{1,2}):[0٠०০၀]{2}(?![\p{Nd}:])")
LETTER_DIGITS = regex.compile(r"(?<!\p{Nd})(?:(?<=[\u1000-\u103f])၀|၀(?=[\u1000-\u103f])|၄(?=င်း))(?!\p{Nd})")
NUMBER = {False: regex.compile(GROUPED), True: regex.compile(f"{SPACED}|{GROUPED}")}


@dataclass(frozen=True)
class Number:
    """A number in a text: what stands there, what it means in the text's language, and what it may mean elsewhere."""

    text: str
    value: Decimal
    elsewhere: Decimal


def numbers(text: str, tag: str) -> list[Number]:
    """The numbers written with digits in a text of a language."""
    comma = tag.split("-")[0] in DECIMAL_COMMA and tag not in DECIMAL_POINT_TAGS
    found = []
    for match in NUMBER[comma].finditer(FULL_HOUR.sub(r"\1", LETTER_DIGITS.sub("ဝ", text))):
        plain = "".join(_plain(c) for c in match[0])
        found.append(Number(match[0], _value(plain, comma), _value(plain, not comma)))
    return found


def _plain(character: str) -> str:
    """An ASCII digit, or one of the separators: a point, a comma, or a space for what only groups."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return {".": ".", ",": ",", "،": ",", "٫": "D"}.get(character, " ")


def _value(plain: str, comma: bool) -> Decimal:
    """The value of digits with separators. The last separator is the decimal one unless it groups three digits."""
    plain = plain.replace(" ", "")
    if "D" in plain:  # the Arabic decimal separator, which means nothing else
        return Decimal(plain.replace(".", "").replace(",", "").replace("D", ".", 1).replace("D", ""))
    kinds = {c for c in plain if c in ".,"}
    if not kinds:
        return Decimal(plain)
    last = max(plain.rfind("."), plain.rfind(","))
    tail = plain[last + 1 :]
    if len(kinds) == 2:
        decimal = True
    elif plain.count(plain[last]) > 1:
        decimal = False
    else:
        ambiguous = len(tail) == 3 and 1 <= last <= 3 and not plain.startswith("0")
        decimal = not ambiguous or plain[last] == ("," if comma else ".")
    head = plain[:last].replace(".", "").replace(",", "")
    return Decimal(f"{head}.{tail}") if decimal else Decimal(head + tail.replace(".", "").replace(",", ""))
