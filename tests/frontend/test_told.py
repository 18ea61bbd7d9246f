"""A sentence that people may read keeps its template, so that a page can say it in its reader's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("core", "annotation", "pipelines", "frontend")
# English for operators, programs and files: commands, start-up, the API, names of rows, the card of a release, prompts.
OTHERS = re.compile(r"/(management|migrations|embedded|models|api)/|/(card|serving|supervisor|secrets|prepared|crowd_\w+|demo|checks|_locale)\.py$")
# Mistakes of a programmer, logs, and what is no sentence.
SPEAKERS = {"NotImplementedError", "TypeError", "KeyError", "BrokenPlugin", "ImproperlyConfigured", "compile", "execute", "warning", "info", "debug"}
WORDS = re.compile(r"(?<![\w%/&;=.-])[A-Za-z]{2,} [a-z]{2,}(?![\w=(])")
QUERY = re.compile(r"\b(SELECT|UPDATE|INSERT|WHERE|JOIN|CREATE|COPY|FROM|DROP|EXISTS)\b|<\w+|charset=|filename=")


def untold(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each f-string that holds words next to each other and is no ``told``."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and not isinstance(parents[node], ast.FormattedValue):
            text = "{}".join(part.value for part in node.values if isinstance(part, ast.Constant))
            if WORDS.search(text) and not QUERY.search(text) and not SPEAKERS & _callers(node, parents):
                yield node.lineno, ast.unparse(node)


def _callers(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> set[str]:
    found = set()
    while not isinstance(node, ast.stmt):
        node = parents[node]
        if isinstance(node, ast.Call):
            found.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return found


FILES = sorted(one for folder in FOLDERS for one in (ROOT / folder).rglob("*.py") if not OTHERS.search(one.as_posix()))


@pytest.mark.parametrize("file", FILES, ids=lambda one: str(one.relative_to(ROOT)))
def test_a_file_puts_no_sentence_together_by_itself(file):
    assert list(untold(file.read_text(encoding="utf-8"))) == []


def test_a_sentence_that_is_put_together_is_found():
    assert [line for line, _text in untold('raise Invalid(f"The file {name} is empty.")\nsay(told("The file {name}", name=name))')] == [1]
