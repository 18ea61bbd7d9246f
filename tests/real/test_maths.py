"""Published maths problems go from English into French by a transcript of the published French: what the checks make of them is counted."""

import json
import os
from pathlib import Path

import pytest

from annotation.actions import datasets
from annotation.models import Finding, Item, Unit
from core.hashing import digest
from pipelines.actions import drafts, runs
from pipelines.models import Generation
from pipelines.providers import provider

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("DRAGOMAN_REAL_DATA") or ROOT / ".." / "shared" / "data") / "mathmist"
ROWS = 300
SCHEMA = {"kinds": {"problem": {"fields": {"question": {"type": "text", "translate": True}, "solution": {"type": "text", "translate": True}}}}}

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no real data at {FOLDER}: set DRAGOMAN_REAL_DATA to the folder that holds mathmist/"
    ),
]


def read(language: str) -> dict[tuple[str, str], dict[str, str]]:
    lines = (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    found = {(one["Chapter Number"], one["Example Number"]): {"question": one["Question"], "solution": one["Solution"]} for one in rows}
    return {key: one for key, one in found.items() if all(isinstance(text, str) and text.strip() for text in one.values())}


@pytest.fixture
def parallel() -> list[tuple[dict[str, str], dict[str, str]]]:
    """English beside French, each English text once."""
    english, french = read("english"), read("french")
    pairs = {json.dumps(english[key]): french[key] for key in sorted(english.keys() & french.keys())}
    return [(json.loads(source), target) for source, target in pairs.items()][:ROWS]


def test_maths_is_drafted_from_a_transcript_and_its_formulas_are_looked_at(parallel, tmp_path):
    transcript = tmp_path / "maths.jsonl"
    prompts = ("translate", "translate_again", "translate_last")
    with transcript.open("w", encoding="utf-8") as file:
        for source, target in parallel:
            for prompt in prompts:
                file.write(json.dumps({"prompt": prompt, "source": "en", "target": "fr", "input": source, "output": target}) + "\n")
            file.write(json.dumps({"prompt": "back_translate", "source": "fr", "target": "en", "input": target, "output": source}) + "\n")
    made = datasets.create(slug="maths", name="Maths", source_language="en", schema=SCHEMA, by=None)
    datasets.add_language(made, "fr", by=None)
    items = Item.objects.bulk_create(
        Item(dataset=made, kind="problem", key=f"m{n}", split="test", language="en", content=source, hash=digest(source))
        for n, (source, _) in enumerate(parallel)
    )
    Unit.objects.bulk_create(Unit(item=item, language="fr") for item in items)
    run = runs.work_here(drafts.start(made, languages=["fr"], provider=provider(f"replay:{transcript}"), by=None))
    assert run.status == "done" and runs.summary(run).dead == 0
    drafted = Unit.objects.filter(item__dataset=made, status="drafted")
    assert drafted.count() == len(parallel) > 250
    # What was published is what was kept, formula for formula: masking and restoring changed nothing.
    published = {digest(target) for _, target in parallel}
    assert all(digest(unit.current.content) in published for unit in drafted.select_related("current"))
    found = Finding.objects.filter(translation__unit__item__dataset=made)
    counts = {name: found.filter(check_name=name, verdict="fail").count() for name in ("placeholders", "protected", "numbers")}
    print(len(parallel), counts)
    assert found.filter(check_name="protected", verdict="ok").count() > 100
    assert counts["placeholders"] <= 0.05 * len(parallel)
    assert not Generation.objects.exclude(outcome="ok").exists()
