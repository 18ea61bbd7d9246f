"""A workflow is a chain of campaigns: post-edit, a survey by two, an expert's edit and rating, labels again, adjudication."""

import pytest

from annotation import waiting
from annotation.actions import assignments, campaigns, settling
from annotation.admission import drawn
from annotation.candidates import candidates
from annotation.models import Consensus, Finding, Task, Unit
from core.errors import Refused
from tests.world import task, world
from tests.world import unit as unit_of

pytestmark = pytest.mark.django_db
CHAIN = """
campaigns:
  - slug: post-edit
    name: Post-edit
    verification: none
    effects: [{do: adopt}]
  - slug: survey
    name: Two questions by two people
    task_type: survey
    admission: {after: {campaign: post-edit}}
    audience: {others: true}
    overlap: 2
    verification: none
    effects:
      - when: {any: {quality: wrong}}
        do: redo
        to: post-edit
        cap: 2
        reason: somebody calls it wrong
      - when: {any: {culture: strange}}
        do: reject
        reason: it is strange where the language is spoken
      - {do: adopt}
  - slug: expert
    name: Expert edit and rating
    task_type: verify
    admission: {after: {campaign: survey}}
    audience: {role: expert, others: true}
    verification: none
    effects:
      - when: {any: {rating: {below: 4}}}
        do: redo
        to: post-edit
        reason: rated under 4
      - {do: verify}
  - slug: relabel
    name: Labels in both languages
    task_type: relabel
    admission: {kinds: [pair], status: [verified], after: {campaign: expert}}
    overlap: 2
    max_overlap: 3
    verification: disputed
    effects: [{do: label}]
"""
FINE, WRONG = {"quality": "good", "culture": "typical"}, {"quality": "wrong", "culture": "not_sure"}


@pytest.fixture
def cast(monkeypatch):
    monkeypatch.setattr(settling, "drawn", lambda what, share: False)  # the random share would look at one task in twenty
    return world()


@pytest.fixture
def chain(cast):
    made = {one.slug: one for one in campaigns.from_yaml(cast.dataset, CHAIN, by=cast.ada)}
    for one in made.values():
        campaigns.open_campaign(one, by=cast.ada)
    return made


def now(row):
    row.refresh_from_db()
    return row


def answer(campaign, person, payload):
    campaigns.admit_due()
    mine = assignments.claim(campaign, by=person)
    assert mine is not None, f"{person} is given nothing in {campaign}"
    return assignments.submit(mine, payload, by=person, key=f"key-{mine.pk}")


def text(words):
    return {"content": {"text": words}}


def survey(campaign, person, answers):
    return answer(campaign, person, {"answers": answers})


def test_the_whole_chain_runs_from_one_yaml(cast):
    premise, hypothesis = cast.drafted("A cat sat.", "Paka aliketi."), cast.drafted("An animal sat.", "Mnyama aliketi.")
    cast.pair(premise.item, hypothesis.item)
    chain = {one.slug: one for one in campaigns.from_yaml(cast.dataset, CHAIN, by=cast.ada)}
    opened = {slug: campaigns.open_campaign(one, by=cast.ada) for slug, one in chain.items()}
    assert opened == {"post-edit": 2, "survey": 0, "expert": 0, "relabel": 0}
    answer(chain["post-edit"], cast.bola, text("Paka alikaa."))
    answer(chain["post-edit"], cast.bola, text("Mnyama aliketi."))
    assert now(premise).status == "drafted" and premise.current.content == {"text": "Paka alikaa."}
    for person in (cast.bisi, cast.ben):
        survey(chain["survey"], person, FINE)
        survey(chain["survey"], person, FINE)
    answer(chain["expert"], cast.efe, {"decision": "accept", "rating": 5})
    assert not campaigns.admit_due() and now(premise).status == "verified"
    answer(chain["expert"], cast.efe, {"decision": "accept", "rating": 4, **text("Mnyama alikaa.")})
    assert now(hypothesis).status == "verified"
    for person, label in ((cast.bola, "neutral"), (cast.bisi, "entailment"), (cast.ben, "entailment")):
        survey(chain["relabel"], person, {"source": "entailment", "target": label})
    labels = Consensus.objects.get(task__campaign=chain["relabel"])
    assert labels.outcome == "agreed" and labels.chosen.payload["answers"]["target"] == "entailment"
    assert Unit.objects.get(item__kind="pair", language="sw").status == "composed"
    assert not Task.objects.filter(status="open").exists() and not campaigns.admit_due()


