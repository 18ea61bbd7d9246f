"""The work screen: what it shows, what becomes of an answer, and that it works without JavaScript."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Campaign, Dataset, Finding, Reference, Submission, Translation, Unit
from annotation.models.members import Role
from tests.world import drafted, item, join, task, translation, unit

pytestmark = pytest.mark.django_db
SCRIPT = {"HTTP_ACCEPT": "application/json"}
TABLES = {
    "kinds": {
        "table": {
            "fields": {
                "caption": {"type": "text", "translate": True},
                "columns": {"type": "list", "translate": True},
                "rows": {"type": "table", "translate": True},
            }
        },
        "table_question": {
            "fields": {
                "table": {"type": "ref", "kind": "table"},
                "question": {"type": "text", "translate": True},
                "answer": {"type": "text", "translate": True},
            },
            "answer": "answer",
        },
    }
}
TABLE = {"caption": "Prices", "columns": ["Product", "Price"], "rows": [["Rice", "48"], ["Fish", "95"]]}


@pytest.fixture
def campaign(cast):
    """Two sentences in Swahili wait for an annotator."""
    made = cast.campaign()
    for number in (1, 2):
        task(made, cast.drafted(f"The cat sat {number}.", f"Paka aliketi {number}.", key=f"s{number}"))
    return made


@pytest.fixture
def bola(cast, as_):
    return as_(cast.bola)


def url(campaign: Campaign) -> str:
    return reverse("work", args=[campaign.dataset.slug, campaign.slug])


def screen(client: Client, campaign: Campaign) -> str:
    response = client.get(url(campaign))
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def form(html: str, **changes: str) -> dict[str, str]:
    """The answer's form as a browser without JavaScript would send it."""
    hidden = r'<input type="hidden" name="(assignment|key)" value="([^"]*)"'
    boxes = r'<textarea class="text box" name="([^"]+)"[^>]*>\n([^<]*)</textarea>'
    fields = {name: unescape(value) for name, value in re.findall(hidden, html) + re.findall(boxes, html)}
    # The form's own rule: every line ending goes out as CR LF.
    sent = {name: re.sub(r"\r\n|\r|\n", "\r\n", value) for name, value in (fields | changes).items()}
    return {"do": "submit"} | sent


def answer(client: Client, campaign: Campaign, **changes: str) -> Any:
    return client.post(url(campaign), form(screen(client, campaign), **changes))


def stored() -> Any:
    return Submission.objects.latest("pk").payload


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_a_task_shows_its_source_and_its_draft_each_in_its_language(bola, campaign):
    html = screen(bola, campaign)
    assert '<bdi class="text block" lang="en" dir="ltr">The cat sat 1.</bdi>' in html
    assert re.search(
        r'<textarea class="text box" name="content.text" lang="sw" dir="ltr"[^>]*>\nPaka aliketi 1.<', html
    )


def test_a_recorded_draft_is_called_recorded(bola, cast):
    campaign = cast.campaign("recorded")
    row = cast.drafted("The cat sat.", "Paka.")
    row.current = translation(row, "Paka aliketi.", origin="recorded")
    row.save()
    task(campaign, row)
    assert ">recorded</span>" in screen(bola, campaign)


def test_looking_again_shows_the_same_task(bola, campaign):
    assert form(screen(bola, campaign))["assignment"] == form(screen(bola, campaign))["assignment"]


def test_findings_are_sentences_with_the_worst_first(bola, cast, campaign):
    current = Unit.objects.get(item__key="s1").current
    for check, verdict, detail in [
        ("length", "ok", ""),
        ("numbers", "fail", "15 became 50."),
        ("script", "warn", "Odd."),
    ]:
        Finding.objects.create(translation=current, check_name=check, verdict=verdict, detail=detail, signature="v")
    html = screen(bola, campaign)
    assert html.index("15 became 50.") < html.index("Odd.") < html.index("1 check found nothing wrong")


def test_a_question_is_asked_option_by_option(bola, cast):
    campaign = cast.campaign("questions")
    source = cast.question("Who sat?", ["The cat", "The dog"], answer=1)
    task(campaign, drafted(unit(source), {"stem": "Nani?", "options": ["Paka", "Mbwa"]}))
    boxes = {name: text for name, text in form(screen(bola, campaign)).items() if name.startswith("content")}
    assert boxes == {"content.stem": "Nani?", "content.options.0": "Paka", "content.options.1": "Mbwa"}


