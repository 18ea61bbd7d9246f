"""Histories: which text came from whom, and what stood there when an expert first looked."""

import pytest

from annotation.histories import read
from annotation.models import Finding, Unit
from tests.released import submitted
from tests.revised import revised
from tests.world import drafted, task, translation, unit, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def history(cast, key):
    return next(one for one in read(cast.dataset, cast.dataset.language_tags) if one.key == key)


def told(cast, key):
    """The texts of a unit by who made them."""
    return [(text.maker, text.text) for text in history(cast, key).texts]


def test_each_text_has_the_stage_it_came_from(cast):
    revised(cast)
    assert told(cast, "kept") == [("machine", "kitten"), ("crowd", "sitten")]
    assert told(cast, "corrected") == [("machine", "abcdefghij"), ("expert", "abcdefgxyz")]
    assert told(cast, "again") == [("machine", "one two"), ("crowd", "one too")]
    assert told(cast, "written") == [("crowd", "ကျောင်း")]


def test_a_draft_nobody_took_has_no_part_in_the_line(cast):
    row = cast.drafted("The cat sat.", "Paka.", key="two")
    translation(row, "Paka aliketi.")
    assert told(cast, "two") == [("machine", "Paka.")]


def test_an_expert_who_is_asked_to_annotate_is_still_an_expert(cast):
    row = cast.drafted("The cat sat.", "Paka.", key="s")
    campaign = cast.campaign()
    asked = task(campaign, row, status="done")
    submitted(asked, cast.efe, "annotate", {"content": {"text": "Paka aliketi."}, "rating": 4})
    row.current = translation(row, "Paka aliketi.", parent=row.current, author=cast.efe)
    row.save()
    found = history(cast, "s")
    assert [text.maker for text in found.texts] == ["machine", "expert"]
    assert [(answer.maker, answer.rating, answer.concluded) for answer in found.answers] == [("expert", 4, True)]


def test_the_same_words_in_a_later_round_belong_to_the_later_answer(cast):
    row = cast.drafted("The cat sat.", "one", key="s")
    campaign, said = cast.campaign(), []
    for number, words in ((1, "two"), (2, "three"), (3, "two")):
        asked = task(campaign, row, round=number, status="redo" if number < 3 else "done", stage="verify")
        said.append(submitted(asked, cast.bola, "annotate", {"content": {"text": words}}).pk)
        submitted(asked, cast.efe, "verify", {"decision": "redo" if number < 3 else "accept"})
        row.current = translation(row, words, parent=row.current, author=cast.bola)
    row.save()
    assert [text.at for text in history(cast, "s").texts] == [0, *said]


def test_a_record_of_several_texts_is_compared_as_one_in_the_schemas_order(cast):
    asked = drafted(unit(cast.question("Who?", ["A", "B"], key="q")), {"options": ["a", "b"], "stem": "Nani?"})
    assert told(cast, "q") == [("machine", "Nani?\na\nb")] and asked.current


def test_of_a_checks_findings_the_last_one_holds(cast):
    row = cast.drafted("The cat sat.", "Paka.", key="s")
    for number, verdict in enumerate(("fail", "ok")):
        Finding.objects.create(translation=row.current, check_name="numbers", verdict=verdict, signature=f"numbers|v:{number}")
    assert history(cast, "s").findings == {row.current_id: {"numbers": "ok"}}


def test_only_the_languages_that_are_asked_for_are_read(cast):
    revised(cast)
    assert {one.language for one in read(cast.dataset, ["my"])} == {"my"}
    assert len(list(read(cast.dataset, ["my", "sw"]))) == Unit.objects.filter(item__dataset=cast.dataset).count()
    assert list(read(cast.other, ["sw"])) == []
