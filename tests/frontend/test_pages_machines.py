"""Models as annotators on the pages: asking one, how it agrees, both files, and who must not see an answer yet."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from annotation.actions import assignments
from annotation.models import Campaign
from pipelines.models import MachineSubmission, Run
from tests.answered import answered
from tests.frontend.callers import Caller
from tests.world import World, task

pytestmark = pytest.mark.django_db
AT = datetime(2100, 1, 4, 9, tzinfo=UTC)
SAID = "The tense is lost in the second half."
GOOD, WRONG = ({"answers": {"quality": one, "culture": "typical"}} for one in ("good", "wrong"))


def surveyed(cast: World, *machine: dict, people: tuple = ()) -> Campaign:
    """A survey whose tasks a model has answered."""
    campaign = cast.campaign("survey", task_type={"name": "survey", "params": {}}, overlap=3)
    run = Run.objects.create(dataset=cast.dataset, job={"name": "annotate", "params": {"campaign": campaign.pk}}, status="done")
    for at, payload in enumerate(machine):
        row = task(campaign, cast.drafted(f"Text {at}.", f"Matini {at}.", key=f"k{at}"), needed=3)
        machine_said(row, payload, run)
        answered(row, *((person, GOOD) for person in people), at=AT)
    return campaign


def machine_said(row, payload: dict, run: Run) -> MachineSubmission:
    return MachineSubmission.objects.create(
        campaign=row.campaign, task=row, annotator="openai:some-model|prompt:annotate:1", payload=payload,
        guideline=row.campaign.guidelines.first(), request_hash="0" * 64, run=run,
    )  # fmt: skip


def test_before_any_model_answered_the_page_says_how_many_tasks_are_enough(cast, as_, page):
    campaign = surveyed(cast)
    assert "No model has answered yet" in page(as_(cast.ada), "machines", "xnli", campaign.slug)


def test_agreement_is_shown_beside_that_of_people_and_the_test_says_what_it_lacks(cast, as_, page):
    campaign = surveyed(cast, GOOD, GOOD, WRONG, people=(cast.bola, cast.bisi))
    text = page(as_(cast.ada), "machines", "xnli", campaign.slug)
    assert "openai:some-model|prompt:annotate:1" in text and "0.667" in text and "people: 1.000" in text
    assert "2 people answered tasks in common that the model answered too; it takes 3." in text


def test_with_three_people_it_says_for_whom_the_model_may_stand_in(cast, as_, page):
    campaign = surveyed(cast, *[GOOD] * 30, people=(cast.bola, cast.bisi, cast.ben))
    text = page(as_(cast.ada), "machines", "xnli", campaign.slug)
    assert "may stand in" in text and "the model wins" in text
    assert cast.member(cast.bola).pseudonym in text and "bola" not in text


def test_asking_starts_a_run_and_what_cannot_be_asked_is_said(cast, as_):
    campaign = surveyed(cast, GOOD)
    address = reverse("machines", args=["xnli", campaign.slug])
    response = as_(cast.ada).post(address, {"provider": "replay:demo", "languages": ["sw"], "limit": "5"})
    run = Run.objects.latest("pk")
    assert response.headers["Location"] == reverse("run", args=["xnli", run.pk])
    expected = {"campaign": campaign.pk, "provider": 0, "languages": ["sw"], "limit": 5, "batching": "", "concurrency": 32}
    assert run.job["params"] | {"provider": 0} == expected
    assert as_(cast.ada).post(address, {"provider": "nobody"}).status_code == 422
    empty = cast.campaign("empty")
    response = as_(cast.ada).post(reverse("machines", args=["xnli", empty.slug]), {"provider": "replay:demo"})
    assert response.status_code == 422 and "has no tasks yet" in response.content.decode()


def test_both_files_hold_what_the_page_is_made_of(cast, as_):
    campaign = surveyed(cast, GOOD, people=(cast.bola,))

    def lines(name: str) -> list[str]:
        return b"".join(as_(cast.ada).get(reverse("machine_table", args=["xnli", campaign.slug, name])).streaming_content).decode().splitlines()

    head, line = lines("answers")
    assert head == "kind,key,language,round,annotator,recorded,guideline,created,payload"
    assert line.startswith("sentence,k0,sw,1,openai:some-model|prompt:annotate:1,no,1,") and '""quality"":""good""' in line
    rows = lines("agreement")
    assert any(row.startswith("survey,openai:some-model") and ",model and people,raw,1.0," in row for row in rows)
    assert any(",alternative annotator test,winning_rate,," in row for row in rows)
    assert as_(cast.ada).get(reverse("machine_table", args=["xnli", campaign.slug, "other"])).status_code == 404


# --- hidden until they have voted -----------------------------------------------------------------------------------


@pytest.fixture
def judged(cast) -> MachineSubmission:
    campaign = cast.campaign(task_type={"name": "verify", "params": {}})
    row = task(campaign, cast.drafted("It rained.", "Mvua."), stage="verify")
    run = Run.objects.create(dataset=cast.dataset, job={"name": "annotate", "params": {}}, status="done")
    return machine_said(row, {"decision": "redo", "reason": SAID}, run)


def unit_page(client, judged) -> str:
    return client.get(reverse("unit", args=["xnli", judged.task.unit_id])).content.decode()


def test_an_expert_sees_a_models_answer_only_after_their_own(cast, as_, judged):
    work = as_(cast.efe).get(reverse("work", args=["xnli", "post-edit"])).content.decode()
    assert "Mvua." in work and SAID not in work
    assert SAID not in unit_page(as_(cast.efe), judged)
    mine = assignments.claim(judged.campaign, by=cast.efe)
    assignments.submit(mine, {"decision": "accept", "rating": 4}, by=cast.efe, key="k")
    assert SAID in unit_page(as_(cast.efe), judged)


def test_a_manager_who_votes_on_nothing_sees_it(cast, as_, judged):
    """The control: it is on the page, and only the policy keeps it from those who have yet to vote."""
    assert SAID in unit_page(as_(cast.ada), judged)


def test_neither_the_api_nor_the_history_tells_it(cast, as_, judged):
    handed = Caller(cast.efe).post(f"campaigns/{judged.campaign_id}/claim")
    assert handed.status_code == 200 and SAID not in handed.content.decode()
    for name in ("history", "dataset", "campaigns"):
        assert SAID not in as_(cast.efe).get(reverse(name, args=["xnli"])).content.decode()
    assert as_(cast.efe).get(reverse("machines", args=["xnli", "post-edit"])).status_code == 403
