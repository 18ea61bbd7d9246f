"""Options of a question stay as many and as different as they were."""

import pytest

from pipelines.records import Draft
from tests.pipelines.checking import QUESTION, draft, looked


@pytest.mark.parametrize(
    ("source", "target", "verdict", "word"),
    [
        (["big", "large", "small"], ["kubwa", "pana", "dogo"], "ok", ""),
        (["big", "large", "small"], ["kubwa", "Kubwa ", "dogo"], "fail", "1, 2"),
        (["big", "large", "small"], ["kubwa", "dogo"], "fail", "3 options"),
        (["big", "small"], ["kubwa", " "], "fail", "2. option"),
        (["big", "big", "small"], ["kubwa", "kubwa", "dogo"], "ok", ""),
        (["big", "big", "small"], ["kubwa", "kubwa", "kubwa"], "fail", "1, 2, 3"),
        (["caf\u00e9", "tea"], ["cafe\u0301", "caf\u00e9"], "fail", "1, 2"),
    ],
)
def test_options_that_differ_in_the_source_differ_in_the_translation(source, target, verdict, word):
    given = Draft(QUESTION, {"stem": "Which?", "options": source}, "en", "sw", content={"stem": "Ipi?", "options": target})
    found = looked("options", given)
    assert found.verdict == verdict and word in found.detail


def test_a_kind_without_options_is_not_looked_at():
    assert looked("options", draft("A house", "Nyumba", "sw")) is None