def test_a_sentence_shows_the_pairs_it_is_part_of_without_their_labels(bola, cast, campaign):
    premise = Unit.objects.get(item__key="s1").item
    cast.pair(premise, cast.sentence("An animal sat."), "contradiction")
    html = screen(bola, campaign)
    assert "An animal sat." in html
    assert "contradiction" not in html


def test_a_table_question_shows_its_table_in_both_languages(cast, as_):
    dataset = Dataset.objects.create(slug="tables", name="Tables", schema=TABLES, created_by=cast.ada)
    join(dataset, cast.bola, Role.ANNOTATOR, languages=("ar",))
    table = item(dataset, "table", TABLE, "t1")
    drafted(unit(table, "ar"), TABLE | {"caption": "أسعار"})
    asked = item(dataset, "table_question", {"table": "t1", "question": "What costs 48?", "answer": "Rice"}, "q1")
    Reference.objects.create(item=asked, field="table", target=table)
    campaign = cast.campaign("tables")
    Campaign.objects.filter(pk=campaign.pk).update(dataset=dataset)
    campaign.refresh_from_db()
    task(campaign, unit(asked, "ar"))
    html = screen(as_(cast.bola), campaign)
    assert html.count("<td><bdi") >= 4
    assert '<bdi class="text block" lang="ar" dir="rtl">أسعار</bdi>' in html
    assert 'name="content.question" lang="ar" dir="rtl"' in html


def test_a_table_is_edited_as_a_table_under_its_column_names(cast, as_):
    dataset = Dataset.objects.create(slug="tables", name="Tables", schema=TABLES, created_by=cast.ada)
    join(dataset, cast.bola, Role.ANNOTATOR, languages=("sw",))
    campaign = cast.campaign("tables")
    Campaign.objects.filter(pk=campaign.pk).update(dataset=dataset)
    campaign.refresh_from_db()
    task(campaign, drafted(unit(item(dataset, "table", TABLE, "t1")), TABLE))
    client = as_(cast.bola)
    html = screen(client, campaign)
    assert html.index("<thead>") < html.index('name="content.columns.0"') < html.index('name="content.rows.0.0"')
    answer(client, campaign, **{"content.rows.1.0": "Samaki"})
    assert stored()["content"] == TABLE | {"rows": [["Rice", "48"], ["Samaki", "95"]]}


def test_the_reason_for_sending_back_is_shown(bola, cast, campaign):
    campaign.tasks.update(reason="The number is wrong.", round=2)
    html = screen(bola, campaign)
    assert "The number is wrong." in html
    assert "round 2" in html


def test_the_guideline_is_one_key_away_and_harmless(bola, campaign):
    campaign.guidelines.create(version=2, text="**Now** <script>alert(1)</script>")
    html = screen(bola, campaign)
    assert "<strong>Now</strong>" in html
    assert "<script>alert" not in html


def test_text_that_looks_like_markup_stays_text(bola, cast):
    campaign = cast.campaign("markup")
    nasty = '</textarea><script>alert(1)</script>"onfocus="x'
    task(campaign, cast.drafted(nasty, nasty))
    html = screen(bola, campaign)
    assert "<script>alert" not in html
    assert form(html)["content.text"] == nasty


def test_progress_counts_what_is_done_today_and_what_is_left(bola, campaign):
    assert "0 done today" in (html := screen(bola, campaign))
    assert "1 more left" in html
    answer(bola, campaign)
    assert "1 done today" in (html := screen(bola, campaign))
    assert "0 more left" in html


def test_nothing_left_is_said_kindly(bola, cast):
    html = screen(bola, cast.campaign("empty"))
    assert "Nothing is left for you here just now" in html


def test_a_paused_campaign_says_that_it_is_paused(bola, campaign):
    Campaign.objects.update(status="paused")
    assert "it is paused" in screen(bola, campaign)


# --- without JavaScript ----------------------------------------------------------------------------------------------


def test_a_plain_form_stores_the_answer_and_comes_back_to_the_next_task(bola, campaign):
    first = form(screen(bola, campaign))
    response = bola.post(url(campaign), first)
    assert (response.status_code, response.headers["Location"]) == (302, url(campaign))
    assert stored()["content"] == {"text": "Paka aliketi 1."}
    assert form(screen(bola, campaign))["content.text"] == "Paka aliketi 2."