def test_when_either_says_wrong_it_is_asked_for_again_and_comes_back_to_the_survey(cast, chain):
    unit = cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    survey(chain["survey"], cast.bisi, FINE)
    survey(chain["survey"], cast.ben, WRONG)
    again = chain["post-edit"].tasks.get(round=2)
    assert (again.status, again.reason, again.unit) == ("open", "somebody calls it wrong", unit)
    assert chain["survey"].tasks.get().status == "redo" and not campaigns.admit_due()
    answer(chain["post-edit"], cast.ben, text("Paka ameketi."))
    assert campaigns.admit_due() == 1
    assert chain["survey"].tasks.get(status="open").round == 2


def test_after_its_cap_of_rounds_an_expert_decides(cast, chain):
    unit = cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    survey(chain["survey"], cast.bisi, WRONG)
    survey(chain["survey"], cast.ben, WRONG)
    answer(chain["post-edit"], cast.bola, text("Paka huyo."))
    survey(chain["survey"], cast.bisi, WRONG)
    survey(chain["survey"], cast.ben, WRONG)
    last = chain["survey"].tasks.get(round=2)
    assert (last.status, last.stage) == ("open", "verify")
    answer(chain["survey"], cast.efe, {"decision": "accept", "rating": 3, **text("Paka alikaa.")})
    assert now(unit).current.content == {"text": "Paka alikaa."} and unit.status == "verified"


def test_a_low_rating_of_the_expert_sends_it_back_to_the_crowd(cast, chain):
    unit = cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    survey(chain["survey"], cast.bisi, FINE)
    survey(chain["survey"], cast.ben, FINE)
    answer(chain["expert"], cast.efe, {"decision": "accept", "rating": 2})
    assert chain["post-edit"].tasks.get(round=2).reason == "rated under 4" and now(unit).status == "drafted"


def to_the_expert(cast, chain):
    unit = cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    survey(chain["survey"], cast.bisi, FINE)
    survey(chain["survey"], cast.ben, FINE)
    return unit


def test_what_an_expert_rejects_is_rejected_though_the_last_effect_verifies(cast, chain):
    unit = to_the_expert(cast, chain)
    answer(chain["expert"], cast.efe, {"decision": "reject", "reason": "No sentence.", "rating": 2})
    assert now(unit).status == "rejected" and chain["expert"].tasks.get().status == "rejected"


def test_what_an_expert_sends_back_goes_where_a_low_rating_would_send_it_and_in_the_experts_words(cast, chain):
    unit = to_the_expert(cast, chain)
    answer(chain["expert"], cast.efe, {"decision": "redo", "reason": "Who sat?"})
    again = chain["post-edit"].tasks.get(round=2)
    assert (again.status, again.reason) == ("open", "Who sat?") and now(unit).status == "drafted"
    assert chain["expert"].tasks.get().status == "redo"


def test_a_label_that_two_agree_about_is_looked_at_as_an_answer_for_there_is_no_text_to_verify(cast, chain):
    premise, hypothesis = cast.drafted("A cat sat.", "Paka aliketi."), cast.drafted("An animal sat.", "Mnyama aliketi.")
    cast.pair(premise.item, hypothesis.item)
    Unit.objects.update(status="verified")
    relabel = chain["relabel"]
    relabel.verification = "all"
    relabel.save()
    campaigns.admit(relabel)
    for one in (cast.bola, cast.bisi):
        survey(relabel, one, {"source": "neutral", "target": "neutral"})
    mine = assignments.claim(relabel, by=cast.efe)
    assert (mine.stage, [one.letter for one in candidates(mine.task)]) == ("adjudicate", ["A"])
    assignments.submit(mine, {"take": "A"}, by=cast.efe, key="k")
    assert relabel.tasks.get().status == "done"


def test_an_effect_may_reject_the_unit_with_its_reason(cast, chain):
    unit = cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    survey(chain["survey"], cast.bisi, FINE | {"culture": "strange"})
    survey(chain["survey"], cast.ben, FINE)
    assert now(unit).status == "rejected" and chain["survey"].tasks.get().status == "rejected"


def test_nobody_judges_a_unit_they_have_worked_on_in_another_campaign(cast, chain):
    cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    campaigns.admit_due()
    assert assignments.claim(chain["survey"], by=cast.bola) is None
    assert assignments.claim(chain["survey"], by=cast.bisi) is not None


