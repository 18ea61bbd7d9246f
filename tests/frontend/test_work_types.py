"""What the work screen shows, and does not show, of the records that task types are about."""

import pytest
from django.urls import reverse

from annotation.actions import assignments, campaigns
from annotation.models import Assignment, Dataset, Finding, Submission, Translation
from annotation.task_types import task_types
from frontend import sheet
from frontend.pages import asking, editor
from tests.contracts.asked import CASES
from tests.frontend.callers import Caller
from tests.world import drafted, item, translation, unit

pytestmark = pytest.mark.django_db
SECRET = "Do you have a table for two at eight?"
TALK = {
    "fields": {
        "outline": {"type": "list", "translate": True},
        "dialogue": {"type": "list", "translate": True},
        "room": {"type": "ref", "kind": "room"},
    }
}
ROOM = {"fields": {"name": {"type": "text", "translate": True}}}


@pytest.fixture
def outlined(cast):
    """A dialogue with its outline, drafted by a machine and checked, in a room of its own."""
    Dataset.objects.filter(pk=cast.dataset.pk).update(schema={"kinds": {"talk": TALK, "room": ROOM}})
    cast.dataset.refresh_from_db()
    room = item(cast.dataset, "room", {"name": "SECRET ROOM"}, "r")
    content = {"outline": ["The guest asks for a table."], "dialogue": [SECRET], "room": "r"}
    row = item(cast.dataset, "talk", content, "t")
    row.references.create(field="room", target=room)
    made = drafted(unit(row), {"outline": ["Mgeni anaomba meza."], "dialogue": ["SIRI: una meza?"]})
    Finding.objects.create(translation=made.current, check_name="c", verdict="warn", detail=f"“{SECRET}” is a question", signature="c")
    return made


def opened(cast, task_type, **plan):
    plan = {"verification": "none", "effects": [{"do": "label"}], "languages": ["sw"]} | plan
    made = campaigns.create(cast.dataset, slug="asked", name="Asked", task_type=task_type, by=cast.ada, **plan)
    campaigns.open_campaign(made, by=cast.ada)
    return made, reverse("work", args=["xnli", "asked"])


UNMARKED = {"name": "dialogue_from_outline", "params": {"slots": []}}


@pytest.mark.parametrize(("task_type", "hidden"), [(UNMARKED, True), ("post_edit", False)])
def test_who_writes_from_the_outline_sees_the_source_nowhere(cast, as_, outlined, task_type, hidden):
    campaign, url = opened(cast, task_type, admission={"kinds": ["talk"]})
    page = as_(cast.bola).get(url).content.decode()
    told = Caller(cast.bola).post(f"campaigns/{campaign.pk}/claim").content.decode()
    assert "Mgeni anaomba meza." in page and "Mgeni anaomba meza." in told
    for words in ("table for two", "SIRI", "SECRET ROOM"):
        assert (words not in page, words not in told) == (hidden, hidden), "the twin shows that they are there to be hidden"


def test_what_was_written_from_the_outline_holds_nothing_of_the_source(cast, as_, outlined):
    _, url = opened(cast, UNMARKED, admission={"kinds": ["talk"]})
    as_(cast.bola).get(url)
    mine = Assignment.objects.get()
    as_(cast.bola).post(url, {"do": "submit", "assignment": mine.pk, "key": "k", "answers.turns": "Meza kwa wawili, saa mbili."})
    assert Submission.objects.get().payload == {"answers": {"turns": ["Meza kwa wawili, saa mbili."]}, "comment": ""}


def test_who_chooses_among_dialogues_sees_no_more_than_those_who_wrote_them(cast, outlined):
    campaign, _url = opened(cast, UNMARKED, admission={"kinds": ["talk"]}, overlap=2, verification="all")
    for who, words in ((cast.bola, "Una meza?"), (cast.bisi, "Kuna nafasi ya watu wawili saa mbili usiku?")):
        mine = assignments.claim(campaign, by=who)
        assignments.submit(mine, {"answers": {"turns": [words]}}, by=who, key=f"k-{who}")
    told = Caller(cast.efe).post(f"campaigns/{campaign.pk}/claim")
    assert told.json()["stage"] == "adjudicate"
    assert "table for two" not in told.content.decode() and "Una meza?" in told.content.decode()