@pytest.mark.parametrize(
    "text", [" two  spaces ", "\n\nlines\nend\n", "\u200fعربي\u200e e\u0301 ﷺ", "က္ကာ\u200b", "👩‍👩‍👧‍👦\t"], ids=ascii
)
def test_text_is_stored_exactly_as_typed(bola, campaign, text):
    answer(bola, campaign, **{"content.text": text})
    assert stored()["content"] == {"text": text}


def test_a_text_nobody_touched_keeps_its_line_endings_to_the_byte(bola, cast):
    campaign = cast.campaign("lines")
    task(campaign, cast.drafted("a\nb", "\nmoja\r\nmbili\rtatu\n"))
    answer(bola, campaign)
    assert stored()["content"] == {"text": "\nmoja\r\nmbili\rtatu\n"}


def test_a_refused_answer_comes_back_with_what_was_typed_and_why(bola, campaign):
    response = answer(bola, campaign, **{"content.text": "  ", "flagged": "The source is odd."})
    html = response.content.decode()
    assert response.status_code == 422
    assert form(html)["content.text"] == "  "
    assert "The source is odd." in html
    assert 'data-error="text" role="alert">is empty<' in html


def test_an_answer_that_comes_too_late_stays_on_the_page_and_as_a_draft(bola, cast, campaign):
    sent = form(screen(bola, campaign), **{"content.text": "Paka alikaa."})
    Assignment.objects.update(status="expired")
    campaign.tasks.update(open=0)
    response = bola.post(url(campaign), sent)
    assert response.status_code == 409
    assert form(response.content.decode())["content.text"] == "Paka alikaa."
    assert Assignment.objects.get(pk=sent["assignment"]).draft["content"] == {"text": "Paka alikaa."}
    assert not Submission.objects.exists()


def test_skipping_needs_a_reason_and_brings_the_next_task(bola, campaign):
    first = form(screen(bola, campaign))
    skip = {"do": "skip", "assignment": first["assignment"]}
    assert bola.post(url(campaign), skip | {"why": " "}).status_code == 422
    assert bola.post(url(campaign), skip | {"why": "I do not know this word."}).status_code == 302
    assert form(screen(bola, campaign))["assignment"] != first["assignment"]


def test_giving_back_leads_to_the_campaign_and_keeps_the_task_for_others(bola, cast, as_, campaign):
    first = form(screen(bola, campaign))
    response = bola.post(url(campaign), {"do": "give_back", "assignment": first["assignment"]})
    assert response.headers["Location"] == reverse("campaign", args=[campaign.dataset.slug, campaign.slug])
    assert form(screen(as_(cast.bisi), campaign))["content.text"] == first["content.text"]


def test_a_saved_draft_is_there_the_next_time_and_counts_as_no_answer(bola, campaign):
    answer(bola, campaign, do="save", **{"content.text": "Paka al"})
    assert form(screen(bola, campaign))["content.text"] == "Paka al"
    assert not Submission.objects.exists()


def test_flagging_goes_along_with_the_answer(bola, campaign):
    answer(bola, campaign, flagged="The source is cut off.")
    assert Submission.objects.get().flagged == "The source is cut off."


# --- with the page's script --------------------------------------------------------------------------------------------


def test_the_script_gets_the_next_screen_in_the_answer_to_a_submission(bola, campaign):
    first = form(screen(bola, campaign))
    response = bola.post(url(campaign), first, **SCRIPT)
    assert response.status_code == 200
    following = form(response.json()["html"])
    assert following["assignment"] != first["assignment"]
    assert following["content.text"] == "Paka aliketi 2."


def test_sending_the_same_answer_again_stores_it_once_and_still_brings_the_next(bola, campaign):
    first = form(screen(bola, campaign))
    answers = [bola.post(url(campaign), first, **SCRIPT).json()["html"] for _ in range(2)]
    assert Submission.objects.count() == 1
    assert form(answers[0])["assignment"] == form(answers[1])["assignment"]


def test_the_script_is_told_the_fields_that_are_wrong(bola, campaign):
    sent = form(screen(bola, campaign), **{"content.text": ""})
    response = bola.post(url(campaign), sent, **SCRIPT)
    assert response.status_code == 422
    assert response.json()["error"]["fields"] == {"text": "is empty"}


