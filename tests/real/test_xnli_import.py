"""Real XNLI files: 2,490 pairs over their distinct sentences, in three languages; skipped where the files are not."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotation.models import DatasetLanguage, Item, Reference, Translation, Unit
from core.models import Event

FOLDER = (
    Path(os.environ.get("DRAGOMAN_REAL_DATA") or Path(__file__).resolve().parents[2] / ".." / "shared" / "data")
    / "xnli"
)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason=f"no real data at {FOLDER}: set DRAGOMAN_REAL_DATA to the folder that holds xnli/"
    ),
]
PAIRS, SENTENCES = 2490, 3320


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path


def bring_in(dataset: str, language: str, folder: Path = FOLDER) -> dict[str, Any]:
    out = StringIO()
    file = str(folder / f"{language}.genre.dev.tsv")
    call_command(
        "import_items", dataset, file, "--format", "xnli", "--json", stdout=out, stderr=StringIO(), skip_checks=True
    )
    found = json.loads(out.getvalue().splitlines()[-1])
    assert found["accepted"] + found["rejected"] == found["rows"] == PAIRS
    return found


def everything() -> list[list[tuple]]:
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Item, Reference, Unit, Translation, DatasetLanguage)
    ]


def columns(language: str, *names: str) -> list[tuple[str, ...]]:
    """The file read by hand, with nothing of ours: tabs and line feeds."""
    head, *rows = [
        line.split("\t")
        for line in (FOLDER / f"{language}.genre.dev.tsv").read_text(encoding="utf-8").split("\n")
        if line
    ]
    return [tuple(row[head.index(name)] for name in names) for row in rows]


def test_the_pairs_come_in_once_in_three_languages_and_a_second_time_changes_nothing():
    assert bring_in("xnli", "my")["created"] == PAIRS + SENTENCES
    assert [bring_in("xnli", tag)["translations"] for tag in ("sw", "ur")] == [SENTENCES, SENTENCES]
    assert (
        Item.objects.filter(kind="pair").count() == PAIRS and Item.objects.filter(kind="sentence").count() == SENTENCES
    )
    assert Unit.objects.filter(status="drafted").count() == Unit.objects.count() == 3 * SENTENCES
    before, told = everything(), Event.objects.filter(verb="draft").count()
    for tag in ("my", "sw", "ur"):
        again = bring_in("xnli", tag)
        assert (again["created"], again["translations"], again["rejected"]) == (0, 0, 0)
    assert everything() == before and Event.objects.filter(verb="draft").count() == told == 3 * SENTENCES


def test_each_pair_has_the_texts_that_stand_in_its_row_in_every_language():
    for tag in ("my", "sw", "ur"):
        bring_in("xnli", tag)
    text = {("en", item.key): item.content["text"] for item in Item.objects.filter(kind="sentence")}
    candidates: dict[tuple[str, str], set[str]] = {}
    for one in Translation.objects.select_related("unit__item"):
        candidates.setdefault((one.unit.language, one.unit.item.key), set()).add(one.content["text"])
    pairs = [item.content for item in Item.objects.filter(kind="pair").order_by("key")]
    english = columns("my", "genre", "label", "sentence1_en", "sentence2_en")
    assert [(p["genre"], p["label"], text["en", p["premise"]], text["en", p["hypothesis"]]) for p in pairs] == english
    for tag in ("my", "sw", "ur"):
        for pair, (premise, hypothesis) in zip(
            pairs, columns(tag, f"sentence1_{tag}", f"sentence2_{tag}"), strict=True
        ):
            assert premise in candidates[tag, pair["premise"]] and hypothesis in candidates[tag, pair["hypothesis"]]


def test_swahili_alone_is_a_dataset_from_swahili_that_others_align_with():
    found = bring_in("swahili", "sw")
    distinct = len({text for pair in columns("sw", "sentence1_sw", "sentence2_sw") for text in pair})
    assert (found["created"], found["rejected"]) == (PAIRS + distinct, 0)
    assert set(Item.objects.values_list("language", flat=True)) == {"sw"} and not Unit.objects.exists()
    assert bring_in("swahili", "my")["rejected"] == 0
    assert sorted(DatasetLanguage.objects.values_list("tag", flat=True)) == ["en", "my"]


def test_a_file_in_another_order_does_not_line_up_and_says_so(tmp_path):
    bring_in("xnli", "my")
    head, *rows = (FOLDER / "sw.genre.dev.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    (tmp_path / "sw.genre.dev.tsv").write_text("\n".join([head, *rows[1:], rows[0]]), encoding="utf-8")
    found = bring_in("xnli", "sw", folder=tmp_path)
    assert found["rejected"] > PAIRS / 2 and "do not line up" in found["errors"][0]["reason"]
    assert found["errors_left_off"] == found["rejected"] - 1000
