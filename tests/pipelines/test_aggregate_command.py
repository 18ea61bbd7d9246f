"""`manage.py aggregate`: a campaign concluded anew, or what another aggregator would conclude, as CSV."""

import csv
import io

import orjson
import pytest
from django.core.management import CommandError, call_command

from annotation.actions import assignments, campaigns
from annotation.models import Consensus
from tests.world import world

pytestmark = pytest.mark.django_db


def run(*arguments) -> dict:
    out = io.StringIO()
    call_command("aggregate", *map(str, arguments), "--json", stdout=out, stderr=io.StringIO())
    return orjson.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def cast():
    """A survey of one text, which two of three people call wrong."""
    made = world()
    made.drafted("The cat sat.", "Paka aliketi.", key="=s1")
    campaign = campaigns.create(
        made.dataset, by=made.ada, slug="survey", name="Survey", overlap=3, verification="none", languages=["sw"],
        task_type="survey", effects=[{"do": "label"}],
    )  # fmt: skip
    campaigns.open_campaign(campaign, by=made.ada)
    for who, quality in ((made.bola, "good"), (made.bisi, "wrong"), (made.ben, "wrong")):
        mine = assignments.claim(campaign, by=who)
        said = {"answers": {"quality": quality, "culture": "typical"}}
        assignments.submit(mine, said, by=who, key=who.username)
    return made


def test_another_aggregator_is_only_looked_at_and_its_conclusions_go_into_a_file(cast, tmp_path):
    before = Consensus.objects.values().get()
    told = run("xnli", "survey", "--with", "dawid_skene", "--out", tmp_path / "labels.csv")
    assert (told["rows"], told["rebuilt"]) == (2, 0) and told["aggregator"].startswith("dawid_skene")
    assert Consensus.objects.values().get() == before
    culture, quality = csv.DictReader((tmp_path / "labels.csv").open(encoding="utf-8", newline=""))
    assert (culture["question"], culture["label"], culture["stands"]) == ("culture", "typical", "typical")
    assert (quality["label"], quality["answers"], quality["key"]) == ("wrong", "3", "'=s1"), "no cell is a formula"
    assert set(orjson.loads(quality["distribution"])) == {"good", "wrong"}


def test_without_another_one_the_campaign_is_concluded_anew_by_its_own(cast):
    first = Consensus.objects.get().pk
    told = run("xnli", "survey")
    assert (told["rebuilt"], told["differ"]) == (1, 0)
    assert Consensus.objects.get().pk != first


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["xnli", "nine"], "There is no campaign 'nine'"),
        (["nine", "survey"], "in a dataset 'nine'"),
        (["xnli", "survey", "--with", "guess"], "No aggregator 'guess'"),
        (["xnli", "survey", "--with", "mean"], "number"),
        (["xnli", "survey", "--out", "/nowhere/x.csv"], "/nowhere/x.csv cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cast, words, problem):
    with pytest.raises(CommandError, match=problem):
        run(*words)


@pytest.fixture
def marked():
    """Three people mark errors in one text and score it."""
    made = world()
    made.drafted("The cat sat.", "Paka aliketi.", key="=s1")
    campaign = campaigns.create(
        made.dataset, by=made.ada, slug="esa", name="ESA", overlap=3, verification="none", languages=["sw"],
        task_type="error_spans", effects=[{"do": "label"}],
    )  # fmt: skip
    campaigns.open_campaign(campaign, by=made.ada)
    for who, end, score in ((made.bola, 4, 60), (made.bisi, 4, 70), (made.ben, 12, 90)):
        span = {"start": 0, "end": end, "label": "error", "attributes": {"severity": "minor"}}
        texts = {"target.text": {"length": 13, "spans": [span]}, "source.text": {"length": 12, "spans": []}}
        said = {"answers": {"errors": {"unit": "code point", "texts": texts}, "score": score}}
        assignments.submit(assignments.claim(campaign, by=who), said, by=who, key=who.username)
    return made


def test_each_question_is_concluded_by_what_takes_its_answers(marked, tmp_path):
    told = run("xnli", "esa", "--out", tmp_path / "esa.csv")
    assert {question: by.partition("|")[0] for question, by in told["by"].items()} == {
        "errors: source.text": "spans", "errors: target.text": "spans", "score": "median",
    }  # fmt: skip
    rows = {row["question"]: row for row in csv.DictReader((tmp_path / "esa.csv").open(encoding="utf-8", newline=""))}
    assert rows["score"]["label"] == "70" and told["left_out"] == {}
    assert rows["errors: target.text"]["label"] == '{"length": 13, "spans": [[0, 4, "error"]]}', "what two of three marked"


def test_an_aggregator_that_was_named_says_which_questions_it_does_not_take(marked):
    told = run("xnli", "esa", "--with", "mean")
    assert set(told["by"]) == {"score"} and told["rebuilt"] == 0
    assert told["left_out"] == dict.fromkeys(("errors: source.text", "errors: target.text"), "is on a scale of spans, and mean takes numbers")
    with pytest.raises(CommandError, match="score is on a scale of interval, and majority takes labels"):
        run("xnli", "esa", "--with", "majority")