def test_an_ended_sign_in_is_told_to_the_script_and_not_redirected(campaign):
    response = Client().post(url(campaign), {"do": "submit"}, **SCRIPT)
    assert response.status_code == 401


def test_staying_makes_the_lease_begin_anew(bola, campaign):
    first = form(screen(bola, campaign))
    Assignment.objects.update(lease_until="2020-01-01T00:00Z")
    assert bola.post(url(campaign), {"do": "stay", "assignment": first["assignment"]}, **SCRIPT).status_code == 200
    assert Assignment.objects.get().lease_until.year > 2020


def test_somebody_elses_assignment_is_not_there(bola, cast, as_, campaign):
    theirs = form(screen(as_(cast.bisi), campaign))
    for do in ("submit", "save", "stay", "skip", "give_back"):
        assert bola.post(url(campaign), theirs | {"do": do}).status_code == 404
    assert not Submission.objects.exists()


@pytest.mark.parametrize("pk", ["", "-1", "0", "x", "٣", "9" * 30])
def test_an_assignment_that_cannot_be_is_not_there(bola, campaign, pk):
    assert bola.post(url(campaign), {"do": "submit", "assignment": pk}).status_code == 404


def test_an_answer_and_the_next_task_take_a_fixed_number_of_queries(bola, campaign, django_assert_max_num_queries):
    first = form(screen(bola, campaign))
    with django_assert_max_num_queries(40):
        assert bola.post(url(campaign), first, **SCRIPT).status_code == 200


# --- the expert ------------------------------------------------------------------------------------------------------


@pytest.fixture
def edited(cast):
    """A sentence that a machine drafted and Bola edited, waiting for the expert."""
    campaign = cast.campaign("verify")
    row = cast.drafted("The cat did not sit.", "Paka aliketi.", key="n1")
    row.current = translation(row, "Paka hakuketi.", origin="post-edited", parent=row.current, author=cast.bola)
    row.save()
    task(campaign, row, stage="verify")
    return campaign


def test_the_expert_sees_what_the_crowd_changed(cast, as_, edited):
    html = screen(as_(cast.efe), edited)
    assert "<del>aliketi</del><ins>hakuketi</ins>" in html
    assert form(html)["content.text"] == "Paka hakuketi."
    assert "bola" not in html.lower()


def test_the_expert_is_told_when_nobody_changed_the_draft(cast, as_):
    campaign = cast.campaign("unchanged")
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."), stage="verify")
    assert "nobody changed it" in screen(as_(cast.efe), campaign)


def test_accepting_an_unchanged_text_makes_no_new_one(cast, as_, edited):
    before = Translation.objects.count()
    assert answer(as_(cast.efe), edited, decision="accept", rating="5").status_code == 302
    assert Translation.objects.count() == before
    assert stored() == {"decision": "accept", "rating": 5, "content": None, "reason": ""}
    assert Unit.objects.get(item__key="n1").status == "verified"


def test_accepting_a_changed_text_makes_it_the_units(cast, as_, edited):
    answer(as_(cast.efe), edited, decision="accept", rating="3", **{"content.text": "Paka hakukaa."})
    assert Unit.objects.get(item__key="n1").current.content == {"text": "Paka hakukaa."}


@pytest.mark.parametrize("decision", ["redo", "reject"])
def test_sending_back_and_rejecting_need_a_reason(cast, as_, edited, decision):
    efe = as_(cast.efe)
    response = answer(efe, edited, decision=decision)
    assert response.status_code == 422
    assert 'data-error="reason">is missing' in response.content.decode()
    assert answer(efe, edited, decision=decision, reason="The tense is wrong.").status_code == 302


def test_a_decision_that_was_not_taken_is_asked_for(cast, as_, edited):
    response = answer(as_(cast.efe), edited)
    assert response.status_code == 422
    assert "Field required" in response.content.decode()


def test_what_is_left_is_counted_on_loading_and_then_goes_down_with_each_answer(bola, cast):
    campaign = cast.campaign("many")
    for number in range(4):
        task(campaign, cast.drafted(f"Cat {number}.", f"Paka {number}.", key=f"m{number}"))
    first = screen(bola, campaign)
    assert 'name="left" value="3"' in first
    campaign.tasks.filter(unit__item__key="m3").delete()  # somebody else was faster
    html = bola.post(url(campaign), form(first, left="3"), **SCRIPT).json()["html"]
    assert "2 more left" in html
    assert "1 more left" in screen(bola, campaign)
