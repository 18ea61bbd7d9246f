"""What plugins say of themselves on pages, in English: what they are, and their parameters' names, help and choices.

One place for the pages that show it and for the list of what is translated, so that neither knows a word the other does not.
"""

import inspect
from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from core.plugins import Plugin


def described(plugin: type[Plugin]) -> list[str]:
    """Its docstring, a text for each paragraph, without marks of code; the first says what it is."""
    paragraphs = inspect.cleandoc(plugin.__doc__ or "").split("\n\n")
    return [" ".join(_plain(one).split()) for one in paragraphs if one.strip()]


def parameters(plugin: type[Plugin]) -> dict[str, tuple[str, str]]:
    """For each parameter what it is called and what it means."""
    helps = plugin.helps()
    return {name: (_label(name), _plain(helps.get(name, ""))) for name in plugin.model_fields}


def choices(plugin: type[Plugin], name: str) -> list[str]:
    """What may be chosen for a parameter; empty where it is no choice."""
    of = plugin.model_fields[name].annotation
    return list(map(str, get_args(of))) if get_origin(of) is Literal else []


def words(plugin: type[Plugin]) -> Iterator[str]:
    """All of it."""
    yield from described(plugin)
    for name, said in parameters(plugin).items():
        yield from said
        yield from choices(plugin, name)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _plain(text: str) -> str:
    return text.replace("``", "").replace("*", "")
