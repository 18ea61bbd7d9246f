"""`manage.py revision`: said to people, as one JSON object, and as CSV files."""

import csv
import json

import pytest
from django.core.management import CommandError, call_command

from annotation.revision_tables import TABLES
from tests.revised import revised
from tests.world import world

# What starts the embedded servers looks at the migrations with a connection of its own.
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    made = world()
    revised(made)
    return made


def told(capsys, *words):
    call_command("revision", *words, "--json")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_it_says_what_each_stage_changed_and_what_the_experts_bought(cast, capsys):
    call_command("revision", "xnli")
    said = capsys.readouterr().out
    assert "sw crowd: 2 of 4 texts changed (50.0%), by 20.8% (median)" in said
    assert "sw: without the experts 3 texts would stand otherwise, 75.0% [30.1%, 95.4%] of the texts experts decided" in said
    assert "Simulated" not in said


def test_the_json_has_every_table_and_the_signatures_of_its_scores(cast, capsys):
    found = told(capsys, "xnli", "--language", "sw")
    assert found["languages"] == ["sw"] and found["simulated"] is False
    assert set(found) == {"dataset", "languages", "simulated", "signatures", *TABLES} - {"texts"}
    assert found["signatures"]["distance"] == "levenshtein|unit:grapheme|by:longer_text|norm:nfc"
    assert found["rounds"] == [
        {"language": "sw", "tasks_over": 5, "sent_back": 1, "redo_share": 0.2, "rejected": 1, "highest_round": 2}
    ]


def test_each_table_is_a_file_without_formulas(cast, tmp_path):
    call_command("revision", "xnli", csv=tmp_path / "out")
    assert {file.stem for file in (tmp_path / "out").iterdir()} == set(TABLES)
    with (tmp_path / "out" / "reasons.csv").open(encoding="utf-8", newline="") as file:
        assert ["sw", "rejected", "'=no sentence", "1"] in list(csv.reader(file))


def test_a_language_or_dataset_that_is_not_there_is_said_so(cast):
    with pytest.raises(CommandError, match="not translated into fr, only into my, sw"):
        call_command("revision", "xnli", language=["fr"])
    with pytest.raises(CommandError, match="There is no dataset 'nine'"):
        call_command("revision", "nine")


def test_nothing_to_compare_is_no_error(cast, capsys):
    call_command("revision", "other")
    assert "Nobody has answered anything yet" in capsys.readouterr().out
