"""A message that says what it was made of, so that a page can say it in its reader's language. It is the English text itself."""

from collections.abc import Iterable, Mapping
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


def joined(said: Iterable[str], by: str = " ") -> Told:
    """One after another."""
    values = {f"said_{at}": one for at, one in enumerate(said)}
    return told(by.join(f"{{{name}}}" for name in values), **values)


def listed(problems: Mapping[str, str], of: str = " ") -> Told:
    """What is wrong with each field, as one text: ``name is missing; age is too low``."""
    return joined((told(f"{{name}}{of}{{said}}", name=name, said=said) for name, said in problems.items()), by="; ")
