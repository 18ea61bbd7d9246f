"""The chain of docs/how-to/chain.md, as it stands there, worked through by the simulated crowd."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from annotation.actions import campaigns, quality
from annotation.models import Consensus, Hold, Qualification, Submission, Task, Unit
from annotation.plans import checked
from core.errors import Invalid
from pipelines.actions import crowd
from tests.world import world

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "chain.md"
SAMPLE = "share: 0.05"
PAIRS = 12


@pytest.fixture
def cast():
    return world()


BLOCKS = [part.split("```")[0] for part in PAGE.read_text(encoding="utf-8").split("```yaml\n")[1:]]


def written() -> str:
    """The page's chain; of so few pairs all are labelled again."""
    text = BLOCKS[0]
    assert SAMPLE in text
    return text.replace(SAMPLE, "share: 1.0")


def opened(cast, text: str = "") -> None:
    for number in range(PAIRS):
        texts = [cast.drafted(f"{what} {number}.", f"{what} {number}!", key=f"{what}-{number}") for what in ("Premise", "Hypothesis")]
        label = ("entailment", "neutral", "contradiction")[number % 3]
        cast.pair(texts[0].item, texts[1].item, label=label, key=f"pair-{number}")
    for one in campaigns.from_yaml(cast.dataset, text or written(), by=cast.ada):
        campaigns.open_campaign(one, by=cast.ada)


def told(unit: Unit) -> dict | None:
    """Every third premise is drafted wrongly."""
    what, _, number = unit.item.key.partition("-")
    faulty = what == "Premise" and int(number) % 3 == 0
    return {"text": f"Sahihi {unit.item.key}."} if faulty else None


def answers(slug: str) -> list[dict]:
    """What was said at the campaign's own question."""
    given = Submission.objects.filter(assignment__campaign__slug=slug, assignment__stage="annotate")
    return list(given.order_by("pk").values_list("payload", flat=True))


@pytest.mark.parametrize("block", BLOCKS[1:], ids=lambda block: block.split(":")[0])
def test_every_example_of_the_page_is_a_part_of_a_plan(block):
    plan = checked({"slug": "example", "name": "Example"} | yaml.safe_load(block))
    assert plan.slug == "example"


def test_the_chain_of_the_page_runs_to_its_end(cast):
    opened(cast)
    done = crowd.simulate_chain(cast.dataset, people=8, experts=4, skill=0.6, answers=told)
    assert done["left"] == 0 and not campaigns.admit_due()
    assert Counter(Unit.objects.values_list("status", flat=True)) == {"verified": 2 * PAIRS, "composed": PAIRS}
    assert Task.objects.filter(campaign__slug="post-edit", round=2).exists(), "somebody found something to do again"
    assert {one["campaign"]: one["answers"] > 0 for one in done["campaigns"]} == dict.fromkeys(("post-edit", "survey", "expert", "relabel"), True)
    assert done["answers"] == sum(one["answers"] for one in done["campaigns"]) == Submission.objects.count()
    assert done["redo"] == Task.objects.filter(status="redo").count() > 0


def test_a_perfect_crowd_makes_every_text_right_and_finds_nothing_to_do_again(cast):
    opened(cast)
    done = crowd.simulate_chain(cast.dataset, people=5, experts=2, skill=1.0, answers=told)
    assert done["left"] == 0 and set(Task.objects.values_list("round", "status")) == {(1, "done")}
    texts = Unit.objects.exclude(current=None).select_related("item", "current")
    assert all(unit.current.content == (told(unit) or {"text": unit.item.content["text"].replace(".", "!")}) for unit in texts)
    assert all(said["answers"]["source"] == said["answers"]["target"] for said in answers("relabel"))
    labels = Consensus.objects.filter(task__campaign__slug="relabel").select_related("chosen", "task__unit__item")
    assert all(one.chosen.payload["answers"]["source"] == one.task.unit.item.content["label"] for one in labels)


def asked_of_all(cast, **plan) -> list[dict]:
    """What people say of thirty texts of which every second one is wrong, the wrong ones first."""
    for number in range(30):
        cast.drafted(f"Sentence {number}.", "Sahihi.", key=f"{'wrong' if number % 2 else 'fine'}-{number}")
    campaign = campaigns.create(cast.dataset, slug="ask", name="Ask", verification="none", effects=[{"do": "adopt"}], by=cast.ada, **plan)
    campaigns.open_campaign(campaign, by=cast.ada)
    crowd.simulate(campaign, people=3, experts=3, answers=lambda unit: {"text": "Sivyo."} if unit.item.key.startswith("wrong") else None)
    given = Submission.objects.filter(assignment__campaign=campaign).order_by("-assignment__task__unit__item__key")
    return list(given.values_list("payload", flat=True))


def test_who_calls_a_text_wrong_in_a_survey_mostly_has_a_wrong_one(cast):
    said = [one["answers"]["quality"] for one in asked_of_all(cast, task_type="survey", overlap=2)]
    wrong, fine = said[:30], said[30:]
    assert wrong.count("wrong") > 20 and fine.count("wrong") < 6 and fine.count("good") > 15


