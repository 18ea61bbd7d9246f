"""The whole story on real XNLI rows, in Swahili and Burmese, through manage.py: each step's JSON keeps its golden shape."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.llm_server import Script, serving

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("DRAGOMAN_REAL_DATA") or ROOT / ".." / "shared" / "data") / "xnli"
GOLDEN = ROOT / "tests" / "golden" / "story.json"
UNITS = 60
CAMPAIGN = """
slug: post-edit
name: Post-edit
guideline: Say what the source says.
languages: [my, sw]
"""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no real data at {FOLDER}: set DRAGOMAN_REAL_DATA to the folder that holds xnli/"
    ),
]


def manage(*words: str) -> dict[str, Any]:
    """One command's JSON line."""
    out = StringIO()
    call_command(*words, "--json", stdout=out, stderr=StringIO(), skip_checks=True)
    return json.loads(out.getvalue().splitlines()[-1])


def shape(value: Any) -> Any:
    """Names and types, whatever the values; a list by its first entry."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    settings.DRAGOMAN_HOME = tmp_path
    with serving(Script()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "scripted")
        yield tmp_path


def first_rows(folder: Path, language: str, rows: int) -> str:
    """The head of a published file: the story on all of it takes minutes."""
    lines = (FOLDER / f"{language}.genre.dev.tsv").read_text(encoding="utf-8").split("\n")
    file = folder / f"{language}.tsv"
    file.write_text("\n".join(lines[: rows + 1]) + "\n", encoding="utf-8")
    return str(file)


def test_the_story_on_real_rows_keeps_the_shape_of_every_step(home):
    (home / "campaign.yaml").write_text(CAMPAIGN)
    xnli = ("--format", "xnli", "--option", "train_share=0.5")
    told = {
        "import my": manage("import_items", "xnli", first_rows(home, "my", UNITS), *xnli),
        "import sw": manage("import_items", "xnli", first_rows(home, "sw", UNITS), *xnli),
        "draft": manage("draft", "xnli", "--lang", "sw", "--lang", "my", "--provider", "openai:scripted"),
        "campaign": manage("campaign", "xnli", str(home / "campaign.yaml"), "--open"),
        "simulate": manage("simulate", "xnli", "post-edit", "--people", "3", "--experts", "2", "--skill", "1"),
        "release": manage("release", "xnli", "0.1.0", "--out", str(home / "out"), "--publish"),
        "evaluate": manage("evaluate", "xnli", "0.1.0", "--baseline", "tfidf_logreg", "--lang", "sw", "--lang", "my"),
    }
    assert told["import my"]["accepted"] == told["import sw"]["accepted"] == UNITS
    assert told["draft"]["units"] == 2 * (UNITS + UNITS // 3), "each premise is one sentence for three pairs"
    assert {score["language"] for score in told["evaluate"]["scores"]} == {"my", "sw"}
    assert (home / "out" / "SHA256SUMS").is_file()
    found = {step: shape(said) for step, said in told.items()}
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(GOLDEN.read_text())
