"""Evaluating: predictions on record, signed scores from them, and what happens when answers are missing."""

import json

import numpy as np
import pytest
from django.db import connection
from sklearn.metrics import accuracy_score, f1_score

from core.errors import Conflict, Invalid, Refused
from pipelines import scoring
from pipelines.actions import evaluations, releases, runs
from pipelines.baselines import baselines
from pipelines.models import Evaluation, Generation, Prediction, Release, Run, RunItem, Score
from pipelines.providers import provider
from tests.released import built, pair, story, verified
from tests.world import item, person

pytestmark = pytest.mark.django_db
LABELS = ("entailment", "neutral", "contradiction")
ENDINGS = {"entailment": "watu wako", "neutral": "labda kesho", "contradiction": "hakuna mtu"}


@pytest.fixture
def home(settings, tmp_path):
    settings.DRAGOMAN_HOME = tmp_path
    return tmp_path


def tale_of_pairs(*, train: int = 0, test: int = 12):
    """Pairs in Swahili, three over each premise, in one split or two."""
    tale = story()
    for number in range(train + test):
        premise = item(tale, "sentence", {"text": f"People {number}."}, f"premise-{number}")
        verified(premise, {"text": f"Watu {number}."})
        for label in LABELS:
            hypothesis = item(tale, "sentence", {"text": f"{label} {number}"}, f"hypothesis-{number}-{label}")
            verified(hypothesis, {"text": f"{ENDINGS[label]} {number}"})
            pair(tale, f"pair-{number}-{label}", premise, hypothesis, label, "train" if number < train else "test")
    return tale


@pytest.fixture
def release(home):
    return built(tale_of_pairs())


def evaluated(release: Release, name: str = "tfidf_logreg", **asked) -> Evaluation:
    asked = {"languages": ["sw"], "kinds": ["pair"], "by": None} | asked
    [made] = evaluations.start(release, baseline=baselines.build(name), **asked)
    runs.work_here(made.run)
    made.refresh_from_db()
    return made


def scores(evaluation: Evaluation) -> dict[str, Score]:
    return {score.metric: score for score in evaluation.scores.all()}


def test_a_baseline_answers_every_row_and_is_scored(release):
    made = evaluated(release)
    assert made.status == "scored"
    assert made.predictions.count() == 38 and set(scores(made)) == {"accuracy", "macro_f1"}
    accuracy = scores(made)["accuracy"]
    assert accuracy.low <= accuracy.value <= accuracy.high and accuracy.value > 80
    assert (accuracy.n, accuracy.clusters) == (38, 13)


def test_the_scores_are_scikit_learns_on_the_same_predictions(release):
    made = evaluated(release)
    right = {row.key: row.record["label"] for row in release.items.filter(kind="pair", language="sw", split="test")}
    given = dict(made.predictions.values_list("key", "answer"))
    keys = sorted(right)
    truth, said = [right[key] for key in keys], [given[key] for key in keys]
    assert scores(made)["accuracy"].value == pytest.approx(100 * accuracy_score(truth, said))
    assert scores(made)["macro_f1"].value == pytest.approx(100 * f1_score(truth, said, average="macro"))


def test_a_signature_says_all_that_the_number_hangs_on(release):
    made = evaluated(release)
    sha = release.files.get(path="data/pair/sw/test.jsonl").sha256
    assert scores(made)["accuracy"].signature == (
        "accuracy|v:1|kind:pair|lang:sw|split:test|baseline:tfidf_logreg|v:1|c:1.0|train:cv5"
        f"|ci:95|boot:1000|seed:12345|cluster:source|release:tale-0.1.0|data:{sha[:12]}|dragoman:0.1.0"
    )


def test_with_a_train_split_the_baseline_learns_there_and_the_signature_says_so(home):
    made = evaluated(built(tale_of_pairs(train=6, test=6)))
    assert made.signature == "tfidf_logreg|v:1|c:1.0|train:train"
    assert not made.predictions.filter(key="pair-0-neutral").exists()
    assert scores(made)["accuracy"].value > 80


def test_without_one_no_row_is_answered_by_who_saw_a_row_of_the_same_source_text(release, monkeypatch):
    seen = []

    def predict(self, rows, train):
        seen.append(({row.cluster for row in rows}, {row.cluster for row in train}, {row.answer for row in rows}))
        return [row.choices[0] for row in rows]

    monkeypatch.setattr(type(baselines.build("majority")), "predict", predict)
    evaluated(release, "majority")
    assert len(seen) == 5
    assert all(not asked & known and answers == {None} for asked, known, answers in seen)