def test_a_rating_under_4_is_mostly_for_a_wrong_text(cast):
    said = asked_of_all(cast, task_type="verify", audience={"role": "expert"})
    assert 3 < sum(one["rating"] < 4 for one in said[:15]) < 14
    assert sum(one["content"] is not None for one in said[:15]) > 12
    assert sum(one["rating"] < 4 for one in said[15:]) < 3 and not any(one["content"] for one in said[15:])


def test_where_nobody_may_judge_it_stops_and_says_what_is_left(cast):
    opened(cast)
    done = crowd.simulate_chain(cast.dataset, people=1, experts=1)
    by_name = {one["campaign"]: one for one in done["campaigns"]}
    assert by_name["post-edit"]["answers"] == 2 * PAIRS
    assert (by_name["survey"]["answers"], by_name["survey"]["left"]) == (0, 2 * PAIRS)


def test_disputed_labels_are_mostly_adjudicated_to_the_records_own(cast):
    opened(cast)
    crowd.simulate_chain(cast.dataset, people=6, experts=4, skill=0.4, answers=told)
    rows = Consensus.objects.filter(outcome="adjudicated", task__campaign__slug="relabel")
    decided = [(one.chosen.payload, one.task.unit.item.content["label"]) for one in rows.select_related("chosen", "task__unit__item")]
    right = [label for said, label in decided if set(said.get("own", said)["answers"].values()) == {label}]
    assert len(decided) > 3 and len(right) > 0.7 * len(decided), "an expert errs now and then, too"


def gold(cast, campaign, count, purpose="gold"):
    for number in range(count):
        unit = cast.drafted(f"Known {purpose} {number}.", f"Draft {number}.")
        quality.make_gold(campaign, unit, expected={"content": {"text": f"Known {purpose} {number} right."}}, purpose=purpose, by=cast.ada)


def guarded(cast, **plan):
    campaign = campaigns.create(cast.dataset, slug="guarded", name="Guarded", languages=["sw"], verification="none", by=cast.ada, **plan)
    gold(cast, campaign, 6)
    gold(cast, campaign, 2, "training")
    gold(cast, campaign, 6, "test")
    for number in range(30):
        cast.drafted(f"Work {number}.", f"Kazi {number}.")
    campaigns.open_campaign(campaign, by=cast.ada)
    return campaign


RULE = {"training": 1, "test": 3, "pass": 0.6, "tries": 2, "days": 10}


def test_the_skilled_pass_the_test_and_the_careless_are_turned_away(cast):
    campaign = guarded(cast, qualification=RULE)
    careless = crowd.simulate(campaign, people=2, experts=0, skill=0.0)
    assert careless["left"] == 30 and set(Qualification.objects.values_list("status", flat=True)) == {"failed"}
    skilled = crowd.simulate(campaign, people=4, experts=0, skill=1.0)
    assert skilled["left"] == 0


def test_who_is_paused_for_wrong_gold_leaves_the_rest_to_nobody(cast):
    campaign = guarded(cast, gold_rate=0.5, quality_rule={"pause_below": 0.9, "after": 2})
    done = crowd.simulate(campaign, people=1, experts=0, skill=0.0)
    assert Hold.objects.filter(status="active").count() == 1 and done["left"] > 0


def test_batches_are_taken_one_after_the_other(cast):
    campaign = guarded(cast, batch_size=7)
    assert crowd.simulate(campaign, people=2, experts=0)["left"] == 0


def test_a_share_of_the_drafts_counts_as_faulty_where_nobody_says_which(cast):
    for number in range(40):
        cast.drafted(f"Sentence {number}.", f"Sentensi {number}.")
    campaign = campaigns.create(cast.dataset, slug="crowd", name="Crowd", by=cast.ada)
    campaigns.open_campaign(campaign, by=cast.ada)
    crowd.simulate(campaign, people=2, skill=1.0, faulty=0.5)
    marked = Unit.objects.filter(current__content__text__endswith="[simulated correction]").count()
    assert 10 < marked < 30


def test_the_command_goes_round_the_whole_chain(cast, capsys):
    opened(cast)
    call_command("simulate", "xnli", "--chain", "--people", "6", "--experts", "3", "--skill", "1", "--json")
    line = capsys.readouterr().out.splitlines()[-1]
    assert '"left":0' in line and '"campaign":"relabel"' in line and '"simulated":true' in line


@pytest.mark.parametrize("words", [("xnli",), ("xnli", "post-edit", "--chain"), ("xnli", "--chain"), ("nine", "--chain")])
def test_what_cannot_be_worked_through_is_said_in_a_sentence(cast, words):
    with pytest.raises(CommandError, match="Name one campaign|no live campaign|no dataset 'nine'"):
        call_command("simulate", *words)


def test_a_chain_with_a_question_it_does_not_know_is_refused_before_anything_is_done(cast):
    opened(cast)
    cast.dataset.campaigns.filter(slug="relabel").update(task_type={"name": "essay", "version": "1", "params": {}})
    with pytest.raises(Invalid, match="No task_type 'essay'"):
        crowd.simulate_chain(cast.dataset)
    assert not Submission.objects.exists()
