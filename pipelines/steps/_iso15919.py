"""ISO 15919: the letters of the Indic scripts in Latin, so that from the Latin text the other can be written again."""

from collections.abc import Iterable
from unicodedata import normalize

# Unicode gives nine scripts one layout, so one table by the place in a script's block does for all of them.
BLOCKS = (0x0900, 0x0980, 0x0A00, 0x0A80, 0x0B00, 0x0B80, 0x0C00, 0x0C80, 0x0D00)


def _table(places: Iterable[int], latin: str) -> dict[int, str]:
    return dict(zip(places, latin.split(), strict=True))


VOWELS = _table([*range(0x05, 0x15), 0x60, 0x61], "a ā i ī u ū r̥ l̥ ê e ē ai ô o ō au r̥̄ l̥̄")
SIGNS = _table([*range(0x3E, 0x4D), 0x62, 0x63], "ā i ī u ū r̥ r̥̄ ê e ē ai ô o ō au l̥ l̥̄")
CONSONANTS = _table(
    range(0x15, 0x3A), "k kh g gh ṅ c ch j jh ñ ṭ ṭh ḍ ḍh ṇ t th d dh n ṉ p ph b bh m y r ṟ l ḷ ḻ v ś ṣ s h"
)
OTHERS = _table([0x01, 0x02, 0x03, 0x3D, 0x50, 0x64, 0x65], "m̐ ṁ ḥ ’ ōm . ..")
DOTTED = {"k": "q", "kh": "k͟h", "g": "ġ", "j": "z", "ḍ": "ṛ", "ḍh": "ṛh", "ph": "f", "y": "ẏ", "n": "ṉ", "r": "ṟ", "ḷ": "ḻ"}
"""What a consonant becomes with a dot under it; the letters that Unicode has for some of them are two in its normal form."""
SINHALA_VOWELS = _table(range(0x0D85, 0x0D97), "a ā æ ǣ i ī u ū r̥ r̥̄ l̥ l̥̄ e ē ai o ō au")
SINHALA_SIGNS = _table(
    [*range(0x0DCF, 0x0DD5), 0x0DD6, *range(0x0DD8, 0x0DE0), 0x0DF2, 0x0DF3], "ā æ ǣ i ī u ū r̥ e ē ai o ō au l̥ r̥̄ l̥̄"
)
SINHALA_CONSONANTS = _table(
    [*range(0x0D9A, 0x0DB2), *range(0x0DB3, 0x0DBC), 0x0DBD, *range(0x0DC0, 0x0DC7)],
    "k kh g gh ṅ n̆g c ch j jh ñ jñ n̆j ṭ ṭh ḍ ḍh ṇ n̆ḍ t th d dh n n̆d p ph b bh m m̆b y r l v ś ṣ s h ḷ f",
)
# Where a script goes its own way: letters that end a syllable by themselves, and those that the others lack.
CLOSED = {"ৎ": "t", "ൺ": "ṇ", "ൻ": "n", "ർ": "r", "ൽ": "l", "ൾ": "ḷ", "ൿ": "k", "ஃ": "ḵ", "ੰ": "ṁ", "ං": "ṁ", "ඃ": "ḥ"}
MORE = {"ৰ": "r", "ৱ": "v", "ୱ": "v"}
VIRAMAS = {chr(block + 0x4D) for block in BLOCKS} | {"\u0dca"}
NUKTAS = {chr(block + 0x3C) for block in BLOCKS}
ADDAK, JOINERS = "ੱ", "\u200c\u200d"


def _everywhere(table: dict[int, str]) -> dict[str, str]:
    return {chr(block + place): latin for block in BLOCKS for place, latin in table.items()}


def _at(table: dict[int, str]) -> dict[str, str]:
    return {chr(place): latin for place, latin in table.items()}


CONSONANT = _everywhere(CONSONANTS) | _at(SINHALA_CONSONANTS) | MORE
VOWEL = _everywhere(VOWELS) | _at(SINHALA_VOWELS)
SIGN = _everywhere(SIGNS) | _at(SINHALA_SIGNS) | {"\u0d57": "au"}
OTHER = (
    _everywhere(OTHERS)
    | {chr(block + 0x66 + digit): str(digit) for block in BLOCKS for digit in range(10)}
    | {chr(0x0DE6 + digit): str(digit) for digit in range(10)}
    | CLOSED
)


def iso15919(text: str) -> str:
    """The text in Latin by ISO 15919; what is in none of its scripts stays. Vowels that nobody speaks are written: it is no transcription."""
    found: list[str] = []
    bare = doubled = False  # a consonant waits for its vowel; the next one is to be doubled
    for letter in normalize("NFC", text):
        if letter in NUKTAS and bare and found[-1] in DOTTED:
            found[-1] = DOTTED[found[-1]]
        elif letter in VIRAMAS or letter in SIGN:
            found.append(SIGN.get(letter, ""))
            bare = False
        elif letter == ADDAK:
            doubled = True
        elif letter not in JOINERS:
            found += ["a"] * bare
            bare = letter in CONSONANT
            latin = CONSONANT.get(letter) or VOWEL.get(letter) or OTHER.get(letter, letter)
            # a and i side by side are not the vowel ai.
            apart = ":" if letter in VOWEL and latin in ("i", "u") and found[-1:] == ["a"] else ""
            found += [apart + latin[0]] * doubled if bare else [apart] * bool(apart)
            found.append(latin)
            doubled = False
    return "".join([*found, "a" * bare])