@pytest.mark.parametrize(("task_type", "origin"), [("translate", "human"), ("post_edit", "post-edited")])
def test_who_translates_without_a_draft_does_not_see_it(cast, as_, task_type, origin):
    made = cast.drafted("The cat sat.", "Paka aliketi.")
    Finding.objects.create(translation=made.current, check_name="c", verdict="warn", detail="“Paka” is short", signature="c")
    campaign, url = opened(cast, task_type, effects=[])
    page = as_(cast.bola).get(url).content.decode()
    told = Caller(cast.bola).post(f"campaigns/{campaign.pk}/claim").content.decode()
    blind = task_type == "translate"
    assert ("Paka" not in page, "Paka" not in told) == (blind, blind) and "The cat sat." in page
    mine = assignments.claim(campaign, by=cast.bola)
    assignments.submit(mine, {"content": {"text": "Paka alikaa."}}, by=cast.bola, key="k")
    assert Translation.objects.latest("pk").origin == origin


def test_a_text_is_judged_within_its_document(cast, as_):
    fields = {"text": {"type": "text", "translate": True}, "document": {"type": "string"}}
    Dataset.objects.filter(pk=cast.dataset.pk).update(schema={"kinds": {"line": {"fields": fields}}})
    cast.dataset.refresh_from_db()
    lines = [("Of another one.", "a"), ("It was night.", "b"), ("The cat sat.", "b"), ("It slept.", "b"), ("Not of it.", "c")]
    rows = [item(cast.dataset, "line", {"text": text, "document": document}, f"l{at}") for at, (text, document) in enumerate(lines)]
    drafted(unit(rows[2]), {"text": "Paka aliketi."})
    before = unit(rows[1])
    before.current = translation(before, {"text": "Ilikuwa usiku."})
    before.save()
    _, url = opened(cast, "direct_assessment")
    page = as_(cast.bola).get(url).content.decode()
    places = [page.index(words) for words in ("It was night.", "The cat sat.", "It slept.")]
    assert places == sorted(places) and "Ilikuwa usiku." in page
    assert "Of another one." not in page and "Not of it." not in page


def test_a_custom_type_needs_no_code(cast, as_):
    """The YAML of docs/how-to/task-type.md, as a manager pastes it."""
    cast.drafted("The cat sat.", "Paka aliketi.")
    text = """
slug: asked
name: Fit for the classroom
verification: none
effects: [{do: label}]
admission: {kinds: [sentence]}
task_type:
  name: custom
  params:
    fields:
      - {name: text, title: The sentence}
    questions:
      - {type: label, name: fits, text: "Would you teach it?", options: {"yes": "Yes", "no": "No"}, help: To children of ten.}
      - {type: text, name: why, text: "Why not?", when: {fits: "no"}}
"""
    as_(cast.ada).post(reverse("campaigns", args=["xnli"]), {"do": "yaml", "text": text})
    campaign = cast.dataset.campaigns.get()
    campaigns.open_campaign(campaign, by=cast.ada)
    url = reverse("work", args=["xnli", "asked"])
    page = as_(cast.bola).get(url).content.decode()
    for words in ("Would you teach it?", "To children of ten.", "Paka aliketi.", 'data-when="{&quot;fits&quot;:&quot;no&quot;}"'):
        assert words in page
    mine = Assignment.objects.get()
    sent = {"do": "submit", "assignment": mine.pk, "key": "k", "answers.fits": "no"}
    refused = as_(cast.bola).post(url, sent)
    assert refused.status_code == 422 and "answers.why is missing" in refused.content.decode()
    as_(cast.bola).post(url, sent | {"answers.why": "Too short."})
    assert Submission.objects.get().payload["answers"] == {"fits": "no", "why": "Too short."}
    table = as_(cast.ada).get(reverse("answers_table", args=["xnli", "asked"]))
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert lines[0].endswith(",fits,why") and lines[1].endswith(",no,Too short.")


