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


class Prompt:
    """One prompt file: a first part for the system, a line of three dashes, and a part for the user with the data in it.

    ``[[name]]`` stands for a value. Values are put in once and never read as a template: a text may hold any brackets.
    A line with ``[[name?]]`` is left out where that value is empty or not given.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = _read(name)

    @property
    def signature(self) -> str:
        """``translate:ab12cd34``: another text is another prompt."""
        return f"{self.name}:{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"

    def messages(self, **values: Any) -> tuple[dict[str, str], ...]:
        """The messages with the values in their slots; what is no string is put in as JSON."""
        parts = self.text.split("\n---\n", 1)
        return tuple(
            {"role": role, "content": "\n".join(_filled(part, values)).strip()}
            for role, part in zip(("system", "user"), parts, strict=True)
        )


def _filled(part: str, values: dict[str, Any]) -> Iterator[str]:
    for line in part.split("\n"):
        if all(values.get(name) for name, optional in SLOT.findall(line) if optional):
            yield SLOT.sub(lambda slot: _shown(values[slot[1]]), line)


def _shown(value: Any) -> str:
    """A value as text. In JSON a ``<`` is escaped, so that no item can end the element the data stands in."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


@lru_cache
def _read(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def names() -> Iterator[str]:
    """All prompts there are."""
    return (file.stem for file in sorted(FOLDER.glob("*.txt")))
