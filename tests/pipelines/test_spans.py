"""Spans on their whole way: imported, carried through a machine's translation, kept by people who leave the text alone, released."""

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from annotation.actions import assignments, datasets, items, units
from annotation.models import Dataset, Unit
from core.models import Event
from pipelines.actions import drafts, releases, runs
from pipelines.exporters import exporters
from pipelines.importers import importers
from pipelines.jobs.import_file import context_for
from pipelines.layout import columns
from pipelines.providers import provider
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = {
    "kinds": {
        "note": {
            "fields": {
                "text": {"type": "text", "translate": True},
                "people": {"type": "spans", "of": "text", "labels": ["PER"]},
            }
        }
    }
}
SOURCE = "Ada met Bob on 3 May."
PEOPLE = [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 11, "label": "PER"}]
SWAHILI = "Mnamo 3 Mei Ada alikutana na Bob."
THEIRS = [{"start": 12, "end": 15, "label": "PER"}, {"start": 29, "end": 32, "label": "PER"}]
MARKED = "Mnamo 3 Mei ⟦+1⟧Ada⟦/1⟧ alikutana na ⟦+2⟧Bob⟦/2⟧."


@pytest.fixture
def dataset() -> Dataset:
    made = datasets.create(slug="notes", name="Notes", schema=SCHEMA, languages=["sw"], by=None)
    take(made, {"key": "n1", "text": SOURCE, "people": PEOPLE})
    return made


def take(dataset: Dataset, record: dict[str, Any]) -> items.Added:
    file = io.BytesIO(json.dumps(record).encode())
    rows = list(importers.build("jsonl").read(file, context_for(dataset, "test", frozenset())))
    return items.add(dataset, rows, by=None)


def drafted(dataset: Dataset, folder: Path, **answers: str) -> Unit:
    """The note's unit after a drafting by a transcript: an answer to each prompt, and the way back."""
    asked = [{"prompt": name, "input": {"text": SOURCE}, "output": {"text": text}} for name, text in answers.items()]
    lines = [{**one, "source": "en", "target": "sw"} for one in asked]
    for text in (SWAHILI, SWAHILI.replace(" na Bob", "")):
        lines.append(
            {"prompt": "back_translate", "source": "sw", "target": "en", "input": {"text": text}, "output": {"text": SOURCE}}
        )
    (folder / "told.jsonl").write_text("\n".join(map(json.dumps, lines)))
    run = drafts.start(dataset, languages=["sw"], provider=provider(f"replay:{folder / 'told.jsonl'}"), by=None)
    runs.work_here(run)
    return Unit.objects.select_related("current", "item__dataset").get()


def released(dataset: Dataset, unit: Unit) -> dict[str, Any]:
    units.verify(unit, by=None)
    release = releases.freeze(dataset, "1.0.0", languages=["sw"], by=None)
    assert release.items.get(language="en").record["people"] == PEOPLE
    return release.items.get(language="sw").record


def test_spans_are_located_in_the_translation_and_released_with_it(dataset, tmp_path):
    unit = drafted(dataset, tmp_path, translate=MARKED)
    assert unit.current.content == {"text": SWAHILI, "people": THEIRS}
    assert unit.current.findings.get(check_name="spans").verdict == "ok"
    assert unit.current.made_by["back_translation"] == {"text": SOURCE}
    record = released(dataset, unit)
    assert record["people"] == THEIRS
    for name in ("jsonl", "parquet"):
        exporters.build(name).write([record], tmp_path / name, columns(dataset.kinds, "note"))
    assert json.loads((tmp_path / "jsonl").read_text())["people"] == THEIRS
    assert pq.read_table(tmp_path / "parquet").to_pylist()[0]["people"] == THEIRS


def test_a_lost_marker_is_made_anew_by_the_next_prompt(dataset, tmp_path):
    unit = drafted(dataset, tmp_path, translate=SWAHILI, translate_again=MARKED)
    first, second = unit.translations.order_by("pk")
    assert first.content == {"text": SWAHILI} and first.findings.get(check_name="spans").verdict == "fail"
    assert unit.current == second and second.content["people"] == THEIRS


def test_where_no_attempt_places_them_people_are_asked_and_the_release_has_none(dataset, tmp_path):
    unit = drafted(dataset, tmp_path, translate=SWAHILI, translate_again=SWAHILI, translate_last=SWAHILI)
    assert unit.route == "people" and "PER “Ada”" in unit.reasons[0]
    assert "people" not in released(dataset, unit)


@pytest.mark.parametrize(("text", "kept"), [(SWAHILI, True), (SWAHILI.replace("Mei", "mei"), False)])
def test_who_leaves_the_text_leaves_its_spans_and_who_edits_it_has_none(dataset, tmp_path, text, kept):
    unit = drafted(dataset, tmp_path, translate=MARKED)
    cast = world.world()
    world.join(dataset, cast.bola, "annotator")
    campaign = world.World(**{**vars(cast), "dataset": dataset}).campaign("edit", verification="none")
    world.task(campaign, unit)
    mine = assignments.claim(campaign, by=cast.bola)
    assignments.submit(mine, {"content": {"text": text}}, by=cast.bola, key="k")
    unit.refresh_from_db()
    assert unit.current.content == ({"text": text, "people": THEIRS} if kept else {"text": text})
    assert Event.objects.filter(subject=f"unit:{unit.pk}", verb="adopt").exists() != kept


def test_translations_with_spans_come_in_and_wrong_ones_do_not(dataset):
    good = {"key": "n2", "text": SOURCE, "people": PEOPLE, "translations": {"sw": {"text": SWAHILI, "people": THEIRS}}}
    assert take(dataset, good).translations == 1
    refused = take(dataset, good | {"key": "n3", "translations": {"sw": {"text": "Ada.", "people": THEIRS}}}).refused
    assert refused[0].field == "people@sw" and "must lie within the 4 characters" in refused[0].reason


def test_a_table_of_cells_holds_spans_as_json(dataset):
    head, cells = "key,text,people,text@sw,people@sw", [SOURCE, json.dumps(PEOPLE), SWAHILI, json.dumps(THEIRS)]
    line = ",".join(["n4", *('"' + cell.replace('"', '""') + '"' for cell in cells)])
    rows = list(importers.build("csv").read(io.BytesIO(f"{head}\n{line}\n".encode()), context_for(dataset, "test", frozenset())))
    assert items.add(dataset, rows, by=None).translations == 1
    assert Unit.objects.get(item__key="n4").current.content["people"] == THEIRS
