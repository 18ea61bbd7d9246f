"""Agreement on labels: the published numbers, the definitions spelled out, and what happens at the edges."""

import random
from itertools import permutations

import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.agreement import agreement
from annotation.records import Answer
from core.errors import Invalid
from tests.annotation.agreement.votes import (
    ABSTRACTORS,
    COHEN,
    FLEISS,
    KRIPPENDORFF,
    at_random,
    estimates,
    of_counts,
    of_raters,
    of_raters_of_tasks,
    of_table,
    values,
)


@pytest.mark.parametrize(("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_what_krippendorff_computes_from_his_own_data(scale, published):
    assert values(of_raters(KRIPPENDORFF), scale)["alpha"] == pytest.approx(published, abs=0.0005)


def test_the_same_data_give_the_raw_agreement_kappa_and_ac1_that_gwet_computes():
    found = values(of_raters(KRIPPENDORFF))
    assert found["raw"] == pytest.approx(0.81818, abs=0.000005)
    assert found["fleiss"] == pytest.approx(0.76117, abs=0.000005)
    assert found["ac1"] == pytest.approx(0.77544, abs=0.000005)


def test_fleiss_kappa_is_what_fleiss_computes_for_thirty_patients():
    found = values(of_counts(FLEISS))
    assert found["raw"] == pytest.approx(0.556, abs=0.0005)
    assert found["fleiss"] == pytest.approx(0.430, abs=0.0005)


def test_cohens_kappa_is_what_cohen_computes_for_two_judges():
    found = values(of_table(COHEN))
    assert found["raw"] == pytest.approx(0.70)
    assert found["cohen"] == pytest.approx(0.492, abs=0.0005)


def test_all_coefficients_of_two_raters_are_those_of_gwets_textbook():
    found = values(of_table(ABSTRACTORS))
    published = {"raw": 0.89, "cohen": 0.7964094, "fleiss": 0.7962397, "alpha": 0.7972585, "ac1": 0.8493305}
    assert found == pytest.approx(published, abs=5e-8)


def distance(metric: str, one: float, other: float, given: list[float]) -> float:
    """The metrics as Krippendorff (2011) writes them."""
    low, high = sorted((one, other))
    if metric == "ordinal":
        between = sum(low <= label <= high for label in given)
        return (between - (given.count(low) + given.count(high)) / 2) ** 2 if low != high else 0
    return (one - other) ** 2 if metric == "interval" else one != other


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_its_definition_spelled_out_pair_by_pair(scale, seed):
    votes = at_random(seed)
    tasks: dict[int, list[float]] = {}
    for vote in votes:
        tasks.setdefault(vote.task, []).append(float(vote.label))
    tasks = {task: labels for task, labels in tasks.items() if len(labels) > 1}
    given = [label for labels in tasks.values() for label in labels]
    observed = sum(
        sum(distance(scale, *pair, given) for pair in permutations(labels, 2)) / (len(labels) - 1) for labels in tasks.values()
    )
    expected = sum(distance(scale, *pair, given) for pair in permutations(given, 2)) / (len(given) - 1)
    assert values(votes, scale)["alpha"] == pytest.approx(1 - observed / expected)


def test_an_ordinal_scale_goes_by_rank_and_an_interval_scale_by_distance():
    near, far = of_table([[9, 3], [0, 9]]), of_table([[9, 3], [0, 9]])
    far = [Answer(vote.task, vote.worker, "100" if vote.label == "1" else "0") for vote in far]
    assert values(near, "ordinal")["alpha"] == pytest.approx(values(far, "ordinal")["alpha"])
    three = [Answer(task, worker, label) for task, pair in enumerate(["12", "23", "11", "33"]) for worker, label in zip("ab", pair, strict=True)]
    stretched = [Answer(vote.task, vote.worker, {"1": "1", "2": "2", "3": "90"}[vote.label]) for vote in three]
    assert values(three, "ordinal")["alpha"] == pytest.approx(values(stretched, "ordinal")["alpha"])
    assert values(three, "interval")["alpha"] != pytest.approx(values(stretched, "interval")["alpha"])


def test_ten_is_more_than_nine_on_an_ordinal_scale():
    numbers = of_raters({"a": [8, 9, 10, 8], "b": [9, 9, 10, 8]})
    renamed = of_raters({"a": [1, 2, 3, 1], "b": [2, 2, 3, 1]})
    assert values(numbers, "ordinal")["alpha"] == pytest.approx(values(renamed, "ordinal")["alpha"])


def test_cohens_kappa_of_a_crowd_is_the_mean_over_its_pairs_by_the_tasks_they_share():
    votes = at_random(3, tasks=200, people=4)
    by_worker: dict[str, dict[int, str]] = {}
    for vote in votes:
        by_worker.setdefault(vote.worker, {})[vote.task] = vote.label
    people, kappas, weights = sorted(by_worker), [], []
    for place, one in enumerate(people):
        for other in people[place + 1 :]:
            both = sorted(by_worker[one].keys() & by_worker[other].keys())
            kappas.append(cohen_kappa_score(*([by_worker[who][task] for task in both] for who in (one, other))))
            weights.append(len(both))
    mean = sum(kappa * weight for kappa, weight in zip(kappas, weights, strict=True)) / sum(weights)
    assert min(weights) >= 10
    assert values(votes)["cohen"] == pytest.approx(mean)


def test_pairs_who_hardly_met_have_no_kappa_and_it_is_said_why():
    found = estimates(of_raters({"a": [1, 2, 1, 2, 1, 2, 1, 2, 1], "b": [1, 2, 1, 2, 1, 2, 1, 2, 2]}))
    assert found["cohen"].value is None
    assert found["cohen"].reason == "no two people answered 10 tasks in common with more than one label"
    assert found["fleiss"].value is not None


def test_at_ninety_five_percent_raw_agreement_kappa_is_near_zero_when_one_label_is_rare():
    """Feinstein and Cicchetti's paradox: of a hundred tasks two people differ in five, and never agree on the rare label."""
    found = values(of_table([[95, 3], [2, 0]]))
    assert found["raw"] == pytest.approx(0.95)
    assert all(abs(found[name]) < 0.03 for name in ("cohen", "fleiss", "alpha"))
    assert found["ac1"] > 0.94
    balanced = values(of_table([[48, 3], [2, 47]]))
    assert balanced["raw"] == pytest.approx(0.95)
    assert all(balanced[name] == pytest.approx(0.9, abs=0.01) for name in ("cohen", "fleiss", "alpha", "ac1")), "the control"


def test_where_everybody_says_the_same_kappa_and_alpha_are_undefined_and_ac1_is_one():
    found = estimates(of_raters({"a": [1] * 12, "b": [1] * 12, "c": [1] * 12}))
    assert found["raw"].value == found["ac1"].value == 1
    for name in ("fleiss", "alpha"):
        assert found[name].value is None
        assert found[name].reason == "everybody gave the same label, so chance explains all agreement"
    assert found["cohen"].value is None


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "text"])
@pytest.mark.parametrize(
    "votes",
    [[], of_raters({"a": [1, 2, 3]}), of_raters({"a": [1, 2, None, None], "b": [None, None, 1, 2]})],
    ids=["nobody", "one rater", "no overlap"],
)
def test_without_two_answers_to_a_task_nothing_is_defined_and_it_is_said_why(votes, scale):
    found = agreement(votes, scale)
    assert found.shared == 0
    assert {one.value for one in found.measures.values()} == {None}
    assert {one.reason for one in found.measures.values()} == {"no task has answers of two people"}


