"""Concluding all over again: by a model that looks at the whole campaign, or by what people were worth on gold."""

import pytest

from annotation.actions import assignments, campaigns, consensus, quality
from annotation.aggregators import aggregators
from annotation.inference import infer
from annotation.models import Consensus, Task
from core.errors import Invalid
from core.models import Event
from tests.world import join, person, task, world

pytestmark = pytest.mark.django_db
QUESTION = {"name": "quality", "text": "How good?", "options": {"good": "Good", "wrong": "Wrong"}}


@pytest.fixture
def cast():
    return world()


def survey(cast, **plan):
    """A campaign that asks one question of each text of a hundred."""
    made = campaigns.create(
        cast.dataset, by=cast.ada, slug="survey", name="Survey", overlap=3, verification="none", languages=["sw"],
        task_type={"name": "survey", "params": {"questions": [QUESTION]}}, effects=[{"do": "label"}], **plan,
    )  # fmt: skip
    campaigns.open_campaign(made, by=cast.ada)
    return made


def say(campaign, who, quality):
    mine = assignments.claim(campaign, by=who)
    assignments.submit(mine, {"answers": {"quality": quality}}, by=who, key=f"{mine.pk}")
    return mine.task_id


def texts(cast, number):
    return [cast.drafted(f"The cat sat {n}.", f"Paka aliketi {n}.") for n in range(number)]


def quarrel(cast, campaign, number):
    """Two people who guess by the clock agree against one who is always right: good and wrong by turns."""
    for one in texts(cast, number):
        task(campaign, one, needed=3)
    for turn in range(number):
        right, left = ("good", "wrong")[turn % 2], ("good", "wrong")[(turn // 2) % 2]
        say(campaign, cast.bola, right)
        say(campaign, cast.bisi, left)
        say(campaign, cast.ben, right if turn % 4 else left)


def test_a_campaign_with_a_model_settles_by_majority_until_it_is_concluded_anew(cast):
    campaign = survey(cast, aggregator="dawid_skene")
    quarrel(cast, campaign, 20)
    assert set(Consensus.objects.values_list("signature", flat=True)) == {aggregators.build("majority").signature()}
    assert consensus.rebuild(campaign, by=cast.ada) == 20
    assert {one.split("|")[0] for one in Consensus.objects.values_list("signature", flat=True)} == {
        aggregators.build("dawid_skene").signature().split("|")[0]
    }
    assert Event.objects.filter(verb="rebuild").get().data["tasks"] == 20
    model = {row.key: row.label for row in infer(campaign, aggregators.build("dawid_skene"))}
    stands = {one.task.unit.item.key: one.chosen.payload["answers"]["quality"] for one in Consensus.objects.all()}
    assert stands == model


def test_what_a_conclusion_brought_about_stays_when_it_is_concluded_anew(cast):
    campaign = survey(cast, aggregator="dawid_skene")
    quarrel(cast, campaign, 8)
    before = list(Task.objects.order_by("pk").values_list("pk", "status", "stage"))
    consensus.rebuild(campaign, by=cast.ada)
    assert list(Task.objects.order_by("pk").values_list("pk", "status", "stage")) == before


def test_a_vote_counts_by_what_its_person_was_worth_on_gold(cast):
    campaign = survey(cast, aggregator="weighted", gold_rate=0.5)
    known = texts(cast, 12)
    for one in known:
        quality.make_gold(campaign, one, expected={"answers": {"quality": "good"}}, by=cast.ada)
    for one in [cast.drafted(f"Work {n}.", f"Kazi {n}.") for n in range(40)]:
        task(campaign, one, needed=3)

    def work(who, on_gold, on_work):
        while (mine := assignments.claim(campaign, by=who)) is not None:
            said = on_gold if mine.task.purpose == "gold" else on_work
            assignments.submit(mine, {"answers": {"quality": said}}, by=who, key=f"{mine.pk}")

    work(cast.bola, "good", "good")
    work(cast.bisi, "wrong", "wrong")
    work(cast.ben, "wrong", "wrong")
    chosen = {one.chosen.payload["answers"]["quality"] for one in Consensus.objects.select_related("chosen")}
    assert chosen == {"good"}, "two who are always wrong on gold weigh nothing against one who is right"
    campaign.aggregator = aggregators.build("majority").spec()
    campaign.save()
    consensus.rebuild(campaign, by=cast.ada)
    chosen = {one.chosen.payload["answers"]["quality"] for one in Consensus.objects.select_related("chosen")}
    assert chosen == {"wrong"}, "by heads they win"


def test_without_gold_in_the_campaign_everybody_weighs_the_same(cast):
    campaign = survey(cast, aggregator="weighted")
    task(campaign, *texts(cast, 1), needed=3)
    for who, said in ((cast.bola, "good"), (cast.bisi, "wrong"), (cast.ben, "wrong")):
        say(campaign, who, said)
    one = Consensus.objects.get()
    assert (one.outcome, one.chosen.payload["answers"]["quality"]) == ("agreed", "wrong") and 0.6 < one.confidence < 0.7


def test_what_a_model_would_say_is_told_by_question_and_language_and_nothing_is_stored(cast):
    campaign = survey(cast)
    quarrel(cast, campaign, 12)
    join(cast.dataset, zuri := person("zuri"), "annotator")
    task(campaign, cast.drafted("Not settled.", "Bado."), needed=3)
    say(campaign, zuri, "good")
    before = list(Consensus.objects.order_by("pk").values())
    rows = list(infer(campaign, aggregators.build("dawid_skene")))
    assert len(rows) == 13 and {(row.language, row.question, row.kind) for row in rows} == {("sw", "quality", "sentence")}
    assert all(abs(sum(row.distribution.values()) - 1) < 1e-6 for row in rows)
    [open_one] = [row for row in rows if not row.stands]
    assert (open_one.answers, open_one.label) == (1, "good")
    assert list(Consensus.objects.order_by("pk").values()) == before


def test_a_model_of_labels_is_not_asked_about_texts(cast):
    campaign = cast.campaign()
    with pytest.raises(Invalid, match="People wrote texts"):
        list(infer(campaign, aggregators.build("dawid_skene")))
