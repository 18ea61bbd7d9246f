"""The house stays as designed: storeys, file lengths, opening sentences, generated docs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from frontend.management.commands.document import PAGES

ROOT = Path(__file__).resolve().parents[2]
OURS = ["config", "core", "annotation", "pipelines", "frontend", "bench", "tests"]
MODULES = sorted(
    path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts and path.stat().st_size
)


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_each_storey_looks_down_never_up():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_a_module_opens_with_one_plain_sentence(path):
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert text, f"{ids(path)} has no docstring"
    assert text.splitlines()[0].strip(), "the sentence stands on the first line"


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_a_module_stays_under_four_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in MODULES if "tests" not in p.parts], ids=ids)
def test_our_own_code_is_imported_at_the_top(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = [
        f"line {node.lineno}"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS
    ]
    assert not inner, f"{ids(path)}: function-level imports of our own code at {', '.join(inner)}"


@pytest.mark.parametrize("path", [p for p in MODULES if "tests" not in p.parts], ids=ids)
def test_a_function_stays_under_forty_lines(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > 40
    ]
    assert not long, f"{ids(path)}: {', '.join(long)}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_docs_that_is_made_from_code_is_up_to_date(name):
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert committed == PAGES[name](), f"docs/{name} is old: run `python manage.py document`"


def test_no_migration_is_missing(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
