"""Right or wrong by people: every way a text can be found wrong, and everything that says nothing yet."""

import pytest

from annotation.human_verdicts import wrong
from annotation.models import Assignment, Submission, Translation
from tests.world import task, translation, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def text(cast):
    return cast.drafted("The cat sat.", "Paka aliketi.").current


def verdict(text: Translation) -> bool | None:
    return Translation.objects.annotate(wrong=wrong()).get(pk=text.pk).wrong


def said(cast, text, payload, *, status="done", purpose="work", slug="one", **changes):
    """An answer about the text's unit, in a task of its own."""
    made = task(cast.campaign(slug), text.unit, status=status, purpose=purpose)
    given = Assignment.objects.create(
        task=made, campaign=made.campaign, person=cast.bola, stage="annotate", status="submitted",
        lease_until="2100-01-01T00:00Z",
    )  # fmt: skip
    return Submission.objects.create(assignment=given, payload=payload, seconds=1, idempotency_key=slug, body_hash="h", **changes)


def test_nobody_has_said_anything(cast, text):
    assert verdict(text) is None


def test_an_answer_that_leaves_the_text_as_it_is_finds_it_right(cast, text):
    said(cast, text, {"content": text.content})
    assert verdict(text) is False


def test_while_a_task_is_open_nothing_is_said(cast, text):
    said(cast, text, {"content": text.content}, status="open")
    assert verdict(text) is None


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"decision": "accept", "rating": 3}, True), ({"decision": "accept", "rating": 4}, False),
        ({"decision": "accept", "rating": None}, False), ({"decision": "redo"}, True), ({"decision": "reject"}, True),
        ({"answers": {"quality": "wrong", "culture": "typical"}}, True),
        ({"answers": {"quality": "good", "culture": "strange"}}, False),
    ],
)  # fmt: skip
def test_what_an_answer_says_of_the_text(cast, text, payload, found):
    said(cast, text, payload)
    assert verdict(text) is found


def test_another_wording_of_a_person_finds_it_wrong(cast, text):
    said(cast, text, {"content": {"text": "Paka ameketi."}})
    text.unit.current = translation(text.unit, "Paka ameketi.", parent=text, author=cast.bola, origin="post-edited")
    text.unit.save()
    assert verdict(text) is True
    # The control: another machine's text is no person's word.
    text.unit.current = translation(text.unit, "Paka alikaa.", parent=text)
    text.unit.save()
    assert verdict(text) is False


def test_a_rejected_unit_is_wrong_without_any_answer(cast, text):
    text.unit.status = "rejected"
    text.unit.save()
    assert verdict(text) is True


def test_gold_says_nothing_of_the_machine(cast, text):
    said(cast, text, {"decision": "reject"}, purpose="gold")
    assert verdict(text) is None


def test_what_was_said_before_the_text_was_made_is_about_another(cast, text):
    said(cast, text, {"decision": "reject"}, created="2020-01-01T00:00Z")
    assert verdict(text) is None
