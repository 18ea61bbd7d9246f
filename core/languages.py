"""What CLDR knows of a language tag: names, direction, script, and whether its script puts spaces between words."""

from dataclasses import dataclass
from functools import lru_cache

import langcodes
from babel import Locale, UnknownLocaleError

from core.errors import Invalid
from core.told import told

# Scripts written without spaces between words: counts and tokenizers go by character there.
UNSPACED = frozenset({"Mymr", "Thai", "Laoo", "Khmr", "Hans", "Hant", "Hani", "Jpan", "Hira", "Kana", "Tibt", "Java", "Bali"})
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Mand", "Samr", "Yezi"})


@dataclass(frozen=True)
class Language:
    """One language variety. ``tag`` is canonical BCP 47, ``script`` ISO 15924, ``direction`` ltr or rtl."""

    tag: str
    script: str
    direction: str
    spaced: bool

    @property
    def name(self) -> str:
        """Its English name."""
        return _name(self.tag, "en")

    @property
    def autonym(self) -> str:
        """Its name in itself; in English where CLDR has none."""
        return _name(self.tag, None)

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1024)
def language(tag: str) -> Language:
    """The language of a BCP 47 tag; raises `Invalid` for a tag that is malformed or names no known language."""
    try:
        parsed = langcodes.Language.get(tag.strip(), normalize=True)
        known = parsed.is_valid() and parsed.language not in (None, "und") and not tag.startswith("x-")
    except (langcodes.LanguageTagError, AttributeError):
        known = False
    if not known or len(tag) > 35:
        raise Invalid(told("{tag!r} is no language tag we know: write a BCP 47 tag such as sw, pt-BR or zh-Hant.", tag=tag))
    script = parsed.maximize().script or "Zyyy"
    return Language(
        tag=parsed.to_tag(),
        script=script,
        direction="rtl" if script in RIGHT_TO_LEFT else "ltr",
        spaced=script not in UNSPACED,
    )


def in_script(tag: str, script: str) -> str:
    """The tag of a language written in a script, by ISO 15924: ``hi`` in ``Latn`` is ``hi-Latn``."""
    parsed = langcodes.Language.get(tag, normalize=True)
    return language(langcodes.Language.make(parsed.language, script=script, territory=parsed.territory).to_tag()).tag


@lru_cache(maxsize=1024)
def _name(tag: str, shown_in: str | None) -> str:
    """A language's name in another language, or in itself, from CLDR's small tables.

    langcodes keeps every name in every language in one table of 300 MB: it is asked only for what babel does not know.
    """
    try:
        named = Locale.parse(tag, sep="-").get_display_name(shown_in)
    except (UnknownLocaleError, ValueError):
        named = Locale("en").languages.get(tag)
    return named or langcodes.Language.get(tag).display_name()
