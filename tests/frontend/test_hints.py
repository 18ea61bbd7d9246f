"""Beside the text: the glossary's terms in it and verified translations of like sources, and nothing that should not be known."""

import pytest
from django.urls import reverse

from annotation.actions import assignments
from annotation.models import Gold, Term, Unit
from frontend import hints
from tests.world import task, translation

pytestmark = pytest.mark.django_db
SOURCE = "The old cat did not sit on the mat."


@pytest.fixture
def campaign(cast):
    made = cast.campaign()
    task(made, cast.drafted(SOURCE, "Paka mzee hakuketi.", key="asked"))
    return made


@pytest.fixture
def held(cast, campaign):
    return assignments.claim(campaign, by=cast.bola)


def verified(cast, source, text, key, status="verified"):
    row = cast.drafted(source, text, key=key)
    Unit.objects.filter(pk=row.pk).update(status=status)
    return row


def agree(cast, source, target, language="sw", dataset=None, **more):
    Term.objects.create(dataset=dataset or cast.dataset, language=language, source=source, target=target, **more)


def beside(as_, who, held):
    url = reverse("work", args=["xnli", "post-edit"])
    return as_(who).get(f"{url}?hints={held.pk}", HTTP_ACCEPT="application/json")


def test_terms_come_in_order_of_their_places_the_longest_at_each(cast, held):
    for source, target in (("mat", "mkeka"), ("cat", "paka"), ("old cat", "paka mzee"), ("at", "kwa")):
        agree(cast, source, target)
    agree(cast, "mat", "alfombra", language="my")
    agree(cast, "sit", "ketisha", dataset=cast.other)
    assert [(one.source, one.target) for one in hints.terms(held)] == [("old cat", "paka mzee"), ("mat", "mkeka")]


def test_verified_translations_of_the_same_and_of_like_sources_come_the_likest_first(cast, held):
    verified(cast, "The old cat did not sit on the bed.", "Kitandani.", "like")
    verified(cast, SOURCE, "Sawa kabisa.", "same")
    verified(cast, "Dogs bark all night long in my street.", "Mbwa.", "other")
    found = hints.memory(held)
    assert [(one.target, one.same) for one in found] == [("Sawa kabisa.", True), ("Kitandani.", False)]
    assert found[1].share == pytest.approx(8 / 9)


def test_what_nobody_verified_what_is_gold_and_the_text_itself_are_not_remembered(cast, held):
    verified(cast, SOURCE, "Ya mashine.", "drafted", status="drafted")
    verified(cast, SOURCE, "Iliyokataliwa.", "rejected", status="rejected")
    answer = verified(cast, SOURCE, "Jibu la dhahabu.", "gold")
    asked = task(cast.campaign("graded"), answer, purpose="gold")
    Gold.objects.create(task=asked, accepted=[{"content": {"text": "Jibu."}}], shown=answer.current, explanation="", created_by=cast.ada)
    Unit.objects.filter(pk=held.task.unit_id).update(status="verified")
    assert hints.memory(held) == []


def test_control_the_same_text_without_gold_is_remembered(cast, held):
    verified(cast, SOURCE, "Jibu la dhahabu.", "gold")
    assert [one.target for one in hints.memory(held)] == ["Jibu la dhahabu."]


def test_an_answer_of_somebody_else_is_not_remembered_before_it_is_verified(cast, held):
    row = verified(cast, SOURCE, "Ya mashine.", "theirs", status="drafted")
    translation(row, "Ya Bisi.", origin="post-edited", parent=row.current, author=cast.bisi)
    assert hints.memory(held) == []


def test_hints_are_shown_to_who_holds_the_text_and_to_nobody_else(cast, held, as_):
    agree(cast, "cat", '<b>"paka"</b>', locked=True, note="<i>the animal</i>")
    html = beside(as_, cast.bola, held).json()["html"]
    assert "&lt;b&gt;&quot;paka&quot;&lt;/b&gt;" in html and "<i>" not in html and "no other is right" in html
    assert beside(as_, cast.bisi, held).status_code == 404
    assert as_(cast.zed).get(reverse("work", args=["xnli", "post-edit"]) + f"?hints={held.pk}").status_code == 404


def test_where_words_have_no_spaces_characters_are_compared():
    assert hints.alike("ကြောင်ထိုင်", "ကြောင်ထိုင်", "my") == 1
    assert 0.7 < hints.alike("我喜欢这只黑色的猫", "我喜欢这只白色的猫", "zh") < 1
    assert hints.alike("a b c d", "e f g h i", "en") == 0
