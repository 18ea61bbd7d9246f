"""A message that says what it was made of, so that a page can say it in its reader's language. It is the English text itself."""

from collections.abc import Mapping
from typing import Any


class Told(str):
    """An English sentence; ``template`` is it with ``{names}`` for the ``values`` that stand in it."""

    template: str
    values: dict[str, Any]


def told(template: str, /, **values: Any) -> Told:
    """The sentence with its values in place, as `str.format` puts them there."""
    made = Told(template.format(**values))
    made.template, made.values = template, values
    return made


def listed(problems: Mapping[str, str], of: str = " ") -> Told:
    """What is wrong with each field, as one text: ``name is missing; age is too low``."""
    places = "; ".join(f"{{field_{at}}}{of}{{said_{at}}}" for at, _ in enumerate(problems))
    values = {f"field_{at}": name for at, name in enumerate(problems)} | {f"said_{at}": said for at, said in enumerate(problems.values())}
    return told(places, **values)