def test_a_custom_type_that_is_none_is_refused_on_the_page_with_the_place(cast, as_):
    text = "slug: a\nname: A\ntask_type: {name: custom, params: {questions: [{type: label, name: a, text: Which, options: [x, x]}]}}"
    page = as_(cast.ada).post(reverse("campaigns", args=["xnli"]), {"do": "yaml", "text": text})
    assert page.status_code == 422 and "questions.0.label: a has an option twice" in page.content.decode()


def test_a_table_that_the_record_points_at_is_answered_by_its_cells(cast):
    kinds = {
        "table": {"fields": {"rows": {"type": "table", "translate": True}}},
        "ask": {"fields": {"table": {"type": "ref", "kind": "table"}, "question": {"type": "text", "translate": True}}},
    }
    Dataset.objects.filter(pk=cast.dataset.pk).update(schema={"kinds": kinds})
    cast.dataset.refresh_from_db()
    table = item(cast.dataset, "table", {"rows": [["a", "b"], ["1", "2"]]}, "t")
    row = item(cast.dataset, "ask", {"table": "t", "question": "How many b?"}, "q")
    row.references.create(field="table", target=table)
    drafted(unit(row), {"question": "b ngapi?"})
    asked = {"name": "table_qa", "params": {"table": "references.table.rows"}}
    campaign, _url = opened(cast, asked, admission={"kinds": ["ask"]})
    said = {"answerable": "yes", "cells": [[1, 1]], "answer": "2"}
    mine = assignments.claim(campaign, by=cast.bola)
    task, question = sheet.task(mine)
    [cells, *_others] = asking.drawn(question, task_types.build(asked), {}, {}, seed=1)
    beside = editor.neighbours(task.context, campaign.dataset.kinds)
    assert len(beside) == 1 and asking.around(beside, question, task_types.build(asked)) == [], "the question draws it"
    assert (cells.tag, task.context["references"]["table"]["content"]["rows"][1]) == ("en", ["1", "2"]), "there is no translation"
    with pytest.raises(Exception, match="names row 5, column 0, which the table has not"):
        assignments.submit(mine, {"answers": said | {"cells": [[5, 0]]}}, by=cast.bola, key="k")
    with pytest.raises(Exception, match="answers.cells are chosen, though the table does not answer"):
        assignments.submit(mine, {"answers": {"cells": [[1, 1]], "answerable": "no"}}, by=cast.bola, key="k")
    assert assignments.submit(mine, {"answers": said}, by=cast.bola, key="k").payload["answers"] == said


def test_a_sentence_stands_beside_the_texts_it_is_used_with_and_not_beside_records_without_any(cast):
    sentence, other = cast.drafted("He left.", "Aliondoka.", key="s1"), cast.drafted("He stayed.", "Alibaki.", key="s2")
    pair = item(cast.dataset, "pair", {"premise": "s1", "hypothesis": "s2", "label": "contradiction"}, "p")
    for name, row in (("premise", sentence), ("hypothesis", other)):
        pair.references.create(field=name, target=row.item)
    campaign, _url = opened(cast, "post_edit", admission={"kinds": ["sentence"]}, effects=[])
    task, _question = sheet.task(assignments.claim(campaign, by=cast.bola))
    [beside] = editor.neighbours(task.context, campaign.dataset.kinds)
    assert (beside.use, beside.role, beside.name, beside.content["text"]) == ("pair", "premise", "hypothesis", "He stayed.")


def test_a_text_that_is_marked_only_on_a_condition_is_seen_before():
    case = CASES["sentence_error"]
    assert [one.sides for one in asking.fields(case.question, case.asked)] == [{"source": case.source["text"], "target": case.target["text"]}]
    case = CASES["error_spans"]
    assert asking.fields(case.question, case.asked) == [], "there the text stands where it is marked"