@pytest.mark.parametrize("others", [True, False], ids=["asked of others", "control: asked of all"])
def test_nobody_labels_a_pair_whose_sentence_they_wrote(cast, others):
    premise, hypothesis = cast.drafted("A cat sat.", "Paka aliketi."), cast.drafted("An animal sat.", "Mnyama aliketi.")
    pair = cast.pair(premise.item, hypothesis.item)
    writing = cast.campaign("writing", verification="none")
    task(writing, premise)
    answer(writing, cast.bola, text("Paka."))
    labels = cast.campaign("labels", task_type={"name": "relabel", "params": {}}, audience={"role": "annotator", "others": others})
    task(labels, unit_of(pair, "sw"))
    member = cast.member(cast.bola)
    assert waiting.free(cast.bola, {labels: member}).exists() != others, "what is counted is what is given"
    assert (assignments.claim(labels, by=cast.bola) is None) == others
    if others:
        assert assignments.claim(labels, by=cast.bisi) is not None


def test_control_without_that_rule_the_author_judges_their_own_text(cast, chain):
    cast.drafted("A cat sat.", "Paka aliketi.")
    campaigns.admit(chain["post-edit"])
    answer(chain["post-edit"], cast.bola, text("Paka."))
    chain["survey"].audience = {"role": "annotator", "others": False}
    chain["survey"].save()
    campaigns.admit_due()
    assert assignments.claim(chain["survey"], by=cast.bola) is not None


def test_an_audience_of_experts_gives_annotators_nothing(cast, chain):
    cast.drafted("A cat sat.", "Paka aliketi.")
    expert_only = chain["post-edit"]
    expert_only.audience = {"role": "expert"}
    expert_only.save()
    campaigns.admit(expert_only)
    with pytest.raises(Refused, match="asks experts"):
        assignments.claim(expert_only, by=cast.bola)
    mine = assignments.claim(expert_only, by=cast.efe)
    assert mine.stage == "annotate"
    assignments.submit(mine, text("Paka."), by=cast.efe, key="k")


def test_a_third_is_asked_when_two_disagree_and_nobody_when_they_agree(cast):
    campaign = cast.campaign(overlap=2, max_overlap=3, verification="none")
    agreed, disputed = cast.drafted("One.", "Moja."), cast.drafted("Two.", "Mbili.")
    campaigns.admit(campaign)
    for person, words in ((cast.bola, "b"), (cast.bisi, "c")):
        answer(campaign, person, text("a"))
        answer(campaign, person, text(words))
    assert now(agreed).status == "verified"
    task = campaign.tasks.get(unit=disputed)
    assert (task.status, task.needed, task.open) == ("open", 3, 1)
    answer(campaign, cast.ben, text("c"))
    assert now(task).status == "done" and now(disputed).current.content == {"text": "c"}


def test_control_a_fixed_overlap_concludes_a_dispute_with_what_it_has(cast):
    campaign = cast.campaign(overlap=2, verification="none")
    cast.drafted("Two.", "Mbili.")
    campaigns.admit(campaign)
    answer(campaign, cast.bola, text("b"))
    answer(campaign, cast.bisi, text("c"))
    assert campaign.tasks.get().status == "done" and Consensus.objects.get().outcome == "disputed"


def test_units_are_admitted_by_what_checks_found(cast):
    units = [cast.drafted(f"Sentence {n}.", f"Sentensi {n}.") for n in range(10)]
    for n, unit in enumerate(units):
        Finding.objects.create(translation=unit.current, check_name="round_trip", verdict="score", value=n * 10.0, signature="s")
    Finding.objects.create(translation=units[9].current, check_name="length", verdict="fail", value=9.0, signature="s")
    rule = {"findings": [{"check": "round_trip", "lowest": 0.2}, {"verdict": ["fail"]}]}
    campaign = campaigns.create(cast.dataset, slug="low", name="Low", admission=rule, by=cast.ada)
    campaigns.open_campaign(campaign, by=cast.ada)
    assert set(campaign.tasks.values_list("unit", flat=True)) == {units[0].pk, units[1].pk, units[9].pk}
    assert campaigns.admit(campaign) == 0


