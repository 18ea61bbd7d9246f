"""Campaigns: what is asked is written down, checked, and admits the units its rule names."""

import json

import pytest
from django.core.management import call_command

from annotation.actions import campaigns
from annotation.models import Campaign, Unit
from core.errors import Conflict, Invalid, Missing, Refused
from core.models import Event
from tests.world import drafted, unit, world

pytestmark = pytest.mark.django_db
YAML = """
slug: post-edit
name: Post-edit, then verify
guideline: |
  Say what the source says.
languages: [sw]
overlap: 2
admission: {kinds: [sentence], route: people}
"""


@pytest.fixture
def cast():
    return world()


def test_a_campaign_of_two_words_is_a_plain_post_edit_with_every_text_verified(cast):
    row = campaigns.create(cast.dataset, slug="one", name="One", by=cast.ada)
    assert (row.status, row.task_type["name"], row.verify_type["name"]) == ("draft", "post_edit", "verify")
    assert (row.aggregator["name"], row.overlap, row.verification, row.max_rounds) == ("majority", 1, "all", 3)
    assert row.guidelines.get().version == 1


def test_a_campaign_comes_from_yaml(cast):
    [row] = campaigns.from_yaml(cast.dataset, YAML, by=cast.ada)
    assert (row.slug, row.languages, row.overlap) == ("post-edit", ["sw"], 2)
    assert row.admission == {
        "status": ["drafted"], "kinds": ["sentence"], "route": "people", "findings": [], "share": 1.0, "seed": 1
    }  # fmt: skip
    assert row.guidelines.get().text == "Say what the source says.\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (YAML + "overlapp: 3", "overlapp: there is no such key, only slug, name, guideline"),
        (YAML + "max_rounds: 0", "max_rounds: Input should be greater than or equal to 1"),
        (YAML.replace("people}", "people, satus: [new]}"), "admission.satus"),
        (YAML.replace("languages: [sw]", "languages: [no]"), "languages.0: Input should be a valid string"),
        (YAML.replace("[sw]", "[fr]"), "has no fr: it has my, sw"),
        (YAML.replace("[sw]", "[klingonese]"), "no language tag we know"),
        (YAML.replace("sentence", "paragraph"), "unknown kind 'paragraph'"),
        (YAML + "task_type: guess", "No task_type 'guess'"),
        (YAML + "task_type: adjudicate", "'adjudicate' is for adjudicate, not for annotate"),
        (YAML + "verification: share\nverification_share: 0.01", "verification_share is at least 0.05"),
        (YAML + "max_overlap: 1", "max_overlap is less than overlap"),
        (YAML + "effects: [{do: adopt}, {do: verify}]", "an effect without a condition comes last"),
        (YAML + "effects: [{do: redo, to: nowhere}]", "names a campaign this dataset has not: nowhere"),
        (YAML.replace("people}", "people, after: {campaign: post-edit}}"), "cannot come after itself"),
        (YAML.replace("people}", "people, findings: [{check: length}]}"), "say one of verdict, below and lowest"),
        ("campaigns: []", "stands a list"),
        (YAML + "aggregator: dawid_skene", "learns how people confuse labels, and this campaign asks for texts"),
        (YAML + "aggregator: mean", "learns how people"),
        (YAML + "task_type: survey\naggregator: mean", "'mean' makes an answer of its own"),
        (YAML + "verify_type: post_edit", "'post_edit' is for annotate, not for verify"),
        (YAML + "aggregator: {name: majority, params: {threshhold: 1}}", "threshhold"),
        ("name: [", "no YAML in line 1"),
        ("- a", "holds keys and values"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_with_the_place(cast, text, problem):
    with pytest.raises(Invalid) as refused:
        campaigns.from_yaml(cast.dataset, text, by=cast.ada)
    assert problem in str(refused.value)
    assert not Campaign.objects.exists()


def test_two_campaigns_of_one_slug_are_a_conflict(cast):
    campaigns.from_yaml(cast.dataset, YAML, by=cast.ada)
    with pytest.raises(Conflict, match="'post-edit' already"):
        campaigns.from_yaml(cast.dataset, YAML, by=cast.ada)
    campaigns.from_yaml(cast.other, YAML, by=cast.olu)


def test_opening_admits_what_the_rule_names_and_nothing_else(cast):
    wanted = cast.drafted("One.", "Moja.")
    cast.drafted("One in Burmese.", "တစ်", "my")
    unit(cast.sentence("New, without a draft."))
    drafted(unit(cast.question("Which?", ["a", "b"])), {"stem": "Ipi?", "options": ["a", "b"]})
    passed = cast.drafted("Passed.", "Imepita.")
    Unit.objects.filter(pk=passed.pk).update(route="pass")
    [row] = campaigns.from_yaml(cast.dataset, YAML, by=cast.ada)
    assert campaigns.open_campaign(row, by=cast.ada) == 1
    one = row.tasks.get()
    assert (one.unit, one.language, one.needed, one.open, one.stage) == (wanted, "sw", 2, 2, "annotate")


def test_admitting_again_adds_only_what_is_new(cast):
    cast.drafted("One.", "Moja.")
    row = campaigns.create(cast.dataset, slug="all", name="All", by=cast.ada)
    assert campaigns.open_campaign(row, by=cast.ada) == 1
    cast.drafted("Two.", "Mbili.")
    assert campaigns.admit(row, by=cast.ada) == 1
    assert campaigns.admit(row) == 0
    assert row.tasks.count() == 2


def test_a_share_is_a_part_and_the_same_part_at_every_look(cast):
    for number in range(60):
        cast.drafted(f"{number}.", f"{number}.")
    rule = {"share": 0.5, "seed": 4}
    one, two = (campaigns.create(cast.dataset, slug=slug, name=slug, admission=rule, by=cast.ada) for slug in ("one", "two"))
    made = campaigns.open_campaign(one, by=cast.ada)
    assert 15 < made < 45
    assert campaigns.open_campaign(two, by=cast.ada) == made
    assert set(one.tasks.values_list("unit")) == set(two.tasks.values_list("unit"))
    assert campaigns.admit(one) == 0


def test_a_campaign_is_paused_reopened_and_closed_for_good(cast):
    row = campaigns.create(cast.dataset, slug="one", name="One", by=cast.ada)
    campaigns.open_campaign(row, by=cast.ada)
    campaigns.pause(row, by=cast.ada)
    campaigns.open_campaign(row, by=cast.ada)
    campaigns.close(row, by=cast.ada)
    with pytest.raises(Conflict, match="cannot open any more: it is closed"):
        campaigns.open_campaign(row, by=cast.ada)
    told = Event.objects.filter(subject=f"campaign:{row.pk}").order_by("pk").values_list("verb", flat=True)
    assert list(told) == ["create", "open", "pause", "open", "close"]


def test_a_changed_guideline_is_a_new_version_and_an_unchanged_one_is_not(cast):
    row = campaigns.create(cast.dataset, slug="one", name="One", guideline="Old.", by=cast.ada)
    assert campaigns.revise_guideline(row, "New.", by=cast.ada).version == 2
    assert campaigns.revise_guideline(row, "New.", by=cast.ada).version == 2
    assert [one.text for one in row.guidelines.all()] == ["New.", "Old."]


def test_only_managers_decide_about_campaigns(cast):
    row = campaigns.create(cast.dataset, slug="one", name="One", by=cast.admin)
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        for wish in (
            lambda by: campaigns.create(cast.dataset, slug="two", name="Two", by=by),
            lambda by: campaigns.from_yaml(cast.dataset, YAML, by=by),
            lambda by: campaigns.open_campaign(row, by=by),
            lambda by: campaigns.pause(row, by=by),
            lambda by: campaigns.close(row, by=by),
            lambda by: campaigns.admit(row, by=by),
            lambda by: campaigns.revise_guideline(row, "Mine.", by=by),
        ):
            with pytest.raises(Refused):
                wish(person)
    assert Campaign.objects.get().status == "draft"


def test_the_command_makes_and_opens_a_campaign(cast, tmp_path, capsys):
    cast.drafted("One.", "Moja.")
    file = tmp_path / "campaign.yaml"
    file.write_text(YAML, encoding="utf-8")
    call_command("campaign", "xnli", str(file), "--open", "--json")
    line = capsys.readouterr().out.splitlines()[-1]
    told = {"campaign": "post-edit", "status": "live", "tasks": 1}
    assert json.loads(line) == {"dataset": "xnli", **told, "campaigns": [told]}


@pytest.mark.parametrize(
    ("dataset", "content", "problem"),
    [("nowhere", YAML.encode(), "no dataset 'nowhere'"), ("xnli", b"\xff", "not UTF-8"), ("xnli", None, "cannot be read")],
)
def test_the_command_says_in_one_line_what_is_wrong(cast, tmp_path, dataset, content, problem):
    file = tmp_path / "campaign.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Exception, match=problem) as refused:
        call_command("campaign", dataset, str(file))
    assert isinstance(refused.value.__cause__, Invalid | Missing)
