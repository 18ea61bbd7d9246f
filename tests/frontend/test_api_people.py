"""Batches, comments, appeals and credits over the API."""

import pytest

from annotation.actions import assignments
from annotation.models import Submission
from tests.frontend.callers import Caller
from tests.world import join, person, task

pytestmark = pytest.mark.django_db
TEXT = {"content": {"text": "Paka ameketi."}}


@pytest.fixture
def campaign(cast):
    made = cast.campaign(credit={"per": "word", "rate": "0.1", "unit": "EUR"})
    task(made, cast.drafted("The cat sat.", "Paka aliketi."), needed=2)
    return made


def test_a_batch_is_taken_and_its_rest_given_back(cast):
    made = cast.campaign("batched", batch_size=2)
    for number in range(3):
        task(made, cast.drafted(f"Sentence {number}.", "Sentensi."))
    bola = Caller(cast.bola)
    assert bola.post(f"campaigns/{made.pk}/claim").status_code == 204
    taken = bola.post(f"campaigns/{made.pk}/batch")
    assert taken.status_code == 200 and {k: taken.json()[k] for k in ("done", "held")} == {"done": 0, "held": 2}
    assert bola.post(f"campaigns/{made.pk}/batch").status_code == 409
    assert bola.post(f"campaigns/{made.pk}/claim").status_code == 200
    assert bola.client.delete(f"/api/campaigns/{made.pk}/batch").status_code == 204
    assert sum(task.open for task in made.tasks.all()) == 2


def test_comments_are_said_and_read_by_roles(cast, campaign):
    bola, bisi = Caller(cast.bola), Caller(cast.bisi)
    mine, theirs = (one.post(f"campaigns/{campaign.pk}/claim").json()["assignment"] for one in (bola, bisi))
    said = bola.post(f"assignments/{mine}/comments", {"text": "Habitual?"})
    assert said.status_code == 201 and said.json()["comments"][0] | {"created": ""} == {
        "text": "Habitual?", "who": "annotator", "mine": True, "created": "",
    }  # fmt: skip
    assert bisi.get(f"assignments/{theirs}/comments").json() == {"comments": []}
    assert bola.post(f"assignments/{mine}/comments", {"text": " "}).status_code == 422
    assert bisi.get(f"assignments/{mine}/comments").status_code == 404


def test_an_appeal_is_made_read_blind_and_decided(cast):
    campaign = cast.campaign("one")
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."))
    for who, payload in ((cast.bola, TEXT), (cast.efe, {"decision": "redo", "reason": "Tense."})):
        held = assignments.claim(campaign, by=who)
        assignments.submit(held, payload, by=who, key=f"k{held.pk}")
    eve = person("eve")
    join(cast.dataset, eve, "expert")
    mine = Submission.objects.get(assignment__person=cast.bola)
    made = Caller(cast.bola).post(f"submissions/{mine.pk}/appeal", {"reason": "It is right."})
    assert made.status_code == 201 and made.json()["status"] == "open"
    seen = Caller(eve).get(f"appeals/{made.json()['id']}").json()
    assert set(seen) == {"id", "source", "texts"} and set(seen["texts"]) == {"A", "B"}
    decided = Caller(eve).post(f"appeals/{seen['id']}", {"acceptable": ["A", "B"], "note": "Both."})
    assert decided.json() == {"id": seen["id"], "status": "overturned", "note": "Both."}
    assert Caller(cast.efe).get(f"appeals/{seen['id']}").status_code == 403


def test_the_statement_gives_amounts_as_texts(cast, campaign):
    held = assignments.claim(campaign, by=cast.bola)
    assignments.submit(held, TEXT, by=cast.bola, key="k")
    found = Caller(cast.bola).get("me/credits").json()
    assert found["totals"] == {"EUR": "0.300000"}
    assert found["lines"][0] | {"month": ""} == {
        "month": "", "dataset": "xnli", "campaign": "post-edit", "kind": "per word", "lines": 1,
        "quantity": "3.0000", "amount": "0.300000", "unit": "EUR",
    }  # fmt: skip
