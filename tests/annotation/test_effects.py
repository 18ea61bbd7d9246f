"""When an effect's condition holds, whatever way of answering a question has."""

import pytest

from annotation.effects import holds
from annotation.plans import Condition

ANSWER = {
    "comment": "",
    "answers": {
        "quality": "wrong",
        "stars": 2,
        "traits": ["odd", "old"],
        "weights": {"0": 0.5, "2": 1.0},
        "first": {"chosen": "left", "order": ["right", "left"]},
        "marked": {"unit": "code point", "texts": {}},
    },
}


@pytest.mark.parametrize(
    ("wanted", "holds_"),
    [
        ({"quality": "wrong"}, True),
        ({"quality": ["good", "wrong"]}, True),
        ({"stars": {"below": 3}}, True),
        ({"stars": {"above": 2}}, False),
        ({"traits": "odd"}, True),
        ({"traits": ["new", "old"]}, True),
        ({"traits": "new"}, False),
        ({"weights": "2"}, True),
        ({"weights": "1"}, False),
        ({"first": "left"}, True),
        ({"first": "right"}, False),
        ({"marked": "wrong"}, False),
        ({"nothing": "wrong"}, False),
        ({"quality": "wrong", "first": "right"}, False),
    ],
)
def test_a_condition_reads_every_way_of_answering(wanted, holds_):
    assert holds(Condition(any=wanted), [ANSWER], ANSWER) is holds_
    assert holds(Condition(consensus=wanted), [], ANSWER) is holds_
