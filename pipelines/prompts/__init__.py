"""What models are told: one text file a prompt, whose hash stands in the signature of everything made with it."""

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SLOT = re.compile(r"\[\[(\w+)(\??)\]\]")
JSON = json.JSONEncoder(ensure_ascii=False)
Line = tuple[list[str], list[str]]
"""What must have a value for the line to be there; its text, and at every second place the name of a value."""
Part = list[Line]


class Prompt:
    """One prompt file: a first part for the system, a line of three dashes, and a part for the user with the data in it.

    ``[[name]]`` stands for a value. Values are put in once and never read as a template: a text may hold any brackets.
    A line with ``[[name?]]`` is left out where that value is empty or not given.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.text, self.signature, _ = _read(name)

    def messages(self, **values: Any) -> tuple[dict[str, str], ...]:
        """The messages with the values in their slots; what is no string is put in as JSON."""
        return tuple({"role": role, "content": _content(self.name, at, values)} for at, role in enumerate(("system", "user")))


def _content(name: str, at: int, values: dict[str, Any]) -> str:
    """A part with the values; one that holds words alone, and no data, is the same for item after item and filled once."""
    part = _read(name)[2][at]
    known = [(slot, values.get(slot)) for slot in _slots(name, at)]
    words = tuple((slot, value) for slot, value in known if isinstance(value, str))
    return _worded(name, at, words) if len(words) == len(known) else _filled(part, values)


@lru_cache(maxsize=1024)
def _worded(name: str, at: int, words: tuple[tuple[str, str], ...]) -> str:
    return _filled(_read(name)[2][at], dict(words))


@lru_cache
def _slots(name: str, at: int) -> tuple[str, ...]:
    """The names of a part's values."""
    return tuple(dict.fromkeys(slot for needed, pieces in _read(name)[2][at] for slot in (*needed, *pieces[1::2])))


def _filled(part: Part, values: dict[str, Any]) -> str:
    lines = (
        "".join([_shown(values[piece]) if n % 2 else piece for n, piece in enumerate(pieces)])
        for needed, pieces in part
        if all(map(values.get, needed))
    )
    return "\n".join(lines).strip()


def _shown(value: Any) -> str:
    """A value as text. In JSON a ``<`` is escaped, so that no item can end the element the data stands in."""
    return value if isinstance(value, str) else JSON.encode(value).replace("<", "\\u003c")


@lru_cache
def _read(name: str) -> tuple[str, str, tuple[Part, ...]]:
    """A prompt's text, its signature (``translate:ab12cd34``: another text is another prompt) and its parts, taken apart once."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    parts = tuple(_part(part) for part in text.split("\n---\n", 1))
    return text, f"{name}:{hashlib.sha256(text.encode()).hexdigest()[:8]}", parts


def _part(text: str) -> Part:
    """The lines of a part; those that are always the same are one."""
    found: Part = []
    for needed, pieces in map(_line, text.split("\n")):
        if found and not needed and len(pieces) == 1 and found[-1][0] == [] and len(found[-1][1]) == 1:
            found[-1][1][0] += "\n" + pieces[0]
        else:
            found.append((needed, pieces))
    return found


def _line(line: str) -> Line:
    text, *slots = SLOT.split(line)
    names, optional, after = slots[::3], slots[1::3], slots[2::3]
    needed = [name for name, mark in zip(names, optional, strict=True) if mark]
    return needed, [text, *(piece for pair in zip(names, after, strict=True) for piece in pair)]


def names() -> Iterator[str]:
    """All prompts there are."""
    return (file.stem for file in sorted(FOLDER.glob("*.txt")))
