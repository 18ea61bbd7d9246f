"""Long texts in windows of whole sentences, cut so that the windows joined are the text again, letter for letter."""

from collections.abc import Iterator

import regex

from core.languages import Language

# After these a sentence ends without a space: Han and Kana, Burmese, Devanagari and its sisters, Khmer, Tibetan, Ethiopic.
HARD = "。！？｡။।॥។៕།༎።፧᠃꧉"
QUOTES = r"""["'”’»›)\]」』）】〉》]"""
END = regex.compile(
    rf"""
      [{HARD}]+ {QUOTES}* \s*
    | (?<![.!?…؟۔։჻]) (?P<soft> [.!?…؟۔։჻]++ ) {QUOTES}*+ \s+
    | \n \s*                                         # a line's end
    """,
    regex.VERBOSE,
)
# Written with a stop that ends no sentence, in small letters; single letters and numbers before a small letter are none either.
# fmt: off
ABBREVIATIONS = frozenset([
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "rev", "gen", "col", "lt", "capt", "hon", "vs", "etc", "cf", "al", "eg", "ie",
    "approx", "dept", "est", "fig", "figs", "eq", "no", "nos", "vol", "pp", "ed", "eds", "inc", "ltd", "co", "corp", "univ",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "bzw", "usw", "ca", "nr", "str", "hr", "fr", "vgl", "ggf", "evtl", "sog", "mme", "mlle", "env", "av", "art", "chap",
    "sra", "srta", "dña", "ud", "uds", "núm", "pág", "págs", "ej", "ejm", "dra", "exmo", "sig", "dott", "ecc", "pag",
    "т", "г", "гг", "ул", "им", "др", "руб", "см", "стр", "рис", "bk", "ndg", "mh", "hlm", "dll", "tgl", "yth",
])
# fmt: on
WORD_BEFORE = regex.compile(r"[\p{L}\p{M}]+$")
CONTINUES = regex.compile(r"\p{Ll}|[,;:]")
# Scripts that set their sentences with no space between them.
CLOSE = frozenset({"Hans", "Hant", "Hani", "Jpan"})


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the space behind it; where no rule sees an end, as in Thai, it is one."""
    found, at = [], 0
    for match in END.finditer(text):
        if match.end() < len(text) and not (match["soft"] and _goes_on(text, match)):
            found.append(text[at : match.end()])
            at = match.end()
    return [*found, text[at:]] if at < len(text) else found


def _goes_on(text: str, match: regex.Match[str]) -> bool:
    """Whether the sentence goes on behind a stop: after an abbreviation, an initial, or before a small letter."""
    if CONTINUES.match(text, match.end()):
        return True
    word = WORD_BEFORE.search(text[max(match.start() - 20, 0) : match.start()])
    return match["soft"] == "." and word is not None and (len(word[0]) == 1 or word[0].casefold() in ABBREVIATIONS)


def windows(text: str, size: int) -> list[str]:
    """The text in pieces of up to ``size`` characters, of whole sentences where they are not longer, else of whole words.

    A run of letters without a space, as a paragraph in Thai may be, is never cut.
    """
    if len(text) <= size:
        return [text] if text else []
    found = [""]
    for piece in (part for sentence in sentences(text) for part in _parts(sentence, size)):
        if found[-1] and len(found[-1]) + len(piece.rstrip()) > size:
            found.append("")
        found[-1] += piece
    return found


def _parts(sentence: str, size: int) -> Iterator[str]:
    """A sentence, in words where it is longer than a window."""
    return iter([sentence] if len(sentence.rstrip()) <= size else regex.findall(r"\s*\S+\s*", sentence) or [sentence])


def core(window: str) -> tuple[str, str, str]:
    """What stands around a window and is not given to a model: the space before, the text, the space behind."""
    text = window.strip()
    start = window.find(text) if text else len(window)
    return window[:start], text, window[start + len(text) :]


def between(separator: str, source: Language, target: Language) -> str:
    """What parts two sentences in the target language where ``separator`` parts them in the source's."""
    if separator == "" and source.script in CLOSE and target.script not in CLOSE:
        return " "
    return "" if separator == " " and target.script in CLOSE else separator
