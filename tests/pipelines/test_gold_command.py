"""`manage.py gold`: what a file of right answers makes, and what it says of lines that make nothing."""

import io

import orjson
import pytest
from django.core.management import CommandError, call_command

from annotation.models import Gold
from tests.world import world

pytestmark = pytest.mark.django_db
RIGHT = {"content": {"text": "Paka ameketi."}}


def run(*arguments) -> dict:
    out = io.StringIO()
    call_command("gold", *map(str, arguments), "--json", stdout=out, stderr=io.StringIO())
    return orjson.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def cast():
    made = world()
    made.campaign()
    return made


def test_good_lines_make_gold_and_bad_lines_are_named(cast, tmp_path):
    cast.drafted("The cat sat.", "Paka aliketi.", key="s1")
    cast.drafted("The dog sat.", "Mbwa aliketi.", key="s2")
    rows = [
        {"key": "s1", "language": "sw", "expected": RIGHT, "purpose": "training", "explanation": "It sits now."},
        {"key": "nine", "language": "sw", "expected": RIGHT},
        {"key": "s2", "language": "sw", "expected": {"content": {"text": ""}}},
        {"key": "s2", "language": "sw"},
        {"key": "s2", "language": "sw", "expected": [RIGHT]},
    ]
    file = tmp_path / "gold.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)) + b"\n{no json\n")
    found = run("xnli", "post-edit", file)
    assert found["made"] == 2 and [one["line"] for one in found["errors"]] == [2, 3, 4, 6]
    assert "nine" in found["errors"][0]["error"] and "empty" in found["errors"][1]["error"]
    assert Gold.objects.get(task__purpose="training").explanation == "It sits now."


def test_verified_units_become_gold(cast):
    unit = cast.drafted("The cat sat.", "Paka ameketi.")
    unit.status = "verified"
    unit.save()
    assert run("xnli", "post-edit", "--verified", 3)["made"] == 1


@pytest.mark.parametrize("arguments", [("xnli", "nine", "f"), ("xnli", "post-edit"), ("xnli", "post-edit", "/no/file")])
def test_what_cannot_be_is_said_in_a_sentence(cast, arguments):
    with pytest.raises(CommandError):
        run(*arguments)
