"""`manage.py agreement`: a table for people, the same rows as JSON for programs."""

import csv
import json
import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from annotation.actions import campaigns
from annotation.agreement.reading import of_dataset
from annotation.models import Member
from pipelines.actions import crowd
from tests.answered import VERIFY, answered, asked, judgements
from tests.world import world

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def cast():
    cast = world()
    judgements(cast, cast.campaign("judge", name="Judge", task_type=VERIFY), weeks=2, at=MONDAY)
    answered(asked(cast, cast.campaign()), (cast.bola, "Paka."), (cast.bisi, "Paka."), at=MONDAY)
    return cast


def test_the_table_has_every_measure_beside_the_others_with_its_interval(cast, capsys):
    call_command("agreement", "xnli", "--campaign", "judge")
    title, head, whole, *weeks = capsys.readouterr().out.splitlines()
    assert title == "Judge (judge)"
    columns = ["language", "week", "tasks", "twice", "answers", "people", "Raw agreement", "Cohen's κ", "Fleiss' κ"]
    assert re.split(" {2,}", head) == [*columns, "Krippendorff's α", "Gwet's AC1"]
    assert whole.startswith("sw        all       24     24     48       2       0.750 [")
    assert [line.split()[1] for line in weeks if line.startswith("sw")] == ["2026-W48", "2026-W49"]


def test_json_has_a_record_for_each_row_and_measure_and_says_how_intervals_were_made(cast, capsys):
    call_command("agreement", "xnli", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["intervals"] == "ci:95|boot:1000|seed:12345|resampled:tasks"
    raw = [one for one in told["rows"] if one["measure"] == "raw"]
    assert [(one["campaign"], one["week"]) for one in raw] == [("judge", ""), ("judge", "2026-W48"), ("judge", "2026-W49")]
    assert raw[0]["value"] == 0.75 and raw[0]["low"] < 0.75 < raw[0]["high"]
    assert {one["measure"] for one in told["rows"] if one["campaign"] == "post-edit"} == {"identical", "chrf"}


def test_the_csv_has_a_line_for_each_row_and_measure(cast, tmp_path):
    call_command("agreement", "xnli", "--campaign", "judge", csv=tmp_path / "judge.csv")
    with (tmp_path / "judge.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["measure"] for row in rows] == ["raw", "cohen", "fleiss", "alpha", "ac1"] * 3
    assert rows[0]["value"] == "0.75" and {row["week"] for row in rows} == {"", "2026-W48", "2026-W49"}
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("agreement", "xnli", csv=tmp_path / "nowhere" / "judge.csv")


def test_what_a_simulated_crowd_says_is_called_simulated(cast, capsys):
    Member.objects.filter(dataset=cast.dataset, user=cast.bisi).update(simulated=True)
    call_command("agreement", "xnli", "--campaign", "judge")
    assert "Simulated crowd: 24 of these answers are by programs" in capsys.readouterr().out


def test_a_simulated_crowd_agrees_the_more_the_more_skilled_it_is(cast):
    """The whole way: tasks claimed and answered through the queue, then read."""
    for number in range(30):
        cast.drafted(f"Sentence {number}.", f"Sentensi {number}.", key=f"n{number}")

    def identical(slug: str, skill: float) -> float:
        campaign = campaigns.create(cast.dataset, slug=slug, name=slug, overlap=2, verification="none", by=cast.ada)
        with transaction.atomic():
            campaigns.open_campaign(campaign, by=cast.ada)
            crowd.simulate(campaign, people=3, experts=0, skill=skill, answers=lambda unit: {"text": f"Sahihi {unit.item.key}."})
            [whole] = [row for row in of_dataset(cast.dataset, campaign=campaign) if not row.week]
            transaction.set_rollback(True)
        assert whole.simulated == whole.found.votes > 60
        return whole.found.measures["identical"].value

    assert identical("perfect", 1.0) == 1
    assert identical("careless", 0.5) < 0.8


def test_why_a_cell_is_empty_is_said_below_the_table(cast, capsys):
    call_command("agreement", "xnli", "--campaign", "post-edit")
    assert "– Identical texts: too few tasks for an interval" in capsys.readouterr().out


def test_a_dataset_without_answers_says_so(cast, capsys):
    call_command("agreement", "other")
    assert capsys.readouterr().out.strip() == "Nobody has answered anything yet."


@pytest.mark.parametrize("words", [("nothing",), ("xnli", "--campaign", "nothing")])
def test_what_is_not_there_is_named(cast, words):
    with pytest.raises(CommandError, match="no .* 'nothing'"):
        call_command("agreement", *words)