def test_scores_deleted_and_made_again_are_the_same(release):
    made = evaluated(release)
    fields = ("metric", "value", "low", "high", "n", "clusters", "signature")
    before = list(made.scores.order_by("metric").values(*fields))
    made.scores.all().delete()
    evaluations.rescore(made, by=None)
    assert list(made.scores.order_by("metric").values(*fields)) == before


@pytest.mark.django_db(transaction=True)
def test_scores_are_computed_outside_of_any_transaction(release, monkeypatch):
    """A million rows take a minute, and the server ends a transaction that is silent for one."""
    seen = []
    estimate = scoring.estimate
    monkeypatch.setattr(scoring, "estimate", lambda *given: seen.append(connection.in_atomic_block) or estimate(*given))
    made = evaluated(release)
    evaluations.rescore(made, by=None)
    assert made.status == "scored" and seen == [False] * 2 * made.scores.count()


def test_the_same_evaluation_is_made_once(release):
    made = evaluated(release)
    [again] = evaluations.start(release, baseline=baselines.build("tfidf_logreg"), languages=["sw"], kinds=["pair"], by=None)
    assert again == made and Run.objects.filter(job__name="evaluate").count() == 1


def test_other_parameters_are_another_evaluation(release):
    spec = {"name": "tfidf_logreg", "params": {"c": 0.1}}
    evaluated(release)
    evaluations.start(release, baseline=baselines.build(spec), languages=["sw"], kinds=["pair"], by=None)
    assert Evaluation.objects.count() == 2


def places(made):
    return {(one.kind, one.language) for one in made}


def test_every_kind_with_choices_is_answered_unless_kinds_are_named(home):
    tale, majority = tale_of_pairs(test=3), baselines.build("majority")
    for number in range(2):
        source = item(tale, "question", {"stem": "Q?", "options": ["a", "b"], "answer": 0}, f"mc-{number}")
        verified(source, {"stem": "S?", "options": ["x", "y"]})
    release = built(tale)
    made = evaluations.start(release, baseline=majority, languages=["sw", "en"], by=None)
    assert places(made) == {("pair", "sw"), ("pair", "en"), ("question", "sw"), ("question", "en")}


def test_a_kind_that_cannot_be_learned_is_left_out_where_nobody_named_it(release):
    assert places(evaluations.start(release, baseline=baselines.build("majority"), languages=["sw"], by=None)) == {("pair", "sw")}


def questions(home, right: list[int]):
    tale = story()
    for number, answer in enumerate(right):
        source = item(tale, "question", {"stem": f"Q{number}?", "options": ["a", "b", "c"], "answer": answer}, f"mc-{number}")
        verified(source, {"stem": f"S{number}?", "options": ["x", "y", "x"]})
    return built(tale)


def test_answers_to_multiple_choice_are_kept_as_the_release_writes_them_and_options_that_read_alike_are_one(home):
    made = evaluated(questions(home, [2, 2, 2, 2, 1]), "majority", kinds=["question"])
    assert set(made.predictions.values_list("answer", flat=True)) == {0}
    assert scores(made)["accuracy"].value == 80


def test_macro_f1_is_not_reported_for_positions_of_options(home):
    assert set(scores(evaluated(questions(home, [0, 1, 2]), "majority", kinds=["question"]))) == {"accuracy"}


def test_free_text_answers_are_refused_in_a_sentence(release):
    with pytest.raises(Invalid, match="The answers of table_question are free text; baselines choose among labels or options"):
        evaluated(release, kinds=["table_question"])


def test_a_kind_or_language_that_is_not_there_is_refused(release):
    with pytest.raises(Invalid, match="has no kind 'pear'"):
        evaluated(release, kinds=["pear"])
    with pytest.raises(Invalid, match="has no rows in French"):
        evaluated(release, languages=["fr"])


def test_rows_over_one_source_text_only_cannot_be_learned_from(home):
    with pytest.raises(Invalid, match="There is nothing to learn from"):
        evaluated(built(story()))


def test_a_release_without_files_is_not_scored(home):
    with pytest.raises(Conflict, match="build it first"):
        evaluated(releases.freeze(story(), "0.1.0", languages=["sw"], by=None))


def test_only_a_manager_starts_one(release):
    with pytest.raises(Refused):
        evaluated(release, by=person("zed"))


