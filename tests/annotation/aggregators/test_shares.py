"""Votes by heads and by weight, and what becomes of ties."""

import pytest

from annotation.aggregators import aggregators
from annotation.records import Answer, Verdict

majority, weighted = aggregators.build("majority"), aggregators.build("weighted")


def asked(*answers: tuple[str, float]) -> list[Answer]:
    return [Answer(1, f"person {number}", label, weight) for number, (label, weight) in enumerate(answers)]


def test_a_majority_counts_heads_and_not_what_they_weigh():
    answers = asked(("no", 0.9), ("yes", 0.1), ("yes", 0.1))
    assert majority.aggregate(answers)[1] == Verdict("yes", 2 / 3, True, distribution={"no": 1 / 3, "yes": 2 / 3})


def test_a_weighted_vote_follows_the_person_who_was_right_on_gold():
    verdict = weighted.aggregate(asked(("no", 0.9), ("yes", 0.2), ("yes", 0.3)))[1]
    assert (verdict.label, verdict.agreed) == ("no", True)
    assert verdict.distribution == pytest.approx({"no": 0.9 / 1.4, "yes": 0.5 / 1.4})


def test_people_of_equal_weight_make_a_plain_majority():
    answers = asked(("a", 0.7), ("b", 0.7), ("b", 0.7))
    one, other = weighted.aggregate(answers)[1], majority.aggregate(answers)[1]
    assert (one.label, one.agreed, one.confidence) == (other.label, other.agreed, pytest.approx(other.confidence))


@pytest.mark.parametrize("aggregator", [majority, weighted], ids=["majority", "weighted"])
def test_a_tie_goes_to_the_label_that_sorts_first_and_is_disputed(aggregator):
    verdict = aggregator.aggregate(asked(("no", 0.1), ("no", 0.1), ("no", 0.1), ("maybe", 0.1), ("maybe", 0.1), ("maybe", 0.1)))[
        1
    ]
    assert (verdict.label, verdict.confidence, verdict.agreed) == ("maybe", 0.5, False)


def test_where_nobody_weighs_anything_nobody_agreed():
    verdict = weighted.aggregate(asked(("no", 0.0), ("no", 0.0)))[1]
    assert (verdict.label, verdict.confidence, verdict.agreed) == ("no", 0.0, False)


def test_labels_that_look_alike_are_not_the_same_label():
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    verdict = majority.aggregate(asked((composed, 1), (decomposed, 1), (composed, 1), (" " + composed, 1)))[1]
    assert verdict.distribution == {decomposed: 0.25, composed: 0.5, " " + composed: 0.25}
