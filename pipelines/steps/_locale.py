"""How a language is written, as the few sentences a translator is given: numbers, quotation marks, units, names."""

from functools import lru_cache
from pathlib import Path

import langcodes
import yaml

from core.languages import language

NARROW = "\u202f"


@lru_cache(maxsize=512)
def rules(tag: str) -> str:
    """The rules of a language, on one line; of one that is not in the file, those that hold everywhere."""
    known = _known(tag)
    said = []
    if known:
        decimal, group = known["decimal"], known["group"].replace("space", NARROW)
        shown = f"numbers as 3{decimal}5 and 12{group}000" if len(decimal + group) == 2 else f"decimals with {decimal}, thousands with {group}"
        said += [f"{shown}, digits {known.get('digits', '0-9')}", f"quotation marks {known['quotes']}"]
    said.append("units of measure and currencies stay what they are, nothing is converted")
    latin = known.get("names") == "latin" if known else language(tag).script == "Latn"
    said.append(
        "names of people and places in their usual form, else "
        + ("as the source writes them" if latin else "as they sound, in its own script")
    )
    return "; ".join(said) + "."


def _known(tag: str) -> dict[str, str]:
    """The rules of the tag, else of its language in its script, else of its language."""
    parsed = langcodes.Language.get(tag)
    scripted = f"{parsed.language}-{parsed.maximize().script}"
    return next((_file()[one] for one in (tag, scripted, parsed.language) if one in _file()), {})


@lru_cache
def _file() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("locales.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # all is text: "no" is a language here