def test_a_baseline_that_asks_a_model_must_be_told_which(release):
    with pytest.raises(Invalid, match="say which, such as openai:MODEL"):
        evaluated(release, "llm_choice")


def test_predictions_made_before_a_worker_died_are_not_made_again(release):
    [made] = evaluations.start(release, baseline=baselines.build("majority"), languages=["sw"], kinds=["pair"], by=None)
    first = made.run.items.order_by("pk").first()
    RunItem.objects.filter(pk=first.pk).update(status="leased", lease_until="2000-01-01T00:00Z", attempts=1)
    runs.work_here(made.run)
    kept = dict(made.predictions.values_list("key", "pk"))
    RunItem.objects.filter(run=made.run).update(status="waiting", attempts=0)
    Run.objects.filter(pk=made.run.pk).update(status="running")
    runs.work_here(made.run)
    assert dict(made.predictions.values_list("key", "pk")) == kept and len(kept) == 38


def test_while_a_row_has_no_answer_there_is_no_score_and_the_run_can_be_resumed(release):
    made = evaluated(release)
    gone = made.predictions.first()
    key, answer = gone.key, gone.answer
    Prediction.objects.filter(pk=gone.pk).delete()
    RunItem.objects.filter(run=made.run, stage=1).update(status="waiting", attempts=0)
    Run.objects.filter(pk=made.run.pk).update(status="running")
    Evaluation.objects.filter(pk=made.pk).update(status="running")
    made.scores.all().delete()
    runs.work_here(made.run)
    made.refresh_from_db()
    assert made.status == "failed" and not made.scores.exists()
    assert key in made.run.items.get(status="dead").error
    made.predictions.create(key=key, answer=answer)
    runs.resume(made.run, by=None)
    runs.work_here(made.run)
    made.refresh_from_db()
    assert made.status == "scored" and made.scores.count() == 2


def transcript(release: Release, folder, answers) -> str:
    """A recording of a model that says what `answers(record)` says."""
    lines = []
    for row in release.items.filter(kind="pair", language="sw").order_by("key"):
        asked = {"premise": row.record["premise"], "hypothesis": row.record["hypothesis"], "choices": list(LABELS)}
        recorded = {"prompt": "choose", "source": "sw", "target": "sw", "input": asked}
        lines.append(json.dumps(recorded | {"output": {"answer": answers(row.record)}}))
    file = folder / "model.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"replay:{file}"


@pytest.mark.django_db(transaction=True)
def test_a_model_is_asked_row_by_row_and_an_unreadable_answer_is_wrong(release, home):
    said = transcript(release, home, lambda record: "no idea" if record["key"] == "pair-0-neutral" else record["label"])
    made = evaluated(release, "llm_choice", provider=provider(said))
    unread = made.predictions.get(key="pair-0-neutral")
    assert unread.answer is None and unread.detail["outcome"] == "unreadable"
    assert scores(made)["accuracy"].value == pytest.approx(100 * 37 / 38)
    assert "|prompt:choose:" in made.signature and "provider:replay" in made.signature
    assert len(scores(made)["accuracy"].signature) <= 400


@pytest.mark.django_db(transaction=True)
def test_an_evaluation_gone_on_with_asks_only_what_has_no_answer_yet(release, home):
    asked = provider(transcript(release, home, lambda record: record["label"]))
    made = evaluated(release, "llm_choice", provider=asked)
    made.predictions.filter(key__startswith="pair-1-").delete()
    calls = Generation.objects.count()
    Evaluation.objects.filter(pk=made.pk).update(status="failed")
    [again] = evaluations.start(
        release, baseline=baselines.build("llm_choice"), languages=["sw"], kinds=["pair"], provider=asked, by=None
    )
    assert again.run.items.filter(stage=0).count() == 3
    runs.work_here(again.run)
    assert Generation.objects.count() == calls  # and those were on record, too
    assert Evaluation.objects.get(pk=made.pk).status == "scored"


def test_scores_as_plain_data_are_what_commands_and_the_demo_print(release):
    [accuracy, macro] = evaluations.scores([evaluated(release)])
    assert (accuracy["baseline"], accuracy["kind"], accuracy["language"]) == ("tfidf_logreg", "pair", "sw")
    assert accuracy["metric"] == "accuracy" and macro["metric"] == "macro_f1"
    low, high = accuracy["interval"]
    assert low <= accuracy["value"] <= high and accuracy["signature"].startswith("accuracy|v:1|")
    assert np.isfinite([low, high]).all()
