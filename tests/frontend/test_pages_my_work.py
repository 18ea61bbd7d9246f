"""My work: what waits, how far one is, what others said, what one earned; in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.actions import appeals, assignments, campaigns, conversations, members
from annotation.models import Appeal, Assignment, Hold, Qualification, Submission
from annotation.task_types import task_types
from frontend import mine, sheet
from tests.world import join, person, task

pytestmark = pytest.mark.django_db
PAY = {"per": "submission", "rate": "0.05", "unit": "EUR", "cap_minutes": 10}


@pytest.fixture
def campaign(cast):
    return cast.campaign(credit=PAY)


def fill(cast, campaign, count, language="sw"):
    for number in range(count):
        task(campaign, cast.drafted(f"Sentence {number}.", f"Sentensi {number}.", language))


def give(campaign, by, payload, **more) -> Submission:
    held = assignments.claim(campaign, by=by)
    return assignments.submit(held, payload, by=by, key=f"k{held.pk}", **more)


def rejected(cast, campaign, reason="No <b>sentence</b>.") -> Submission:
    fill(cast, campaign, 1)
    text = give(campaign, cast.bola, {"content": {"text": "Paka <i>ameketi</i>."}}, flagged="Cut off.")
    give(campaign, cast.efe, {"decision": "reject", "reason": reason})
    return Submission.objects.get(pk=text.pk)


def test_it_counts_what_waits_by_language_and_what_was_done(cast, campaign, as_, page):
    fill(cast, campaign, 3)
    fill(cast, campaign, 2, "my")
    give(campaign, cast.bola, {"content": {"text": "Paka."}})
    [one] = mine.serving(cast.bola)
    assert (one.waiting, one.today, one.done, one.begun) == ({"my": 2, "sw": 2}, 1, 1, False)
    assignments.claim(campaign, by=cast.bola)
    [one] = mine.serving(cast.bola)
    assert (one.left, one.begun) == (3, True)
    text = page(as_(cast.bola), "my_work")
    assert "Go on" in text and "1 today, 1 in all" in text and reverse("work", args=["xnli", campaign.slug]) in text


def test_an_expert_sees_what_is_to_verify_and_a_manager_nothing(cast, campaign):
    fill(cast, campaign, 2)
    assert mine.serving(cast.efe)[0].waiting == {}
    give(campaign, cast.bola, {"content": {"text": "Paka."}})
    assert mine.serving(cast.efe)[0].waiting == {"sw": 1}
    assert mine.serving(cast.ada) == mine.serving(cast.zed) == []


def test_what_waits_is_what_the_queue_would_give(cast, campaign):
    """Beside the queue's own statement: taken one by one, there are exactly as many as the page said."""
    fill(cast, campaign, 4)
    give(campaign, cast.bisi, {"content": {"text": "Paka."}})
    assignments.skip(assignments.claim(campaign, by=cast.bola), "No idea.", by=cast.bola)
    [one] = mine.serving(cast.bola)
    given = 0
    while assignments.claim(campaign, by=cast.bola):
        give(campaign, cast.bola, {"content": {"text": "Paka."}})
        given += 1
    assert given == one.left == 2


def test_what_a_person_wrote_themselves_is_not_among_what_waits_for_their_judgement(cast):
    plan = {"verification": "none", "effects": [{"do": "adopt"}]}
    write = campaigns.create(cast.dataset, slug="write", name="Write", by=cast.ada, **plan)
    rule = {"admission": {"after": {"campaign": "write"}}, "audience": {"others": True}, "task_type": "survey"}
    judge = campaigns.create(cast.dataset, slug="judge", name="Judge", by=cast.ada, **plan, **rule)
    for number in range(3):
        cast.drafted(f"Sentence {number}.", f"Sentensi {number}.")
    for one in (write, judge):
        campaigns.open_campaign(one, by=cast.ada)
    for who in (cast.bola, cast.bola, cast.bisi):
        give(write, who, {"content": {"text": "Paka."}})
    campaigns.admit_due()
    waits = {who: next(one for one in mine.serving(who) if one.campaign == judge).left for who in (cast.bola, cast.bisi, cast.ben)}
    assert waits == {cast.bola: 1, cast.bisi: 2, cast.ben: 3}
    assert [sheet.progress(judge, who).left for who in waits] == [1, 2, 3]
    give(judge, cast.bola, {"answers": {"quality": "good", "culture": "typical"}})
    assert assignments.claim(judge, by=cast.bola) is None and sheet.progress(judge, cast.bola).left == 0


def test_who_calls_a_text_wrong_does_not_read_that_a_text_of_theirs_came_back(cast):
    redo = [{"when": {"any": {"quality": "wrong"}}, "do": "redo", "reason": "called wrong"}]
    campaign = cast.campaign("survey", task_type=task_types.build("survey").spec(), verification="none", effects=redo)
    fill(cast, campaign, 1)
    give(campaign, cast.bola, {"answers": {"quality": "wrong", "culture": "typical"}})
    assert campaign.tasks.filter(status="redo").exists() and mine.messages(cast.bola) == []