def test_the_least_certain_comes_first_where_the_campaign_orders_so(cast):
    calm, worse, failed = (cast.drafted(f"{n}.", f"{n}!") for n in range(3))
    for unit, value in ((calm, 90.0), (worse, 20.0), (failed, 95.0)):
        Finding.objects.create(translation=unit.current, check_name="round_trip", verdict="score", value=value, signature="s")
    Finding.objects.create(translation=failed.current, check_name="numbers", verdict="fail", signature="s")
    campaign = campaigns.create(cast.dataset, slug="low", name="Low", order="uncertainty", by=cast.ada)
    campaigns.open_campaign(campaign, by=cast.ada)
    given = []
    while mine := assignments.claim(campaign, by=cast.bola):
        given.append(mine.task.unit)
        assignments.skip(mine, "too hard", by=cast.bola)
    assert given == [failed, worse, calm]


def test_similar_texts_come_together_where_the_campaign_orders_so(cast):
    bridge, market = "the old bridge by the river was closed {} times last year", "fresh fish is sold at the market on {} days"
    for number in range(6):
        cast.drafted((bridge if number % 2 else market).format(number), f"{number}")
    campaign = campaigns.create(cast.dataset, slug="near", name="Near", order="similar", by=cast.ada)
    campaigns.open_campaign(campaign, by=cast.ada)
    texts = [one.unit.item.content["text"][:5] for one in campaign.tasks.order_by("-priority", "pk")]
    assert texts in (["the o"] * 3 + ["fresh"] * 3, ["fresh"] * 3 + ["the o"] * 3)


def test_of_several_texts_a_campaign_may_take_the_one_most_like_the_others(cast):
    campaign = campaigns.create(
        cast.dataset, slug="mid", name="Mid", overlap=3, verification="none", aggregator="text_centroid", by=cast.ada
    )
    unit = cast.drafted("A cat sat on the mat.", "Paka.")
    campaigns.open_campaign(campaign, by=cast.ada)
    for person, words in ((cast.bola, "Paka aliketi juu ya mkeka"), (cast.bisi, "Paka aliketi juu ya mkeka."), (cast.ben, "Mbwa")):
        answer(campaign, person, text(words))
    assert now(unit).current.content["text"].startswith("Paka aliketi juu ya mkeka")


@pytest.mark.parametrize(
    ("outcome", "admitted"),
    [(["agreed"], ["agreed"]), (["disputed", "rejected"], ["disputed", "rejected"]), (["done"], ["agreed", "disputed"])],
)
def test_a_link_takes_the_units_that_ended_as_it_says(cast, outcome, admitted):
    first = cast.campaign(overlap=2, verification="none", effects=[{"when": {"any": {"comment": "no"}}, "do": "reject"}, {"do": "adopt"}])
    texts = {"agreed": ("a", "a"), "disputed": ("a", "b"), "rejected": ("a", "a"), "open": ("a",)}
    for key in texts:
        cast.drafted(f"{key}.", "Moja.", key=key)
    campaigns.admit(first)
    for number, person in enumerate((cast.bola, cast.bisi)):
        while mine := assignments.claim(first, by=person):
            said = texts[mine.task.unit.item.key]
            if len(said) <= number:
                assignments.skip(mine, "not I", by=person)
                continue
            comment = {"comment": "no"} if mine.task.unit.item.key == "rejected" else {}
            assignments.submit(mine, text(said[number]) | comment, by=person, key=f"key-{mine.pk}")
    second = cast.campaign("second", admission={"status": ["drafted", "rejected"], "after": {"campaign": "post-edit", "outcome": outcome}})
    assert campaigns.admit(second) == len(admitted) and campaigns.admit(second) == 0
    assert set(second.tasks.values_list("unit__item__key", flat=True)) == set(admitted)


def test_the_sample_the_database_draws_is_the_one_drawn_here(cast):
    units = [cast.drafted(f"Sentence {n}.", f"Sentensi {n}.") for n in range(60)]
    pairs = [cast.pair(one.item, one.item) for one in units]
    texts = campaigns.create(cast.dataset, slug="some", name="Some", admission={"share": 0.3, "seed": 7}, by=cast.ada)
    rule = {"share": 0.3, "seed": 7, "kinds": ["pair"], "status": ["drafted"]}
    labels = campaigns.create(cast.dataset, slug="labels", name="Labels", task_type="relabel", admission=rule, languages=["sw"], by=cast.ada)
    assert 5 < campaigns.admit(texts) < 35 and 5 < campaigns.admit(labels) < 35
    assert set(texts.tasks.values_list("unit", flat=True)) == {one.pk for one in units if drawn([7, one.pk], 0.3)}
    assert set(labels.tasks.values_list("unit__item", flat=True)) == {one.pk for one in pairs if drawn([7, one.pk, "sw"], 0.3)}
    assert not campaigns.admit(texts) and not campaigns.admit(labels)
