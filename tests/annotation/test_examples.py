"""Worked examples belong to a guideline's version: changed they make the next one, and wrong ones are refused by name."""

import pytest

from annotation.actions import assignments, campaigns, revising
from annotation.models import Campaign, Guideline
from core.errors import Invalid, Refused
from core.models import Event
from tests.world import world

pytestmark = pytest.mark.django_db
ONE = {"source": "Nobody slept.", "draft": "Wote walilala.", "answer": "Hakuna aliyelala.", "why": "“Nobody” was lost.", "language": "sw"}
TWO = {"source": "It is 5 km.", "answer": "Ni kilomita 5.", "why": "Numbers stay."}
YAML = """\
slug: one
name: One
guideline: Say what the source says.
examples:
  - {source: Nobody slept., draft: Wote walilala., answer: Hakuna aliyelala., why: “Nobody” was lost., language: sw}
  - {source: It is 5 km., answer: Ni kilomita 5., why: Numbers stay.}
"""


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def campaign(cast):
    cast.drafted("One.", "Moja.")
    cast.drafted("Two.", "Mbili.")
    return campaigns.create(cast.dataset, slug="one", name="One", guideline="Text.", examples=[ONE], verification="none", by=cast.ada)


def versions(campaign):
    return [(one.version, one.text, one.examples) for one in campaign.guidelines.order_by("version")]


def test_examples_stand_beside_the_guideline_in_the_yaml(cast):
    [row] = campaigns.from_yaml(cast.dataset, YAML, by=cast.ada)
    assert versions(row) == [(1, "Say what the source says.", [ONE, TWO])]
    assert [one.model_dump(exclude_none=True) for one in revising.plan_of(row).examples] == [ONE, TWO]


def test_changed_examples_are_the_next_version_and_unchanged_ones_are_not(cast, campaign):
    assert campaigns.revise_guideline(campaign, "Text.", examples=[ONE], by=cast.ada).version == 1
    assert campaigns.revise_guideline(campaign, "Text.", examples=[ONE, TWO], by=cast.ada).version == 2
    assert campaigns.revise_guideline(campaign, "Other.", by=cast.ada).version == 3
    assert campaigns.revise_guideline(campaign, "Other.", examples=[], by=cast.ada).version == 4
    assert versions(campaign) == [(1, "Text.", [ONE]), (2, "Text.", [ONE, TWO]), (3, "Other.", [ONE, TWO]), (4, "Other.", [])]
    assert Event.objects.filter(verb="revise_guideline").count() == 3


def test_a_changed_plan_makes_one_version_of_both(cast, campaign):
    revising.revise(campaign, by=cast.ada, examples=[TWO], guideline="Other.")
    assert versions(campaign)[1:] == [(2, "Other.", [TWO])]
    assert revising.revise(campaign, by=cast.ada, examples=[TWO]) == {}
    assert list(revising.revise(campaign, by=cast.ada, examples=[])) == ["examples"]
    assert versions(campaign)[2:] == [(3, "Other.", [])]


def test_an_answer_names_the_version_whose_examples_were_shown(cast, campaign):
    campaigns.open_campaign(campaign, by=cast.ada)
    shown = []
    for examples in ([ONE], [ONE, TWO]):
        campaigns.revise_guideline(campaign, "Text.", examples=examples, by=cast.ada)
        held = assignments.claim(campaign, by=cast.bola)
        shown.append(assignments.submit(held, {"content": {"text": "a"}}, by=cast.bola, key=f"key-{held.pk}").guideline.examples)
    assert shown == [[ONE], [ONE, TWO]]


@pytest.mark.parametrize(
    ("examples", "place", "reason"),
    [
        ("none", "examples", "valid list"),
        ([ONE, {**ONE, "why": " "}], "examples.1.why", "is empty"),
        ([{"source": "a", "answer": "b"}], "examples.0.why", "Field required"),
        ([{**ONE, "anwser": "b"}], "examples.0.anwser", "there is no such key"),
        ([{**ONE, "answer": False}], "examples.0.answer", "valid string"),
        ([{**ONE, "answer": "b\x00"}], "examples.0.answer", "contains the NUL character"),
        ([{**ONE, "why": "half \ud800"}], "examples.0.why", "valid string"),
        ([{**ONE, "why": "w" * 10_001}], "examples.0.why", "at most 10000 characters"),
        ([{**ONE, "language": "fr"}], "examples.0.language", "this dataset has no fr: it has my, sw"),
        ([TWO] * 101, "examples", "at most 100 items"),
    ],
)
def test_examples_that_cannot_be_are_refused_with_the_place_and_the_reason(cast, campaign, examples, place, reason):
    ways = (
        lambda: campaigns.revise_guideline(campaign, "New.", examples=examples, by=cast.ada),
        lambda: revising.revise(campaign, examples=examples, by=cast.ada),
        lambda: campaigns.create(cast.dataset, slug="two", name="Two", examples=examples, by=cast.ada),
    )
    for way in ways:
        with pytest.raises(Invalid) as refused:
            way()
        assert reason in refused.value.errors[place] and place in str(refused.value)
    assert Guideline.objects.count() == Campaign.objects.count() == 1


def test_only_managers_change_examples(cast, campaign):
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            campaigns.revise_guideline(campaign, "Text.", examples=[], by=person)


def test_people_are_shown_the_examples_of_their_language_and_those_of_none(campaign):
    guideline = Guideline(examples=[ONE, TWO])
    assert guideline.examples_in("sw") == [ONE, TWO] and guideline.examples_in("my") == [TWO]
