"""The whole chain of docs/how-to/chain.md on real Swahili XNLI: a simulated crowd works through it, and manage.py reports on it."""

import csv
import json
import os
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotation.models import Consensus, Submission, Task, Unit
from tests.llm_server import Script, serving

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("DRAGOMAN_REAL_DATA") or ROOT / ".." / "shared" / "data") / "xnli"
PAGE = ROOT / "docs" / "how-to" / "chain.md"
PAIRS, SENTENCES = 90, 120
SKILL = 0.9

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


def first_rows(folder: Path, language: str) -> str:
    """The head of a published file: the chain on all of it takes minutes."""
    lines = (FOLDER / f"{language}.genre.dev.tsv").read_text(encoding="utf-8").split("\n")
    file = folder / f"{language}.tsv"
    file.write_text("\n".join(lines[: PAIRS + 1]) + "\n", encoding="utf-8")
    return str(file)


def chain(folder: Path) -> str:
    """The page's YAML, in Swahili only; of so few pairs all are labelled again."""
    text = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    file = folder / "chain.yaml"
    file.write_text(text.replace("    name:", "    languages: [sw]\n    name:").replace("share: 0.05", "share: 1.0"))
    return str(file)


def measured(rows: list[dict[str, Any]], campaign: str, question: str, measure: str) -> dict[str, Any]:
    """The measure over all weeks."""
    place = (campaign, question, "sw", "", measure)
    [found] = [one for one in rows if tuple(one[key] for key in ("campaign", "question", "language", "week", "measure")) == place]
    return found


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    settings.DRAGOMAN_HOME = tmp_path
    with serving(Script()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "scripted")
        yield tmp_path


def test_the_chain_on_real_rows_ends_and_its_reports_say_what_was_done(home):
    for tag in ("my", "sw"):  # the source sentences stand in the first file
        assert manage("import_items", "xnli", first_rows(home, tag), "--format", "xnli")["accepted"] == PAIRS
    assert manage("draft", "xnli", "--lang", "sw", "--provider", "openai:scripted")["units"] == SENTENCES
    opened = manage("campaign", "xnli", chain(home), "--open")["campaigns"]
    assert [one["tasks"] for one in opened] == [SENTENCES, 0, 0, 0]
    done = manage("simulate", "xnli", "--chain", "--people", "8", "--experts", "5", "--skill", str(SKILL))
    _everything_ended(done)
    _the_revision_report_adds_up(manage("revision", "xnli", "--language", "sw"))
    _the_agreement_is_what_the_skill_makes_it(manage("agreement", "xnli", "--csv", str(home / "agreement.csv"))["rows"])
    with (home / "agreement.csv").open(encoding="utf-8", newline="") as file:
        assert {row["campaign"] for row in csv.DictReader(file)} == {"post-edit", "survey", "expert", "relabel"}


def _everything_ended(done: dict[str, Any]) -> None:
    assert done["left"] == 0 and not Task.objects.filter(status="open").exists()
    states = Counter(Unit.objects.filter(language="sw", item__kind="sentence").values_list("status", flat=True))
    assert states["verified"] + states["rejected"] == SENTENCES and states["verified"] > 0.9 * SENTENCES
    again = set(Task.objects.filter(campaign__slug="post-edit", round__gt=1).values_list("reason", flat=True))
    assert "somebody calls it wrong" in again <= {"somebody calls it wrong", "an expert rates it under 4"}
    assert done["answers"] == Submission.objects.count() == sum(one["answers"] for one in done["campaigns"])
    labelled = Task.objects.filter(campaign__slug="relabel")
    assert 0.8 * PAIRS < labelled.count() == Unit.objects.filter(status="composed").count() <= PAIRS
    decided = Consensus.objects.filter(task__campaign__slug="relabel").select_related("chosen", "task__unit__item")
    answers = [(one.chosen.payload.get("own", one.chosen.payload)["answers"], one.task.unit.item.content["label"]) for one in decided]
    right = sum(set(said.values()) == {label} for said, label in answers)
    assert right > 0.8 * labelled.count(), "the crowd's labels are the published ones"


def _the_revision_report_adds_up(told: dict[str, Any]) -> None:
    assert told["simulated"] and told["languages"] == ["sw"]
    changes = {row["stage"]: row for row in told["changes"]}
    assert changes["crowd"]["texts"] == SENTENCES == changes["crowd"]["simulated"]
    assert 0.04 < changes["whole"]["share"] < 0.2, "a tenth of the drafts count as faulty"
    fates = {row["outcome"]: row["texts"] for row in told["experts"]}
    assert fates.pop("bought") == fates["corrected by the expert"] + fates["sent back and rewritten"] + fates["rejected"]
    assert sum(fates.values()) == SENTENCES and fates["under way"] == 0
    [rounds] = told["rounds"]
    sentences = Task.objects.filter(unit__item__kind="sentence")
    assert rounds["tasks_over"] == sentences.count()
    assert rounds["sent_back"] == sentences.filter(status="redo").count() > 0 and rounds["highest_round"] > 1
    rated = sum(row["answers"] for row in told["ratings"])
    assert rated == Submission.objects.filter(payload__rating__gte=1, assignment__task__unit__item__kind="sentence").count()
    assert all(row["answers"] == row["simulated"] for row in told["times"])


def _the_agreement_is_what_the_skill_makes_it(rows: list[dict[str, Any]]) -> None:
    kappa, alpha, ac1 = (measured(rows, "survey", "quality", measure) for measure in ("fleiss", "alpha", "ac1"))
    assert all(one["low"] <= one["value"] <= one["high"] for one in (kappa, alpha, ac1))
    # Nearly all texts are right by then: little is left to agree on beyond chance, and only AC1 is not fooled by that.
    assert alpha["value"] < 0.5 < ac1["value"]
    votes = measured(rows, "survey", "quality", "raw")
    given = Submission.objects.filter(assignment__campaign__slug="survey", assignment__stage="annotate").count()
    assert votes["votes"] == votes["simulated"] == given == 2 * votes["tasks"]
    # Two agree when both are right, or make the same of two mistakes.
    expected = SKILL**2 + (1 - SKILL) ** 2 / 2
    for side in ("source", "target"):
        assert abs(measured(rows, "relabel", side, "raw")["value"] - expected) < 0.15
    weeks = {row["week"] for row in rows}
    assert "" in weeks and len(weeks) > 1