def test_an_expert_hears_of_appeals_to_decide_but_not_of_those_about_what_they_judged(cast, campaign, as_, page):
    appeals.appeal(rejected(cast, campaign), "It is one.", by=cast.bola)
    eve = person("eve")
    join(cast.dataset, eve, "expert")
    assert "An appeal to decide" in page(as_(eve), "my_work")
    assert "An appeal to decide" not in page(as_(cast.efe), "my_work")


def test_a_batch_is_taken_shown_and_its_rest_given_back(cast, as_, page):
    campaign = cast.campaign("batched", batch_size=3, batch_days=5)
    fill(cast, campaign, 4)
    client, url = as_(cast.bola), reverse("work", args=["xnli", "batched"])
    assert "Take a batch" in page(client, "my_work") and "Take a batch" in client.get(url).content.decode()
    assert client.post(url, {"do": "take_batch"}).status_code == 302
    assert "0 of 3, due" in client.get(url).content.decode()
    give(campaign, cast.bola, {"content": {"text": "Paka."}})
    assert "1 of 3, due" in page(client, "my_work")
    assignments.claim(campaign, by=cast.bola)
    answer = client.post(url, {"do": "give_back_batch"}, follow=True)
    assert "1 given back" in answer.content.decode()
    assert Assignment.objects.filter(status="reserved").count() == 0
    assert client.post(url, {"do": "take_batch"}).status_code == 409


def test_a_rejected_text_is_told_with_its_reason_and_appealed_about_once(cast, campaign, as_, page):
    text = rejected(cast, campaign)
    client = as_(cast.bola)
    shown = page(client, "my_work")
    assert "No &lt;b&gt;sentence&lt;/b&gt;." in shown and "Your text was rejected" in shown
    assert "&lt;i&gt;ameketi" in shown
    url, form = reverse("my_work"), {"do": "appeal", "submission": text.pk, "reason": "It is one."}
    assert client.post(url, form | {"reason": " "}).status_code == 422
    assert client.post(url, form).status_code == 302
    assert "You have appealed" in page(client, "my_work")
    assert client.post(url, form).status_code == 409
    assert as_(cast.bisi).post(url, form).status_code == 404
    assert Appeal.objects.count() == 1


def test_it_tells_what_became_of_appeals_and_flags_and_what_experts_said_but_no_names(cast, campaign, as_, page):
    text = rejected(cast, campaign)
    eve = person("eve", first_name="Evelyn")
    join(cast.dataset, eve, "expert")
    appeals.decide(appeals.appeal(text, "It is.", by=cast.bola), ["A", "B"], "You were right.", by=eve)
    conversations.resolve(text, "The source was mended.", by=eve)
    conversations.comment(text.assignment.task, "Mind the tense.", by=eve)
    shown = page(as_(cast.bola), "my_work")
    for said in ("your text was right", "You were right.", "The source was mended.", "Mind the tense."):
        assert said in shown
    assert "Evelyn" not in shown and "Efe" not in shown


def test_comments_of_other_annotators_are_no_messages(cast, campaign):
    made = task(campaign, cast.drafted("The cat sat.", "Paka aliketi."), needed=2)
    for who in (cast.bola, cast.bisi):
        assignments.claim(campaign, by=who)
    conversations.comment(made, "I wrote ameketi.", by=cast.bisi)
    assert mine.messages(cast.bola) == []


def test_a_suspension_is_told(cast, as_, page):
    members.suspend(cast.member(cast.bola), by=cast.ada)
    assert "You are suspended" in page(as_(cast.bola), "my_work")


def test_the_page_takes_as_many_queries_for_much_as_for_little(cast, campaign, as_, page):
    client = as_(cast.bola)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(client, "my_work")
        return len(seen)

    rejected(cast, campaign)
    fill(cast, campaign, 1)
    fill(cast, cast.campaign("batched", batch_size=3), 1)
    conversations.comment(Submission.objects.first().assignment.task, "Mind.", by=cast.efe)
    little = queries()
    for number in range(5):
        more = cast.campaign(f"more-{number}", credit=PAY, batch_size=number % 2 * 3)
        fill(cast, more, 3)
        if not more.batch_size:
            rejected(cast, more)
        conversations.comment(more.tasks.first(), "Mind.", by=cast.efe)
    assert queries() == little <= 22


def test_my_statement_is_mine_alone_as_page_and_as_csv(cast, campaign, as_, page):
    rejected(cast, campaign)
    client = as_(cast.bola)
    assert "0.05 EUR" in page(client, "my_credits")
    answer = client.get(reverse("my_credits"), {"as": "csv"})
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert len(rows) == 2 and ",bola," in rows[1] and answer["Content-Type"].startswith("text/csv")
    assert "Nothing has been earned" in page(as_(cast.bisi), "my_credits")


def test_who_is_paused_or_failed_reads_why_nothing_comes(cast, as_, page):
    campaign = cast.campaign(qualification={"training": 0, "test": 1})
    Hold.objects.create(campaign=campaign, person=cast.bola, language="sw", reason="3 of 10 known answers were right.")
    whom = {"dataset": cast.dataset, "person": cast.bola, "task_type": "post_edit"}
    Qualification.objects.create(**whom, language="my", status="failed", score=0.4)
    text = page(as_(cast.bola), "my_work")
    assert "Your work in sw is paused: 3 of 10 known answers were right." in text
    assert "You did not pass the test for my: 40% was right." in text
    assert "paused" not in page(as_(cast.bisi), "my_work")
