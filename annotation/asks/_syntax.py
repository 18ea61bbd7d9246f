"""Whether a text can be read as a program or as data; it is looked at and never run."""

import ast
import json
import re
from typing import Literal

from core.told import told

Syntax = Literal["", "python", "json", "brackets"]
SAMPLES = {"python": "print(1)\n", "json": '{"a": 1}', "brackets": "f(x)"}
PAIRS = {")": "(", "]": "[", "}": "{"}
QUOTED = re.compile(r"""(["'`])(?:\\.|(?!\1)[^\\\n])*\1""")


def malformed(text: str, syntax: Syntax) -> str | None:
    """Why the text cannot be read as that, with its line; None when it can."""
    return {"": lambda _: None, "python": _python, "json": _json, "brackets": _brackets}[syntax](text)


def _python(text: str) -> str | None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return told("is no Python: line {number}: {problem}", number=error.lineno, problem=error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return told("is no Python: {problem}", problem=error or "nested too deeply")
    return None


def _json(text: str) -> str | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return told("is no JSON: line {number}: {problem}", number=error.lineno, problem=error.msg)
    except (ValueError, RecursionError) as error:
        return told("is no JSON: {problem}", problem=error)
    return None


def _brackets(text: str) -> str | None:
    """Brackets in quotes are text."""
    open_: list[tuple[str, int]] = []
    for number, line in enumerate(QUOTED.sub("", text).split("\n"), 1):
        for mark in line:
            if mark in PAIRS.values():
                open_.append((mark, number))
            elif mark in PAIRS and (not open_ or open_.pop()[0] != PAIRS[mark]):
                return told("has a {mark} in line {number} that closes nothing", mark=mark, number=number)
    return told(
        "has a {mark} in line {number} that is never closed", mark=open_[-1][0], number=open_[-1][1]
    ) if open_ else None
