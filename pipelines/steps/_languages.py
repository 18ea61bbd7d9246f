"""What the checks know of each language: one YAML file a language in languages/, read once."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).with_name("languages")


class Part(BaseModel):
    """A part of a language's file: unknown keys are refused, so that a slip of the pen is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Negation(Part):
    """How the language says no; see languages/README.md for what each list does."""

    words: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    pattern: str | None = None
    part_pattern: str | None = None
    soft: tuple[str, ...] = ()
    soft_pattern: str | None = None
    never: tuple[str, ...] = ()


class Register(Part):
    """Words that address the reader formally and informally, as whole words."""

    formal: tuple[str, ...] = ()
    informal: tuple[str, ...] = ()


class Known(Part):
    """All that is known of one language; what is left out is not checked."""

    negation: Negation | None = None
    address: Register | None = Field(None, alias="register")
    forbidden: dict[str, str] = {}
    """What characters are called to the class of characters, as it stands between the brackets of a regular expression."""
    quotes: str = ""
    """The quotation marks the language uses."""
    units: dict[str, tuple[str, ...]] = {}
    """Unit to its names in the language; a name may stand inside a longer word."""
    numbers: dict[int, tuple[str, ...]] = {}
    """A number to the words that say it; a hyphen stands for whatever comes before or after."""
    doubled: tuple[str, ...] | None = None
    """Words that may stand twice in a row; None where the language doubles words as a matter of course."""


@lru_cache(maxsize=512)
def known(tag: str) -> Known:
    """What is known of a language, whatever its country or script; empty where it has no file."""
    file = FOLDER / f"{tag.split('-')[0]}.yaml"
    return read(file) if file.is_file() else Known()


def read(file: Path) -> Known:
    """One language's file; raises pydantic's ValidationError with the place of what is wrong."""
    # All is text: “no” and “false” are words here.
    return Known.model_validate(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
