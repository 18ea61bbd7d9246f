"""`manage.py answers`: what people answered, as a file; nobody by name, and no cell a formula."""

import csv
import io

import orjson
import pytest
from django.core.management import CommandError, call_command

from annotation.actions import assignments, campaigns
from annotation.models import Campaign, Task
from tests.world import world

pytestmark = pytest.mark.django_db


def run(*arguments) -> dict:
    out = io.StringIO()
    call_command("answers", *map(str, arguments), "--json", stdout=out, stderr=io.StringIO())
    return orjson.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def cast():
    """Two people disagree about a text, and an expert writes an answer of their own."""
    made = world()
    made.drafted("The cat sat.", "Paka aliketi.", key="+s1")
    campaign = campaigns.create(
        made.dataset, by=made.ada, slug="why", name="Why", overlap=2, languages=["sw"], effects=[{"do": "label"}],
        task_type={"name": "custom", "params": {"questions": [{"type": "text", "name": "key", "text": "Why?", "language": "any"}]}},
    )  # fmt: skip
    campaigns.open_campaign(campaign, by=made.ada)
    for who, why in ((made.bola, "=HYPERLINK(\"http://evil\")"), (made.bisi, "Kwa sababu\nhiyo.")):
        assignments.submit(assignments.claim(campaign, by=who), {"answers": {"key": why}}, by=who, key=who.username, flagged="@me")
    mine = assignments.claim(campaign, by=made.efe)
    assignments.submit(mine, {"own": {"answers": {"key": "-"}}, "note": "both wrong"}, by=made.efe, key="efe")
    return made


def test_every_answer_is_a_row_without_a_name_and_no_cell_is_a_formula(cast, tmp_path):
    file = tmp_path / "why.csv"
    assert run("xnli", "why", "--out", file)["answers"] == 3
    bola, bisi, efe = csv.DictReader(file.open(encoding="utf-8", newline=""))
    assert (bola["key"], bola["key_"], bola["flagged"]) == ("'+s1", "'=HYPERLINK(\"http://evil\")", "'@me")
    assert bisi["key_"] == "Kwa sababu\nhiyo." and (bola["stage"], efe["stage"]) == ("annotate", "adjudicate")
    assert (efe["key_"], efe["note"], bola["note"]) == ("'-", "both wrong", "")
    assert [row["annotator"] for row in (bola, bisi, efe)] == [cast.member(one).pseudonym for one in (cast.bola, cast.bisi, cast.efe)]
    written = file.read_text(encoding="utf-8")
    assert not [one for one in (cast.bola, cast.bisi, cast.efe) if one.username in written]


def test_json_lines_hold_every_text_as_it_was_written(cast, tmp_path):
    run("xnli", "why", "--out", tmp_path / "why.jsonl")
    rows = [orjson.loads(line) for line in (tmp_path / "why.jsonl").read_bytes().splitlines()]
    assert [row["key_"] for row in rows] == ["=HYPERLINK(\"http://evil\")", "Kwa sababu\nhiyo.", "-"]
    assert rows[0]["key"] == "+s1" and isinstance(rows[0]["seconds"], float)


def test_gold_is_not_among_them(cast, tmp_path):
    Task.objects.filter(campaign=Campaign.objects.get(slug="why")).update(purpose="gold")
    assert run("xnli", "why", "--out", tmp_path / "why.csv")["answers"] == 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["xnli", "nine", "--out", "x.csv"], "There is no campaign 'nine'"),
        (["xnli", "why", "--out", "x.xlsx"], "Name it .csv or .jsonl"),
        (["xnli", "why", "--out", "/nowhere/x.csv"], "cannot be written: No such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cast, words, problem):
    with pytest.raises(CommandError, match=problem):
        run(*words)