def test_perfect_agreement_is_one_and_systematic_disagreement_is_below_zero():
    perfect = of_raters({"a": [0, 1, 2] * 5, "b": [0, 1, 2] * 5})
    assert set(values(perfect, "ordinal").values()) == {1.0}
    opposed = values(of_raters({"a": [0, 1] * 8, "b": [1, 0] * 8}))
    assert opposed["raw"] == 0
    assert opposed["cohen"] == -1
    assert opposed["alpha"] < 0


def test_a_task_with_one_answer_says_nothing_of_how_often_people_agree():
    votes = of_raters({"a": [1, 2, 1, 2], "b": [1, 2, 2, 1]})
    more = votes + of_raters_of_tasks([[]] * 4 + [["1"]] * 30)
    assert values(more)["raw"] == values(votes)["raw"]
    assert values(more)["alpha"] == values(votes)["alpha"]
    assert agreement(more).tasks == 34 and agreement(more).shared == 4


def test_the_order_of_the_votes_does_not_matter():
    votes = at_random(1)
    mixed = random.Random(2).sample(votes, len(votes))
    assert agreement(mixed, "ordinal") == agreement(votes, "ordinal")


def test_a_person_who_answers_a_task_twice_is_refused():
    with pytest.raises(Invalid, match="Worker a answers task 1 twice"):
        agreement([Answer(1, "a", "x"), Answer(1, "a", "y")])


@pytest.mark.parametrize("label", ["good", "", "nan"])
def test_a_word_on_a_scale_of_numbers_is_refused(label):
    with pytest.raises(Invalid, match="Labels of an ordinal or interval scale are"):
        agreement([Answer(1, "a", label), Answer(1, "b", "2")], "ordinal")
