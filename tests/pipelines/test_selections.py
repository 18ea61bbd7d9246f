"""Selections: what is read for a selector, what is put on record, and what campaigns and releases take of it."""

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from annotation.actions import campaigns
from annotation.models import Finding, Selected, Selection, Task, Unit
from core.errors import Conflict, Invalid, Refused
from pipelines import building, entries
from pipelines.actions import releases, runs, selections
from pipelines.models import Evaluation, MachineSubmission, Prediction, Run
from pipelines.selectors import Entry, selectors
from tests import released
from tests.world import drafted, task, translation, unit, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def tale(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    return released.story()


def selected(dataset, name, selector, *, by=None, **more) -> Selection:
    """A selection, made here and now."""
    run = runs.work_here(selections.start(dataset, name, selector=selectors.build(selector), by=by, **more))
    assert not run.message and not run.items.exclude(error="").exists(), run.items.values_list("error", flat=True)
    return dataset.selections.get(slug=name)


def said(selection: Selection) -> dict[str, tuple[bool, str, str]]:
    return {row.item.key: (row.kept, row.bucket, row.split) for row in selection.rows.select_related("item")}


def read(dataset, spec, *kinds, among=None) -> dict[str, Entry]:
    found = entries.entries(dataset, selectors.build(spec), kinds, among)
    return {entry.name: entry for entry in found.values()}


def test_near_duplicates_are_rejected_with_the_one_that_stays(cast):
    for at, text in enumerate(("The cat sat on the mat.", "The dog ate the bone.", "The cat sat on the mat!")):
        cast.sentence(text, f"s{at}")
    made = selected(cast.dataset, "unlike", "near_duplicates", by=cast.ada, kinds=["sentence"])
    assert {key: row[0] for key, row in said(made).items()} == {"s0": True, "s1": True, "s2": False}
    assert made.rows.get(kept=False).reason.startswith("Nearly the same as sentence/s0: 9")
    assert (made.created_by, made.signature[:15], made.kinds) == (cast.ada, "near_duplicates", ["sentence"])


def test_a_pair_is_read_with_the_texts_it_points_at_where_both_are_there(cast):
    premise, hypothesis = cast.sentence("It rains.", "a"), cast.sentence("It is wet.", "b")
    cast.pair(premise, hypothesis, "entailment", "p")
    drafted(unit(premise, "sw"), "Mvua inanyesha.")
    assert read(cast.dataset, "near_duplicates", "pair")["pair/p"].texts == {"en": "It rains.\nIt is wet."}
    drafted(unit(hypothesis, "sw"), "Kuna maji.")
    entry = read(cast.dataset, "near_duplicates", "pair")["pair/p"]
    assert entry.texts == {"en": "It rains.\nIt is wet.", "sw": "Mvua inanyesha.\nKuna maji."}
    assert entry.values == {"label": "entailment", "kind": "pair", "split": "test", "language": "en"}


def test_pairs_over_one_premise_are_one_group_and_others_are_not(cast):
    a, b, c, d, e = (cast.sentence(text) for text in "abcde")
    for key, (one, other) in {"p1": (a, b), "p2": (a, c), "p3": (d, e)}.items():
        cast.pair(one, other, key=key)
    found = read(cast.dataset, "splits", "pair")
    assert found["pair/p1"].group == found["pair/p2"].group != found["pair/p3"].group
    assert read(cast.dataset, "near_duplicates", "pair")["pair/p1"].group != found["pair/p1"].group, "what is not read is not there"


def test_a_score_is_the_mean_of_what_judged_the_present_texts(cast):
    row = cast.drafted("It rains.", "Mvua.", key="a")
    old = row.current
    for tag, value in (("sw", 2.0), ("my", 4.0)):
        row = row if tag == "sw" else drafted(unit(row.item, "my"), "မိုး")
        Finding.objects.create(translation=row.current, check_name="judge_rubric", verdict="score", value=value, signature="j")
    assert read(cast.dataset, "tertiles", "sentence")["sentence/a"].score == 3.0
    only = {"name": "tertiles", "params": {"languages": ["my"]}}
    assert read(cast.dataset, only, "sentence")["sentence/a"].score == 4.0
    Unit.objects.filter(pk=old.unit_id).update(current=translation(old.unit, "Mvua inanyesha."))
    assert read(cast.dataset, "tertiles", "sentence")["sentence/a"].score == 4.0, "of a text that is replaced it says nothing"


def test_experts_ratings_are_a_score(tale):
    spec = {"name": "tertiles", "params": {"by": "rating"}}
    found = read(tale, spec, "pair", "sentence", "question")
    assert found["sentence/s1"].score == found["pair/p1"].score == 4.0
    assert found["question/q1"].score is None


def test_what_models_answered_as_annotators_is_a_score(cast):
    options = {str(mark): f"{mark} of 5" for mark in range(1, 6)}
    ask = {"name": "survey", "params": {"questions": [{"name": "use", "text": "How useful?", "options": options}]}}
    campaign = cast.campaign("useful", task_type=ask)
    run = Run.objects.create(dataset=cast.dataset, job={"name": "annotate", "params": {}})
    for key, marks in {"a": ["5", "3"], "b": ["1"]}.items():
        row = task(campaign, cast.drafted(f"Text {key}.", "Matini.", key=key))
        for model, mark in enumerate(marks):
            MachineSubmission.objects.create(
                campaign=campaign, task=row, annotator=f"m{model}", payload={"answers": {"use": mark}}, request_hash="0", run=run
            )
    cast.sentence("Unseen.", "c")
    spec = {"name": "tertiles", "params": {"by": "useful/use"}}
    assert {name: one.score for name, one in read(cast.dataset, spec, "sentence").items()} == {
        "sentence/a": 4.0, "sentence/b": 1.0, "sentence/c": None,
    }  # fmt: skip


def test_the_panel_is_who_answered_a_release(tale):
    release = released.built(tale)
    for name, answers in {"one": ("entailment", "contradiction"), "two": ("entailment", None)}.items():
        made = Evaluation.objects.create(
            release=release, kind="pair", language="sw", baseline={"name": name}, signature=name, status="scored"
        )
        for key, answer in zip(("p1", "p2"), answers, strict=True):
            Prediction.objects.create(evaluation=made, key=key, answer=answer)
    found = read(tale, "panel", "pair")
    assert found["pair/p1"].right == {"one|lang:sw": True, "two|lang:sw": True}
    assert found["pair/p2"].right == {"one|lang:sw": True, "two|lang:sw": False}
    made = selected(tale, "hard", "panel", kinds=["pair"])
    assert said(made) == {"p1": (False, "2 of 2 right", ""), "p2": (True, "1 of 2 right", "")}


def test_a_selection_among_another_looks_only_at_what_that_kept(cast):
    for at, text in enumerate(("The cat sat on the mat.", "The dog ate the bone.", "The cat sat on the mat!")):
        cast.sentence(text, f"s{at}")
    selected(cast.dataset, "unlike", "near_duplicates", kinds=["sentence"])
    made = selected(cast.dataset, "parts", "splits", kinds=["sentence"], among="unlike")
    assert set(said(made)) == {"s0", "s1"}
    assert made.among.slug == "unlike"


def test_a_selection_among_one_that_drew_splits_leaves_items_in_them(cast):
    for at in range(8):
        cast.sentence(f"Sentence number {at} of eight.", f"s{at}")
    splits = {"name": "splits", "params": {"shares": {"train": 0.5, "test": 0.5}}}
    drawn = said(selected(cast.dataset, "parts", splits, kinds=["sentence"]))
    five = {"name": "clusters", "params": {"clusters": 1, "quota": 5}}
    made = said(selected(cast.dataset, "some", five, kinds=["sentence"], among="parts"))
    assert {key: row[2] for key, row in made.items() if row[0]} == {key: drawn[key][2] for key, row in made.items() if row[0]}
    assert {row[2] for row in made.values() if not row[0]} == {""}


def test_a_selection_never_changes(cast):
    cast.sentence("It rains.")
    made = selected(cast.dataset, "unlike", "near_duplicates", kinds=["sentence"])
    for model in (Selection, Selected):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(**({"slug": "other"} if model is Selection else {"kept": True}))
    with pytest.raises(Conflict, match="never changes"):
        selections.start(cast.dataset, "unlike", selector=selectors.build("splits"), by=cast.ada)
    assert made.rows.count() == 1


def test_two_of_one_name_at_once_make_one_and_the_other_run_says_why(cast):
    cast.sentence("It rains.")
    asked = {"selector": selectors.build("near_duplicates"), "kinds": ["sentence"], "by": cast.ada}
    first, second = (selections.start(cast.dataset, "unlike", **asked) for _ in range(2))
    assert runs.work_here(first).status == "done"
    assert "already" in runs.work_here(second).message
    assert Selection.objects.count() == 1


@pytest.mark.parametrize(("change", "error"), [
    ({"name": "Not so"}, "small letters"), ({"kinds": ["novel"]}, "unknown kind"), ({"among": "nothing"}, "has no selection"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_the_reason(cast, change, error):
    asked = {"name": "unlike", "kinds": ["sentence"], "among": ""} | change
    name = asked.pop("name")
    with pytest.raises(Invalid, match=error):
        selections.start(cast.dataset, name, selector=selectors.build("splits"), by=cast.ada, **asked)


def test_only_a_manager_selects(cast):
    for person in (cast.bola, cast.efe, cast.zed, cast.olu):
        with pytest.raises(Refused):
            selections.start(cast.dataset, "mine", selector=selectors.build("splits"), by=person)


# --- campaigns ------------------------------------------------------------------------------------------------------


def admitted(cast, rule, **more) -> set[str]:
    plan = {"slug": "some", "name": "Some", "admission": {"status": ["drafted"], **rule}, **more}
    campaign = campaigns.create(cast.dataset, **plan, by=cast.ada)
    campaigns.open_campaign(campaign, by=cast.ada)
    return {task.unit.item.key for task in Task.objects.filter(campaign=campaign).select_related("unit__item")}


@pytest.fixture
def pairs(cast):
    """Two pairs, of which a selection keeps the first, and the drafts of their sentences."""
    texts = {key: cast.drafted(f"Sentence {key} of the four.", f"Sentensi {key}.", key=key).item for key in "abcd"}
    cast.pair(texts["a"], texts["b"], "neutral", "p1")
    cast.pair(texts["c"], texts["d"], "entailment", "p2")
    made = Selection.objects.create(dataset=cast.dataset, slug="some", selector={}, signature="s", kinds=["pair"])
    for key, kept, bucket in (("p1", True, "high"), ("p2", False, "")):
        item = cast.dataset.items.get(key=key)
        Selected.objects.create(selection=made, item=item, kept=kept, bucket=bucket, reason="" if kept else "No.")
    return cast


def test_a_campaign_asks_only_about_what_was_kept_and_the_texts_it_is_made_of(pairs):
    assert admitted(pairs, {"selection": {"name": "some"}}) == {"a", "b"}


def test_without_the_rule_it_asks_about_everything(pairs):
    assert admitted(pairs, {}) == {"a", "b", "c", "d"}


def test_a_campaign_can_ask_about_one_bucket(pairs):
    assert admitted(pairs, {"selection": {"name": "some", "bucket": "low"}}) == set()


def test_records_without_a_text_of_their_own_are_composed_only_where_they_were_kept(pairs):
    rule = {"kinds": ["pair"], "selection": {"name": "some", "bucket": "high"}}
    assert admitted(pairs, rule, task_type="relabel") == {"p1"}
    assert not Unit.objects.filter(item__key="p2").exists()


def test_a_campaign_cannot_name_a_selection_there_is_not(cast):
    with pytest.raises(Invalid, match="a selection this dataset has not: nothing"):
        admitted(cast, {"selection": {"name": "nothing"}})


# --- releases -------------------------------------------------------------------------------------------------------


def half(dataset) -> Selection:
    """p1 and the question are kept and drawn into splits, p2 is not."""
    made = Selection.objects.create(dataset=dataset, slug="half", selector={}, signature="half|v:1", kinds=["pair", "question"])
    for key, kept, split in (("p1", True, "train"), ("p2", False, ""), ("q1", True, "test")):
        item = dataset.items.get(key=key)
        Selected.objects.create(selection=made, item=item, kept=kept, split=split, bucket="b" if kept else "", reason="" if kept else "No.")
    return made


def test_a_release_holds_what_was_kept_in_the_splits_that_were_drawn(tale):
    half(tale)
    release = released.built(tale, selection="half")
    rows = release.items.filter(language="sw").order_by("key")
    assert [(row.key, row.split, row.record["split"], row.provenance["bucket"]) for row in rows] == [
        ("p1", "train", "train", "b"), ("q1", "test", "test", "b"),
    ]  # fmt: skip
    assert release.gate["languages"]["sw"]["pair"]["total"] == 1
    paths = set(release.files.values_list("path", flat=True))
    assert {"data/pair/sw/train.jsonl", "data/question/sw/test.jsonl", "rejected.jsonl"} <= paths
    root = releases.folder(release)
    assert (root / "rejected.jsonl").read_text() == '{"id":"pair/p2","selection":"half","reason":"No."}\n'
    assert release.manifest["selection"] == [
        {"name": "half", "signature": "half|v:1", "kinds": ["pair", "question"], "kept": 2, "rejected": 1}
    ]
    assert "| half | `half\\|v:1` | 2 | 1 |" in (root / "README.md").read_text()
    line = json.loads((root / "provenance/sw.jsonl").read_text().splitlines()[0])
    assert (line["split"], line["bucket"]) == ("train", "b")


def test_without_a_selection_it_holds_everything_in_the_splits_of_the_import(tale):
    half(tale)
    release = released.built(tale)
    rows = release.items.filter(language="sw").order_by("key")
    assert [(row.key, row.split) for row in rows] == [("p1", "test"), ("p2", "test"), ("q1", "train-set"), ("tq1", "test")]
    assert not release.files.filter(path="rejected.jsonl").exists() and "selection" not in release.manifest


def test_every_build_of_a_selected_release_gives_the_same_bytes(tale):
    half(tale)
    release = released.built(tale, selection="half")
    before = dict(release.files.values_list("path", "sha256"))
    released.build(release)
    assert dict(release.files.values_list("path", "sha256")) == before
    assert building.described(releases.folder(release), "rejected.jsonl")["bytes"] > 0


def test_a_selection_that_kept_nothing_releasable_is_no_release(tale):
    made = Selection.objects.create(dataset=tale, slug="texts", selector={}, signature="s", kinds=["sentence"])
    Selected.objects.create(selection=made, item=tale.items.get(key="s1"), kept=True)
    with pytest.raises(Conflict, match="Nothing is ready in Swahili"):
        releases.freeze(tale, "0.1.0", languages=["sw"], selection="texts", by=None)


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_selects_and_lists_what_it_rejected(cast, capsys):
    for at, text in enumerate(("The cat sat on the mat.", "The cat sat on the mat!")):
        cast.sentence(text, f"s{at}")
    call_command("select", "xnli", "near_duplicates", "--name", "unlike", "--kind", "sentence", "--set", "threshold=0.7", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["kept"], told["rejected"]) == (1, 1)
    assert told["rejects"][0]["item"] == "sentence/s1" and "sentence/s0" in told["rejects"][0]["reason"]
    assert "threshold:0.7" in told["signature"]
